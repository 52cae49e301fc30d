import type { Scope } from '../../world/scope.ts';
import { cloudwatchTime } from './alarm-reason.ts';
import type { Alarm, AlarmState, MetricAlarm } from './state.ts';

/** Region names as CloudWatch writes them into notifications; others stand as their code. */
const regionNames: Readonly<Record<string, string>> = {
  'us-east-1': 'US East (N. Virginia)',
  'us-east-2': 'US East (Ohio)',
  'us-west-1': 'US West (N. California)',
  'us-west-2': 'US West (Oregon)',
  'eu-west-1': 'EU (Ireland)',
  'eu-west-2': 'EU (London)',
  'eu-west-3': 'EU (Paris)',
  'eu-central-1': 'EU (Frankfurt)',
  'eu-north-1': 'EU (Stockholm)',
  'ap-northeast-1': 'Asia Pacific (Tokyo)',
  'ap-southeast-1': 'Asia Pacific (Singapore)',
  'ap-southeast-2': 'Asia Pacific (Sydney)',
};

/** The `detail` of the event "CloudWatch Alarm State Change" (CloudWatch User Guide, "Alarm events and EventBridge"). */
export const stateChangeDetail = (
  alarm: Alarm,
  previous: AlarmState,
): Readonly<Record<string, unknown>> => ({
  alarmName: alarm.name,
  state: eventState(alarm.state),
  previousState: eventState(previous),
  configuration: configurationOf(alarm),
});

const eventState = ({ value, reason, reasonData, updatedAt }: AlarmState) => ({
  value,
  reason,
  ...(reasonData === undefined ? {} : { reasonData }),
  timestamp: cloudwatchTime(updatedAt),
});

function configurationOf(alarm: Alarm): Readonly<Record<string, unknown>> {
  const description = alarm.description === undefined ? {} : { description: alarm.description };
  if (alarm.kind === 'composite') return { ...description, alarmRule: alarm.rule.text };
  return {
    ...description,
    metrics: [
      {
        id: alarm.metricId,
        metricStat: {
          metric: {
            namespace: alarm.series.namespace,
            name: alarm.series.metric,
            dimensions: Object.fromEntries(
              alarm.series.dimensions.map(({ name, value }) => [name, value]),
            ),
          },
          period: alarm.periodSeconds,
          stat: alarm.statistic,
          ...(alarm.unit === undefined ? {} : { unit: alarm.unit }),
        },
        returnData: true,
      },
    ],
  };
}

/** What a Lambda function gets as an alarm action (CloudWatch User Guide, "Invoke a Lambda function from an alarm"). */
export const lambdaActionPayload = (
  scope: Scope,
  alarm: Alarm,
  previous: AlarmState,
): Readonly<Record<string, unknown>> => ({
  source: 'aws.cloudwatch',
  alarmArn: alarm.arn,
  accountId: scope.account,
  time: cloudwatchTime(alarm.state.updatedAt),
  region: scope.region,
  alarmData: stateChangeDetail(alarm, previous),
});

/** The notification that an SNS topic gets. */
export function notification(
  scope: Scope,
  alarm: Alarm,
  previous: AlarmState,
): { readonly subject: string; readonly message: string } {
  const region = regionNames[scope.region] ?? scope.region;
  const subjectLengthMax = 100; // SNS API Reference, Publish, Subject
  return {
    subject: `${alarm.state.value}: "${alarm.name}" in ${region}`.slice(0, subjectLengthMax),
    message: JSON.stringify({
      AlarmName: alarm.name,
      AlarmDescription: alarm.description ?? null,
      AWSAccountId: scope.account,
      ...(alarm.kind === 'metric'
        ? { AlarmConfigurationUpdatedTimestamp: cloudwatchTime(alarm.configuredAt) }
        : {}),
      NewStateValue: alarm.state.value,
      NewStateReason: alarm.state.reason,
      StateChangeTime: cloudwatchTime(alarm.state.updatedAt),
      Region: region,
      AlarmArn: alarm.arn,
      OldStateValue: previous.value,
      OKActions: alarm.okActions,
      AlarmActions: alarm.alarmActions,
      InsufficientDataActions: alarm.insufficientDataActions,
      ...(alarm.kind === 'metric' ? { Trigger: triggerOf(alarm) } : { AlarmRule: alarm.rule.text }),
    }),
  };
}

const triggerStatistic: Readonly<Record<MetricAlarm['statistic'], string>> = {
  SampleCount: 'SAMPLE_COUNT',
  Average: 'AVERAGE',
  Sum: 'SUM',
  Minimum: 'MINIMUM',
  Maximum: 'MAXIMUM',
};

const triggerOf = (alarm: MetricAlarm): Readonly<Record<string, unknown>> => ({
  MetricName: alarm.series.metric,
  Namespace: alarm.series.namespace,
  StatisticType: 'Statistic',
  Statistic: triggerStatistic[alarm.statistic],
  Unit: alarm.unit ?? null,
  Dimensions: alarm.series.dimensions.map(({ name, value }) => ({ value, name })),
  Period: alarm.periodSeconds,
  EvaluationPeriods: alarm.evaluationPeriods,
  ...(alarm.isMOutOfN ? { DatapointsToAlarm: alarm.datapointsToAlarm } : {}),
  ComparisonOperator: alarm.comparison,
  Threshold: alarm.threshold,
  TreatMissingData: alarm.treatMissingGiven ?? '',
  EvaluateLowSampleCountPercentile: '',
});
