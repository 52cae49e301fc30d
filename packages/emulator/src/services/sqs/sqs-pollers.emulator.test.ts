import { describe, expect, it } from '@jest/globals';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { minute, aWorld, arnOf } from '../../../test/sqs-fixture.ts';
import { onQueueActivity } from './poller.ts';

describe('pollers', () => {
  it('are told when a message is sent, its delay ends or its visibility timeout is over', async () => {
    const { client, create, receive, pass, world } = aWorld();
    const url = await create('jobs');
    const scope = world.scope('111111111111', 'eu-west-1', 'lambda');
    const start = world.scheduler.now;
    const told: number[] = [];
    const stop = onQueueActivity(scope, arnOf('jobs'), () => told.push(scope.now - start));
    await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'a', DelaySeconds: 2 }));
    await pass(5_000);
    expect(told).toEqual([2_000]);
    await receive(url);
    await pass(minute);
    expect(told).toEqual([2_000, 35_000]);
    await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'b' }));
    await pass(1_000);
    expect(told.at(-1)).toBe(65_000);
    stop();
    await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'c' }));
    await pass(minute);
    expect(told).toHaveLength(3);
  });
});
