import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { serviceFixture, type ServiceFixture } from './world-fixture.ts';
import { cloudwatch } from '../src/services/cloudwatch/operations.ts';
import { logs } from '../src/services/logs/operations.ts';

export const group = '/team/app';

export const start = Date.parse('2026-11-21T08:00:00Z');
export async function withStream(): Promise<{
  fixture: ServiceFixture;
  client: CloudWatchLogsClient;
}> {
  const fixture = serviceFixture([logs, cloudwatch]);
  const client = fixture.client(CloudWatchLogsClient);
  await client.send(new CreateLogGroupCommand({ logGroupName: group }));
  await client.send(new CreateLogStreamCommand({ logGroupName: group, logStreamName: 's' }));
  return { fixture, client };
}

export const put = (
  client: CloudWatchLogsClient,
  { world }: ServiceFixture,
  messages: readonly string[],
  timestamp = world.scheduler.now,
) =>
  client.send(
    new PutLogEventsCommand({
      logGroupName: group,
      logStreamName: 's',
      logEvents: messages.map((message, index) => ({ message, timestamp: timestamp + index })),
    }),
  );
