import type { Scope } from '../../world/scope.ts';
import { findQueue, placeOfArn } from './queue-lookup.ts';
import { admits } from './redrive-policy.ts';
import { noticeActivity } from './poller.ts';
import type { Queue, StoredMessage } from './state.ts';
import { goesBack, isInFlight, isVisible } from './visibility.ts';

/** Forgets what is older than the retention period, in flight or not. */
export function dropExpired(queue: Queue, now: number): void {
  const oldest = now - queue.settings.retentionSeconds * 1000;
  if (queue.messages.some((message) => message.retainedFrom <= oldest))
    queue.messages = queue.messages.filter((message) => message.retainedFrom > oldest);
}

/** Puts a message into its place in the queue's order. */
export function insert(scope: Scope, queue: Queue, message: StoredMessage): void {
  const behind = queue.messages.findLastIndex((other) => other.rank <= message.rank);
  queue.messages.splice(behind + 1, 0, message);
  queue.activeAt = scope.now;
  noticeActivity(scope, queue);
}

export function remove(scope: Scope, queue: Queue, message: StoredMessage): void {
  queue.messages = queue.messages.filter((other) => other !== message);
  noticeActivity(scope, queue);
}

/** The next sequence number of a FIFO queue: 20 digits, ascending, not consecutive. */
export function nextSequenceNumber(scope: Scope, queue: Queue): string {
  queue.sequence += scope.between(`sequence/${queue.name}`, 1, 255);
  return `188${String(queue.sequence).padStart(17, '0')}`;
}

/**
 * Takes messages for a consumer: in flight from now on for `visibilityMs`. Messages that were received as often as the
 * redrive policy allows go to the dead-letter queue instead.
 */
export function take(
  scope: Scope,
  queue: Queue,
  options: { readonly countMax: number; readonly visibilityMs: number },
): StoredMessage[] {
  const { now } = scope;
  dropExpired(queue, now);
  const target = deadLetterQueueOf(scope, queue);
  // Without a dead-letter queue that takes them, messages stay and are received on.
  const receivesMax =
    (target && queue.settings.redrive?.maxReceiveCount) ?? Number.POSITIVE_INFINITY;
  const taken: StoredMessage[] = [];
  const exhausted: StoredMessage[] = [];
  const blockedGroups = new Set(
    queue.messages.filter((message) => isInFlight(message, now)).map(({ groupId }) => groupId),
  );
  for (const message of inOrder(queue)) {
    if (taken.length >= options.countMax) break;
    if (queue.fifo && blockedGroups.has(message.groupId)) continue;
    if (!isVisible(queue, message, now)) {
      // In a FIFO group nothing overtakes a delayed message.
      blockedGroups.add(message.groupId);
      continue;
    }
    const isExhausted = message.receivesHere >= receivesMax;
    (isExhausted ? exhausted : taken).push(message);
  }
  if (target) for (const message of exhausted) giveUp(scope, queue, target, message);
  for (const message of taken) hide(scope, queue, message, options.visibilityMs);
  if (taken.length > 0 || exhausted.length > 0) noticeActivity(scope, queue);
  return taken;
}

function inOrder(queue: Queue): readonly StoredMessage[] {
  return queue.fifo
    ? queue.messages
    : [
        ...queue.messages.filter((message) => !goesBack(queue, message)),
        ...queue.messages.filter((message) => goesBack(queue, message)),
      ];
}

function hide(scope: Scope, queue: Queue, message: StoredMessage, visibilityMs: number): void {
  const { now } = scope;
  message.receiveCount += 1;
  message.receivesHere += 1;
  message.firstReceivedAt ??= now;
  message.takenAt = now;
  message.hiddenUntil = now + visibilityMs;
  message.receiptHandle = writeHandle(queue, message, scope.hex('receipt', 32));
}

/** The dead-letter queue, while it exists and takes messages of this queue. */
function deadLetterQueueOf(scope: Scope, queue: Queue): Queue | undefined {
  const place = placeOfArn(queue.settings.redrive?.deadLetterTargetArn ?? '');
  const target = place && findQueue(scope, place);
  return target && admits(target, queue.arn) ? target : undefined;
}

/**
 * Moves a message to the dead-letter queue. There a standard message keeps its age for the retention period, a FIFO
 * message starts anew.
 *
 * Source: SQS Developer Guide, "Dead-letter queues", message retention periods.
 */
function giveUp(scope: Scope, queue: Queue, target: Queue, message: StoredMessage): void {
  queue.messages = queue.messages.filter((other) => other !== message);
  const sequenceNumber = target.fifo ? nextSequenceNumber(scope, target) : undefined;
  insert(scope, target, {
    ...message,
    sequenceNumber,
    rank: target.fifo ? target.sequence : message.rank,
    delayMs: 0,
    retainedFrom: target.fifo ? scope.now : message.retainedFrom,
    enqueuedAt: scope.now,
    receivesHere: 0,
    hiddenUntil: 0,
    receiptHandle: undefined,
    deadLetterSourceArn: queue.arn,
  });
  scope.record('moved-to-dead-letter-queue', {
    queue: queue.arn,
    deadLetterQueue: target.arn,
    messageId: message.id,
  });
}

const handlePrefix = 'AQEB';

const writeHandle = (queue: Queue, message: StoredMessage, nonce: string): string =>
  handlePrefix + Buffer.from(`${queue.arn}\n${message.id}\n${nonce}`).toString('base64');

/** The queue and message that a receipt handle was made for, or undefined for any other text. */
export function readHandle(handle: string): { queueArn: string; messageId: string } | undefined {
  if (!handle.startsWith(handlePrefix)) return undefined;
  const [queueArn, messageId, nonce] = Buffer.from(handle.slice(handlePrefix.length), 'base64')
    .toString()
    .split('\n');
  return queueArn === undefined || messageId === undefined || nonce === undefined
    ? undefined
    : { queueArn, messageId };
}
