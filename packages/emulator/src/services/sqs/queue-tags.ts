import type * as client from '@aws-sdk/client-sqs';
import type { ContextValue } from '../../iam/condition-context.ts';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { operation } from '../../world/service.ts';
import { checkByUrl, placeOfUrl, queueCheck, queueOfUrl } from './queue-lookup.ts';

const tagsMax = 50; // SQS Developer Guide, "Quotas related to queues"; SQS recommends it, here it is kept
const keyPattern = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u;
const valuePattern = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u;

type Tags = Readonly<Record<string, string>> | undefined;

/** `aws:RequestTag/x` and `aws:TagKeys` of a request that sets tags. */
export const requestTagContext = (tags: Tags): Record<string, ContextValue | undefined> => ({
  ...Object.fromEntries(
    Object.entries(tags ?? {}).map(([key, value]) => [`aws:RequestTag/${key}`, value]),
  ),
  'aws:TagKeys': tags && Object.keys(tags).length > 0 ? Object.keys(tags) : undefined,
});

/**
 * Keys with the prefix `aws:` are reserved; CloudFormation sets such tags.
 *
 * @throws AwsError InvalidParameterValue
 */
export function requireTags(call: Call, tags: Tags): void {
  const isReservedFine = call.via.includes('cloudformation.amazonaws.com');
  for (const [key, value] of Object.entries(tags ?? {}))
    if (
      !keyPattern.test(key) ||
      !valuePattern.test(value) ||
      (key.toLowerCase().startsWith('aws:') && !isReservedFine)
    )
      throw new AwsError('InvalidParameterValue', `The tag ${key}=${value} is not valid.`);
}

/** @throws AwsError InvalidParameterValue for more tags than a queue can have */
export function requireFewTags(tags: ReadonlyMap<string, string>, queueName: string): void {
  if (tags.size > tagsMax)
    throw new AwsError('InvalidParameterValue', `Too many tags added for queue ${queueName}.`);
}

export const tagQueue = operation<
  client.TagQueueCommandInput,
  Partial<client.TagQueueCommandOutput>
>({
  authorize: (input, call) =>
    queueCheck(call, placeOfUrl(call, input.QueueUrl), 'TagQueue', {
      crossAccount: false,
      context: requestTagContext(input.Tags),
    }),
  run(input, call) {
    const queue = queueOfUrl(call, input.QueueUrl);
    requireTags(call, input.Tags);
    const tags = new Map([...queue.tags, ...Object.entries(input.Tags ?? {})]);
    requireFewTags(tags, queue.name);
    for (const [key, value] of tags) queue.tags.set(key, value);
    return {};
  },
});

export const untagQueue = operation<
  client.UntagQueueCommandInput,
  Partial<client.UntagQueueCommandOutput>
>({
  authorize: (input, call) =>
    queueCheck(call, placeOfUrl(call, input.QueueUrl), 'UntagQueue', {
      crossAccount: false,
      context: { 'aws:TagKeys': input.TagKeys },
    }),
  run(input, call) {
    const queue = queueOfUrl(call, input.QueueUrl);
    for (const key of input.TagKeys ?? []) queue.tags.delete(key);
    return {};
  },
});

export const listQueueTags = operation<
  client.ListQueueTagsCommandInput,
  Partial<client.ListQueueTagsCommandOutput>
>({
  authorize: checkByUrl('ListQueueTags', { crossAccount: false }),
  run(input, call) {
    const { tags } = queueOfUrl(call, input.QueueUrl);
    return tags.size === 0 ? {} : { Tags: Object.fromEntries(tags) };
  },
});
