import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { clientOptions } from './client-options.ts';

export const logsClientIn = (region: string): CloudWatchLogsClient =>
  new CloudWatchLogsClient(clientOptions(region));
