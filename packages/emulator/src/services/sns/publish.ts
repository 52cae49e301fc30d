import type * as client from '@aws-sdk/client-sns';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { operation, type AccessCheck } from '../../world/service.ts';
import { givenBytes, messageBytesMax, readMessage } from './message.ts';
import { count } from './metrics.ts';
import { notifyAll } from './notify.ts';
import type { Topic } from './state.ts';
import { requireTopicKey } from './topic-encryption.ts';
import { invalidParameter, requireTopic, topicCheck } from './topic-lookup.ts';

const entriesMax = 10; // SNS API reference, PublishBatch

type Entry = Omit<client.PublishBatchRequestEntry, 'Id'>;

function accept(call: Call, topic: Topic, entry: Entry): string {
  const message = readMessage(entry, call.uuid('message'), call.date.toISOString());
  count(call, topic, 'NumberOfMessagesPublished');
  count(call, topic, 'PublishSize', message.bytes);
  notifyAll(call.at({ account: topic.account, service: 'sns' }), topic, message);
  return message.id;
}

/** A topic may be named as a target too. */
const topicOf = (input: client.PublishCommandInput): string | undefined =>
  input.TopicArn ?? input.TargetArn;

export const publish = operation<client.PublishCommandInput, Partial<client.PublishCommandOutput>>({
  authorize(input, call): AccessCheck {
    if (input.PhoneNumber !== undefined)
      throw invalidParameter('PhoneNumber Reason: text messages are not modelled by this emulator');
    return topicCheck(call, topicOf(input), 'Publish');
  },
  run(input, call) {
    if (input.TopicArn !== undefined && input.TargetArn !== undefined)
      throw invalidParameter('TopicArn Reason: Both TopicArn and TargetArn specified');
    const topic = requireTopic(call, topicOf(input));
    requireTopicKey(call, topic);
    return { MessageId: accept(call, topic, input) };
  },
});

export const publishBatch = operation<
  client.PublishBatchCommandInput,
  Partial<client.PublishBatchCommandOutput>
>({
  authorize: (input, call) => topicCheck(call, input.TopicArn, 'Publish'),
  run(input, call) {
    const topic = requireTopic(call, input.TopicArn);
    const entries = input.PublishBatchRequestEntries ?? [];
    requireBatch(entries);
    requireTopicKey(call, topic);
    const Successful: client.PublishBatchResultEntry[] = [];
    const Failed: client.BatchResultErrorEntry[] = [];
    for (const { Id = '', ...entry } of entries)
      try {
        Successful.push({ Id, MessageId: accept(call, topic, entry) });
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        Failed.push({ Id, Code: error.code, Message: error.message, SenderFault: true });
      }
    return { Successful, Failed };
  },
});

/** @throws AwsError for a batch that is wrong as a whole */
function requireBatch(entries: readonly client.PublishBatchRequestEntry[]): void {
  if (entries.length === 0)
    throw new AwsError('EmptyBatchRequest', "The batch request doesn't contain any entries.");
  if (entries.length > entriesMax)
    throw new AwsError(
      'TooManyEntriesInBatchRequest',
      `The batch request contains more entries than permissible: ${entries.length}.`,
    );
  const ids = entries.map(({ Id }) => Id ?? '');
  if (ids.some((id) => !/^[A-Za-z0-9_-]{1,80}$/.test(id)))
    throw new AwsError('InvalidBatchEntryId', 'The Id of a batch entry is not valid.');
  if (new Set(ids).size < ids.length)
    throw new AwsError('BatchEntryIdsNotDistinct', 'Two or more batch entries have the same Id.');
  const bytes = entries.reduce((sum, entry) => sum + givenBytes(entry), 0);
  if (bytes > messageBytesMax)
    throw new AwsError(
      'BatchRequestTooLong',
      'The length of all the batch messages put together is more than the limit.',
    );
}
