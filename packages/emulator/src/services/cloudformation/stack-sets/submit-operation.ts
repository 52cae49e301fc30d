import { AwsError } from '../../../world/aws-error.ts';
import type { Scope } from '../../../world/scope.ts';
import { runOperation } from './run-operation.ts';
import {
  keyOf,
  type StackSet,
  type StackSetOperation,
  type Submission,
  type WorkItem,
} from './stack-set-state.ts';

/** What of an operation is known when it is asked for. */
export type NewOperation = Pick<
  StackSetOperation,
  'id' | 'action' | 'request' | 'preferences' | 'targets' | 'retainStacks'
>;

export interface Order extends Omit<Submission, 'operation'> {
  readonly operation: NewOperation;
  /** Whether the service itself asks, which waits for its turn where a caller would be refused. */
  readonly isAutomatic: boolean;
}

/**
 * Whether an operation was asked for before with the same request.
 *
 * @throws AwsError OperationIdAlreadyExistsException for another request with the same id
 */
export function isRepeatedOperation(stackSet: StackSet, id: string, request: string): boolean {
  const existing = stackSet.operations.get(id);
  if (!existing) return false;
  if (existing.request === request) return true;
  throw new AwsError(
    'OperationIdAlreadyExistsException',
    `An Operation with id ${id} already exists`,
  );
}

/** @throws AwsError OperationInProgressException when something goes on that leaves room for nothing else */
export function requireRoom(stackSet: StackSet): void {
  if (isBusy(stackSet) && !stackSet.managedExecution)
    throw new AwsError(
      'OperationInProgressException',
      `Another Operation on StackSet ${stackSet.arn} is in progress`,
    );
}

export const isBusy = ({ running, waiting }: StackSet): boolean =>
  running.size > 0 || waiting.length > 0;

/**
 * Begins an operation, or lets it wait until nothing conflicts with it.
 *
 * @throws AwsError OperationInProgressException
 */
export function submitOperation(home: Scope, stackSet: StackSet, order: Order): StackSetOperation {
  if (!order.isAutomatic) requireRoom(stackSet);
  const operation: StackSetOperation = {
    ...order.operation,
    createdAt: home.date,
    endedAt: undefined,
    status: 'QUEUED',
    reason: undefined,
    results: new Map(),
    onStop: undefined,
  };
  const { changesSet, plan, begin } = order;
  stackSet.operations.set(operation.id, operation);
  stackSet.waiting.push({ operation, changesSet, plan, begin });
  startWaiting(home, stackSet);
  return operation;
}

/** Takes an operation that has not begun out of the queue. */
export function withdrawOperation(home: Scope, stackSet: StackSet, id: string): void {
  const index = stackSet.waiting.findIndex(({ operation }) => operation.id === id);
  const [withdrawn] = index < 0 ? [] : stackSet.waiting.splice(index, 1);
  if (!withdrawn) return;
  withdrawn.operation.status = 'STOPPED';
  withdrawn.operation.endedAt = home.date;
  startWaiting(home, stackSet);
}

/**
 * Starts what may start, in the order of the requests: without managed execution one operation at a time, with it all
 * that neither conflict with what runs nor with what was asked for before.
 *
 * Source: CloudFormation API Reference, ManagedExecution.
 */
function startWaiting(home: Scope, stackSet: StackSet): void {
  const { running, waiting, managedExecution } = stackSet;
  const ahead: Submission[] = [...running];
  for (const submission of [...waiting]) {
    const mayStart = managedExecution
      ? !ahead.some((other) => conflict(submission, other))
      : ahead.length === 0;
    ahead.push(submission);
    if (!mayStart) continue;
    waiting.splice(waiting.indexOf(submission), 1);
    start(home, stackSet, submission);
  }
}

function conflict(one: Submission, other: Submission): boolean {
  if (one.changesSet || other.changesSet) return true;
  const places = placesOf(other);
  return one.plan().some((item) => places.has(keyOf(item)));
}

const placesOf = ({ operation, plan }: Submission): ReadonlySet<string> =>
  operation.status === 'QUEUED' ? new Set(plan().map(keyOf)) : new Set(operation.results.keys());

function start(home: Scope, stackSet: StackSet, submission: Submission): void {
  const { operation, plan, begin } = submission;
  const items = plan();
  operation.status = 'RUNNING';
  stackSet.running.add(submission);
  begin(items);
  const instances = items.map((item) => instanceFor(stackSet, operation, item));
  runOperation({
    home,
    stackSet,
    operation,
    instances,
    done: () => {
      stackSet.running.delete(submission);
      startWaiting(home, stackSet);
    },
  });
}

/** The instance that an operation works on; a creation makes it before there is a stack. */
function instanceFor(stackSet: StackSet, operation: StackSetOperation, item: WorkItem) {
  const { account, region, organizationalUnitId } = item;
  const key = keyOf(item);
  const instance = stackSet.instances.get(key);
  if (!instance) throw new TypeError(`${stackSet.id} has no instance in ${key}`);
  instance.detailedStatus = 'PENDING';
  instance.reason = undefined;
  instance.lastOperationId = operation.id;
  if (operation.action !== 'DELETE') instance.status = 'OUTDATED';
  operation.results.set(key, {
    account,
    region,
    organizationalUnitId,
    status: 'PENDING',
    reason: undefined,
  });
  return instance;
}
