import type * as client from '@aws-sdk/client-scheduler';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { paginate } from '../../world/paging.ts';
import type { Scope } from '../../world/scope.ts';
import { operation, type AccessCheck } from '../../world/service.ts';
import { passRoleCheck } from '../iam/pass-role.ts';
import { requireGroup } from './group-operations.ts';
import { armSchedule } from './run-schedule.ts';
import { readSettings, schedulerService } from './schedule-settings.ts';
import { schedulerState, type Schedule } from './state.ts';

const listMax = 100; // EventBridge Scheduler API reference, ListSchedules, MaxResults

interface Names {
  Name?: string | undefined;
  GroupName?: string | undefined;
}

const scheduleArn = (scope: Scope, { Name = '', GroupName = 'default' }: Names): string =>
  scope.arn(`schedule/${GroupName}/${Name}`, { service: 'scheduler' });

const check =
  (action: string) =>
  (input: Names, call: Call): AccessCheck => ({
    action: `scheduler:${action}`,
    resource: scheduleArn(call, input),
  });

const checkWithRole =
  (action: string) =>
  (input: Names & { Target?: client.Target | undefined }, call: Call): AccessCheck[] => [
    check(action)(input, call),
    passRoleCheck(call, input.Target?.RoleArn ?? '', schedulerService),
  ];

/** @throws AwsError ResourceNotFoundException */
function requireSchedule(scope: Scope, { Name = '', GroupName = 'default' }: Names): Schedule {
  const schedule = requireGroup(scope, GroupName).schedules.get(Name);
  if (!schedule)
    throw new AwsError('ResourceNotFoundException', `Schedule ${Name} does not exist.`);
  return schedule;
}

export const createSchedule = operation<
  client.CreateScheduleCommandInput,
  Partial<client.CreateScheduleCommandOutput>
>({
  authorize: checkWithRole('CreateSchedule'),
  run(input, call) {
    const { Name: name = '', GroupName: groupName = 'default', ClientToken: clientToken } = input;
    const group = requireGroup(call, groupName);
    if (group.state === 'DELETING')
      throw new AwsError('ConflictException', `Schedule group ${groupName} is being deleted.`);
    const existing = group.schedules.get(name);
    if (existing) {
      if (clientToken !== undefined && existing.clientToken === clientToken)
        return { ScheduleArn: existing.arn };
      throw new AwsError('ConflictException', `Schedule ${name} already exists.`);
    }
    const schedule: Schedule = {
      name,
      groupName,
      account: call.account,
      region: call.region,
      arn: scheduleArn(call, input),
      createdAt: call.now,
      clientToken,
      settings: readSettings(call, input, groupName),
      modifiedAt: call.now,
      timer: undefined,
    };
    group.schedules.set(name, schedule);
    armSchedule(call, schedule);
    return { ScheduleArn: schedule.arn };
  },
});

/** An update replaces all; what is left out falls back to its default. */
export const updateSchedule = operation<
  client.UpdateScheduleCommandInput,
  Partial<client.UpdateScheduleCommandOutput>
>({
  authorize: checkWithRole('UpdateSchedule'),
  run(input, call) {
    const schedule = requireSchedule(call, input);
    schedule.settings = readSettings(call, input, schedule.groupName);
    schedule.modifiedAt = call.now;
    armSchedule(call, schedule);
    return { ScheduleArn: schedule.arn };
  },
});

export const deleteSchedule = operation<
  client.DeleteScheduleCommandInput,
  Partial<client.DeleteScheduleCommandOutput>
>({
  authorize: check('DeleteSchedule'),
  run(input, call) {
    const schedule = requireSchedule(call, input);
    if (schedule.timer) schedule.timer.cancelled = true;
    requireGroup(call, schedule.groupName).schedules.delete(schedule.name);
    return {};
  },
});

const dateOf = (time: number | undefined): Date | undefined =>
  time === undefined ? undefined : new Date(time);

export const getSchedule = operation<
  client.GetScheduleCommandInput,
  Partial<client.GetScheduleCommandOutput>
>({
  authorize: check('GetSchedule'),
  run(input, call) {
    const schedule = requireSchedule(call, input);
    const { settings } = schedule;
    return {
      Arn: schedule.arn,
      Name: schedule.name,
      GroupName: schedule.groupName,
      ScheduleExpression: settings.expressionText,
      ScheduleExpressionTimezone: settings.timeZoneText ?? 'UTC',
      StartDate: dateOf(settings.startsAt),
      EndDate: dateOf(settings.endsAt),
      Description: settings.description,
      State: settings.isEnabled ? 'ENABLED' : 'DISABLED',
      CreationDate: new Date(schedule.createdAt),
      LastModificationDate: new Date(schedule.modifiedAt),
      Target: {
        // EventBridge Scheduler API reference, RetryPolicy: the defaults are shown.
        RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
        ...settings.target,
      },
      FlexibleTimeWindow:
        settings.windowMinutes === undefined
          ? { Mode: 'OFF' }
          : { Mode: 'FLEXIBLE', MaximumWindowInMinutes: settings.windowMinutes },
      ActionAfterCompletion: settings.deletesItself ? 'DELETE' : 'NONE',
    };
  },
});

export const listSchedules = operation<
  client.ListSchedulesCommandInput,
  Partial<client.ListSchedulesCommandOutput>
>({
  // ListSchedules has no resource-level permission.
  authorize: () => ({ action: 'scheduler:ListSchedules', resource: '*' }),
  run(input, call) {
    const groups =
      input.GroupName === undefined
        ? [...schedulerState.in(call).groups.values()]
        : [requireGroup(call, input.GroupName)];
    const isWanted = ({ name, settings }: Schedule): boolean =>
      name.startsWith(input.NamePrefix ?? '') &&
      (input.State === undefined || settings.isEnabled === (input.State === 'ENABLED'));
    const schedules = groups.flatMap((group) => [...group.schedules.values()]).filter(isWanted);
    const page = paginate(call, schedules, {
      keyOf: ({ groupName, name }) => `${groupName}/${name}`,
      token: input.NextToken,
      size: input.MaxResults,
      sizeMax: listMax,
      invalidToken: 'ValidationException',
    });
    return {
      Schedules: page.items.map((schedule) => ({
        Arn: schedule.arn,
        Name: schedule.name,
        GroupName: schedule.groupName,
        State: schedule.settings.isEnabled ? ('ENABLED' as const) : ('DISABLED' as const),
        CreationDate: new Date(schedule.createdAt),
        LastModificationDate: new Date(schedule.modifiedAt),
        Target: { Arn: schedule.settings.target.Arn },
      })),
      NextToken: page.nextToken,
    };
  },
});
