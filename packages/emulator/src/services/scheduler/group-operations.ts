import type * as client from '@aws-sdk/client-scheduler';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { paginate } from '../../world/paging.ts';
import type { Scope } from '../../world/scope.ts';
import { operation, type AccessCheck } from '../../world/service.ts';
import { addTags, describeTags, requestTagContext, resourceTagContext } from '../events/tags.ts';
import { newGroup, schedulerState, type ScheduleGroup } from './state.ts';

const groupsMax = 500; // EventBridge Scheduler quotas: schedule groups per account and Region
const listMax = 100; // EventBridge Scheduler API reference, ListScheduleGroups, MaxResults
const deletionMsMin = 1_000;
const deletionMsMax = 10_000;
const tagCodes = { invalid: 'ValidationException', tooMany: 'ServiceQuotaExceededException' };

export const validation = (message: string): AwsError =>
  new AwsError('ValidationException', message);

export const groupArn = (scope: Scope, name: string): string =>
  scope.arn(`schedule-group/${name}`, { service: 'scheduler' });

/** @throws AwsError ResourceNotFoundException */
export function requireGroup(scope: Scope, name: string): ScheduleGroup {
  const group = schedulerState.in(scope).groups.get(name);
  if (!group)
    throw new AwsError('ResourceNotFoundException', `Schedule group ${name} does not exist.`);
  return group;
}

function groupCheck(call: Call, name: string | undefined, action: string): AccessCheck {
  const group = schedulerState.in(call).groups.get(name ?? '');
  return {
    action: `scheduler:${action}`,
    resource: groupArn(call, name ?? ''),
    context: resourceTagContext(group?.tags),
  };
}

export const createScheduleGroup = operation<
  client.CreateScheduleGroupCommandInput,
  Partial<client.CreateScheduleGroupCommandOutput>
>({
  authorize(input, call) {
    const check = groupCheck(call, input.Name, 'CreateScheduleGroup');
    const create = { ...check, context: { ...check.context, ...requestTagContext(input.Tags) } };
    return input.Tags?.length ? [create, { ...create, action: 'scheduler:TagResource' }] : create;
  },
  run(input, call) {
    const { Name: name = '', ClientToken: clientToken } = input;
    const { groups } = schedulerState.in(call);
    const existing = groups.get(name);
    if (existing) {
      if (clientToken !== undefined && existing.clientToken === clientToken)
        return { ScheduleGroupArn: groupArn(call, name) };
      throw new AwsError('ConflictException', `Schedule group ${name} already exists.`);
    }
    if (groups.size >= groupsMax)
      throw new AwsError(
        'ServiceQuotaExceededException',
        `An account has at most ${groupsMax} groups.`,
      );
    const group = newGroup(name, { createdAt: call.now, clientToken });
    addTags(call, group.tags, input.Tags, tagCodes);
    groups.set(name, group);
    return { ScheduleGroupArn: groupArn(call, name) };
  },
});

/** Its schedules go at once, the group itself a little later. */
export const deleteScheduleGroup = operation<
  client.DeleteScheduleGroupCommandInput,
  Partial<client.DeleteScheduleGroupCommandOutput>
>({
  authorize: (input, call) => groupCheck(call, input.Name, 'DeleteScheduleGroup'),
  run(input, call) {
    const name = input.Name ?? '';
    if (name === 'default') throw validation('The default schedule group cannot be deleted.');
    const group = requireGroup(call, name);
    if (group.state === 'DELETING')
      throw new AwsError('ConflictException', `Schedule group ${name} is being deleted.`);
    group.state = 'DELETING';
    for (const schedule of group.schedules.values())
      if (schedule.timer) schedule.timer.cancelled = true;
    group.schedules.clear();
    const { groups } = schedulerState.in(call);
    call.after(call.between('group-deletion', deletionMsMin, deletionMsMax), 'group deletion', () =>
      groups.delete(name),
    );
    return {};
  },
});

const describe = (scope: Scope, group: ScheduleGroup) => ({
  Arn: groupArn(scope, group.name),
  Name: group.name,
  State: group.state,
  CreationDate: group.createdAt === undefined ? undefined : new Date(group.createdAt),
  LastModificationDate: group.createdAt === undefined ? undefined : new Date(group.createdAt),
});

export const getScheduleGroup = operation<
  client.GetScheduleGroupCommandInput,
  Partial<client.GetScheduleGroupCommandOutput>
>({
  authorize: (input, call) => groupCheck(call, input.Name, 'GetScheduleGroup'),
  run: (input, call) => describe(call, requireGroup(call, input.Name ?? '')),
});

export const listScheduleGroups = operation<
  client.ListScheduleGroupsCommandInput,
  Partial<client.ListScheduleGroupsCommandOutput>
>({
  // ListScheduleGroups has no resource-level permission.
  authorize: () => ({ action: 'scheduler:ListScheduleGroups', resource: '*' }),
  run(input, call) {
    const prefix = input.NamePrefix ?? '';
    const groups = [...schedulerState.in(call).groups.values()].filter(({ name }) =>
      name.startsWith(prefix),
    );
    const page = paginate(call, groups, {
      keyOf: ({ name }) => name,
      token: input.NextToken,
      size: input.MaxResults,
      sizeMax: listMax,
      invalidToken: 'ValidationException',
    });
    return {
      ScheduleGroups: page.items.map((group) => describe(call, group)),
      NextToken: page.nextToken,
    };
  },
});

const groupOfArn = (arn: string | undefined): string =>
  /^arn:aws:scheduler:[a-z0-9-]+:\d{12}:schedule-group\/(.+)$/.exec(arn ?? '')?.[1] ?? '';

const tagCheck =
  (action: string) =>
  (
    input: {
      ResourceArn?: string | undefined;
      Tags?: client.Tag[] | undefined;
      TagKeys?: string[] | undefined;
    },
    call: Call,
  ): AccessCheck => {
    const check = groupCheck(call, groupOfArn(input.ResourceArn), action);
    return {
      ...check,
      resource: input.ResourceArn ?? '',
      context: {
        ...check.context,
        ...requestTagContext(input.Tags),
        ...(input.TagKeys ? { 'aws:TagKeys': input.TagKeys } : {}),
      },
    };
  };

/** Only groups carry tags. */
const tagsOf = (scope: Scope, arn: string | undefined): Map<string, string> =>
  requireGroup(scope, groupOfArn(arn)).tags;

export const tagResource = operation<
  client.TagResourceCommandInput,
  Partial<client.TagResourceCommandOutput>
>({
  authorize: tagCheck('TagResource'),
  run(input, call) {
    addTags(call, tagsOf(call, input.ResourceArn), input.Tags, tagCodes);
    return {};
  },
});

export const untagResource = operation<
  client.UntagResourceCommandInput,
  Partial<client.UntagResourceCommandOutput>
>({
  authorize: tagCheck('UntagResource'),
  run(input, call) {
    const tags = tagsOf(call, input.ResourceArn);
    for (const key of input.TagKeys ?? []) tags.delete(key);
    return {};
  },
});

export const listTagsForResource = operation<
  client.ListTagsForResourceCommandInput,
  Partial<client.ListTagsForResourceCommandOutput>
>({
  authorize: tagCheck('ListTagsForResource'),
  run: (input, call) => ({ Tags: describeTags(tagsOf(call, input.ResourceArn)) }),
});
