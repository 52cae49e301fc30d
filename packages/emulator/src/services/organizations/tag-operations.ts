import type * as client from '@aws-sdk/client-organizations';
import { AwsError } from '../../world/aws-error.ts';
import { paginate } from '../../world/paging.ts';
import { operation } from '../../world/service.ts';
import { check, isParent, requireManagement, requireReader } from './lookups.ts';
import type { Organization } from './state.ts';
import { describeTags, mergedTags, requestTagContext } from './tags.ts';

function requireTarget(organization: Organization, id: string | undefined): string {
  if (id === undefined || !(organization.members.has(id) || isParent(organization, id)))
    throw new AwsError('TargetNotFoundException', "You specified a target that doesn't exist.");
  return id;
}

const tagResource = operation<
  client.TagResourceCommandInput,
  Partial<client.TagResourceCommandOutput>
>({
  authorize: (input, call) =>
    check(call, 'TagResource', [input.ResourceId], requestTagContext(input.Tags)),
  run(input, call) {
    const organization = requireManagement(call);
    const id = requireTarget(organization, input.ResourceId);
    organization.tags.set(id, mergedTags(organization.tags.get(id) ?? new Map(), input.Tags));
    return {};
  },
});

const untagResource = operation<
  client.UntagResourceCommandInput,
  Partial<client.UntagResourceCommandOutput>
>({
  authorize: (input, call) =>
    check(call, 'UntagResource', [input.ResourceId], { 'aws:TagKeys': input.TagKeys }),
  run(input, call) {
    const organization = requireManagement(call);
    const tags = organization.tags.get(requireTarget(organization, input.ResourceId));
    for (const key of input.TagKeys ?? []) tags?.delete(key);
    return {};
  },
});

const listTagsForResource = operation<
  client.ListTagsForResourceCommandInput,
  Partial<client.ListTagsForResourceCommandOutput>
>({
  authorize: (input, call) => check(call, 'ListTagsForResource', [input.ResourceId]),
  run(input, call) {
    const organization = requireReader(call);
    const id = requireTarget(organization, input.ResourceId);
    const page = paginate(call, describeTags(organization.tags.get(id) ?? new Map()), {
      keyOf: ({ Key }) => Key,
      token: input.NextToken,
      size: undefined,
      sizeMax: 50, // all tags that a resource can have
      invalidToken: 'InvalidInputException',
    });
    return { Tags: [...page.items], NextToken: page.nextToken };
  },
});

export const tagOperations = {
  ListTagsForResource: listTagsForResource,
  TagResource: tagResource,
  UntagResource: untagResource,
};
