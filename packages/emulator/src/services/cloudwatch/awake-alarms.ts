import type { Scope } from '../../world/scope.ts';
import type { Timer } from '../../world/scheduler.ts';
import { defineState } from '../../world/state.ts';
import { evaluateAlarm } from './evaluate-alarm.ts';
import { minuteMs, startOfMinute, type Series } from './series.ts';
import { cloudwatchState, type MetricAlarm } from './state.ts';

/**
 * How long after the end of a minute its data count for alarms. AWS states no figure; services publish within the minute
 * and alarms see it seconds later.
 */
const arrivalMs = 20_000;

/**
 * Alarms whose next evaluation might tell something new. An alarm without data in its range sleeps until its metric gets
 * some, so a fleet of quiet alarms costs nothing.
 */
const awakeAlarms = defineState('cloudwatch-awake-alarms', 'global', () => ({
  awake: new Map<string, { readonly scope: Scope; readonly name: string }>(),
  tick: undefined as Timer | undefined,
}));

/** Has an alarm looked at from the next minute on. */
export function wakeAlarm(scope: Scope, name: string): void {
  const place = scope.at({ service: 'cloudwatch' });
  const state = awakeAlarms.in(place);
  state.awake.set(`${place.account}/${place.region}/${name}`, { scope: place, name });
  arm(place);
}

/** Wakes the alarms on a metric that has new data or a new gauge. */
export function wakeAlarmsOn(scope: Scope, series: Series): void {
  for (const name of series.watchers) wakeAlarm(scope, name);
}

function arm(scope: Scope): void {
  const state = awakeAlarms.in(scope);
  if (state.tick || state.awake.size === 0) return;
  let at = startOfMinute(scope.now) + arrivalMs;
  if (at <= scope.now) at += minuteMs;
  state.tick = scope.after(at - scope.now, 'alarm evaluation', () => evaluateAwake(scope));
}

async function evaluateAwake(scope: Scope): Promise<void> {
  const state = awakeAlarms.in(scope);
  state.tick = undefined;
  const due = [...state.awake].sort(([a], [b]) => (a < b ? -1 : 1));
  state.awake.clear();
  for (const [key, entry] of due) {
    const alarm = cloudwatchState.in(entry.scope).alarms.get(entry.name);
    if (alarm?.kind !== 'metric') continue;
    const { isQuiet } = await evaluateAlarm(entry.scope, alarm);
    if (!isQuiet || hasGauge(alarm)) state.awake.set(key, entry);
  }
  arm(scope);
}

const hasGauge = (alarm: MetricAlarm): boolean => alarm.series.gauge !== undefined;
