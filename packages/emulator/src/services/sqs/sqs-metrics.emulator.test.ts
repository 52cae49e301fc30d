import { describe, expect, it } from '@jest/globals';
import {
  CreateQueueCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { minute } from '../../../test/sqs-fixture.ts';
import { serviceFixture } from '../../../test/world-fixture.ts';
import { cloudwatch } from '../cloudwatch/operations.ts';
import { sqs } from './operations.ts';

describe('metrics', () => {
  it('tell messages and age while the queue is active, and nothing of an idle queue', async () => {
    const { client, world } = serviceFixture([sqs, cloudwatch]);
    const queues = client(SQSClient);
    const { QueueUrl } = await queues.send(new CreateQueueCommand({ QueueName: 'jobs' }));
    const read = async (MetricName: string): Promise<number[]> => {
      const { Datapoints = [] } = await client(CloudWatchClient).send(
        new GetMetricStatisticsCommand({
          Namespace: 'AWS/SQS',
          MetricName,
          Dimensions: [{ Name: 'QueueName', Value: 'jobs' }],
          StartTime: new Date(world.scheduler.now),
          EndTime: new Date(world.scheduler.now + minute),
          Period: 60,
          Statistics: ['Maximum'],
        }),
      );
      return Datapoints.map(({ Maximum = -1 }) => Maximum);
    };
    for (const MessageBody of ['a', 'b', 'c'])
      await queues.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    expect(await read('NumberOfMessagesSent')).toEqual([1]);
    await world.scheduler.runFor(5 * minute);
    expect(await read('ApproximateNumberOfMessagesVisible')).toEqual([3]);
    expect(await read('ApproximateAgeOfOldestMessage')).toEqual([300]);
    await queues.send(new ReceiveMessageCommand({ QueueUrl }));
    await world.scheduler.runFor(20_000);
    await queues.send(new PurgeQueueCommand({ QueueUrl }));
    await world.scheduler.runFor(5 * 60 * minute + 40_000);
    expect(await read('ApproximateNumberOfMessagesVisible')).toEqual([0]);
    await world.scheduler.runFor(60 * minute);
    expect(await read('ApproximateNumberOfMessagesVisible')).toEqual([]);
  });
});
