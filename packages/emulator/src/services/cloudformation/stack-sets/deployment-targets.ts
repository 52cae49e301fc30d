import type { DeploymentTargets } from '@aws-sdk/client-cloudformation';
import { validationError } from '../../../cloudformation/validation-error.ts';
import { regions as knownRegions } from '../../ec2/regions.ts';
import { isParent, lineageOf } from '../../organizations/lookups.ts';
import type { Organization } from '../../organizations/state.ts';
import { keyOf, type StackSet, type WorkItem } from './stack-set-state.ts';

/** Targets that were checked: units, and how single accounts narrow or widen them. */
export interface Targets {
  readonly unitIds: readonly string[];
  readonly accounts: ReadonlySet<string>;
  readonly filter: 'NONE' | 'INTERSECTION' | 'DIFFERENCE' | 'UNION';
}

/**
 * Checks the targets of an operation.
 *
 * @param options.mayUnite whether accounts beside the units may be named, which CreateStackInstances does not take
 * @throws AwsError ValidationError
 */
export function readTargets(
  organization: Organization,
  given: DeploymentTargets | undefined,
  options: { readonly mayUnite: boolean },
): Targets {
  if (given?.AccountsUrl !== undefined)
    throw validationError('AccountsUrl is not modelled by this emulator');
  const { OrganizationalUnitIds: unitIds = [], Accounts: accounts = [] } = given ?? {};
  if (unitIds.length === 0) throw validationError('OrganizationalUnitIds are required');
  const unknown = unitIds.filter((id) => !isParent(organization, id));
  if (unknown.length > 0)
    throw validationError(
      `Organizational unit not found in the organization: [${unknown.join(', ')}]`,
    );
  // API Reference, DeploymentTargets: UNION is what counts when accounts are named and no filter is.
  const filter = given?.AccountFilterType ?? (accounts.length > 0 ? 'UNION' : 'NONE');
  if (filter === 'NONE' ? accounts.length > 0 : accounts.length === 0)
    throw validationError(
      `Accounts ${filter === 'NONE' ? 'cannot' : 'must'} be specified with the account filter type ${filter}`,
    );
  if (filter === 'UNION' && !options.mayUnite)
    throw validationError('The account filter type UNION is not supported for this operation');
  return { unitIds, accounts: new Set(accounts), filter };
}

/** @throws AwsError ValidationError */
export function checkRegions(regions: readonly string[] | undefined): readonly string[] {
  const distinct = [...new Set(regions)];
  if (distinct.length === 0) throw validationError('Regions must be specified');
  const unknown = distinct.filter((name) => !knownRegions.some((region) => region.name === name));
  if (unknown.length > 0) throw validationError(`Region [${unknown.join(', ')}] is not supported`);
  return distinct;
}

/** The ids from the root down to where a member account is; empty for any other account. */
export function lineageOfAccount(organization: Organization, accountId: string): readonly string[] {
  const membership = organization.members.get(accountId);
  return membership ? lineageOf(organization, membership.parentId) : [];
}

/** The lowest of some units that an account is in. */
export const targetedUnit = (
  lineage: readonly string[],
  unitIds: readonly string[],
): string | undefined => lineage.findLast((id) => unitIds.includes(id));

/**
 * The accounts that targets come to now, each with the unit that holds it. Never the management account.
 *
 * Source: CloudFormation User Guide, "Create StackSets with service-managed permissions", considerations.
 */
function targetedAccounts(
  organization: Organization,
  { unitIds, accounts, filter }: Targets,
): readonly { readonly account: string; readonly organizationalUnitId: string }[] {
  return [...organization.members.keys()].toSorted().flatMap((account) => {
    if (account === organization.managementAccountId) return [];
    const lineage = lineageOfAccount(organization, account);
    const unit = targetedUnit(lineage, unitIds);
    const isNamed = accounts.has(account);
    const isTargeted = {
      NONE: unit !== undefined,
      INTERSECTION: unit !== undefined && isNamed,
      DIFFERENCE: unit !== undefined && !isNamed,
      UNION: unit !== undefined || isNamed,
    }[filter];
    return isTargeted ? [{ account, organizationalUnitId: unit ?? lineage.at(-1) ?? '' }] : [];
  });
}

/** Every account and Region that targets come to now. */
export const targetedPlaces = (
  organization: Organization,
  targets: Targets,
  regions: readonly string[],
): readonly WorkItem[] =>
  targetedAccounts(organization, targets).flatMap((target) =>
    regions.map((region) => ({ ...target, region })),
  );

/**
 * The instances of a StackSet among the targets: those of accounts that are there now, and those that came by one of
 * the units and whose accounts are elsewhere meanwhile.
 */
export function targetedInstances(
  organization: Organization,
  stackSet: StackSet,
  targets: Targets,
  regions: readonly string[],
): readonly WorkItem[] {
  const { unitIds, accounts, filter } = targets;
  const now = new Set(targetedPlaces(organization, targets, regions).map(keyOf));
  return [...stackSet.instances.values()].filter((instance) => {
    if (!regions.includes(instance.region)) return false;
    if (now.has(keyOf(instance))) return true;
    const isNamed = accounts.has(instance.account);
    if (filter === 'UNION' && isNamed) return true;
    const passes = filter === 'INTERSECTION' ? isNamed : filter !== 'DIFFERENCE' || !isNamed;
    return passes && unitIds.includes(instance.organizationalUnitId);
  });
}
