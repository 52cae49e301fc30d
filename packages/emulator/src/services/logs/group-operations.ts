import type * as client from '@aws-sdk/client-cloudwatch-logs';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { onlyModelled } from '../../world/only-modelled.ts';
import { paginate } from '../../world/paging.ts';
import { operation } from '../../world/service.ts';
import {
  checkRetention,
  groupArn,
  groupCheck,
  invalid,
  keptEvents,
  nameOf,
  requestTagContext,
  requireGroup,
  storedBytes,
  tagContext,
} from './log-groups.ts';
import { logsState, type LogGroup } from './state.ts';

const logGroupClasses = ['STANDARD', 'INFREQUENT_ACCESS', 'DELIVERY'] as const;
const pageMax = 50; // CloudWatch Logs API Reference, DescribeLogGroups, limit
const tagsMax = 50; // CloudWatch Logs API Reference, CreateLogGroup, tags

export const createLogGroup = operation<
  client.CreateLogGroupCommandInput,
  Partial<client.CreateLogGroupCommandOutput>
>({
  authorize: (input, call) => {
    const name = input.logGroupName ?? '';
    const context = requestTagContext(input.tags);
    const create = { ...groupCheck(call, 'CreateLogGroup', name), context };
    return input.tags && Object.keys(input.tags).length > 0
      ? [create, { action: 'logs:TagResource', resource: groupArn(call, name), context }]
      : create;
  },
  run(input, call) {
    onlyModelled(
      input,
      ['logGroupName', 'kmsKeyId', 'tags', 'logGroupClass'],
      'InvalidParameterException',
    );
    const name = input.logGroupName ?? '';
    const { groups } = logsState.in(call);
    if (groups.has(name))
      throw new AwsError(
        'ResourceAlreadyExistsException',
        'The specified log group already exists',
      );
    const tags = new Map<string, string>();
    addTags(tags, input.tags);
    groups.set(name, {
      name,
      arn: groupArn(call, name),
      createdAt: call.now,
      logClass: logGroupClasses.find((known) => known === input.logGroupClass) ?? 'STANDARD',
      retentionDays: undefined,
      kmsKeyId: input.kmsKeyId,
      tags,
      streams: new Map(),
      metricFilters: new Map(),
      policy: undefined,
      sequence: 0,
    });
    return {};
  },
});

export const deleteLogGroup = operation<
  client.DeleteLogGroupCommandInput,
  Partial<client.DeleteLogGroupCommandOutput>
>({
  authorize: (input, call) => groupCheck(call, 'DeleteLogGroup', input.logGroupName ?? ''),
  run(input, call) {
    const group = requireGroup(call, input.logGroupName);
    logsState.in(call).groups.delete(group.name);
    return {};
  },
});

export const describeLogGroups = operation<
  client.DescribeLogGroupsCommandInput,
  Partial<client.DescribeLogGroupsCommandOutput>
>({
  authorize: (_, call) => groupCheck(call, 'DescribeLogGroups', ''),
  run(input, call) {
    onlyModelled(
      input,
      [
        'logGroupNamePrefix',
        'logGroupNamePattern',
        'nextToken',
        'limit',
        'logGroupClass',
        'logGroupIdentifiers',
      ],
      'InvalidParameterException',
    );
    if (input.logGroupNamePrefix !== undefined && input.logGroupNamePattern !== undefined)
      throw invalid(
        'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
      );
    const wanted = input.logGroupIdentifiers?.map((identifier) => nameOf(call, identifier));
    const found = [...logsState.in(call).groups.values()].filter(
      (group) =>
        (input.logGroupNamePrefix === undefined ||
          group.name.startsWith(input.logGroupNamePrefix)) &&
        (input.logGroupNamePattern === undefined ||
          group.name.includes(input.logGroupNamePattern)) &&
        (input.logGroupClass === undefined || group.logClass === input.logGroupClass) &&
        (wanted === undefined || wanted.includes(group.name)),
    );
    const page = paginate(call, found, {
      keyOf: ({ name }) => name,
      token: input.nextToken,
      size: input.limit,
      sizeMax: pageMax,
      invalidToken: 'InvalidParameterException',
    });
    return {
      logGroups: page.items.map((group) => describe(call, group)),
      nextToken: page.nextToken,
    };
  },
});

const describe = (call: Call, group: LogGroup): client.LogGroup => ({
  logGroupName: group.name,
  creationTime: group.createdAt,
  retentionInDays: group.retentionDays,
  metricFilterCount: group.metricFilters.size,
  arn: `${group.arn}:*`,
  logGroupArn: group.arn,
  storedBytes: [...group.streams.values()].reduce(
    (sum, stream) => sum + storedBytes(keptEvents(call, group, stream)),
    0,
  ),
  kmsKeyId: group.kmsKeyId,
  logGroupClass: group.logClass,
});

export const putRetentionPolicy = operation<
  client.PutRetentionPolicyCommandInput,
  Partial<client.PutRetentionPolicyCommandOutput>
>({
  authorize: (input, call) => groupCheck(call, 'PutRetentionPolicy', input.logGroupName ?? ''),
  run(input, call) {
    checkRetention(input.retentionInDays);
    requireGroup(call, input.logGroupName).retentionDays = input.retentionInDays;
    return {};
  },
});

export const deleteRetentionPolicy = operation<
  client.DeleteRetentionPolicyCommandInput,
  Partial<client.DeleteRetentionPolicyCommandOutput>
>({
  authorize: (input, call) => groupCheck(call, 'DeleteRetentionPolicy', input.logGroupName ?? ''),
  run(input, call) {
    requireGroup(call, input.logGroupName).retentionDays = undefined;
    return {};
  },
});

export const associateKmsKey = operation<
  client.AssociateKmsKeyCommandInput,
  Partial<client.AssociateKmsKeyCommandOutput>
>({
  authorize: (input, call) => groupCheck(call, 'AssociateKmsKey', input.logGroupName ?? ''),
  run(input, call) {
    onlyModelled(input, ['logGroupName', 'kmsKeyId'], 'InvalidParameterException');
    requireGroup(call, input.logGroupName).kmsKeyId = input.kmsKeyId;
    return {};
  },
});

export const disassociateKmsKey = operation<
  client.DisassociateKmsKeyCommandInput,
  Partial<client.DisassociateKmsKeyCommandOutput>
>({
  authorize: (input, call) => groupCheck(call, 'DisassociateKmsKey', input.logGroupName ?? ''),
  run(input, call) {
    onlyModelled(input, ['logGroupName'], 'InvalidParameterException');
    requireGroup(call, input.logGroupName).kmsKeyId = undefined;
    return {};
  },
});

/** Tag operations name the group by its ARN without `:*`. */
const taggedGroup = (call: Call, arn: string | undefined): LogGroup | undefined =>
  [...logsState.in(call).groups.values()].find((group) => group.arn === arn);

function requireTagged(call: Call, arn: string | undefined): LogGroup {
  const group = taggedGroup(call, arn);
  if (!group)
    throw new AwsError('ResourceNotFoundException', `There is no log group ${String(arn)}.`);
  return group;
}

function addTags(
  existing: Map<string, string>,
  added: Readonly<Record<string, string>> | undefined,
): void {
  for (const [key, value] of Object.entries(added ?? {})) {
    existing.set(key, value);
    if (existing.size > tagsMax)
      throw new AwsError('TooManyTagsException', `a log group has at most ${tagsMax} tags`);
  }
}

export const tagResource = operation<
  client.TagResourceCommandInput,
  Partial<client.TagResourceCommandOutput>
>({
  authorize: (input, call) => ({
    action: 'logs:TagResource',
    resource: input.resourceArn ?? '',
    context: {
      ...tagContext(taggedGroup(call, input.resourceArn)?.tags),
      ...requestTagContext(input.tags),
    },
  }),
  run(input, call) {
    addTags(requireTagged(call, input.resourceArn).tags, input.tags);
    return {};
  },
});

export const untagResource = operation<
  client.UntagResourceCommandInput,
  Partial<client.UntagResourceCommandOutput>
>({
  authorize: (input, call) => ({
    action: 'logs:UntagResource',
    resource: input.resourceArn ?? '',
    context: {
      ...tagContext(taggedGroup(call, input.resourceArn)?.tags),
      'aws:TagKeys': input.tagKeys,
    },
  }),
  run(input, call) {
    const { tags } = requireTagged(call, input.resourceArn);
    for (const key of input.tagKeys ?? []) tags.delete(key);
    return {};
  },
});

export const listTagsForResource = operation<
  client.ListTagsForResourceCommandInput,
  Partial<client.ListTagsForResourceCommandOutput>
>({
  authorize: (input, call) => ({
    action: 'logs:ListTagsForResource',
    resource: input.resourceArn ?? '',
    context: tagContext(taggedGroup(call, input.resourceArn)?.tags),
  }),
  run: (input, call) => ({ tags: Object.fromEntries(requireTagged(call, input.resourceArn).tags) }),
});
