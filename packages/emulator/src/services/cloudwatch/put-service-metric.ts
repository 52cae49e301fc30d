import type { Scope } from '../../world/scope.ts';
import { wakeAlarmsOn } from './awake-alarms.ts';
import { addToSeries, newSeries, oneValue, seriesId, type Series } from './series.ts';
import { cloudwatchState } from './state.ts';

/** One data point that a service publishes about its own resource. */
export interface ServiceMetric {
  /** e.g. `AWS/SQS` */
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
  /** e.g. `Count`; `None` when left out. */
  readonly unit?: string;
  /** Milliseconds since 1970; the present when left out. */
  readonly at?: number;
}

/** A value that a service reports each minute; `undefined` reports nothing. */
export interface ServiceGauge {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** e.g. `Count`; `None` when left out. */
  readonly unit?: string;
  readonly read: () => number | undefined;
}

/** Publishes one data point in the scope's account and Region. */
export function putServiceMetric(scope: Scope, metric: ServiceMetric): void {
  const series = seriesFor(scope, metric);
  addToSeries(series, metric.at ?? scope.now, {
    unit: metric.unit ?? 'None',
    set: oneValue(metric.value),
    now: scope.now,
  });
  wakeAlarmsOn(scope, series);
}

/**
 * Has a value sampled each minute from now on. It is read only where somebody looks: by alarms at their minute, and
 * when metrics are asked for. A second gauge on the same metric takes the place of the first.
 *
 * @returns the function that ends it
 */
export function registerGauge(scope: Scope, gauge: ServiceGauge): () => void {
  const series = seriesFor(scope, gauge);
  const registered = { unit: gauge.unit ?? 'None', read: gauge.read };
  series.gauge = registered;
  wakeAlarmsOn(scope, series);
  return () => {
    if (series.gauge === registered) series.gauge = undefined;
  };
}

function seriesFor(
  scope: Scope,
  metric: Pick<ServiceMetric, 'namespace' | 'metric' | 'dimensions'>,
): Series {
  const dimensions = Object.entries(metric.dimensions).map(([name, value]) => ({ name, value }));
  const { series } = cloudwatchState.in(scope);
  const id = seriesId(metric.namespace, metric.metric, dimensions);
  const existing = series.get(id);
  if (existing) return existing;
  const created = newSeries(metric.namespace, metric.metric, dimensions);
  series.set(id, created);
  return created;
}
