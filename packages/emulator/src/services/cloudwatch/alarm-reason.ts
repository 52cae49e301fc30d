import type { Comparison, Verdict } from './alarm-evaluation.ts';
import type { MetricAlarm } from './state.ts';

export interface Datapoint {
  /** Start of its period, milliseconds since 1970. */
  readonly from: number;
  readonly value: number | undefined;
  readonly sampleCount: number;
}

const relation: Readonly<Record<Comparison, string>> = {
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  GreaterThanThreshold: 'greater than',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
};

const filledAs = {
  missing: 'Missing',
  notBreaching: 'NonBreaching',
  breaching: 'Breaching',
  ignore: 'Ignore',
} as const;

/**
 * Why an alarm changed, in words and as data. People read the words, programs the data; the wording is AWS's to change.
 *
 * Source: CloudWatch User Guide, "Alarm events and EventBridge", samples.
 */
export function reasonFor(
  alarm: MetricAlarm,
  { verdict, data, now }: { verdict: Verdict; data: readonly Datapoint[]; now: number },
): { readonly reason: string; readonly reasonData: string } {
  const counted = verdict.counted.flatMap((position) => data[position] ?? []);
  return {
    reason: words(alarm, verdict, counted),
    reasonData: JSON.stringify({
      version: '1.0',
      queryDate: cloudwatchTime(now),
      ...(counted[0] ? { startDate: cloudwatchTime(counted[0].from) } : {}),
      ...(alarm.unit === undefined ? {} : { unit: alarm.unit }),
      statistic: alarm.statistic,
      period: alarm.periodSeconds,
      recentDatapoints: counted.map(({ value }) => value),
      threshold: alarm.threshold,
      evaluatedDatapoints: counted.toReversed().map(({ from, value, sampleCount }) => ({
        timestamp: cloudwatchTime(from),
        sampleCount,
        value,
      })),
    }),
  };
}

function words(alarm: MetricAlarm, verdict: Verdict, counted: readonly Datapoint[]): string {
  const { evaluationPeriods, datapointsToAlarm, threshold, comparison } = alarm;
  if (verdict.state === 'INSUFFICIENT_DATA')
    return `Insufficient Data: ${plural(verdict.filled, 'datapoint')} ${verdict.filled === 1 ? 'was' : 'were'} unknown.`;
  if (counted.length === 0)
    return `Threshold Crossed: no datapoints were received for ${plural(evaluationPeriods, 'period')} and ${plural(verdict.filled, 'missing datapoint')} ${verdict.filled === 1 ? 'was' : 'were'} treated as [${filledAs[alarm.treatMissing]}].`;
  const shown = counted.map(({ from, value }) => `${decimal(value ?? 0)} (${shortTime(from)})`);
  const verb = counted.length === 1 ? 'was' : 'were';
  const not = verdict.state === 'OK' ? ' not' : '';
  const filled =
    verdict.filled === 0
      ? ''
      : ` and ${plural(verdict.filled, 'missing datapoint')} ${verdict.filled === 1 ? 'was' : 'were'} treated as [${filledAs[alarm.treatMissing]}]`;
  const needed =
    verdict.state === 'ALARM'
      ? plural(datapointsToAlarm, 'datapoint')
      : plural(evaluationPeriods - datapointsToAlarm + 1, 'datapoint');
  const transition = verdict.state === 'ALARM' ? 'OK -> ALARM' : 'ALARM -> OK';
  return `Threshold Crossed: ${counted.length} out of the last ${evaluationPeriods} datapoints [${shown.join(', ')}] ${verb}${not} ${relation[comparison]} the threshold (${decimal(threshold)})${filled} (minimum ${needed} for ${transition} transition).`;
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Whole numbers carry a decimal, `1.0`. */
const decimal = (value: number): string => (Number.isInteger(value) ? `${value}.0` : String(value));

/** `2019-10-02T17:04:40.985+0000` */
export const cloudwatchTime = (time: number): string =>
  new Date(time).toISOString().replace('Z', '+0000');

/** `02/10/19 16:59:00` */
const shortTime = (time: number): string => {
  const iso = new Date(time).toISOString();
  return `${iso.slice(8, 10)}/${iso.slice(5, 7)}/${iso.slice(2, 4)} ${iso.slice(11, 19)}`;
};
