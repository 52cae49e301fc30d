import { AwsError } from '../world/aws-error.ts';
import type { Scope } from '../world/scope.ts';
import type { Actor } from './actor.ts';
import { requireCapabilities } from './capabilities.ts';
import { startCreation } from './create-run.ts';
import { startDeletion } from './delete-run.ts';
import { deployingActor } from './deploying-actor.ts';
import type { GivenParameter } from './parameters.ts';
import { planChanges, type Plan } from './plan.ts';
import { prepareTemplate } from './prepare-template.ts';
import { sameValue } from './property-diff.ts';
import { resolveDynamic, stackNames } from './stack-names.ts';
import {
  cloudFormationState,
  findStack,
  type OnFailure,
  type Stack,
  type StackContent,
  type Tags,
} from './stack-state.ts';
import { startUpdate } from './update-run.ts';
import { validationError } from './validation-error.ts';

/** What to deploy and on whose behalf. */
export interface DeployOrder {
  /** The template's text. */
  readonly body: string;
  readonly parameters: readonly GivenParameter[];
  /** Undefined keeps the stack's tags. */
  readonly tags: Tags | undefined;
  readonly capabilities: readonly string[];
  readonly caller: Actor;
  /** A role that the caller has passed; undefined keeps the stack's. */
  readonly roleArn: string | undefined;
  readonly token: string | undefined;
}

export interface CreateOrder extends DeployOrder {
  readonly stackName: string;
  readonly onFailure: OnFailure;
  readonly terminationProtection: boolean;
  readonly retainExceptOnCreate: boolean;
}

/** A stack's identity before there is a stack. */
export function newStackId(scope: Scope, stackName: string): string {
  return scope.arn(`stack/${stackName}/${scope.uuid('stack')}`, { service: 'cloudformation' });
}

/**
 * Creates a stack; resources are made in virtual time after the answer.
 *
 * @throws AwsError ValidationError, AlreadyExistsException, InsufficientCapabilitiesException
 */
export async function createStack(scope: Scope, order: CreateOrder): Promise<Stack> {
  refuseExisting(scope, order.stackName);
  const id = newStackId(scope, order.stackName);
  const actor = deployingActor(scope, order.caller, order.roleArn);
  const content = await prepareContent(scope, order, { id, name: order.stackName });
  const stack = emptyStack(scope, { id, ...order });
  await planFor(scope, stack, content, actor);
  refuseExisting(scope, order.stackName);
  cloudFormationState.in(scope).stacks.set(id, stack);
  startCreation({ scope, stack, actor, token: order.token }, content);
  return stack;
}

/** @throws AwsError AlreadyExistsException */
function refuseExisting(scope: Scope, stackName: string): void {
  if (findStack(scope, stackName))
    throw new AwsError('AlreadyExistsException', `Stack [${stackName}] already exists`);
}

export function emptyStack(
  scope: Scope,
  options: Pick<
    CreateOrder,
    'stackName' | 'roleArn' | 'onFailure' | 'terminationProtection' | 'retainExceptOnCreate'
  > & { readonly id: string },
): Stack {
  return {
    id: options.id,
    name: options.stackName,
    createdAt: scope.date,
    status: 'REVIEW_IN_PROGRESS',
    statusReason: undefined,
    updatedAt: undefined,
    deletedAt: undefined,
    content: undefined,
    roleArn: options.roleArn,
    onFailure: options.onFailure,
    retainExceptOnCreate: options.retainExceptOnCreate,
    terminationProtection: options.terminationProtection,
    resources: new Map(),
    leftovers: [],
    outputs: [],
    imports: new Set(),
    events: [],
    changeSetId: undefined,
    lastToken: undefined,
    breakOff: undefined,
  };
}

/**
 * Reads what is to be deployed: template, parameters, acknowledgements.
 *
 * @param previous the content of the stack as it is
 */
export async function prepareContent(
  scope: Scope,
  order: DeployOrder,
  stack: { readonly id: string; readonly name: string },
  previous?: StackContent,
): Promise<StackContent> {
  const prepared = await prepareTemplate(scope, {
    body: order.body,
    given: order.parameters,
    previous:
      previous && new Map([...previous.prepared.parameters].map(([key, { text }]) => [key, text])),
    stack: { stackId: stack.id, stackName: stack.name },
    reader: order.caller,
  });
  requireCapabilities(prepared.template, order.capabilities);
  return { prepared, tags: order.tags ?? previous?.tags ?? {}, capabilities: order.capabilities };
}

/** What new content would change in a stack. */
export async function planFor(
  scope: Scope,
  stack: Stack,
  content: StackContent,
  actor: Actor,
): Promise<Plan> {
  const { prepared } = content;
  const identity = { stackId: stack.id, stackName: stack.name };
  return planChanges({
    world: scope.world,
    next: prepared,
    current: stack.content?.prepared.template,
    resources: stack.resources,
    outputs: stack.outputs,
    tagsChange: tagsDiffer(stack, content),
    names: (resource) => stackNames({ scope, stack: identity, prepared, resource }),
    resolve: (properties) => resolveDynamic(scope, actor, properties),
  });
}

export const isEmptyPlan = (plan: Plan, stack: Stack, content: StackContent): boolean =>
  plan.changes.length === 0 && !plan.outputsChange && !tagsDiffer(stack, content);

const tagsDiffer = (stack: Stack, { tags }: StackContent): boolean =>
  !sameValue(stack.content?.tags ?? {}, tags);

/** Source: CloudFormation User Guide, "Stack status codes" and "Stack failure options". */
const updatable: readonly Stack['status'][] = [
  'CREATE_COMPLETE',
  'CREATE_FAILED',
  'UPDATE_COMPLETE',
  'UPDATE_FAILED',
  'UPDATE_ROLLBACK_COMPLETE',
];

/** @throws AwsError ValidationError */
export function requireUpdatable({ id, status }: Stack): void {
  if (!updatable.includes(status))
    throw validationError(`Stack:${id} is in ${status} state and can not be updated.`);
}

/**
 * Updates a stack; resources change in virtual time after the answer.
 *
 * @throws AwsError ValidationError, InsufficientCapabilitiesException
 */
export async function updateStack(
  scope: Scope,
  stack: Stack,
  order: DeployOrder & {
    readonly disableRollback: boolean;
    readonly retainExceptOnCreate: boolean;
  },
): Promise<void> {
  requireUpdatable(stack);
  const roleArn = order.roleArn ?? stack.roleArn;
  const actor = deployingActor(scope, order.caller, roleArn);
  const content = await prepareContent(scope, order, stack, stack.content);
  const plan = await planFor(scope, stack, content, actor);
  if (isEmptyPlan(plan, stack, content)) throw validationError('No updates are to be performed.');
  requireUpdatable(stack);
  stack.roleArn = roleArn;
  stack.retainExceptOnCreate = order.retainExceptOnCreate;
  startUpdate({ scope, stack, actor, token: order.token }, content, {
    disableRollback: order.disableRollback,
  });
}

/** Statuses in which a stack cannot be deleted: something else is going on. */
const isBusy = ({ status, breakOff }: Stack): boolean =>
  status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS' && breakOff === undefined;

/**
 * Deletes a stack; resources go in virtual time after the answer.
 *
 * @throws AwsError ValidationError
 */
export function deleteStack(
  scope: Scope,
  stack: Stack,
  order: {
    readonly caller: Actor;
    readonly roleArn: string | undefined;
    readonly retain: readonly string[];
    readonly token: string | undefined;
  },
): void {
  if (stack.status === 'DELETE_IN_PROGRESS') return;
  if (stack.terminationProtection)
    throw validationError(
      `Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`,
    );
  if (isBusy(stack))
    throw validationError(
      `Stack [${stack.name}] cannot be deleted while in status ${stack.status}`,
    );
  if (order.retain.length > 0 && stack.status !== 'DELETE_FAILED')
    throw validationError(
      `Invalid operation on stack [${stack.id}]. RetainResources can only be given for a stack in DELETE_FAILED.`,
    );
  const roleArn = order.roleArn ?? stack.roleArn;
  const actor = deployingActor(scope, order.caller, roleArn);
  stack.roleArn = roleArn;
  startDeletion({ scope, stack, actor, token: order.token }, order.retain);
}
