import type { DeploymentTargets, Parameter } from '@aws-sdk/client-cloudformation';

/** One entry of `StackInstancesGroup`, as far as it concerns one root or unit and one Region. */
export interface InstancesUnit {
  readonly targets: DeploymentTargets;
  readonly region: string;
  readonly overrides: readonly Parameter[];
}

/** A call for instances: what can be asked for at once. */
export interface InstancesCall {
  readonly DeploymentTargets: DeploymentTargets;
  readonly Regions: string[];
  readonly ParameterOverrides: Parameter[];
}

interface Group {
  readonly DeploymentTargets: DeploymentTargets;
  readonly Regions: readonly string[];
  readonly ParameterOverrides?: readonly Parameter[] | undefined;
}

const placeKey = ({ targets, region }: InstancesUnit): string => JSON.stringify([targets, region]);

const overridesKey = ({ overrides }: InstancesUnit): string =>
  JSON.stringify(overrides.map((parameter) => [parameter.ParameterKey, parameter.ParameterValue]));

/** Groups taken apart, so that two versions of a template can be compared. */
const unitsOf = (groups: readonly Group[]): readonly InstancesUnit[] =>
  groups.flatMap(({ DeploymentTargets: given, Regions, ParameterOverrides = [] }) =>
    (given.OrganizationalUnitIds ?? []).flatMap((unitId) =>
      Regions.map((region) => ({
        targets: {
          OrganizationalUnitIds: [unitId],
          ...(given.Accounts === undefined ? {} : { Accounts: [...given.Accounts].toSorted() }),
          ...(given.AccountFilterType === undefined
            ? {}
            : { AccountFilterType: given.AccountFilterType }),
        },
        region,
        overrides: ParameterOverrides,
      })),
    ),
  );

/** Puts together again what can be asked for in one call: Regions of one target first, then targets alike. */
function callsFor(units: readonly InstancesUnit[]): readonly InstancesCall[] {
  const byTarget = mergeBy(
    units.map(({ targets, region, overrides }) => ({
      DeploymentTargets: targets,
      Regions: [region],
      ParameterOverrides: [...overrides],
    })),
    (call) => JSON.stringify([call.DeploymentTargets, call.ParameterOverrides]),
    (one, other) => ({ ...one, Regions: [...one.Regions, ...other.Regions] }),
  );
  return mergeBy(
    byTarget,
    ({ DeploymentTargets: { Accounts, AccountFilterType }, Regions, ParameterOverrides }) =>
      JSON.stringify([Accounts, AccountFilterType, Regions, ParameterOverrides]),
    (one, other) => ({
      ...one,
      DeploymentTargets: {
        ...one.DeploymentTargets,
        OrganizationalUnitIds: [
          ...(one.DeploymentTargets.OrganizationalUnitIds ?? []),
          ...(other.DeploymentTargets.OrganizationalUnitIds ?? []),
        ],
      },
    }),
  );
}

function mergeBy<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  merge: (one: T, other: T) => T,
): readonly T[] {
  const merged = new Map<string, T>();
  for (const item of items) {
    const key = keyOf(item);
    const existing = merged.get(key);
    merged.set(key, existing === undefined ? item : merge(existing, item));
  }
  return [...merged.values()];
}

/** The calls that bring a StackSet's instances from one list of groups to another. */
export function instanceChanges(
  before: readonly Group[],
  after: readonly Group[],
): {
  readonly removed: readonly InstancesCall[];
  readonly added: readonly InstancesCall[];
  readonly changed: readonly InstancesCall[];
} {
  const old = new Map(unitsOf(before).map((unit) => [placeKey(unit), unit]));
  const next = new Map(unitsOf(after).map((unit) => [placeKey(unit), unit]));
  return {
    removed: callsFor([...old].flatMap(([key, unit]) => (next.has(key) ? [] : [unit]))),
    added: callsFor([...next].flatMap(([key, unit]) => (old.has(key) ? [] : [unit]))),
    changed: callsFor(
      [...next].flatMap(([key, unit]) => {
        const previous = old.get(key);
        return previous && overridesKey(previous) !== overridesKey(unit) ? [unit] : [];
      }),
    ),
  };
}
