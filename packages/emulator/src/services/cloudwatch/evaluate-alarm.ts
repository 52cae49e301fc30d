import type { Scope } from '../../world/scope.ts';
import { evaluatePoints, evaluationRange, isBreaching, type Point } from './alarm-evaluation.ts';
import { reasonFor, type Datapoint } from './alarm-reason.ts';
import { changeState } from './change-state.ts';
import { sampleGauge } from './sample-gauge.ts';
import { aggregate, startOfMinute, statisticOf } from './series.ts';
import type { MetricAlarm } from './state.ts';

/**
 * Looks at an alarm's data once and changes its state where they say so. Windows end with the last full minute.
 * An alarm is quiet when it has no data in its range and none after it: looking again would say the same.
 *
 * Source: CloudWatch User Guide, "Evaluating an alarm": every minute, over the window of period times evaluation periods.
 */
export async function evaluateAlarm(
  scope: Scope,
  alarm: MetricAlarm,
): Promise<{ readonly isQuiet: boolean }> {
  sampleGauge(scope, alarm.series);
  const data = readRange(scope, alarm);
  const points = data.map((datapoint): Point => {
    if (datapoint.value === undefined) return 'missing';
    return isBreaching(datapoint.value, alarm.comparison, alarm.threshold) ? 'breaching' : 'within';
  });
  const verdict = evaluatePoints(points, alarm, alarm.state.value);
  if (verdict.state !== alarm.state.value)
    await changeState(scope, alarm, {
      value: verdict.state,
      ...reasonFor(alarm, { verdict, data, now: scope.now }),
    });
  const isNewer = (alarm.series.lastAt ?? 0) >= startOfMinute(scope.now);
  return { isQuiet: !isNewer && points.every((point) => point === 'missing') };
}

/** Oldest first. */
function readRange(scope: Scope, alarm: MetricAlarm): readonly Datapoint[] {
  const periodMs = alarm.periodSeconds * 1_000;
  const end = startOfMinute(scope.now);
  const range = evaluationRange(alarm.evaluationPeriods);
  return Array.from({ length: range }, (_, index) => {
    const from = end - (range - index) * periodMs;
    const set = aggregate(alarm.series, from, from + periodMs, alarm.unit);
    return {
      from,
      value: set && statisticOf(set, alarm.statistic),
      sampleCount: set?.count ?? 0,
    };
  });
}
