import type * as client from '@aws-sdk/client-cloudformation';
import { validationError } from '../../../cloudformation/validation-error.ts';
import { AwsError } from '../../../world/aws-error.ts';
import type { Call } from '../../../world/call.ts';
import type { Scope } from '../../../world/scope.ts';
import { operation, type Operation } from '../../../world/service.ts';
import type { Organization } from '../../organizations/state.ts';
import { requestOf } from '../stack-operations.ts';
import { supportOnly } from '../supported-input.ts';
import {
  checkRegions,
  readTargets,
  targetedInstances,
  targetedPlaces,
  type Targets,
} from './deployment-targets.ts';
import { checkPreferences } from './operation-preferences.ts';
import { requireStackSetToChange, stackSetChecks } from './stack-set-access.ts';
import { readOverrides } from './stack-set-content.ts';
import { keyOf, type OperationAction, type StackSet, type WorkItem } from './stack-set-state.ts';
import {
  isRepeatedOperation,
  requireRoom,
  submitOperation,
  type NewOperation,
} from './submit-operation.ts';

/** CloudFormation User Guide, "Understand CloudFormation quotas", stack instances per StackSet. */
const instancesMax = 100_000;

const supported = [
  'CallAs',
  'DeploymentTargets',
  'OperationId',
  'OperationPreferences',
  'Regions',
  'StackSetName',
];

type Input = client.CreateStackInstancesCommandInput & { readonly RetainStacks?: boolean };

interface Request {
  readonly organization: Organization;
  readonly home: Scope;
  readonly stackSet: StackSet;
  readonly targets: Targets;
  readonly regions: readonly string[];
  readonly operation: NewOperation;
}

/** @returns the id of an operation that was asked for before, or what the new one is about */
function read(call: Call, action: OperationAction, input: Input): string | Request {
  const { organization, home, stackSet } = requireStackSetToChange(call, input);
  const id = input.OperationId ?? call.uuid('stack-set-operation');
  const request = requestOf(call.operationName, input);
  if (isRepeatedOperation(stackSet, id, request)) return id;
  requireRoom(stackSet);
  if (input.Accounts !== undefined)
    throw validationError(
      'Accounts cannot be specified for a StackSet with service-managed permissions: use DeploymentTargets',
    );
  return {
    organization,
    home,
    stackSet,
    regions: checkRegions(input.Regions),
    targets: readTargets(organization, input.DeploymentTargets, { mayUnite: action !== 'CREATE' }),
    operation: {
      id,
      action,
      request,
      preferences: checkPreferences(input.OperationPreferences),
      targets: input.DeploymentTargets,
      retainStacks: input.RetainStacks === true,
    },
  };
}

const createStackInstances = operation<
  client.CreateStackInstancesCommandInput,
  Partial<client.CreateStackInstancesCommandOutput>
>({
  authorize: (input, call) => stackSetChecks('CreateStackInstances', input, call, input),
  run(input, call) {
    supportOnly(input, [...supported, 'Accounts', 'ParameterOverrides']);
    const wanted = read(call, 'CREATE', input);
    if (typeof wanted === 'string') return { OperationId: wanted };
    const { organization, home, stackSet, targets, regions } = wanted;
    readOverrides(stackSet.content, input.ParameterOverrides, undefined);
    const plan = (): readonly WorkItem[] => targetedPlaces(organization, targets, regions);
    const added = plan().filter((item) => !stackSet.instances.has(keyOf(item))).length;
    if (stackSet.instances.size + added > instancesMax)
      throw new AwsError(
        'LimitExceededException',
        `a StackSet has at most ${instancesMax} stack instances`,
      );
    const started = submitOperation(home, stackSet, {
      operation: wanted.operation,
      isAutomatic: false,
      changesSet: false,
      plan,
      begin: (items) => {
        addTargets(stackSet, targets.unitIds, regions);
        addInstances(stackSet, items);
        override(stackSet, items, input.ParameterOverrides);
      },
    });
    return { OperationId: started.id };
  },
});

function addTargets(
  { targets }: StackSet,
  unitIds: readonly string[],
  regions: readonly string[],
): void {
  for (const unitId of unitIds)
    targets.set(unitId, new Set([...(targets.get(unitId) ?? []), ...regions]));
}

/** Puts instances in place that have no stack yet. */
export function addInstances({ instances }: StackSet, items: readonly WorkItem[]): void {
  for (const item of items) {
    const existing = instances.get(keyOf(item));
    if (existing) existing.organizationalUnitId = item.organizationalUnitId;
    else
      instances.set(keyOf(item), {
        account: item.account,
        region: item.region,
        organizationalUnitId: item.organizationalUnitId,
        stackId: undefined,
        status: 'OUTDATED',
        detailedStatus: 'PENDING',
        reason: undefined,
        lastOperationId: undefined,
        overrides: new Map(),
      });
  }
}

function override(
  { content, instances }: StackSet,
  items: readonly WorkItem[],
  given: readonly client.Parameter[] | undefined,
): void {
  for (const item of items) {
    const instance = instances.get(keyOf(item));
    if (instance) instance.overrides = readOverrides(content, given, instance);
  }
}

const updateStackInstances = operation<
  client.UpdateStackInstancesCommandInput,
  Partial<client.UpdateStackInstancesCommandOutput>
>({
  authorize: (input, call) => stackSetChecks('UpdateStackInstances', input, call, input),
  run(input, call) {
    supportOnly(input, [...supported, 'Accounts', 'ParameterOverrides']);
    const wanted = read(call, 'UPDATE', input);
    if (typeof wanted === 'string') return { OperationId: wanted };
    const { organization, home, stackSet, targets, regions } = wanted;
    readOverrides(stackSet.content, input.ParameterOverrides, undefined);
    const plan = (): readonly WorkItem[] =>
      targetedInstances(organization, stackSet, targets, regions);
    requireSome(stackSet, plan());
    const started = submitOperation(home, stackSet, {
      operation: wanted.operation,
      isAutomatic: false,
      changesSet: false,
      plan,
      begin: (items) => {
        override(stackSet, items, input.ParameterOverrides);
      },
    });
    return { OperationId: started.id };
  },
});

/** @throws AwsError StackInstanceNotFoundException */
function requireSome({ id }: StackSet, items: readonly WorkItem[]): void {
  if (items.length === 0)
    throw new AwsError(
      'StackInstanceNotFoundException',
      `StackSet ${id} has no stack instances in the given targets and Regions`,
    );
}

const deleteStackInstances = operation<
  client.DeleteStackInstancesCommandInput,
  Partial<client.DeleteStackInstancesCommandOutput>
>({
  authorize: (input, call) => stackSetChecks('DeleteStackInstances', input, call, input),
  run(input, call) {
    const { RetainStacks, ...rest } = input;
    supportOnly(rest, [...supported, 'Accounts']);
    if (RetainStacks === undefined) throw validationError('RetainStacks must be specified');
    const wanted = read(call, 'DELETE', { ...rest, RetainStacks });
    if (typeof wanted === 'string') return { OperationId: wanted };
    const { organization, home, stackSet, targets, regions } = wanted;
    const started = submitOperation(home, stackSet, {
      operation: wanted.operation,
      isAutomatic: false,
      changesSet: false,
      plan: () => targetedInstances(organization, stackSet, targets, regions),
      begin: () => {
        // Single accounts say nothing about where new accounts are to be served.
        if (targets.filter === 'NONE') removeTargets(stackSet, targets.unitIds, regions);
      },
    });
    return { OperationId: started.id };
  },
});

function removeTargets(
  { targets }: StackSet,
  unitIds: readonly string[],
  regions: readonly string[],
): void {
  for (const unitId of unitIds) {
    const left = [...(targets.get(unitId) ?? [])].filter((region) => !regions.includes(region));
    if (left.length > 0) targets.set(unitId, new Set(left));
    else targets.delete(unitId);
  }
}

export const stackInstanceOperations: Readonly<Record<string, Operation>> = {
  CreateStackInstances: createStackInstances,
  DeleteStackInstances: deleteStackInstances,
  UpdateStackInstances: updateStackInstances,
};
