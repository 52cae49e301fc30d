import type * as client from '@aws-sdk/client-auto-scaling';
import type { Call } from '../../world/call.ts';
import { paginate } from '../../world/paging.ts';
import { operation, type AccessCheck, type Operation } from '../../world/service.ts';
import { describeTags } from './describe-groups.ts';
import { validationError } from './errors.ts';
import { groupCheck, requestTags, requireGroup } from './group-access.ts';
import { putTags, readTags } from './group-tags.ts';
import { checkListLength, checkPageSize } from './list-limits.ts';
import { autoScalingState } from './state.ts';

const pageMax = 100; // API Reference, DescribeTags, MaxRecords: default 50, maximum 100
const pageDefault = 50;
export const tagsPerCallMax = 25; // User Guide, "Tag Auto Scaling groups and instances", usage restrictions

/** One check a group; the tags of the request are those for that group. */
function tagChecks(
  call: Call,
  action: string,
  tags: readonly client.Tag[] | undefined,
): readonly AccessCheck[] {
  const byGroup = Map.groupBy(tags ?? [], ({ ResourceId = '' }) => ResourceId);
  return [...byGroup].map(([name, own]) => groupCheck(call, action, name, requestTags(own)));
}

const createOrUpdateTags = operation<
  client.CreateOrUpdateTagsCommandInput,
  Partial<client.CreateOrUpdateTagsCommandOutput>
>({
  authorize: (input, call) => tagChecks(call, 'CreateOrUpdateTags', input.Tags),
  run(input, call) {
    checkListLength('Tags', input.Tags, tagsPerCallMax);
    const byGroup = Map.groupBy(input.Tags ?? [], ({ ResourceId = '' }) => ResourceId);
    const work = [...byGroup].map(([name, tags]) => ({
      group: requireGroup(call, name),
      tags: readTags(call, tags),
    }));
    for (const { group, tags } of work) putTags(group.tags, tags);
    return {};
  },
});

const deleteTags = operation<
  client.DeleteTagsCommandInput,
  Partial<client.DeleteTagsCommandOutput>
>({
  authorize: (input, call) => tagChecks(call, 'DeleteTags', input.Tags),
  run(input, call) {
    checkListLength('Tags', input.Tags, tagsPerCallMax);
    for (const tag of input.Tags ?? []) {
      const { tags } = requireGroup(call, tag.ResourceId);
      const found = tags.get(tag.Key ?? '');
      // A value that is given must be the tag's own.
      if (found && (tag.Value === undefined || tag.Value === found.value)) tags.delete(found.key);
    }
    return {};
  },
});

/** Source: API Reference, DescribeTags, Filters: each filter's values are alternatives. */
const filterMembers: Readonly<Record<string, (tag: client.TagDescription) => string | undefined>> =
  {
    'auto-scaling-group': (tag) => tag.ResourceId,
    key: (tag) => tag.Key,
    value: (tag) => tag.Value,
    'propagate-at-launch': (tag) => String(tag.PropagateAtLaunch),
  };

const describeTagsOperation = operation<
  client.DescribeTagsCommandInput,
  Partial<client.DescribeTagsCommandOutput>
>({
  authorize: () => ({ action: 'autoscaling:DescribeTags', resource: '*' }),
  run(input, call) {
    checkPageSize(input.MaxRecords, pageMax);
    const found = [...autoScalingState.in(call).groups.values()]
      .flatMap(describeTags)
      .filter((tag) =>
        (input.Filters ?? []).every(({ Name: name = '', Values: values = [] }) => {
          const member = filterMembers[name];
          if (!member) throw validationError(`Filter type ${name} is not correct`);
          return values.includes(member(tag) ?? '');
        }),
      );
    const page = paginate(call, found, {
      keyOf: (tag) => `${tag.ResourceId ?? ''}\n${tag.Key ?? ''}`,
      token: input.NextToken,
      size: input.MaxRecords ?? pageDefault,
      sizeMax: pageMax,
      invalidToken: 'InvalidNextToken',
    });
    return { Tags: [...page.items], NextToken: page.nextToken };
  },
});

export const tagOperations: Readonly<Record<string, Operation>> = {
  CreateOrUpdateTags: createOrUpdateTags,
  DeleteTags: deleteTags,
  DescribeTags: describeTagsOperation,
};
