import type * as client from '@aws-sdk/client-sqs';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { paginate } from '../../world/paging.ts';
import { operation, type AccessCheck } from '../../world/service.ts';
import { dropExpired } from './message-store.ts';
import { registerQueueGauges } from './metrics.ts';
import { noticeActivity } from './poller.ts';
import { applyAttributes, defaultQueueSettings, settingsAsAttributes } from './queue-attributes.ts';
import {
  checkByUrl,
  findQueue,
  noSuchQueue,
  queueArn,
  queueCheck,
  queueOfUrl,
  queueUrl,
} from './queue-lookup.ts';
import { deadLetterSources } from './redrive-policy.ts';
import { requestTagContext, requireFewTags, requireTags } from './queue-tags.ts';
import { sqsState, type Queue } from './state.ts';
import { isDelayed, isInFlight, isVisible } from './visibility.ts';

const nameBlockedMs = 60_000; // SQS API reference, DeleteQueue: 60 seconds before a name can be used again
const purgeAgainMs = 60_000; // SQS API reference, PurgeQueue
const listMax = 1000; // SQS API reference, ListQueues, MaxResults

function requireName(name: string, fifo: string | undefined): void {
  if (fifo !== undefined && fifo !== 'true')
    throw new AwsError('InvalidAttributeName', 'Unknown Attribute FifoQueue.');
  if (fifo === 'true' && !name.endsWith('.fifo'))
    throw new AwsError('InvalidParameterValue', 'The queue name must end with the .fifo suffix.');
  const plain = fifo === 'true' ? name.slice(0, -'.fifo'.length) : name;
  if (!/^[A-Za-z0-9_-]+$/.test(plain) || name.length > 80)
    throw new AwsError(
      'InvalidParameterValue',
      'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
    );
}

/** An existing queue is returned when every attribute given is what it has. */
function requireSame(
  call: Call,
  queue: Queue,
  given: Readonly<Partial<Record<string, string>>>,
): void {
  const wanted = settingsAsAttributes({
    ...queue,
    settings: applyAttributes(call, queue, queue.settings, given),
  });
  const present = settingsAsAttributes(queue);
  const different = Object.keys(given).find((name) => wanted[name] !== present[name]);
  if (different !== undefined)
    throw new AwsError(
      'QueueNameExists',
      `A queue already exists with the same name and a different value for attribute ${different}`,
    );
}

export const createQueue = operation<
  client.CreateQueueCommandInput,
  Partial<client.CreateQueueCommandOutput>
>({
  authorize(input, call) {
    const place = { account: call.account, region: call.region, name: input.QueueName ?? '' };
    const context = requestTagContext(input.tags);
    const options = { crossAccount: false, context };
    const checks: AccessCheck[] = [queueCheck(call, place, 'CreateQueue', options)];
    if (Object.keys(input.tags ?? {}).length > 0)
      checks.push(queueCheck(call, place, 'TagQueue', options));
    return checks;
  },
  run(input, call) {
    const { queues, deletedAt } = sqsState.in(call);
    const name = input.QueueName ?? '';
    const { FifoQueue, ...attributes } = input.Attributes ?? {};
    requireName(name, FifoQueue);
    requireTags(call, input.tags);
    const tags = new Map(Object.entries(input.tags ?? {}));
    requireFewTags(tags, input.QueueName ?? '');
    const existing = queues.get(name);
    if (existing) {
      requireSame(call, existing, attributes);
      return { QueueUrl: existing.url };
    }
    if (call.now - (deletedAt.get(name) ?? Number.NEGATIVE_INFINITY) < nameBlockedMs)
      throw new AwsError(
        'QueueDeletedRecently',
        'You must wait 60 seconds after deleting a queue before you can create another with the same name.',
      );
    const place = { account: call.account, region: call.region, name };
    const identity = {
      ...place,
      arn: queueArn(place),
      url: queueUrl(place),
      fifo: FifoQueue === 'true',
    };
    const queue: Queue = {
      ...identity,
      createdAt: call.now,
      modifiedAt: call.now,
      settings: applyAttributes(call, identity, defaultQueueSettings, attributes),
      tags,
      messages: [],
      sequence: 0,
      deduplication: new Map(),
      attempts: new Map(),
      purgedAt: undefined,
      activeAt: call.now,
      wake: undefined,
      deleted: false,
    };
    queues.set(name, queue);
    registerQueueGauges(call.at({ service: 'sqs' }), name);
    return { QueueUrl: queue.url };
  },
});

export const deleteQueue = operation<
  client.DeleteQueueCommandInput,
  Partial<client.DeleteQueueCommandOutput>
>({
  authorize: checkByUrl('DeleteQueue', { crossAccount: false }),
  run(input, call) {
    const queue = queueOfUrl(call, input.QueueUrl);
    const { queues, deletedAt } = sqsState.in(call.at(queue));
    queue.deleted = true;
    queue.messages = [];
    queues.delete(queue.name);
    deletedAt.set(queue.name, call.now);
    return {};
  },
});

export const getQueueUrl = operation<
  client.GetQueueUrlCommandInput,
  Partial<client.GetQueueUrlCommandOutput>
>({
  authorize: (input, call) =>
    queueCheck(call, placeOfName(call, input), 'GetQueueUrl', { crossAccount: true }),
  run(input, call) {
    const queue = findQueue(call, placeOfName(call, input));
    if (!queue) throw noSuchQueue();
    return { QueueUrl: queue.url };
  },
});

const placeOfName = (call: Call, input: client.GetQueueUrlCommandInput) => ({
  account: input.QueueOwnerAWSAccountId ?? call.account,
  region: call.region,
  name: input.QueueName ?? '',
});

export const getQueueAttributes = operation<
  client.GetQueueAttributesCommandInput,
  Partial<client.GetQueueAttributesCommandOutput>
>({
  authorize: checkByUrl('GetQueueAttributes', { crossAccount: true }),
  run(input, call) {
    const queue = queueOfUrl(call, input.QueueUrl);
    dropExpired(queue, call.now);
    const counted = (state: typeof isVisible): string =>
      String(queue.messages.filter((message) => state(queue, message, call.now)).length);
    const all: Record<string, string> = {
      QueueArn: queue.arn,
      CreatedTimestamp: String(Math.floor(queue.createdAt / 1000)),
      LastModifiedTimestamp: String(Math.floor(queue.modifiedAt / 1000)),
      ApproximateNumberOfMessages: counted(isVisible),
      ApproximateNumberOfMessagesNotVisible: counted((_, message, now) => isInFlight(message, now)),
      ApproximateNumberOfMessagesDelayed: counted(isDelayed),
      ...settingsAsAttributes(queue),
    };
    const wanted = new Set<string>(input.AttributeNames ?? []);
    for (const name of wanted)
      if (name !== 'All' && !knownAttributes.has(name))
        throw new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
    const chosen = Object.entries(all).filter(([name]) => wanted.has('All') || wanted.has(name));
    return chosen.length === 0 ? {} : { Attributes: Object.fromEntries(chosen) };
  },
});

const knownAttributes: ReadonlySet<string> = new Set([
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesDelayed',
  'ApproximateNumberOfMessagesNotVisible',
  'ContentBasedDeduplication',
  'CreatedTimestamp',
  'DeduplicationScope',
  'DelaySeconds',
  'FifoQueue',
  'FifoThroughputLimit',
  'KmsDataKeyReusePeriodSeconds',
  'KmsMasterKeyId',
  'LastModifiedTimestamp',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'Policy',
  'QueueArn',
  'ReceiveMessageWaitTimeSeconds',
  'RedriveAllowPolicy',
  'RedrivePolicy',
  'SqsManagedSseEnabled',
  'VisibilityTimeout',
]);

export const setQueueAttributes = operation<
  client.SetQueueAttributesCommandInput,
  Partial<client.SetQueueAttributesCommandOutput>
>({
  authorize: checkByUrl('SetQueueAttributes', { crossAccount: false }),
  run(input, call) {
    const queue = queueOfUrl(call, input.QueueUrl);
    queue.settings = applyAttributes(call.at(queue), queue, queue.settings, input.Attributes ?? {});
    queue.modifiedAt = call.now;
    noticeActivity(call, queue);
    return {};
  },
});

/** Without MaxResults SQS gives up to 1,000 at once and no token. */
function listUrls(
  call: Call,
  queues: readonly Queue[],
  input: { MaxResults?: number | undefined; NextToken?: string | undefined },
): { urls: string[]; nextToken: string | undefined } {
  const size = input.MaxResults;
  if (size === undefined && input.NextToken === undefined) {
    const urls = queues.map(({ url }) => url).sort();
    return { urls: urls.slice(0, listMax), nextToken: undefined };
  }
  if (size !== undefined && (size < 1 || size > listMax))
    throw new AwsError(
      'InvalidParameterValue',
      `Value ${size} for parameter MaxResults is invalid. Reason: Must be between 1 and ${listMax}.`,
    );
  const page = paginate(call, queues, {
    keyOf: ({ url }) => url,
    token: input.NextToken,
    size,
    sizeMax: listMax,
    invalidToken: 'InvalidParameterValue',
  });
  return { urls: page.items.map(({ url }) => url), nextToken: page.nextToken };
}

export const listQueues = operation<
  client.ListQueuesCommandInput,
  Partial<client.ListQueuesCommandOutput>
>({
  // ListQueues has no resource-level permission.
  authorize: (_, call) => ({ action: 'sqs:ListQueues', resource: call.arn('*') }),
  run(input, call) {
    const prefix = input.QueueNamePrefix ?? '';
    const queues = [...sqsState.in(call).queues.values()].filter(({ name }) =>
      name.startsWith(prefix),
    );
    const { urls, nextToken } = listUrls(call, queues, input);
    return { QueueUrls: urls.length === 0 ? undefined : urls, NextToken: nextToken };
  },
});

export const listDeadLetterSourceQueues = operation<
  client.ListDeadLetterSourceQueuesCommandInput,
  Partial<client.ListDeadLetterSourceQueuesCommandOutput>
>({
  authorize: checkByUrl('ListDeadLetterSourceQueues', { crossAccount: true }),
  run(input, call) {
    const queue = queueOfUrl(call, input.QueueUrl);
    const { urls, nextToken } = listUrls(call, deadLetterSources(call, queue), input);
    return { queueUrls: urls, NextToken: nextToken };
  },
});

export const purgeQueue = operation<
  client.PurgeQueueCommandInput,
  Partial<client.PurgeQueueCommandOutput>
>({
  authorize: checkByUrl('PurgeQueue', { crossAccount: true }),
  run(input, call) {
    const queue = queueOfUrl(call, input.QueueUrl);
    if (call.now - (queue.purgedAt ?? Number.NEGATIVE_INFINITY) < purgeAgainMs)
      throw new AwsError(
        'PurgeQueueInProgress',
        `Only one PurgeQueue operation on ${queue.name} is allowed every 60 seconds.`,
      );
    queue.purgedAt = call.now;
    queue.messages = [];
    return {};
  },
});
