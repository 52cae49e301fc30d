import type * as client from '@aws-sdk/client-sqs';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import type { Scope } from '../../world/scope.ts';
import { operation, type AccessCheck } from '../../world/service.ts';
import { dropExpired, insert, nextSequenceNumber } from './message-store.ts';
import { requireKeyForReceiving, requireKeyForSending } from './queue-encryption.ts';
import { findQueue, placeOfArn, queueCheck } from './queue-lookup.ts';
import { deadLetterSources } from './redrive-policy.ts';
import { sqsState, type MoveTask, type Queue, type StoredMessage } from './state.ts';
import { isVisible } from './visibility.ts';

// SQS API reference, StartMessageMoveTask and ListMessageMoveTasks.
const perSecondLimit = 500;
const listMax = 10;

const noResource = (): AwsError =>
  new AwsError(
    'ResourceNotFoundException',
    "The resource that you specified for the SourceArn parameter doesn't exist.",
  );

function checkByArn(call: Call, arn: string | undefined, action: string): AccessCheck {
  const place = placeOfArn(arn ?? '');
  if (!place)
    throw new AwsError('InvalidParameterValue', `You must use a queue ARN, not ${arn ?? ''}.`);
  return queueCheck(call, place, action, { crossAccount: false });
}

/** @throws AwsError ResourceNotFoundException */
function queueOfArn(scope: Scope, arn: string | undefined): Queue {
  const place = placeOfArn(arn ?? '');
  const queue =
    place?.account === scope.account && place.region === scope.region
      ? findQueue(scope, place)
      : undefined;
  if (!queue) throw noResource();
  return queue;
}

export const startMessageMoveTask = operation<
  client.StartMessageMoveTaskCommandInput,
  Partial<client.StartMessageMoveTaskCommandOutput>
>({
  // SQS Developer Guide, "Configuring a dead-letter queue redrive", permissions.
  authorize: (input, call) => [
    ...['StartMessageMoveTask', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map(
      (action) => checkByArn(call, input.SourceArn, action),
    ),
    ...destinations(call, input).map((arn) => checkByArn(call, arn, 'SendMessage')),
  ],
  run(input, call) {
    const source = queueOfArn(call, input.SourceArn);
    if (deadLetterSources(call, source).length === 0)
      throw new AwsError(
        'InvalidParameterValue',
        'Source queue must be configured as a Dead Letter Queue.',
      );
    for (const arn of destinations(call, input)) {
      const destination = queueOfArn(call, arn);
      if (destination.fifo !== source.fifo)
        throw new AwsError('InvalidParameterValue', 'Source and destination must be of one type.');
      requireKeyForSending(call, destination);
    }
    requireKeyForReceiving(call, source);
    const rate = input.MaxNumberOfMessagesPerSecond;
    if (rate !== undefined && !(Number.isInteger(rate) && rate >= 1 && rate <= perSecondLimit))
      throw new AwsError(
        'InvalidParameterValue',
        `MaxNumberOfMessagesPerSecond must be from 1 to ${perSecondLimit}, not ${rate}.`,
      );
    const { moveTasks } = sqsState.in(call);
    if (moveTasks.some((task) => task.sourceArn === source.arn && isActive(task)))
      throw new AwsError(
        'InvalidParameterValue',
        'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
      );
    dropExpired(source, call.now);
    const task: MoveTask = {
      handle: Buffer.from(
        JSON.stringify({ taskId: call.uuid('move-task'), sourceArn: source.arn }),
      ).toString('base64'),
      sourceArn: source.arn,
      destinationArn: input.DestinationArn,
      perSecondMax: rate,
      toMove: source.messages.length,
      startedAt: call.now,
      status: 'RUNNING',
      moved: 0,
      failureReason: undefined,
    };
    moveTasks.push(task);
    scheduleStep(call.at({ service: 'sqs' }), source, task);
    return { TaskHandle: task.handle };
  },
});

const isActive = ({ status }: MoveTask): boolean => status === 'RUNNING' || status === 'CANCELLING';

/** Where messages go: the queue asked for, else all that name the source as their dead-letter queue. */
function destinations(
  call: Call,
  input: client.StartMessageMoveTaskCommandInput,
): readonly string[] {
  if (input.DestinationArn !== undefined) return [input.DestinationArn];
  const place = placeOfArn(input.SourceArn ?? '');
  const source = place && findQueue(call, place);
  return source ? deadLetterSources(call, source).map(({ arn }) => arn) : [];
}

function scheduleStep(scope: Scope, source: Queue, task: MoveTask): void {
  scope.after(1000, 'message move', () => {
    step(scope, source, task);
    if (isActive(task)) scheduleStep(scope, source, task);
  });
}

/** Moves what one second allows; without a limit of the caller's as much as SQS allows at most. */
function step(scope: Scope, source: Queue, task: MoveTask): void {
  if (task.status === 'CANCELLING') {
    task.status = 'CANCELLED';
    return;
  }
  if (source.deleted) {
    fail(task, 'AWS.SimpleQueueService.NonExistentQueue');
    return;
  }
  dropExpired(source, scope.now);
  const ready = source.messages.filter((message) => isVisible(source, message, scope.now));
  for (const message of ready.slice(0, task.perSecondMax ?? perSecondLimit)) {
    const destinationArn = task.destinationArn ?? message.deadLetterSourceArn;
    const place = placeOfArn(destinationArn ?? '');
    const destination = place && findQueue(scope, place);
    if (destinationArn === undefined) fail(task, 'CouldNotDetermineMessageSource');
    else if (!destination) fail(task, 'AWS.SimpleQueueService.NonExistentQueue');
    if (!destination) return;
    source.messages = source.messages.filter((other) => other !== message);
    insert(scope, destination, asNew(scope, destination, message));
    task.moved += 1;
  }
  // Messages in flight stay: the task moves what it can receive.
  if (!source.messages.some((message) => isVisible(source, message, scope.now))) {
    task.status = 'COMPLETED';
    scope.record('message-move-completed', { source: task.sourceArn, moved: task.moved });
  }
}

function fail(task: MoveTask, reason: string): void {
  task.status = 'FAILED';
  task.failureReason = reason;
}

/** A redriven message counts as new: id, age and receives begin again (SQS Developer Guide, "Dead-letter queue redrive"). */
function asNew(scope: Scope, destination: Queue, message: StoredMessage): StoredMessage {
  const sequenceNumber = destination.fifo ? nextSequenceNumber(scope, destination) : undefined;
  return {
    ...message,
    id: scope.uuid('message'),
    sentAt: scope.now,
    retainedFrom: scope.now,
    enqueuedAt: scope.now,
    delayMs: 0,
    sequenceNumber,
    rank: destination.fifo ? destination.sequence : scope.now,
    firstReceivedAt: undefined,
    receiveCount: 0,
    receivesHere: 0,
    takenAt: 0,
    hiddenUntil: 0,
    receiptHandle: undefined,
    deadLetterSourceArn: undefined,
  };
}

export const cancelMessageMoveTask = operation<
  client.CancelMessageMoveTaskCommandInput,
  Partial<client.CancelMessageMoveTaskCommandOutput>
>({
  authorize: (input, call) =>
    checkByArn(call, taskOf(call, input.TaskHandle).sourceArn, 'CancelMessageMoveTask'),
  run(input, call) {
    const task = taskOf(call, input.TaskHandle);
    if (task.status !== 'RUNNING')
      throw new AwsError('UnsupportedOperation', 'Only active tasks can be cancelled.');
    task.status = 'CANCELLING';
    return { ApproximateNumberOfMessagesMoved: task.moved };
  },
});

function taskOf(scope: Scope, handle: string | undefined): MoveTask {
  const task = sqsState.in(scope).moveTasks.find((candidate) => candidate.handle === handle);
  if (!task) throw new AwsError('ResourceNotFoundException', 'Task does not exist.');
  return task;
}

export const listMessageMoveTasks = operation<
  client.ListMessageMoveTasksCommandInput,
  Partial<client.ListMessageMoveTasksCommandOutput>
>({
  authorize: (input, call) => checkByArn(call, input.SourceArn, 'ListMessageMoveTasks'),
  run(input, call) {
    const source = queueOfArn(call, input.SourceArn);
    const size = input.MaxResults ?? 1;
    if (!(Number.isInteger(size) && size >= 1 && size <= listMax))
      throw new AwsError('InvalidParameterValue', `MaxResults must be from 1 to ${listMax}.`);
    const newest = sqsState
      .in(call)
      .moveTasks.filter((task) => task.sourceArn === source.arn)
      .reverse()
      .slice(0, size);
    return { Results: newest.map(describeTask) };
  },
});

const describeTask = (task: MoveTask): client.ListMessageMoveTasksResultEntry => ({
  TaskHandle: task.status === 'RUNNING' ? task.handle : undefined,
  Status: task.status,
  SourceArn: task.sourceArn,
  DestinationArn: task.destinationArn,
  MaxNumberOfMessagesPerSecond: task.perSecondMax,
  ApproximateNumberOfMessagesMoved: task.moved,
  ApproximateNumberOfMessagesToMove: task.toMove,
  FailureReason: task.failureReason,
  StartedTimestamp: task.startedAt,
});
