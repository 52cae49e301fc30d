import type * as client from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { numericKey, paginate } from '../../world/paging.ts';
import { onlyModelled } from '../../world/only-modelled.ts';
import { operation } from '../../world/service.ts';
import { wakeAlarmsOn } from './awake-alarms.ts';
import { sampleGauge } from './sample-gauge.ts';
import {
  addToSeries,
  aggregate,
  keptMs,
  newSeries,
  oneValue,
  seriesId,
  statisticOf,
  unitsWithin,
  type Dimension,
  type Series,
  type StatisticSet,
} from './series.ts';
import { cloudwatchState, type Statistic } from './state.ts';

// CloudWatch API Reference, PutMetricData
const datumsMax = 1_000;
const dimensionsMax = 30;
const valuesMax = 150;
const pastMs = 14 * 24 * 3_600_000;
const futureMs = 2 * 3_600_000;
const statisticsDatapointsMax = 1_440; // CloudWatch API Reference, GetMetricStatistics
const queriesMax = 500; // CloudWatch API Reference, GetMetricData, MetricDataQueries
const datapointsMax = 100_800; // same page, MaxDatapoints
const listPageMax = 500; // CloudWatch API Reference, ListMetrics
const listedMs = 14 * 24 * 3_600_000; // same page: metrics without data in two weeks are not listed
const recentMs = 3 * 3_600_000; // same page, RecentlyActive PT3H

const badValue = (message: string): AwsError => new AwsError('InvalidParameterValue', message);

const readDimensions = (dimensions: readonly client.Dimension[] | undefined): Dimension[] =>
  (dimensions ?? []).map(({ Name = '', Value = '' }) => ({ name: Name, value: Value }));

const findSeries = (call: Call, metric: client.Metric): Series | undefined => {
  const { series } = cloudwatchState.in(call);
  const dimensions = readDimensions(metric.Dimensions);
  return series.get(seriesId(metric.Namespace ?? '', metric.MetricName ?? '', dimensions));
};

export const putMetricData = operation<
  client.PutMetricDataCommandInput,
  Partial<client.PutMetricDataCommandOutput>
>({
  authorize: (input) => ({
    action: 'cloudwatch:PutMetricData',
    resource: '*',
    context: { 'cloudwatch:namespace': input.Namespace },
  }),
  run(input, call) {
    onlyModelled(input, ['Namespace', 'MetricData'], 'InvalidParameterValue');
    const { Namespace: namespace = '', MetricData: data = [] } = input;
    if (namespace.startsWith('AWS/'))
      throw badValue(
        'The value AWS/ for parameter Namespace is invalid: namespaces of AWS are reserved.',
      );
    if (data.length > datumsMax) throw badValue(`at most ${datumsMax} metrics in one call`);
    const readings = data.map((datum) => ({ datum, ...readDatum(call, datum) }));
    const { series: all } = cloudwatchState.in(call);
    for (const { datum, at, sets } of readings) {
      const dimensions = readDimensions(datum.Dimensions);
      const id = seriesId(namespace, datum.MetricName ?? '', dimensions);
      const series = all.get(id) ?? newSeries(namespace, datum.MetricName ?? '', dimensions);
      all.set(id, series);
      for (const set of sets)
        addToSeries(series, at, { unit: datum.Unit ?? 'None', set, now: call.now });
      wakeAlarmsOn(call, series);
    }
    return {};
  },
});

function readDatum(
  call: Call,
  datum: client.MetricDatum,
): { at: number; sets: readonly StatisticSet[] } {
  const at = datum.Timestamp?.getTime() ?? call.now;
  if (at < call.now - pastMs || at > call.now + futureMs)
    throw badValue('a timestamp lies at most two weeks in the past and two hours in the future');
  if ((datum.Dimensions ?? []).length > dimensionsMax)
    throw badValue(`at most ${dimensionsMax} dimensions`);
  if (datum.StorageResolution !== undefined && datum.StorageResolution !== 60)
    throw badValue('high-resolution metrics are not modelled by this emulator');
  const forms = [datum.Value, datum.StatisticValues, datum.Values].filter(
    (form) => form !== undefined,
  );
  if (forms.length !== 1)
    throw new AwsError(
      'InvalidParameterCombination',
      'a metric has either Value, Values or StatisticValues',
    );
  return { at, sets: readSets(datum) };
}

function readSets(datum: client.MetricDatum): readonly StatisticSet[] {
  if (datum.StatisticValues) {
    const { Sum = 0, SampleCount = 0, Minimum = 0, Maximum = 0 } = datum.StatisticValues;
    return [{ sum: Sum, count: SampleCount, min: Minimum, max: Maximum }];
  }
  const values = datum.Values ?? [datum.Value ?? 0];
  if (values.length > valuesMax) throw badValue(`at most ${valuesMax} values in one metric`);
  if (datum.Counts && datum.Counts.length !== values.length)
    throw new AwsError('InvalidParameterCombination', 'Values and Counts differ in length');
  if (!values.every((value) => Number.isFinite(value)))
    throw badValue('a value is not a finite number');
  return values.map((value, index) => oneValue(value, datum.Counts?.[index] ?? 1));
}

const statistics: readonly string[] = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'];
function readStatistic(name: string | undefined): Statistic {
  const found = statistics.includes(name ?? '');
  if (!found)
    throw badValue(
      `the statistic ${String(name)} is not modelled by this emulator, which knows ${statistics.join(', ')}`,
    );
  return name as Statistic;
}

function readPeriod(period: number | undefined): number {
  if (period === undefined || period < 60 || period % 60 !== 0)
    throw badValue(`Period must be a multiple of 60, not ${String(period)}`);
  return period * 1_000;
}

interface Sample {
  readonly at: number;
  readonly set: StatisticSet;
}

/** Ascending; periods start on multiples of their length. */
function readSamples(
  call: Call,
  series: Series | undefined,
  window: {
    from: Date | undefined;
    to: Date | undefined;
    periodMs: number;
    unit: string | undefined;
  },
): readonly Sample[] {
  if (!series) return [];
  sampleGauge(call, series);
  const { periodMs, unit } = window;
  const from = Math.max(window.from?.getTime() ?? 0, call.now - keptMs);
  const to = Math.min(window.to?.getTime() ?? call.now, call.now + futureMs);
  const samples: Sample[] = [];
  for (let at = Math.floor(from / periodMs) * periodMs; at < to; at += periodMs) {
    const set = aggregate(series, at, at + periodMs, unit);
    if (set) samples.push({ at, set });
  }
  return samples;
}

export const getMetricStatistics = operation<
  client.GetMetricStatisticsCommandInput,
  Partial<client.GetMetricStatisticsCommandOutput>
>({
  authorize: () => ({ action: 'cloudwatch:GetMetricStatistics', resource: '*' }),
  run(input, call) {
    if (input.ExtendedStatistics !== undefined)
      throw badValue('percentiles are not modelled by this emulator');
    const wanted = (input.Statistics ?? []).map(readStatistic);
    if (wanted.length === 0)
      throw new AwsError(
        'InvalidParameterCombination',
        'Statistics or ExtendedStatistics is needed.',
      );
    const periodMs = readPeriod(input.Period);
    const { StartTime: from, EndTime: to } = input;
    if (!from || !to || from >= to)
      throw badValue('The parameter StartTime must be less than the parameter EndTime.');
    if ((to.getTime() - from.getTime()) / periodMs > statisticsDatapointsMax)
      throw new AwsError(
        'InvalidParameterCombination',
        `You have requested more than ${statisticsDatapointsMax} datapoints; use a longer period or a shorter range.`,
      );
    const series = findSeries(call, input);
    const samples = readSamples(call, series, { from, to, periodMs, unit: input.Unit });
    return {
      Label: input.MetricName,
      Datapoints: samples.map(({ at, set }) => ({
        Timestamp: new Date(at),
        Unit: (input.Unit ??
          (series && unitsWithin(series, at, at + periodMs)[0])) as client.StandardUnit,
        ...Object.fromEntries(wanted.map((statistic) => [statistic, statisticOf(set, statistic)])),
      })),
    };
  },
});

export const getMetricData = operation<
  client.GetMetricDataCommandInput,
  Partial<client.GetMetricDataCommandOutput>
>({
  authorize: () => ({ action: 'cloudwatch:GetMetricData', resource: '*' }),
  run(input, call) {
    const queries = input.MetricDataQueries ?? [];
    if (queries.length > queriesMax) throw badValue(`at most ${queriesMax} queries`);
    const { StartTime: from, EndTime: to } = input;
    if (!from || !to || from >= to)
      throw new AwsError(
        'ValidationError',
        'The parameter EndTime must be greater than StartTime.',
      );
    const descending = input.ScanBy !== 'TimestampAscending';
    const wanted = queries.filter((query) => query.ReturnData !== false);
    const values = wanted.flatMap((query, index) =>
      readQuery(call, query, { from, to }).map(({ at, value }) => ({ index, at, value })),
    );
    const page = paginate(call, values, {
      keyOf: ({ index, at }) =>
        `${numericKey(index)}/${numericKey(descending ? Number.MAX_SAFE_INTEGER - at : at)}`,
      token: input.NextToken,
      size: input.MaxDatapoints,
      sizeMax: datapointsMax,
      invalidToken: 'InvalidNextToken',
    });
    return {
      MetricDataResults: wanted.map((query, index) => {
        const mine = page.items.filter((item) => item.index === index);
        return {
          Id: query.Id,
          Label: query.Label ?? query.MetricStat?.Metric?.MetricName,
          Timestamps: mine.map(({ at }) => new Date(at)),
          Values: mine.map(({ value }) => value),
          StatusCode:
            page.nextToken === undefined ? ('Complete' as const) : ('PartialData' as const),
        };
      }),
      NextToken: page.nextToken,
    };
  },
});

function readQuery(
  call: Call,
  query: client.MetricDataQuery,
  range: { from: Date; to: Date },
): readonly { at: number; value: number }[] {
  if (query.Expression !== undefined || query.AccountId !== undefined || !query.MetricStat?.Metric)
    throw new AwsError(
      'ValidationError',
      `the query ${String(query.Id)} is not a MetricStat of this account; metric math is not modelled by this emulator`,
    );
  const { Metric: metric, Period: period, Stat: stat, Unit: unit } = query.MetricStat;
  const statistic = readStatistic(stat);
  const window = { ...range, periodMs: readPeriod(period), unit };
  return readSamples(call, findSeries(call, metric), window).map(({ at, set }) => ({
    at,
    value: statisticOf(set, statistic),
  }));
}

export const listMetrics = operation<
  client.ListMetricsCommandInput,
  Partial<client.ListMetricsCommandOutput>
>({
  authorize: () => ({ action: 'cloudwatch:ListMetrics', resource: '*' }),
  run(input, call) {
    onlyModelled(
      input,
      ['Namespace', 'MetricName', 'Dimensions', 'NextToken', 'RecentlyActive'],
      'InvalidParameterValue',
    );
    const since = call.now - (input.RecentlyActive === undefined ? listedMs : recentMs);
    const found = [...cloudwatchState.in(call).series.values()].filter((series) => {
      sampleGauge(call, series);
      return (
        series.lastAt !== undefined &&
        series.lastAt >= since &&
        (input.Namespace === undefined || series.namespace === input.Namespace) &&
        (input.MetricName === undefined || series.metric === input.MetricName) &&
        (input.Dimensions ?? []).every(({ Name, Value }) =>
          series.dimensions.some(
            ({ name, value }) => name === Name && (Value === undefined || value === Value),
          ),
        )
      );
    });
    const page = paginate(call, found, {
      keyOf: ({ id }) => id,
      token: input.NextToken,
      size: undefined,
      sizeMax: listPageMax,
      invalidToken: 'InvalidParameterValue',
    });
    return {
      Metrics: page.items.map(({ namespace, metric, dimensions }) => ({
        Namespace: namespace,
        MetricName: metric,
        Dimensions: dimensions.map(({ name, value }) => ({ Name: name, Value: value })),
      })),
      NextToken: page.nextToken,
    };
  },
});
