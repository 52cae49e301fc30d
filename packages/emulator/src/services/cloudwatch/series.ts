import type { Statistic } from './state.ts';

export interface Dimension {
  readonly name: string;
  readonly value: string;
}

/** What arrived within one minute in one unit. */
interface Bucket {
  sum: number;
  count: number;
  min: number;
  max: number;
}

export interface Gauge {
  readonly unit: string;
  readonly read: () => number | undefined;
}

/** One metric: a namespace, a name and a set of dimensions are its identity, the unit is not. */
export interface Series {
  readonly id: string;
  readonly namespace: string;
  readonly metric: string;
  /** Sorted by name. */
  readonly dimensions: readonly Dimension[];
  /** By start of the minute, then by unit. */
  readonly minutes: Map<number, Map<string, Bucket>>;
  /** The newest data point, milliseconds since 1970. */
  lastAt: number | undefined;
  gauge: Gauge | undefined;
  /** The minute in which the gauge was last read. */
  sampledMinute: number | undefined;
  /** Names of the alarms on this metric. */
  readonly watchers: Set<string>;
}

export const minuteMs = 60_000;
/** CloudWatch User Guide, "Metrics retention": data points of one minute are kept for 15 days. */
export const keptMs = 15 * 24 * 3_600_000;
/** Old minutes are dropped once this many have gathered. */
const minutesBeforePruning = 4_096;

export const startOfMinute = (time: number): number => Math.floor(time / minuteMs) * minuteMs;

export const seriesId = (
  namespace: string,
  metric: string,
  dimensions: readonly Dimension[],
): string =>
  JSON.stringify([
    namespace,
    metric,
    ...sorted(dimensions).map(({ name, value }) => [name, value]),
  ]);

const sorted = (dimensions: readonly Dimension[]): Dimension[] =>
  [...dimensions].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));

export function newSeries(
  namespace: string,
  metric: string,
  dimensions: readonly Dimension[],
): Series {
  return {
    id: seriesId(namespace, metric, dimensions),
    namespace,
    metric,
    dimensions: sorted(dimensions),
    minutes: new Map(),
    lastAt: undefined,
    gauge: undefined,
    sampledMinute: undefined,
    watchers: new Set(),
  };
}

/** Several values that a caller aggregated itself, or one value with `count` 1. */
export interface StatisticSet {
  readonly sum: number;
  readonly count: number;
  readonly min: number;
  readonly max: number;
}

export const oneValue = (value: number, count = 1): StatisticSet => ({
  sum: value * count,
  count,
  min: value,
  max: value,
});

export function addToSeries(
  series: Series,
  at: number,
  { unit, set, now }: { unit: string; set: StatisticSet; now: number },
): void {
  const minute = startOfMinute(at);
  let units = series.minutes.get(minute);
  if (!units) {
    units = new Map();
    series.minutes.set(minute, units);
    if (series.minutes.size > minutesBeforePruning)
      for (const old of series.minutes.keys()) if (old < now - keptMs) series.minutes.delete(old);
  }
  const bucket = units.get(unit);
  units.set(unit, bucket ? merge(bucket, set) : { ...set });
  series.lastAt = Math.max(series.lastAt ?? at, at);
}

const merge = (a: StatisticSet, b: StatisticSet): Bucket => ({
  sum: a.sum + b.sum,
  count: a.count + b.count,
  min: Math.min(a.min, b.min),
  max: Math.max(a.max, b.max),
});

/** Everything within [from, to) whose unit fits; undefined when nothing arrived there. */
export function aggregate(
  series: Series,
  from: number,
  to: number,
  unit: string | undefined,
): StatisticSet | undefined {
  let total: StatisticSet | undefined;
  for (let minute = startOfMinute(from); minute < to; minute += minuteMs)
    for (const [bucketUnit, bucket] of series.minutes.get(minute) ?? [])
      if (unit === undefined || unit === bucketUnit)
        total = total === undefined ? bucket : merge(total, bucket);
  return total;
}

export function statisticOf(set: StatisticSet, statistic: Statistic): number {
  switch (statistic) {
    case 'SampleCount':
      return set.count;
    case 'Average':
      return set.sum / set.count;
    case 'Sum':
      return set.sum;
    case 'Minimum':
      return set.min;
    case 'Maximum':
      return set.max;
    default:
      return statistic satisfies never;
  }
}

/** The units that a metric has data in within [from, to). */
export function unitsWithin(series: Series, from: number, to: number): readonly string[] {
  const units = new Set<string>();
  for (let minute = startOfMinute(from); minute < to; minute += minuteMs)
    for (const unit of series.minutes.get(minute)?.keys() ?? []) units.add(unit);
  return [...units].sort();
}
