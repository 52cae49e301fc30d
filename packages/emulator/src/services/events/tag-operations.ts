import type * as client from '@aws-sdk/client-eventbridge';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import type { Scope } from '../../world/scope.ts';
import { operation, type AccessCheck } from '../../world/service.ts';
import { tagCodes } from './bus-operations.ts';
import { placeOfBusArn } from './bus-lookup.ts';
import { eventsState } from './state.ts';
import { addTags, describeTags, requestTagContext, resourceTagContext } from './tags.ts';

/** The tags of the rule or bus of this account that an ARN names. */
function findTags(scope: Scope, arn: string): Map<string, string> | undefined {
  const { buses } = eventsState.in(scope);
  const bus = placeOfBusArn(arn);
  if (bus) return bus.account === scope.account ? buses.get(bus.name)?.tags : undefined;
  for (const { rules } of buses.values())
    for (const rule of rules.values()) if (rule.arn === arn) return rule.tags;
  return undefined;
}

function requireTags(scope: Scope, arn: string | undefined): Map<string, string> {
  const tags = findTags(scope, arn ?? '');
  if (!tags)
    throw new AwsError('ResourceNotFoundException', `Resource ${arn ?? ''} does not exist.`);
  return tags;
}

const check =
  (action: string) =>
  (
    input: {
      ResourceARN?: string | undefined;
      Tags?: client.Tag[] | undefined;
      TagKeys?: string[] | undefined;
    },
    call: Call,
  ): AccessCheck => ({
    action: `events:${action}`,
    resource: input.ResourceARN ?? '',
    context: {
      ...resourceTagContext(findTags(call, input.ResourceARN ?? '')),
      ...requestTagContext(input.Tags),
      ...(input.TagKeys ? { 'aws:TagKeys': input.TagKeys } : {}),
    },
  });

export const tagResource = operation<
  client.TagResourceCommandInput,
  Partial<client.TagResourceCommandOutput>
>({
  authorize: check('TagResource'),
  run(input, call) {
    addTags(call, requireTags(call, input.ResourceARN), input.Tags, tagCodes);
    return {};
  },
});

export const untagResource = operation<
  client.UntagResourceCommandInput,
  Partial<client.UntagResourceCommandOutput>
>({
  authorize: check('UntagResource'),
  run(input, call) {
    const tags = requireTags(call, input.ResourceARN);
    for (const key of input.TagKeys ?? []) tags.delete(key);
    return {};
  },
});

export const listTagsForResource = operation<
  client.ListTagsForResourceCommandInput,
  Partial<client.ListTagsForResourceCommandOutput>
>({
  authorize: check('ListTagsForResource'),
  run: (input, call) => ({ Tags: describeTags(requireTags(call, input.ResourceARN)) }),
});
