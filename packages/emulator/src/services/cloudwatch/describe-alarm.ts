import type * as client from '@aws-sdk/client-cloudwatch';
import type { Alarm, CompositeAlarm, MetricAlarm } from './state.ts';

const describeCommon = (alarm: Alarm) => ({
  AlarmName: alarm.name,
  AlarmArn: alarm.arn,
  AlarmDescription: alarm.description,
  AlarmConfigurationUpdatedTimestamp: new Date(alarm.configuredAt),
  ActionsEnabled: alarm.actionsEnabled,
  OKActions: [...alarm.okActions],
  AlarmActions: [...alarm.alarmActions],
  InsufficientDataActions: [...alarm.insufficientDataActions],
  StateValue: alarm.state.value,
  StateReason: alarm.state.reason,
  StateReasonData: alarm.state.reasonData,
  StateUpdatedTimestamp: new Date(alarm.state.updatedAt),
  StateTransitionedTimestamp: new Date(alarm.state.transitionedAt),
});

export const describeMetricAlarm = (alarm: MetricAlarm): client.MetricAlarm => ({
  ...describeCommon(alarm),
  MetricName: alarm.series.metric,
  Namespace: alarm.series.namespace,
  Statistic: alarm.statistic,
  Dimensions: alarm.series.dimensions.map(({ name, value }) => ({ Name: name, Value: value })),
  Period: alarm.periodSeconds,
  ...(alarm.unit === undefined ? {} : { Unit: alarm.unit as client.StandardUnit }),
  EvaluationPeriods: alarm.evaluationPeriods,
  ...(alarm.isMOutOfN ? { DatapointsToAlarm: alarm.datapointsToAlarm } : {}),
  Threshold: alarm.threshold,
  ComparisonOperator: alarm.comparison,
  TreatMissingData: alarm.treatMissingGiven,
});

export const describeCompositeAlarm = (alarm: CompositeAlarm): client.CompositeAlarm => ({
  ...describeCommon(alarm),
  AlarmRule: alarm.rule.text,
});
