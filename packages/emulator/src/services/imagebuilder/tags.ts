import type * as client from '@aws-sdk/client-imagebuilder';
import type { Call } from '../../world/call.ts';
import { operation } from '../../world/service.ts';
import { requestTagContext, resourceCheck, tagsOfArn } from './access.ts';
import { invalidValue, notFound } from './errors.ts';
import type { Tags } from './state.ts';

const tagsMax = 50; // Image Builder API Reference, TagMap: at most 50 items

/** @throws AwsError when the tags cannot be set; then nothing has changed */
export function addTags(
  call: Call,
  tags: Tags,
  added: Readonly<Record<string, string>> | undefined,
): void {
  const merged = new Map(tags);
  for (const [key, value] of Object.entries(added ?? {})) {
    // Stack tags of CloudFormation come by way of it; nobody else may use the prefix.
    if (key.startsWith('aws:') && !call.via.includes('cloudformation.amazonaws.com'))
      throw invalidValue('tags', `the tag key '${key}' begins with aws:, which is reserved`);
    merged.set(key, value);
  }
  if ([...merged.keys()].filter((key) => !key.startsWith('aws:')).length > tagsMax)
    throw invalidValue('tags', `a resource has at most ${tagsMax} tags`);
  tags.clear();
  for (const [key, value] of merged) tags.set(key, value);
}

export function newTags(call: Call, added: Readonly<Record<string, string>> | undefined): Tags {
  const tags: Tags = new Map();
  addTags(call, tags, added);
  return tags;
}

export const tagMap = (tags: Tags): Record<string, string> => Object.fromEntries(tags);

function requireTags(call: Call, arn: string): Tags {
  const tags = tagsOfArn(call, arn);
  if (!tags) throw notFound('resource', arn);
  return tags;
}

export const tagResource = operation<
  client.TagResourceCommandInput,
  Partial<client.TagResourceCommandOutput>
>({
  authorize: (input, call) =>
    resourceCheck(call, 'TagResource', input.resourceArn, requestTagContext(input.tags)),
  run(input, call) {
    addTags(call, requireTags(call, input.resourceArn ?? ''), input.tags);
    return {};
  },
});

export const untagResource = operation<
  client.UntagResourceCommandInput,
  Partial<client.UntagResourceCommandOutput>
>({
  authorize: (input, call) =>
    resourceCheck(call, 'UntagResource', input.resourceArn, { 'aws:TagKeys': input.tagKeys }),
  run(input, call) {
    const tags = requireTags(call, input.resourceArn ?? '');
    for (const key of input.tagKeys ?? []) tags.delete(key);
    return {};
  },
});

export const listTagsForResource = operation<
  client.ListTagsForResourceCommandInput,
  Partial<client.ListTagsForResourceCommandOutput>
>({
  authorize: (input, call) => resourceCheck(call, 'ListTagsForResource', input.resourceArn),
  run: (input, call) => ({ tags: tagMap(requireTags(call, input.resourceArn ?? '')) }),
});
