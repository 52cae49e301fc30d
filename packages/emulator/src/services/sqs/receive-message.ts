import type * as client from '@aws-sdk/client-sqs';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { operation } from '../../world/service.ts';
import { md5, md5OfAttributes, writeAttribute } from './message-attributes.ts';
import { take } from './message-store.ts';
import { count } from './metrics.ts';
import { visibilityTimeoutSecondsMax, waitSecondsMax } from './queue-attributes.ts';
import { requireKeyForReceiving } from './queue-encryption.ts';
import { checkByUrl, noSuchQueue, queueOfUrl } from './queue-lookup.ts';
import type { Queue, StoredMessage } from './state.ts';
import { isInFlight } from './visibility.ts';
import { ownMember } from '../../wire/own-member.ts';

const messagesMax = 10; // SQS API reference, ReceiveMessage, MaxNumberOfMessages
const inFlightMax = 120_000; // SQS Developer Guide, "Message quotas", in-flight messages
const attemptMs = 5 * 60_000; // SQS API reference, ReceiveMessage, ReceiveRequestAttemptId
/** A long poll looks again after each step; the longest poll has 40 of them. */
const pollStepMs = 500;

function inRange(name: string, value: number | undefined, min: number, max: number): void {
  if (value !== undefined && !(Number.isInteger(value) && value >= min && value <= max))
    throw new AwsError(
      'InvalidParameterValue',
      `Value ${value} for parameter ${name} is invalid. Reason: Must be between ${min} and ${max}, if provided.`,
    );
}

/** The same messages once more, for a client that lost the answer; possible while none of them was touched. */
function repeatAttempt(call: Call, queue: Queue, attemptId: string, visibilityMs: number) {
  const attempt = queue.attempts.get(attemptId);
  if (!attempt || call.now - attempt.at > attemptMs) return undefined;
  const untouched = attempt.messages.every(
    ({ message, receiptHandle }) =>
      queue.messages.includes(message) &&
      message.receiptHandle === receiptHandle &&
      isInFlight(message, call.now),
  );
  if (!untouched) return undefined;
  const messages = attempt.messages.map(({ message }) => message);
  for (const message of messages) message.hiddenUntil = call.now + visibilityMs;
  return messages;
}

function receive(
  call: Call,
  queue: Queue,
  input: client.ReceiveMessageCommandInput,
): readonly StoredMessage[] {
  const visibilityMs = (input.VisibilityTimeout ?? queue.settings.visibilityTimeoutSeconds) * 1000;
  const attemptId = input.ReceiveRequestAttemptId;
  if (attemptId !== undefined) {
    const repeated = repeatAttempt(call, queue, attemptId, visibilityMs);
    if (repeated) return repeated;
  }
  const taken = take(call, queue, { countMax: input.MaxNumberOfMessages ?? 1, visibilityMs });
  if (attemptId !== undefined && taken.length > 0)
    queue.attempts.set(attemptId, {
      at: call.now,
      messages: taken.map((message) => ({ message, receiptHandle: message.receiptHandle ?? '' })),
    });
  return taken;
}

/**
 * Waits in virtual time until there is a message or the wait is over. A client's long poll on an empty queue lets that
 * much time pass for everybody, as waiting does.
 */
async function poll(
  call: Call,
  queue: Queue,
  input: client.ReceiveMessageCommandInput,
): Promise<readonly StoredMessage[]> {
  const waitMs = (input.WaitTimeSeconds ?? queue.settings.waitSeconds) * 1000;
  const inFlight = queue.messages.filter((message) => isInFlight(message, call.now)).length;
  if (inFlight >= inFlightMax && !queue.fifo && waitMs === 0)
    throw new AwsError('OverLimit', 'Too many messages in flight.');
  const deadline = call.now + waitMs;
  for (;;) {
    if (queue.deleted) throw noSuchQueue();
    const messages = receive(call, queue, input);
    if (messages.length > 0 || call.now >= deadline) return messages;
    await call.world.scheduler.sleep(Math.min(pollStepMs, deadline - call.now));
  }
}

const systemAttributes: Readonly<
  Partial<Record<string, (message: StoredMessage) => string | number | undefined>>
> = {
  ApproximateFirstReceiveTimestamp: (message) => message.firstReceivedAt,
  ApproximateReceiveCount: (message) => message.receiveCount,
  AWSTraceHeader: (message) => message.traceHeader,
  DeadLetterQueueSourceArn: (message) => message.deadLetterSourceArn,
  MessageDeduplicationId: (message) => message.deduplicationId,
  MessageGroupId: (message) => message.groupId,
  SenderId: (message) => message.senderId,
  SentTimestamp: (message) => message.sentAt,
  SequenceNumber: (message) => message.sequenceNumber,
};

function wantedSystemAttributes(input: client.ReceiveMessageCommandInput): readonly string[] {
  const wanted: string[] = [
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- older clients send it, and SQS honours it
    ...(input.AttributeNames ?? []),
    ...(input.MessageSystemAttributeNames ?? []),
  ];
  for (const name of wanted)
    if (name !== 'All' && !ownMember(systemAttributes, name))
      throw new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
  return wanted.includes('All') ? Object.keys(systemAttributes) : wanted;
}

const isWanted = (name: string, wanted: readonly string[]): boolean =>
  wanted.some(
    (pattern) =>
      pattern === 'All' ||
      pattern === name ||
      (pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -2))),
  );

function describe(
  message: StoredMessage,
  system: readonly string[],
  wanted: readonly string[],
): client.Message {
  const values = system.flatMap((name) => {
    const value = ownMember(systemAttributes, name)?.(message);
    return value === undefined ? [] : [[name, String(value)] as const];
  });
  const attributes = new Map([...message.attributes].filter(([name]) => isWanted(name, wanted)));
  return {
    MessageId: message.id,
    ReceiptHandle: message.receiptHandle,
    MD5OfBody: md5(message.body),
    Body: message.body,
    Attributes: values.length === 0 ? undefined : Object.fromEntries(values),
    MD5OfMessageAttributes: md5OfAttributes(attributes),
    MessageAttributes:
      attributes.size === 0
        ? undefined
        : Object.fromEntries([...attributes].map(([name, value]) => [name, writeAttribute(value)])),
  };
}

export const receiveMessage = operation<
  client.ReceiveMessageCommandInput,
  Partial<client.ReceiveMessageCommandOutput>
>({
  authorize: checkByUrl('ReceiveMessage', { crossAccount: true }),
  async run(input, call) {
    const queue = queueOfUrl(call, input.QueueUrl);
    inRange('MaxNumberOfMessages', input.MaxNumberOfMessages, 1, messagesMax);
    inRange('VisibilityTimeout', input.VisibilityTimeout, 0, visibilityTimeoutSecondsMax);
    inRange('WaitTimeSeconds', input.WaitTimeSeconds, 0, waitSecondsMax);
    const system = wantedSystemAttributes(input);
    if (input.ReceiveRequestAttemptId !== undefined && !queue.fifo)
      throw new AwsError(
        'InvalidParameterValue',
        `Value ${input.ReceiveRequestAttemptId} for parameter ReceiveRequestAttemptId is invalid. Reason: The request include parameter that is not valid for this queue type.`,
      );
    requireKeyForReceiving(call, queue);
    const messages = await poll(call, queue, input);
    const metric = messages.length === 0 ? 'NumberOfEmptyReceives' : 'NumberOfMessagesReceived';
    count(call, queue, metric, Math.max(1, messages.length));
    if (messages.length === 0) return {};
    const wanted = input.MessageAttributeNames ?? [];
    return { Messages: messages.map((message) => describe(message, system, wanted)) };
  },
});
