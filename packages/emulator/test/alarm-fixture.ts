import {
  DescribeAlarmsCommand,
  PutMetricDataCommand,
  type CloudWatchClient,
  type PutMetricAlarmCommandInput,
} from '@aws-sdk/client-cloudwatch';

export const minute = 60_000;

export const anAlarm = (
  given: Partial<PutMetricAlarmCommandInput> = {},
): PutMetricAlarmCommandInput => ({
  AlarmName: 'errors',
  Namespace: 'Team/App',
  MetricName: 'Errors',
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  TreatMissingData: 'notBreaching',
  ...given,
});

export async function stateOf(client: CloudWatchClient, name = 'errors'): Promise<string> {
  const found = await client.send(
    new DescribeAlarmsCommand({
      AlarmNames: [name],
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
    }),
  );
  return String((found.MetricAlarms?.[0] ?? found.CompositeAlarms?.[0])?.StateValue);
}

export const put = (client: CloudWatchClient, value = 1, name = 'Errors') =>
  client.send(
    new PutMetricDataCommand({
      Namespace: 'Team/App',
      MetricData: [{ MetricName: name, Value: value }],
    }),
  );
