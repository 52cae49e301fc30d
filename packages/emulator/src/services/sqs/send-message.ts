import { createHash } from 'node:crypto';
import type * as client from '@aws-sdk/client-sqs';
import type { Principal } from '../../iam/principal.ts';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { operation } from '../../world/service.ts';
import { requireBatch, runBatch } from './batch.ts';
import {
  attributesSize,
  md5,
  md5OfAttributes,
  readMessageAttributes,
  requireValidText,
} from './message-attributes.ts';
import { insert, nextSequenceNumber } from './message-store.ts';
import { count } from './metrics.ts';
import { delaySecondsMax, messageSizeLimit } from './queue-attributes.ts';
import { requireKeyForSending } from './queue-encryption.ts';
import { checkByUrl, queueOfUrl } from './queue-lookup.ts';
import type { Queue, StoredMessage } from './state.ts';

const deduplicationMs = 5 * 60_000; // SQS Developer Guide, "Exactly-once processing"
/** Standard queues promise no order: messages sent within this time of each other may come in another one. */
const disorderMs = 1000;
/** How late the second copy of a message may appear. */
const duplicateDelayMsMax = 10_000;
const idPattern = /^[\x21-\x7e]{1,128}$/; // SQS API reference, MessageGroupId and MessageDeduplicationId

type Entry = Omit<client.SendMessageBatchRequestEntry, 'Id'>;

const invalid = (name: string, value: unknown, reason: string): AwsError =>
  new AwsError(
    'InvalidParameterValue',
    `Value ${String(value)} for parameter ${name} is invalid. Reason: ${reason}`,
  );

const notForThisType = 'The request include parameter that is not valid for this queue type.';

function senderId(caller: Principal): string {
  switch (caller.kind) {
    case 'user':
      return caller.userId;
    case 'assumed-role':
      return `${caller.roleId}:${caller.sessionName}`;
    case 'root':
      return caller.account;
    case 'service':
      return caller.service;
    default:
      return caller satisfies never;
  }
}

function readDelay(queue: Queue, entry: Entry): number | undefined {
  const { DelaySeconds: seconds } = entry;
  if (seconds === undefined) return queue.fifo ? undefined : queue.settings.delaySeconds * 1000;
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > delaySecondsMax)
    throw invalid('DelaySeconds', seconds, `DelaySeconds must be >= 0 and <= ${delaySecondsMax}.`);
  if (queue.fifo && seconds > 0) throw invalid('DelaySeconds', seconds, notForThisType);
  return queue.fifo ? undefined : seconds * 1000;
}

function readGroup(queue: Queue, { MessageGroupId: group }: Entry): string | undefined {
  if (group === undefined && queue.fifo)
    throw new AwsError(
      'MissingParameter',
      'The request must contain the parameter MessageGroupId.',
    );
  if (group !== undefined && !idPattern.test(group))
    throw invalid(
      'MessageGroupId',
      group,
      'MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.',
    );
  return group;
}

function readDeduplicationId(queue: Queue, entry: Entry): string | undefined {
  const given = entry.MessageDeduplicationId;
  if (given !== undefined) {
    if (!queue.fifo) throw invalid('MessageDeduplicationId', given, notForThisType);
    if (!idPattern.test(given))
      throw invalid(
        'MessageDeduplicationId',
        given,
        'MessageDeduplicationId can only include alphanumeric and punctuation characters. 1 to 128 in length.',
      );
    return given;
  }
  if (!queue.fifo) return undefined;
  if (!queue.settings.contentBasedDeduplication)
    throw new AwsError(
      'InvalidParameterValue',
      'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    );
  return createHash('sha256')
    .update(entry.MessageBody ?? '')
    .digest('hex');
}

function readTraceHeader(entry: Entry): string | undefined {
  const given = Object.entries(entry.MessageSystemAttributes ?? {});
  for (const [name, value] of given)
    if (name !== 'AWSTraceHeader' || value.DataType !== 'String' || !value.StringValue)
      throw new AwsError(
        'InvalidParameterValue',
        `The message system attribute ${name} is not supported; only AWSTraceHeader of type String is.`,
      );
  return given[0]?.[1].StringValue;
}

/** The message of an entry, not yet in the queue. */
function readMessage(call: Call, queue: Queue, entry: Entry): StoredMessage {
  const body = entry.MessageBody ?? '';
  const attributes = readMessageAttributes(entry.MessageAttributes);
  if (body === '')
    throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.');
  requireValidText(body);
  const size = Buffer.byteLength(body) + attributesSize(attributes);
  if (size > queue.settings.messageSizeMax)
    throw new AwsError(
      'InvalidParameterValue',
      `One or more parameters are invalid. Reason: Message must be shorter than ${queue.settings.messageSizeMax} bytes.`,
    );
  const groupId = readGroup(queue, entry);
  const deduplicationId = readDeduplicationId(queue, entry);
  const delayMs = readDelay(queue, entry);
  const traceHeader = readTraceHeader(entry);
  return {
    id: '',
    body,
    attributes,
    traceHeader,
    senderId: senderId(call.caller),
    size,
    sentAt: call.now,
    retainedFrom: call.now,
    enqueuedAt: call.now,
    delayMs,
    rank: 0,
    groupId,
    deduplicationId,
    sequenceNumber: undefined,
    firstReceivedAt: undefined,
    receiveCount: 0,
    receivesHere: 0,
    takenAt: 0,
    hiddenUntil: 0,
    receiptHandle: undefined,
    deadLetterSourceArn: undefined,
  };
}

/** Puts a message into the queue unless it repeats one of the last five minutes; returns the one that counts. */
function enqueue(call: Call, queue: Queue, given: StoredMessage): StoredMessage {
  const message = { ...given, delayMs: delayOf(call, queue, given) };
  return queue.fifo ? enqueueOnce(call, queue, message) : enqueueAtLeastOnce(call, queue, message);
}

/** Undefined for the queue's own, which counts as it is when the message is received. */
function delayOf(call: Call, queue: Queue, { delayMs }: StoredMessage): number | undefined {
  const lateMs = call.lateMs();
  return lateMs === 0 ? delayMs : (delayMs ?? queue.settings.delaySeconds * 1000) + lateMs;
}

function enqueueOnce(call: Call, queue: Queue, message: StoredMessage): StoredMessage {
  for (const [key, { until }] of queue.deduplication)
    if (until <= call.now) queue.deduplication.delete(key);
  const scopeOfKey = queue.settings.deduplicationScope === 'messageGroup' ? message.groupId : '';
  const key = `${scopeOfKey ?? ''}\n${message.deduplicationId ?? ''}`;
  const known = queue.deduplication.get(key);
  if (known) return known.message;
  const sequenceNumber = nextSequenceNumber(call, queue);
  const stored = { ...message, id: call.uuid('message'), sequenceNumber, rank: queue.sequence };
  queue.deduplication.set(key, { until: call.now + deduplicationMs, message: stored });
  insert(call, queue, stored);
  return stored;
}

function enqueueAtLeastOnce(call: Call, queue: Queue, message: StoredMessage): StoredMessage {
  const rank = call.now + call.between('disorder', 0, disorderMs);
  const stored = { ...message, id: call.uuid('message'), rank };
  insert(call, queue, stored);
  if (call.chance('duplicate') < call.world.settings.duplicateShare) {
    const late = call.between('duplicate-delay', 0, duplicateDelayMsMax);
    insert(call, queue, { ...stored, rank: rank + late, delayMs: (stored.delayMs ?? 0) + late });
  }
  return stored;
}

function answer(message: StoredMessage) {
  return {
    MessageId: message.id,
    MD5OfMessageBody: md5(message.body),
    MD5OfMessageAttributes: md5OfAttributes(message.attributes),
    MD5OfMessageSystemAttributes:
      message.traceHeader === undefined
        ? undefined
        : md5OfAttributes(
            new Map([['AWSTraceHeader', { dataType: 'String', value: message.traceHeader }]]),
          ),
    SequenceNumber: message.sequenceNumber,
  };
}

function send(call: Call, queue: Queue, entry: Entry) {
  const message = readMessage(call, queue, entry);
  const { id, sequenceNumber } = enqueue(call, queue, message);
  count(call, queue, 'NumberOfMessagesSent', 1);
  count(call, queue, 'SentMessageSize', message.size);
  return answer({ ...message, id, sequenceNumber });
}

export const sendMessage = operation<
  client.SendMessageCommandInput,
  Partial<client.SendMessageCommandOutput>
>({
  authorize: checkByUrl('SendMessage', { crossAccount: true }),
  run(input, call) {
    const queue = queueOfUrl(call, input.QueueUrl);
    requireKeyForSending(call, queue);
    return send(call, queue, input);
  },
});

export const sendMessageBatch = operation<
  client.SendMessageBatchCommandInput,
  Partial<client.SendMessageBatchCommandOutput>
>({
  authorize: checkByUrl('SendMessage', { crossAccount: true }),
  run(input, call) {
    const queue = queueOfUrl(call, input.QueueUrl);
    requireKeyForSending(call, queue);
    const entries = requireBatch(input.Entries);
    const total = entries.reduce((sum, entry) => sum + givenSize(entry), 0);
    if (total > messageSizeLimit)
      throw new AwsError(
        'BatchRequestTooLong',
        `Batch requests cannot be longer than ${messageSizeLimit} bytes. You have sent ${total} bytes.`,
      );
    return runBatch(entries, (entry) => send(call, queue, entry));
  },
});

function givenSize({ MessageBody: body = '', MessageAttributes: attributes = {} }: Entry): number {
  return Object.entries(attributes).reduce(
    (sum, [name, { DataType: type = '', StringValue: text, BinaryValue: bytes }]) =>
      sum +
      Buffer.byteLength(name) +
      Buffer.byteLength(type) +
      Buffer.byteLength(text ?? bytes ?? ''),
    Buffer.byteLength(body),
  );
}
