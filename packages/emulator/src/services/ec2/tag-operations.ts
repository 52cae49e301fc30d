import type * as client from '@aws-sdk/client-ec2';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { paginate } from '../../world/paging.ts';
import { operation, type AccessCheck } from '../../world/service.ts';
import { arnOfId, resourceTypeOf } from './arns.ts';
import {
  imageNotFound,
  instanceNotFound,
  invalidValue,
  notFound,
  refuseDryRun,
  snapshotNotFound,
} from './errors.ts';
import { filterItems } from './filters.ts';
import { templateIdNotFound } from './launch-template-lookup.ts';
import { findImage, imageVisibleTo } from './images.ts';
import { checkedPageSize } from './page-size.ts';
import { ec2State, registryOf } from './state.ts';
import {
  forgetTags,
  refuseReservedKey,
  requestTagContext,
  resourceTagContext,
  setTags,
  tagRecord,
  tagsOf,
  type Tags,
} from './tags.ts';

const pageSizeMax = 1_000; // EC2 API Reference, DescribeTags, MaxResults
const resourcesPerCallMax = 1_000; // EC2 API Reference, CreateTags, ResourceId: up to 1000

const checks = (
  action: string,
  input: { Resources?: readonly string[] | undefined; Tags?: client.Tag[] | undefined },
  call: Call,
): AccessCheck[] =>
  (input.Resources ?? []).map((id) => ({
    action: `ec2:${action}`,
    resource: arnOfId(call, id) ?? call.arn(id),
    resourceAccount: call.account,
    context: {
      'ec2:Region': call.region,
      ...resourceTagContext(call, id),
      ...requestTagContext(keysAndValues(input.Tags)),
    },
  }));

const keysAndValues = (tags: readonly client.Tag[] | undefined): Tags =>
  Object.fromEntries((tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));

/** @throws AwsError for a resource that does not exist here or that the account cannot see */
function requireTaggable(call: Call, id: string): void {
  const state = ec2State.in(call);
  switch (resourceTypeOf(id)) {
    case 'image': {
      const image = findImage(call, id);
      if (!image || !imageVisibleTo(call, image, call.account)) throw imageNotFound(id);
      return;
    }
    case 'snapshot': {
      const snapshot = registryOf(call).snapshots.get(id);
      if (!snapshot || (snapshot.owner !== call.account && !snapshot.permissions.has(call.account)))
        throw snapshotNotFound(id);
      return;
    }
    case 'instance':
      if (!state.instances.has(id)) throw instanceNotFound(id);
      return;
    case 'volume':
      if (
        ![...state.instances.values()].some(({ devices }) =>
          devices.some((device) => device.volumeId === id),
        )
      )
        throw new AwsError('InvalidVolume.NotFound', `The volume '${id}' does not exist.`);
      return;
    case 'vpc':
      if (!state.vpcs.has(id)) throw notFound('Vpc', id);
      return;
    case 'subnet':
      if (!state.subnets.has(id)) throw notFound('Subnet', id);
      return;
    case 'security-group':
      if (!state.securityGroups.has(id)) throw notFound('Group', id);
      return;
    case 'launch-template':
      if (!state.launchTemplates.has(id)) throw templateIdNotFound(id);
      return;
    default:
      throw new AwsError('InvalidID', `The ID '${id}' is not valid`);
  }
}

export const createTags = operation<
  client.CreateTagsCommandInput,
  Partial<client.CreateTagsCommandOutput>
>({
  authorize: (input, call) => checks('CreateTags', input, call),
  run(input, call) {
    refuseDryRun(input);
    const ids = input.Resources ?? [];
    if (ids.length > resourcesPerCallMax)
      throw invalidValue(`at most ${resourcesPerCallMax} resources can be tagged in one call`);
    for (const id of ids) requireTaggable(call, id);
    const tags = tagRecord(input.Tags);
    for (const id of ids) setTags(call, id, tags);
    return {};
  },
});

export const deleteTags = operation<
  client.DeleteTagsCommandInput,
  Partial<client.DeleteTagsCommandOutput>
>({
  authorize: (input, call) => checks('DeleteTags', input, call),
  run(input, call) {
    refuseDryRun(input);
    for (const { Key = '' } of input.Tags ?? []) refuseReservedKey(Key);
    for (const id of input.Resources ?? []) deleteTagsOf(call, id, input.Tags);
    return {};
  },
});

/** Without tags all go, except AWS's own; a tag with a value goes only when it has that value. */
function deleteTagsOf(call: Call, id: string, wanted: readonly client.Tag[] | undefined): void {
  const tags = ec2State.in(call).tags.get(id);
  if (!tags) return;
  for (const [key, value] of [...tags]) {
    if (key.startsWith('aws:')) continue;
    const isWanted =
      wanted === undefined ||
      wanted.some((tag) => tag.Key === key && (tag.Value === undefined || tag.Value === value));
    if (isWanted) tags.delete(key);
  }
  if (tags.size === 0) forgetTags(call, id);
}

export const describeTags = operation<
  client.DescribeTagsCommandInput,
  Partial<client.DescribeTagsCommandOutput>
>({
  // DescribeTags has no resource-level permission.
  authorize: () => ({ action: 'ec2:DescribeTags', resource: '*' }),
  run(input, call) {
    refuseDryRun(input);
    const all = [...ec2State.in(call).tags.keys()].flatMap((id) =>
      [...tagsOf(call, id)].map(([key, value]) => ({ id, key, value })),
    );
    const found = filterItems(call, all, input.Filters, {
      values: {
        key: ({ key }) => [key],
        'resource-id': ({ id }) => [id],
        'resource-type': ({ id }) => [resourceTypeOf(id)],
        value: ({ value }) => [value],
      },
      tagsOf: ({ key, value }) => new Map([[key, value]]),
    });
    const page = paginate(call, found, {
      keyOf: ({ id, key }) => `${id}/${key}`,
      token: input.NextToken,
      size: checkedPageSize(input.MaxResults),
      sizeMax: pageSizeMax,
      invalidToken: 'InvalidNextToken',
    });
    return {
      Tags: page.items.map(({ id, key, value }) => ({
        ResourceId: id,
        ResourceType: resourceTypeOf(id) as client.ResourceType,
        Key: key,
        Value: value,
      })),
      NextToken: page.nextToken,
    };
  },
});
