import type * as client from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { onlyModelled } from '../../world/only-modelled.ts';
import { operation } from '../../world/service.ts';
import { checkAction } from './alarm-actions.ts';
import type { Comparison, MissingData } from './alarm-evaluation.ts';
import { alarmCheck } from './alarm-operations.ts';
import { wakeAlarm } from './awake-alarms.ts';
import { evaluateComposite } from './change-state.ts';
import { MalformedRule, parseCompositeRule, type CompositeRule } from './composite-rule.ts';
import { noteHistory } from './history.ts';
import { newSeries, seriesId, type Series } from './series.ts';
import {
  alarmArn,
  cloudwatchState,
  type Alarm,
  type AlarmState,
  type MetricAlarm,
  type Statistic,
} from './state.ts';
import { addTags, newTags, requestTagContext } from './tags.ts';

const actionsMax = 5; // same page, AlarmActions
// Same page, Period: evaluation periods times period are at most seven days, with periods below an hour one day.
const hourSeconds = 3_600;
const evaluatedSecondsMax = 7 * 24 * hourSeconds;
const shortEvaluatedSecondsMax = 24 * hourSeconds;
const dimensionsMax = 30; // same page, Dimensions
const compositeEvaluationMs = 1_000;

const statistics: readonly Statistic[] = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'];
const comparisons: readonly Comparison[] = [
  'GreaterThanOrEqualToThreshold',
  'GreaterThanThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
];
const missingTreatments: readonly MissingData[] = [
  'missing',
  'notBreaching',
  'breaching',
  'ignore',
];

const metricAlarmMembers: readonly (keyof client.PutMetricAlarmInput)[] = [
  'AlarmName',
  'AlarmDescription',
  'ActionsEnabled',
  'OKActions',
  'AlarmActions',
  'InsufficientDataActions',
  'MetricName',
  'Namespace',
  'Statistic',
  'Dimensions',
  'Period',
  'Unit',
  'EvaluationPeriods',
  'DatapointsToAlarm',
  'Threshold',
  'ComparisonOperator',
  'TreatMissingData',
  'Tags',
];

const invalid = (message: string): AwsError => new AwsError('ValidationError', message);
const notOneOf = (name: string, all: readonly string[], given: string | undefined): AwsError =>
  invalid(`${name} must be one of ${all.join(', ')}, not ${String(given)}`);

export const putMetricAlarm = operation<
  client.PutMetricAlarmCommandInput,
  Partial<client.PutMetricAlarmCommandOutput>
>({
  authorize: (input, call) => {
    const check = alarmCheck(call, 'PutMetricAlarm', input.AlarmName ?? '');
    return { ...check, context: { ...check.context, ...requestTagContext(input.Tags) } };
  },
  run(input, call) {
    onlyModelled(input, metricAlarmMembers, 'ValidationError');
    const common = readCommon(call, input, 'metric');
    const settings = readMetricSettings(input);
    const previous = cloudwatchState.in(call).alarms.get(common.name);
    if (previous?.kind === 'metric') previous.series.watchers.delete(common.name);
    const series = watchedSeries(call, input);
    series.watchers.add(common.name);
    const alarm: MetricAlarm = {
      ...common,
      ...settings,
      kind: 'metric',
      metricId: previous?.kind === 'metric' ? previous.metricId : call.uuid('alarm-metric'),
      series,
    };
    store(call, alarm, previous, input.Tags);
    wakeAlarm(call, alarm.name);
    return {};
  },
});

export const putCompositeAlarm = operation<
  client.PutCompositeAlarmCommandInput,
  Partial<client.PutCompositeAlarmCommandOutput>
>({
  authorize: (input, call) => {
    const check = alarmCheck(call, 'PutCompositeAlarm', input.AlarmName ?? '');
    return { ...check, context: { ...check.context, ...requestTagContext(input.Tags) } };
  },
  run(input, call) {
    onlyModelled(
      input,
      [
        'AlarmName',
        'AlarmDescription',
        'AlarmRule',
        'ActionsEnabled',
        'OKActions',
        'AlarmActions',
        'InsufficientDataActions',
        'Tags',
      ],
      'ValidationError',
    );
    const common = readCommon(call, input, 'composite');
    const rule = readRule(call, common.name, input.AlarmRule ?? '');
    const previous = cloudwatchState.in(call).alarms.get(common.name);
    store(call, { ...common, kind: 'composite', rule }, previous, input.Tags);
    call.after(compositeEvaluationMs, 'composite alarm', async () => {
      const alarm = cloudwatchState.in(call).alarms.get(common.name);
      if (alarm?.kind === 'composite') await evaluateComposite(call, alarm);
    });
    return {};
  },
});

function readRule(call: Call, name: string, text: string): CompositeRule {
  const { alarms } = cloudwatchState.in(call);
  let rule: CompositeRule;
  try {
    rule = parseCompositeRule(text);
  } catch (error) {
    if (error instanceof MalformedRule) throw invalid(`AlarmRule: ${error.message}`);
    throw error;
  }
  for (const child of rule.children)
    if (!alarms.has(child)) throw invalid(`AlarmRule: there is no alarm ${child}`);
  if (reaches(call, rule, name)) throw invalid(`AlarmRule: ${name} would depend on itself`);
  return rule;
}

function reaches(call: Call, rule: CompositeRule, name: string, seen = new Set<string>()): boolean {
  return rule.children.some((child) => {
    if (child === name) return true;
    if (seen.has(child)) return false;
    seen.add(child);
    const alarm = cloudwatchState.in(call).alarms.get(child);
    return alarm?.kind === 'composite' && reaches(call, alarm.rule, name, seen);
  });
}

function readCommon(
  call: Call,
  input: client.PutMetricAlarmCommandInput | client.PutCompositeAlarmCommandInput,
  kind: Alarm['kind'],
) {
  const name = input.AlarmName ?? '';
  const { AlarmDescription: description } = input;
  const previous = cloudwatchState.in(call).alarms.get(name);
  if (previous && previous.kind !== kind)
    throw invalid(`there is a ${previous.kind} alarm with the name ${name}`);
  return {
    name,
    arn: alarmArn(call, name),
    description,
    actionsEnabled: input.ActionsEnabled ?? true,
    okActions: readActions(input.OKActions),
    alarmActions: readActions(input.AlarmActions),
    insufficientDataActions: readActions(input.InsufficientDataActions),
    configuredAt: call.now,
    // An update leaves the state as it is.
    state: previous?.state ?? bornState(call),
    tags: previous?.tags ?? newTags(input.Tags),
  };
}

const bornState = (call: Call): AlarmState => ({
  value: 'INSUFFICIENT_DATA',
  reason: 'Unchecked: Initial alarm creation',
  reasonData: undefined,
  updatedAt: call.now,
  transitionedAt: call.now,
});

function readActions(actions: readonly string[] | undefined): readonly string[] {
  if (actions && actions.length > actionsMax)
    throw invalid(`an alarm has at most ${actionsMax} actions for each state`);
  for (const action of actions ?? []) checkAction(action);
  return [...(actions ?? [])];
}

function readMetricSettings(input: client.PutMetricAlarmCommandInput) {
  const { TreatMissingData: given } = input;
  const statistic = statistics.find((name) => name === input.Statistic);
  const comparison = comparisons.find((name) => name === input.ComparisonOperator);
  const treatMissing = missingTreatments.find((name) => name === (given ?? 'missing'));
  if (input.MetricName === undefined || input.Namespace === undefined)
    throw invalid(
      'an alarm needs MetricName and Namespace; metric math is not modelled by this emulator',
    );
  if (!statistic) throw notOneOf('Statistic', statistics, input.Statistic);
  if (!comparison) throw notOneOf('ComparisonOperator', comparisons, input.ComparisonOperator);
  if (!treatMissing) throw notOneOf('TreatMissingData', missingTreatments, given);
  const { Threshold: threshold } = input;
  if (threshold === undefined || !Number.isFinite(threshold)) throw invalid('Threshold is missing');
  return {
    statistic,
    comparison,
    threshold,
    unit: input.Unit,
    ...readPeriods(input),
    treatMissingGiven: given,
    // Alarms on DynamoDB metrics ignore missing data whatever is asked (CloudWatch API Reference, PutMetricAlarm).
    treatMissing: input.Namespace === 'AWS/DynamoDB' ? ('ignore' as const) : treatMissing,
  };
}

function readPeriods(input: client.PutMetricAlarmCommandInput) {
  const { Period: period = 0, EvaluationPeriods: periods = 0, DatapointsToAlarm: needed } = input;
  if ([10, 20, 30].includes(period))
    throw invalid(
      `a period of ${period} s needs high-resolution metrics, which are not modelled by this emulator`,
    );
  if (period < 60 || period % 60 !== 0)
    throw invalid(`Period must be 10, 20, 30 or a multiple of 60, not ${period}`);
  if (!Number.isInteger(periods) || periods < 1)
    throw invalid('EvaluationPeriods must be at least 1');
  if (needed !== undefined && (needed < 1 || needed > periods))
    throw invalid(`DatapointsToAlarm must be from 1 to ${periods}, not ${needed}`);
  const secondsMax = period < hourSeconds ? shortEvaluatedSecondsMax : evaluatedSecondsMax;
  if (period * periods > secondsMax)
    throw invalid(`EvaluationPeriods times Period must be at most ${secondsMax} seconds`);
  return {
    periodSeconds: period,
    evaluationPeriods: periods,
    datapointsToAlarm: needed ?? periods,
    isMOutOfN: needed !== undefined,
  };
}

function watchedSeries(call: Call, input: client.PutMetricAlarmCommandInput): Series {
  const dimensions = (input.Dimensions ?? []).map(({ Name = '', Value = '' }) => ({
    name: Name,
    value: Value,
  }));
  if (dimensions.length > dimensionsMax) throw invalid(`at most ${dimensionsMax} dimensions`);
  const { series } = cloudwatchState.in(call);
  const [namespace, metric] = [input.Namespace ?? '', input.MetricName ?? ''];
  const id = seriesId(namespace, metric, dimensions);
  const existing = series.get(id);
  if (existing) return existing;
  const created = newSeries(namespace, metric, dimensions);
  series.set(id, created);
  return created;
}

function store(
  call: Call,
  alarm: Alarm,
  previous: Alarm | undefined,
  tags: client.Tag[] | undefined,
): void {
  // Tags in an update of an existing alarm are ignored (CloudWatch API Reference, PutMetricAlarm, Tags).
  if (!previous) addTags(alarm.tags, tags);
  cloudwatchState.in(call).alarms.set(alarm.name, alarm);
  noteHistory(call, alarm, {
    type: 'ConfigurationUpdate',
    summary: `Alarm "${alarm.name}" ${previous ? 'updated' : 'created'}`,
    data: { version: '1.0', type: previous ? 'Update' : 'Create' },
  });
}
