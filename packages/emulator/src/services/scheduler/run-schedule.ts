import type { Scope } from '../../world/scope.ts';
import { invokeTarget } from './invoke-target.ts';
import { atTime, nextCronTime } from './schedule-expression.ts';
import { schedulerState, type Schedule } from './state.ts';

/** A schedule runs somewhere within its minute (EventBridge Scheduler User Guide, "Schedule types"). */
const withinMinuteMsMax = 59_000;
const minuteMs = 60_000;

/** Starts, changes or stops the runs of a schedule. */
export function armSchedule(scope: Scope, schedule: Schedule): void {
  if (schedule.timer) schedule.timer.cancelled = true;
  schedule.timer = undefined;
  if (!schedule.settings.isEnabled) return;
  const place = scope.at({
    account: schedule.account,
    region: schedule.region,
    service: 'scheduler',
  });
  scheduleNext(place, schedule, undefined);
}

/** @param previous the time of the run before, if there was one since the schedule was made or changed */
function scheduleNext(scope: Scope, schedule: Schedule, previous: number | undefined): void {
  const due = nextTime(schedule, previous);
  if (due === undefined) {
    complete(scope, schedule);
    return;
  }
  const { windowMinutes } = schedule.settings;
  const lateMax = windowMinutes === undefined ? withinMinuteMsMax : windowMinutes * minuteMs;
  const late = scope.between('schedule', 0, lateMax);
  schedule.timer = scope.after(Math.max(0, due + late - scope.now), 'schedule', async () => {
    schedule.timer = undefined;
    const { settings } = schedule;
    const last = nextTime(schedule, due) === undefined;
    if (!last) scheduleNext(scope, schedule, due);
    await invokeAll(scope, schedule, due, () => {
      // What was changed meanwhile is another schedule by the same name.
      if (last && schedule.settings === settings) complete(scope, schedule);
    });
  });
}

/** EventBridge Scheduler invokes at least once. */
async function invokeAll(
  scope: Scope,
  schedule: Schedule,
  due: number,
  done: () => void,
): Promise<void> {
  const executionId = scope.uuid('execution');
  const isTwice = scope.chance('duplicate') < scope.world.settings.duplicateShare;
  const execution = { schedule, settings: schedule.settings, due, executionId };
  if (isTwice)
    scope.after(scope.between('duplicate-delay', 0, minuteMs), 'schedule', () =>
      invokeTarget(scope, { ...execution, done: () => undefined }),
    );
  await invokeTarget(scope, { ...execution, done });
}

/** After its last run a schedule stays or goes, as it says. */
function complete(scope: Scope, schedule: Schedule): void {
  if (!schedule.settings.deletesItself) return;
  const { schedules } = schedulerState.in(scope).groups.get(schedule.groupName) ?? {};
  if (schedules?.get(schedule.name) !== schedule) return;
  schedules.delete(schedule.name);
  scope.record('schedule-deleted', { schedule: schedule.arn });
}

/** The first time after the previous run; a rate without a start date runs at once. */
function nextTime(
  { settings, modifiedAt }: Schedule,
  previous: number | undefined,
): number | undefined {
  const { expression, timeZone, startsAt, endsAt } = settings;
  if (expression.kind === 'at')
    return previous === undefined ? atTime(expression.civil, timeZone) : undefined;
  const first = Math.max(modifiedAt, startsAt ?? modifiedAt);
  const next =
    expression.kind === 'rate'
      ? previous === undefined
        ? first
        : previous + expression.periodMs
      : nextCronTime(expression.cron, previous === undefined ? first : previous + 1, timeZone);
  return next === undefined || (endsAt !== undefined && next > endsAt) ? undefined : next;
}
