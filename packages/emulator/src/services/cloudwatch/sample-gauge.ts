import type { Scope } from '../../world/scope.ts';
import { addToSeries, oneValue, startOfMinute, type Series } from './series.ts';

/** Reads a gauge into the running minute, at most once a minute. */
export function sampleGauge(scope: Scope, series: Series): void {
  const minute = startOfMinute(scope.now);
  if (!series.gauge || series.sampledMinute === minute) return;
  const value = series.gauge.read();
  if (value === undefined) return;
  series.sampledMinute = minute;
  addToSeries(series, minute, { unit: series.gauge.unit, set: oneValue(value), now: scope.now });
}
