import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeLogStreamsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { clientOptions } from './client-options.ts';

export interface ErrorSignalPort {
  /** `OK`, `ALARM`, `INSUFFICIENT_DATA`, or `missing`. */
  alarmState(alarmName: string): Promise<string>;
  /** Whether any event has ever reached the log group: whether the way from EventBridge is known to work. */
  hasReceivedEvents(logGroupName: string): Promise<boolean>;
}

export const cloudWatchClientIn = (region: string): CloudWatchClient =>
  new CloudWatchClient(clientOptions(region));

export const makeErrorSignal = (clients: {
  cloudWatch: CloudWatchClient;
  logs: CloudWatchLogsClient;
}): ErrorSignalPort => ({
  alarmState: async (alarmName) => {
    const { MetricAlarms } = await clients.cloudWatch.send(
      new DescribeAlarmsCommand({ AlarmNames: [alarmName] }),
    );
    return MetricAlarms?.[0]?.StateValue ?? 'missing';
  },

  hasReceivedEvents: async (logGroupName) => {
    const { logStreams } = await clients.logs.send(
      new DescribeLogStreamsCommand({ logGroupName, limit: 1 }),
    );
    return (logStreams ?? []).length > 0;
  },
});
