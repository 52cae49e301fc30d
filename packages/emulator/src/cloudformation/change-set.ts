import { AwsError, isAwsError } from '../world/aws-error.ts';
import type { Scope } from '../world/scope.ts';
import type { Actor } from './actor.ts';
import { startCreation } from './create-run.ts';
import {
  emptyStack,
  isEmptyPlan,
  newStackId,
  planFor,
  prepareContent,
  requireUpdatable,
  type DeployOrder,
} from './deploy-stack.ts';
import { deployingActor } from './deploying-actor.ts';
import { setStackStatus } from './stack-run.ts';
import {
  cloudFormationState,
  findStack,
  type ChangeSet,
  type OnFailure,
  type Stack,
} from './stack-state.ts';
import { startUpdate } from './update-run.ts';
import { validationError } from './validation-error.ts';

/** How long CloudFormation compares; it names no time. */
const pendingMs = 1_000;
const comparingMs = 2_000;
const changeSetsPerStackMax = 1_000; // far beyond what a stack needs; keeps a runaway loop from filling the world

export interface ChangeSetOrder extends DeployOrder {
  readonly stackName: string;
  readonly changeSetName: string;
  readonly kind: 'CREATE' | 'UPDATE';
  readonly description: string | undefined;
  readonly onFailure: OnFailure | undefined;
  readonly request: ChangeSet['token'];
}

/**
 * Compares new content with a stack. A stack that is to be created exists from now on, under review.
 *
 * @throws AwsError ValidationError, AlreadyExistsException, InsufficientCapabilitiesException
 */
export async function createChangeSet(scope: Scope, order: ChangeSetOrder): Promise<ChangeSet> {
  const existing = stackToChange(scope, order);
  const identity = {
    id: existing?.id ?? newStackId(scope, order.stackName),
    name: existing?.name ?? order.stackName,
  };
  const roleArn = order.roleArn ?? existing?.roleArn;
  const actor = deployingActor(scope, order.caller, roleArn);
  const content = await prepareContent(scope, order, identity, existing?.content);
  const stack = stackToChange(scope, order) ?? stackUnderReview(scope, order, identity.id, actor);
  const changeSet: ChangeSet = {
    id: scope.arn(`changeSet/${order.changeSetName}/${scope.uuid('change-set')}`, {
      service: 'cloudformation',
    }),
    name: order.changeSetName,
    stackId: stack.id,
    kind: order.kind,
    createdAt: scope.date,
    description: order.description,
    content,
    roleArn,
    onFailure: order.onFailure,
    token: order.request,
    status: 'CREATE_PENDING',
    statusReason: undefined,
    executionStatus: 'UNAVAILABLE',
    changes: [],
  };
  cloudFormationState.in(scope).changeSets.set(changeSet.id, changeSet);
  scope.after(pendingMs, `change set ${changeSet.name}`, () => {
    changeSet.status = 'CREATE_IN_PROGRESS';
    scope.after(comparingMs, `change set ${changeSet.name}`, () =>
      compare(scope, stack, changeSet, actor),
    );
  });
  return changeSet;
}

function stackToChange(scope: Scope, order: ChangeSetOrder): Stack | undefined {
  const { stackName, changeSetName, kind } = order;
  const stack = findStack(scope, stackName);
  if (kind === 'UPDATE') {
    if (!stack) throw validationError(`Stack [${stackName}] does not exist`);
    requireUpdatable(stack);
  } else if (stack && stack.status !== 'REVIEW_IN_PROGRESS')
    throw validationError(
      `Stack [${stackName}] already exists and cannot be created again with the changeSet [${changeSetName}].`,
    );
  const others = [...cloudFormationState.in(scope).changeSets.values()].filter(
    ({ stackId }) => stackId === stack?.id,
  );
  if (others.some(({ name }) => name === changeSetName))
    throw new AwsError('AlreadyExistsException', `ChangeSet ${changeSetName} already exists`);
  if (others.length >= changeSetsPerStackMax)
    throw new AwsError(
      'LimitExceededException',
      `ChangeSet limit exceeded for stack [${stackName}]`,
    );
  return stack;
}

function stackUnderReview(scope: Scope, order: ChangeSetOrder, id: string, actor: Actor): Stack {
  const stack = emptyStack(scope, {
    id,
    stackName: order.stackName,
    roleArn: order.roleArn,
    onFailure: 'ROLLBACK',
    terminationProtection: false,
    retainExceptOnCreate: false,
  });
  cloudFormationState.in(scope).stacks.set(id, stack);
  setStackStatus(
    { scope, stack, actor, token: order.token },
    'REVIEW_IN_PROGRESS',
    'User Initiated',
  );
  return stack;
}

async function compare(
  scope: Scope,
  stack: Stack,
  changeSet: ChangeSet,
  actor: Actor,
): Promise<void> {
  const fail = (reason: string): void => {
    changeSet.status = 'FAILED';
    changeSet.statusReason = reason;
    scope.record('ChangeSet', { changeSet: changeSet.name, status: 'FAILED', reason });
  };
  try {
    const plan = await planFor(scope, stack, changeSet.content, actor);
    changeSet.changes = plan.changes;
    if (isEmptyPlan(plan, stack, changeSet.content)) {
      fail(
        "The submitted information didn't contain changes. Submit different information to create a change set.",
      );
      return;
    }
  } catch (error) {
    if (!isAwsError(error)) throw error;
    fail(error.message);
    return;
  }
  changeSet.status = 'CREATE_COMPLETE';
  changeSet.executionStatus = 'AVAILABLE';
  scope.record('ChangeSet', { changeSet: changeSet.name, status: 'CREATE_COMPLETE' });
}

/**
 * Carries out a change set; the other change sets of its stack go.
 *
 * @throws AwsError InvalidChangeSetStatus, ValidationError
 */
export function executeChangeSet(
  scope: Scope,
  changeSet: ChangeSet,
  order: {
    readonly caller: Actor;
    readonly token: string | undefined;
    readonly disableRollback: boolean;
    readonly retainExceptOnCreate: boolean;
  },
): void {
  const { status, executionStatus } = changeSet;
  if (status !== 'CREATE_COMPLETE' || executionStatus !== 'AVAILABLE')
    throw new AwsError(
      'InvalidChangeSetStatusException',
      `ChangeSet [${changeSet.id}] cannot be executed in its current execution status of [${status === 'CREATE_COMPLETE' ? executionStatus : status}]`,
    );
  const stack = findStack(scope, changeSet.stackId);
  if (!stack) throw new TypeError(`the change set ${changeSet.id} has no stack`);
  if (changeSet.kind === 'UPDATE') requireUpdatable(stack);
  else if (stack.status !== 'REVIEW_IN_PROGRESS')
    throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not be created.`);
  const actor = deployingActor(scope, order.caller, changeSet.roleArn);
  deleteOtherChangeSets(scope, changeSet);
  stack.roleArn = changeSet.roleArn;
  stack.changeSetId = changeSet.id;
  stack.retainExceptOnCreate = order.retainExceptOnCreate;
  stack.onFailure = changeSet.onFailure ?? (order.disableRollback ? 'DO_NOTHING' : 'ROLLBACK');
  changeSet.executionStatus = 'EXECUTE_IN_PROGRESS';
  const onEnd = (succeeded: boolean): void => {
    changeSet.executionStatus = succeeded ? 'EXECUTE_COMPLETE' : 'EXECUTE_FAILED';
  };
  const run = { scope, stack, actor, token: order.token };
  if (changeSet.kind === 'CREATE') startCreation(run, changeSet.content, onEnd);
  else
    startUpdate(run, changeSet.content, {
      disableRollback: stack.onFailure === 'DO_NOTHING',
      onEnd,
    });
}

function deleteOtherChangeSets(scope: Scope, kept: ChangeSet): void {
  const { changeSets } = cloudFormationState.in(scope);
  for (const changeSet of changeSets.values())
    if (changeSet.stackId === kept.stackId && changeSet !== kept) changeSets.delete(changeSet.id);
}

/** @throws AwsError InvalidChangeSetStatus */
export function deleteChangeSet(scope: Scope, changeSet: ChangeSet): void {
  const isBusy =
    changeSet.status.endsWith('_IN_PROGRESS') ||
    changeSet.status === 'CREATE_PENDING' ||
    changeSet.executionStatus === 'EXECUTE_IN_PROGRESS';
  if (isBusy)
    throw new AwsError(
      'InvalidChangeSetStatusException',
      `ChangeSet [${changeSet.id}] cannot be deleted in its current status of [${changeSet.status}]`,
    );
  cloudFormationState.in(scope).changeSets.delete(changeSet.id);
}
