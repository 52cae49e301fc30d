import type { Scope } from '../../world/scope.ts';
import { nextCronTime } from '../scheduler/schedule-expression.ts';
import { deliverToRule } from './route.ts';
import { eventTime } from './publish.ts';
import { eventsState, type Rule } from './state.ts';

/** A scheduled rule runs somewhere within its minute (EventBridge User Guide, "Scheduled rules"). */
const withinMinuteMsMax = 59_000;

/** Starts, changes or stops the schedule of a rule; a rate counts from now. */
export function armRule(scope: Scope, rule: Rule): void {
  if (rule.timer) rule.timer.cancelled = true;
  rule.timer = undefined;
  if (!rule.isEnabled || !rule.schedule) return;
  const place = scope.at({ account: rule.account, region: rule.region, service: 'events' });
  scheduleNext(place, rule, place.now);
}

function scheduleNext(scope: Scope, rule: Rule, previous: number): void {
  const due = nextTime(rule, previous);
  if (due === undefined) return;
  const late = scope.between('rule-schedule', 0, withinMinuteMsMax);
  rule.timer = scope.after(due + late - scope.now, 'rule schedule', () => {
    // A rule that was put again is another object with its own timer.
    if (eventsState.in(scope).buses.get(rule.busName)?.rules.get(rule.name) !== rule) return;
    deliverToRule(scope, rule, {
      version: '0',
      id: scope.uuid('event'),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: rule.account,
      time: eventTime(new Date(due)),
      region: rule.region,
      resources: [rule.arn],
      detail: {},
    });
    scheduleNext(scope, rule, due);
  });
}

function nextTime({ schedule }: Rule, previous: number): number | undefined {
  switch (schedule?.kind) {
    case 'rate':
      return previous + schedule.periodMs;
    case 'cron':
      return nextCronTime(schedule.cron, previous + 1, 'UTC');
    default:
      return undefined;
  }
}
