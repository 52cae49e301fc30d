import { createStack, deleteStack, updateStack } from '../../../cloudformation/deploy-stack.ts';
import type { Actor } from '../../../cloudformation/actor.ts';
import { whenSettled } from '../../../cloudformation/stack-settled.ts';
import { findStack, type Stack } from '../../../cloudformation/stack-state.ts';
import { isAwsError } from '../../../world/aws-error.ts';
import type { Scope } from '../../../world/scope.ts';
import { executionActor } from './execution-role.ts';
import { stackParameters } from './stack-set-content.ts';
import type { StackInstance, StackSet, StackSetOperation } from './stack-set-state.ts';

/** What became of the work on one instance. */
export type Outcome =
  | { readonly status: 'SUCCEEDED' }
  | { readonly status: 'FAILED'; readonly reason: string }
  | { readonly status: 'SKIPPED'; readonly reason: string };

type Settle = (outcome: Outcome) => void;

/** One piece of an operation. */
export interface InstanceWork {
  /** Where the StackSet lives. */
  readonly home: Scope;
  readonly stackSet: StackSet;
  readonly operation: StackSetOperation;
  readonly instance: StackInstance;
}

const stackNameLengthMax = 128; // CloudFormation API Reference, CreateStack, StackName
const succeeded: Outcome = { status: 'SUCCEEDED' };

const failed = (reason: string): Outcome => ({ status: 'FAILED', reason });

/**
 * Makes, updates or deletes the stack of one instance in its own account, as the role that StackSets has there.
 *
 * @param settle told once what became of it, then or later
 */
export async function workOnInstance(work: InstanceWork, settle: Settle): Promise<void> {
  const { home, operation, instance } = work;
  const place = home.at({ account: instance.account, region: instance.region });
  if (operation.action === 'DELETE' && operation.retainStacks) {
    settle(succeeded);
    return;
  }
  const account = home.world.directory.get(instance.account);
  if (account?.state !== 'ACTIVE') {
    settle({
      status: 'SKIPPED',
      reason: `Account ${instance.account} is suspended at the time of the operation`,
    });
    return;
  }
  try {
    const actor = await executionActor(home, place);
    if (operation.action === 'DELETE') remove(work, { place, actor }, settle);
    else await deploy(work, { place, actor }, settle);
  } catch (error) {
    if (!isAwsError(error)) throw error;
    settle(failed(error.message));
  }
}

interface Where {
  readonly place: Scope;
  readonly actor: Actor;
}

function stackOf({ instance }: InstanceWork, place: Scope): Stack | undefined {
  const stack = instance.stackId === undefined ? undefined : findStack(place, instance.stackId);
  return stack?.status === 'DELETE_COMPLETE' ? undefined : stack;
}

/** Stacks that never came to be cannot be updated: they make room for a new one. */
const isStillborn = ({ status }: Stack): boolean =>
  ['CREATE_FAILED', 'ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'DELETE_FAILED'].includes(status);

async function deploy(work: InstanceWork, where: Where, settle: Settle): Promise<void> {
  const { place, actor } = where;
  const stack = stackOf(work, place);
  if (!stack) {
    await create(work, where, settle);
    return;
  }
  if (!isStillborn(stack)) {
    await update(work, where, stack, settle);
    return;
  }
  deleteStack(place, stack, { caller: actor, roleArn: undefined, retain: [], token: undefined });
  whenSettled(stack, () => {
    if (stack.status !== 'DELETE_COMPLETE') {
      settle(failed(reasonOf(stack, 'DELETE_FAILED')));
      return;
    }
    place.after(0, `create ${work.stackSet.name} again`, () => createAgain(work, where, settle));
  });
}

async function createAgain(work: InstanceWork, where: Where, settle: Settle): Promise<void> {
  try {
    await create(work, where, settle);
  } catch (error) {
    if (!isAwsError(error)) throw error;
    settle(failed(error.message));
  }
}

const orderOf = ({ stackSet, instance, operation }: InstanceWork, actor: Actor) => ({
  body: stackSet.content.body,
  parameters: stackParameters(stackSet.content, instance),
  tags: stackSet.content.tags,
  capabilities: stackSet.content.capabilities,
  caller: actor,
  roleArn: undefined,
  token: operation.id,
  retainExceptOnCreate: false,
});

async function create(work: InstanceWork, { place, actor }: Where, settle: Settle): Promise<void> {
  const { stackSet, instance } = work;
  const unique = place.uuid('stack-set-stack');
  const room = stackNameLengthMax - 'StackSet--'.length - unique.length;
  const stack = await createStack(place, {
    ...orderOf(work, actor),
    stackName: `StackSet-${stackSet.name.slice(0, room)}-${unique}`,
    onFailure: 'ROLLBACK',
    terminationProtection: false,
  });
  instance.stackId = stack.id;
  whenSettled(stack, () => {
    settle(
      stack.status === 'CREATE_COMPLETE' ? succeeded : failed(reasonOf(stack, 'CREATE_FAILED')),
    );
  });
}

async function update(
  work: InstanceWork,
  { place, actor }: Where,
  stack: Stack,
  settle: Settle,
): Promise<void> {
  try {
    await updateStack(place, stack, { ...orderOf(work, actor), disableRollback: false });
  } catch (error) {
    if (!isAwsError(error) || error.message !== 'No updates are to be performed.') throw error;
    settle(succeeded);
    return;
  }
  whenSettled(stack, () => {
    settle(
      stack.status === 'UPDATE_COMPLETE'
        ? succeeded
        : failed(reasonOf(stack, 'CREATE_FAILED', 'UPDATE_FAILED')),
    );
  });
}

function remove(work: InstanceWork, { place, actor }: Where, settle: Settle): void {
  const stack = stackOf(work, place);
  if (!stack) {
    settle(succeeded);
    return;
  }
  deleteStack(place, stack, {
    caller: actor,
    roleArn: undefined,
    retain: [],
    token: work.operation.id,
  });
  whenSettled(stack, () => {
    settle(
      stack.status === 'DELETE_COMPLETE' ? succeeded : failed(reasonOf(stack, 'DELETE_FAILED')),
    );
  });
}

/** The first resource that failed in the stack's last operation, as StackSets words it. */
function reasonOf(stack: Stack, ...statuses: readonly string[]): string {
  const begin = stack.events.findLastIndex(
    ({ logicalId, reason }) => logicalId === stack.name && reason === 'User Initiated',
  );
  const culprit = stack.events
    .slice(Math.max(0, begin))
    .find(({ logicalId, status }) => logicalId !== stack.name && statuses.includes(status));
  if (!culprit) return stack.statusReason ?? `Stack ${stack.id} is in ${stack.status}`;
  const { logicalId, type, reason = '' } = culprit;
  return `ResourceLogicalId:${logicalId}, ResourceType:${type}, ResourceStatusReason:${reason}.`;
}
