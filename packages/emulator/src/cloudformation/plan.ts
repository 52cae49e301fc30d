import type { ChangeSource, ResourceAttribute } from '@aws-sdk/client-cloudformation';
import type { World } from '../world/world.ts';
import { KnownLater, type Names } from './expression-values.ts';
import { evaluate, evaluateProperties } from './intrinsics.ts';
import type { ResourceAnswers } from './names.ts';
import type { PreparedResource, PreparedTemplate } from './prepare-template.ts';
import { differences, sameValue, type PropertyDifference } from './property-diff.ts';
import type { Properties } from './provider.ts';
import { referencesOf } from './references.ts';
import { providerOf } from './resource-providers.ts';
import type { StackOutput, StackResource } from './stack-state.ts';
import type { Template } from './template.ts';
import { validationError } from './validation-error.ts';

/** Why one part of a resource changes. */
export interface ChangeDetail {
  readonly attribute: ResourceAttribute;
  /** The property's name, for properties. */
  readonly name: string | undefined;
  readonly requiresRecreation: 'Never' | 'Conditionally' | 'Always';
  readonly evaluation: 'Static' | 'Dynamic';
  readonly source: ChangeSource;
  /** The parameter, resource or attribute that causes it. */
  readonly causingEntity: string | undefined;
}

/** What an update will do with one resource. */
export interface PlannedChange {
  readonly action: 'Add' | 'Modify' | 'Remove';
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string | undefined;
  /** For modifications. */
  readonly replacement: 'True' | 'False' | 'Conditional' | undefined;
  readonly details: readonly ChangeDetail[];
}

export interface Plan {
  readonly changes: readonly PlannedChange[];
  readonly outputsChange: boolean;
}

export interface PlanOrder {
  readonly world: World;
  readonly next: PreparedTemplate;
  /** The template as it is applied now; undefined for a new stack. */
  readonly current: Template | undefined;
  readonly resources: ReadonlyMap<string, StackResource>;
  readonly outputs: readonly StackOutput[];
  readonly tagsChange: boolean;
  /** Makes the names of expressions, given what resources answer. */
  readonly names: (resource: (logicalId: string) => ResourceAnswers | undefined) => Names;
  /** Puts the values of dynamic references into evaluated properties. */
  readonly resolve: (properties: Properties) => Promise<Properties>;
}

/**
 * Finds out what a template would change, without changing anything. Values that depend on resources that are still
 * to be made or replaced are not known; what holds them counts as changed.
 *
 * @throws AwsError ValidationError for expressions that cannot be evaluated
 */
export async function planChanges(order: PlanOrder): Promise<Plan> {
  const { next, resources } = order;
  refuseNewTypes(order);
  const changes = new Map<string, PlannedChange>();
  const names = order.names((logicalId) => answersOf(order, changes, logicalId));
  for (const resource of next.resources) {
    const properties = await order.resolve(evaluateProperties(resource.properties, names));
    const change = planResource(order, resource, properties);
    if (change) changes.set(resource.logicalId, change);
  }
  const kept = new Set(next.resources.map(({ logicalId }) => logicalId));
  const removed = [...resources.values()]
    .filter(({ logicalId }) => !kept.has(logicalId))
    .map((resource): PlannedChange => describe('Remove', resource, resource.physicalId));
  return {
    changes: [...changes.values(), ...removed],
    outputsChange: outputsChange(order, names),
  };
}

function refuseNewTypes({ next, resources }: PlanOrder): void {
  const changed = next.resources.filter(({ logicalId, type }) => {
    const before = resources.get(logicalId);
    return before !== undefined && before.type !== type;
  });
  if (changed.length > 0)
    throw validationError(
      `Update of resource type is not permitted. The new template modifies resource type of the following resources: [${changed
        .map(({ logicalId }) => logicalId)
        .join(', ')}]`,
    );
}

const describe = (
  action: PlannedChange['action'],
  { logicalId, type }: { logicalId: string; type: string },
  physicalId: string | undefined,
): PlannedChange => ({ action, logicalId, type, physicalId, replacement: undefined, details: [] });

/** What is known of a resource while its change is only planned. */
function answersOf(
  { next, resources }: PlanOrder,
  changes: ReadonlyMap<string, PlannedChange>,
  logicalId: string,
): ResourceAnswers | undefined {
  const resource = next.resources.find((candidate) => candidate.logicalId === logicalId);
  if (!resource) return undefined;
  const before = resources.get(logicalId);
  const change = changes.get(logicalId);
  const isNew = before?.physicalId === undefined || change?.action === 'Add';
  const mayBeNew = isNew || (change !== undefined && change.replacement !== 'False');
  return {
    type: resource.type,
    ref: mayBeNew ? new KnownLater(logicalId) : before.physicalId,
    attribute: (name) =>
      mayBeNew || change !== undefined ? new KnownLater(logicalId, name) : before.attributes[name],
  };
}

function planResource(
  order: PlanOrder,
  resource: PreparedResource,
  properties: Properties,
): PlannedChange | undefined {
  const before = order.resources.get(resource.logicalId);
  if (before?.physicalId === undefined) return describe('Add', resource, undefined);
  const provider = providerOf(order.world, resource.type);
  const details = differences(before.properties, properties).map((difference) =>
    detailOf(order, resource, difference, provider.createOnly.includes(difference.name)),
  );
  if (order.tagsChange && provider.properties.includes('Tags')) details.push(tagsDetail);
  if (!sameValue(before.metadata, resource.metadata)) details.push(metadataDetail);
  if (details.length === 0 && before.status !== 'UPDATE_FAILED') return undefined;
  const replacement = details.some(({ requiresRecreation }) => requiresRecreation === 'Always')
    ? 'True'
    : details.some(({ requiresRecreation }) => requiresRecreation === 'Conditionally')
      ? 'Conditional'
      : 'False';
  return { ...describe('Modify', resource, before.physicalId), replacement, details };
}

const wholeAttribute = {
  name: undefined,
  requiresRecreation: 'Never',
  evaluation: 'Static',
  source: 'DirectModification',
  causingEntity: undefined,
} as const;
const tagsDetail: ChangeDetail = { attribute: 'Tags', ...wholeAttribute };
const metadataDetail: ChangeDetail = { attribute: 'Metadata', ...wholeAttribute };

function detailOf(
  order: PlanOrder,
  resource: PreparedResource,
  { name, decidedBy }: PropertyDifference,
  isCreateOnly: boolean,
): ChangeDetail {
  const base = {
    attribute: name === 'Tags' ? ('Tags' as const) : ('Properties' as const),
    name,
    requiresRecreation: !isCreateOnly
      ? ('Never' as const)
      : decidedBy
        ? ('Conditionally' as const)
        : ('Always' as const),
  };
  if (decidedBy)
    return {
      ...base,
      evaluation: 'Dynamic',
      source: decidedBy.attribute === undefined ? 'ResourceReference' : 'ResourceAttribute',
      causingEntity:
        decidedBy.attribute === undefined
          ? decidedBy.logicalId
          : `${decidedBy.logicalId}.${decidedBy.attribute}`,
    };
  const written = resource.properties[name];
  const before = order.current?.resources.get(resource.logicalId)?.properties[name];
  const parameter = referencesOf(written)
    .map((reference) => reference.name)
    .find((candidate) => order.next.template.parameters.has(candidate));
  return sameValue(written, before) && parameter !== undefined
    ? { ...base, evaluation: 'Static', source: 'ParameterReference', causingEntity: parameter }
    : { ...base, evaluation: 'Static', source: 'DirectModification', causingEntity: undefined };
}

function outputsChange({ next, outputs }: PlanOrder, names: Names): boolean {
  if (next.outputs.length !== outputs.length) return true;
  return next.outputs.some(({ name, value, description, exportName }) => {
    const before = outputs.find((output) => output.name === name);
    return !(
      before !== undefined &&
      before.description === description &&
      sameValue(evaluate(value, names), before.value) &&
      sameValue(
        exportName === undefined ? undefined : evaluate(exportName, names),
        before.exportName,
      )
    );
  });
}
