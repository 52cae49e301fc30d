import type * as client from '@aws-sdk/client-scheduler';
import { accountOfArn } from '../../iam/arn-match.ts';
import type { Call } from '../../world/call.ts';
import { refuseUnmodelled } from '../../world/refuse-unmodelled.ts';
import { isAssumableBy } from '../iam/service-session.ts';
import { InvalidSchedule } from './cron.ts';
import { groupArn, validation } from './group-operations.ts';
import { atTime, parseSchedule, type ScheduleExpression } from './schedule-expression.ts';
import type { ScheduleSettings, ScheduleTarget } from './state.ts';
import { requireTarget } from './target-checks.ts';
import { isTimeZone } from './time-zone.ts';

export const schedulerService = 'scheduler.amazonaws.com';

// EventBridge Scheduler API reference, CreateSchedule.
const windowMinutesMax = 1440;
const pastStartMsMax = 5 * 60_000;

type Given = client.CreateScheduleCommandInput | client.UpdateScheduleCommandInput;

/**
 * Checks and reads what Create and Update have in common.
 *
 * @throws AwsError ValidationException
 */
export function readSettings(call: Call, input: Given, groupName: string): ScheduleSettings {
  refuseUnmodelled(input, ['KmsKeyArn'], 'ValidationException');
  const timeZone = input.ScheduleExpressionTimezone ?? 'UTC';
  if (!isTimeZone(timeZone)) throw validation(`Invalid ScheduleExpressionTimezone ${timeZone}.`);
  const expressionText = input.ScheduleExpression ?? '';
  const expression = readExpression(call, expressionText, timeZone);
  const target = requireTarget(call, input.Target ?? { Arn: undefined, RoleArn: undefined });
  requireRole(call, target, groupName);
  return {
    expressionText,
    expression,
    timeZone,
    timeZoneText: input.ScheduleExpressionTimezone,
    ...readPeriod(call, input),
    description: input.Description,
    isEnabled: input.State !== 'DISABLED',
    windowMinutes: readWindow(input.FlexibleTimeWindow),
    deletesItself: input.ActionAfterCompletion === 'DELETE',
    target,
  };
}

function readExpression(call: Call, text: string, timeZone: string): ScheduleExpression {
  let expression: ScheduleExpression;
  try {
    expression = parseSchedule(text);
  } catch (cause) {
    if (!(cause instanceof InvalidSchedule)) throw cause;
    throw validation(`Invalid Schedule Expression ${text}. (${cause.message})`);
  }
  if (expression.kind === 'at') {
    const at = atTime(expression.civil, timeZone);
    if (at === undefined || at < call.now)
      throw validation(`Invalid Schedule Expression ${text}: the time is past or does not exist.`);
  }
  return expression;
}

function readPeriod(
  call: Call,
  input: Given,
): { startsAt: number | undefined; endsAt: number | undefined } {
  const startsAt = input.StartDate?.getTime();
  const endsAt = input.EndDate?.getTime();
  if (startsAt !== undefined && startsAt < call.now - pastStartMsMax)
    throw validation('The StartDate you specify cannot be earlier than 5 minutes ago.');
  if (endsAt !== undefined && endsAt <= Math.max(call.now, startsAt ?? 0))
    throw validation('The EndDate you specify must come after the StartDate and the present.');
  return { startsAt, endsAt };
}

function readWindow(window: client.FlexibleTimeWindow | undefined): number | undefined {
  const minutes = window?.MaximumWindowInMinutes;
  switch (window?.Mode) {
    case 'OFF':
      if (minutes !== undefined)
        throw validation(
          'MaximumWindowInMinutes must not be set when the flexible time window is OFF.',
        );
      return undefined;
    case 'FLEXIBLE':
      if (minutes === undefined || !(minutes >= 1 && minutes <= windowMinutesMax))
        throw validation(`MaximumWindowInMinutes must be from 1 to ${windowMinutesMax}.`);
      return minutes;
    default:
      throw validation('FlexibleTimeWindow.Mode must be OFF or FLEXIBLE.');
  }
}

/** EventBridge Scheduler tries the role before it accepts it. */
function requireRole(call: Call, target: ScheduleTarget, groupName: string): void {
  if (accountOfArn(target.RoleArn) !== call.account)
    throw validation(`The execution role ${target.RoleArn} is not in this account.`);
  const source = { sourceArn: groupArn(call, groupName), sourceAccount: call.account };
  if (!isAssumableBy(call, target.RoleArn, schedulerService, source))
    throw validation(
      'The execution role you provide must allow AWS EventBridge Scheduler to assume the role.',
    );
}
