import type * as client from '@aws-sdk/client-lambda';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { operation, type AccessCheck } from '../../world/service.ts';
import { findMapping } from './event-source-lookup.ts';
import { functionCheck, invalid, requestTagContext, requireFunction } from './function-name.ts';

const tagsMax = 50; // Lambda API Reference, TagResource

const mappingArn = /:event-source-mapping:([0-9a-f-]+)$/;

function tagsOf(call: Call, arn: string | undefined): Map<string, string> {
  const id = mappingArn.exec(arn ?? '')?.[1];
  if (id === undefined) return requireFunction(call, arn).tags;
  const mapping = findMapping(call, id);
  if (!mapping)
    throw new AwsError('ResourceNotFoundException', 'The resource you requested does not exist.', {
      status: 404,
    });
  return mapping.tags;
}

const check = (
  call: Call,
  action: string,
  arn: string | undefined,
  context: AccessCheck['context'] = {},
): AccessCheck =>
  mappingArn.test(arn ?? '')
    ? { action: `lambda:${action}`, resource: arn ?? '', context }
    : functionCheck(call, action, arn, { context });

export const tagResource = operation<
  client.TagResourceCommandInput,
  Partial<client.TagResourceCommandOutput>
>({
  authorize: (input, call) =>
    check(call, 'TagResource', input.Resource, requestTagContext(input.Tags)),
  run(input, call) {
    const tags = tagsOf(call, input.Resource);
    const wanted = new Map([...tags, ...Object.entries(input.Tags ?? {})]);
    if (wanted.size > tagsMax) throw invalid(`a resource has at most ${tagsMax} tags`);
    for (const [key, value] of wanted) tags.set(key, value);
    return {};
  },
});

export const untagResource = operation<
  client.UntagResourceCommandInput,
  Partial<client.UntagResourceCommandOutput>
>({
  authorize: (input, call) =>
    check(call, 'UntagResource', input.Resource, { 'aws:TagKeys': input.TagKeys }),
  run(input, call) {
    const tags = tagsOf(call, input.Resource);
    for (const key of input.TagKeys ?? []) tags.delete(key);
    return {};
  },
});

export const listTags = operation<
  client.ListTagsCommandInput,
  Partial<client.ListTagsCommandOutput>
>({
  authorize: (input, call) => check(call, 'ListTags', input.Resource),
  run: (input, call) => ({ Tags: Object.fromEntries(tagsOf(call, input.Resource)) }),
});
