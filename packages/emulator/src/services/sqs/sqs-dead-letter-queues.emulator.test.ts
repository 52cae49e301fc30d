import { describe, expect, it } from '@jest/globals';
import {
  CancelMessageMoveTaskCommand,
  ListMessageMoveTasksCommand,
  SetQueueAttributesCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { aWorld, arnOf, bodies } from '../../../test/sqs-fixture.ts';

describe('dead-letter queues', () => {
  async function withDeadLetters(suffix: '' | '.fifo' = '') {
    const world = aWorld();
    const type: Record<string, string> =
      suffix === '' ? {} : { FifoQueue: 'true', ContentBasedDeduplication: 'true' };
    const dead = await world.create(`dead${suffix}`, type);
    const RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: arnOf(`dead${suffix}`),
      maxReceiveCount: 2,
    });
    const source = await world.create(`jobs${suffix}`, {
      ...type,
      RedrivePolicy,
      VisibilityTimeout: '1',
    });
    return { ...world, dead, source };
  }

  it('get a message at the receive after the last one that the policy allows', async () => {
    const { dead, source, send, receive, pass } = await withDeadLetters();
    await send(source, 'x');
    for (let receives = 0; receives < 2; receives += 1) {
      expect(await receive(source)).toHaveLength(1);
      await pass(1_000);
    }
    expect(await receive(dead)).toEqual([]);
    expect(await receive(source)).toEqual([]);
    const [message] = await receive(dead);
    expect(message?.Attributes).toMatchObject({
      ApproximateReceiveCount: '3',
      DeadLetterQueueSourceArn: arnOf('jobs'),
      SentTimestamp: '1795248000000',
    });
  });

  it('keep the group of a FIFO message, and the next of the group comes at once', async () => {
    const { dead, source, send, receive, pass } = await withDeadLetters('.fifo');
    await send(source, 'x1', 'g');
    await send(source, 'x2', 'g');
    for (let receives = 0; receives < 2; receives += 1) {
      await receive(source, { MaxNumberOfMessages: 1 });
      await pass(1_000);
    }
    expect(bodies(await receive(source))).toEqual(['x2']);
    const [message] = await receive(dead);
    expect(message).toMatchObject({ Body: 'x1', Attributes: { MessageGroupId: 'g' } });
  });

  it('admit the sources that they name', async () => {
    const { client, dead, create } = await withDeadLetters();
    await client.send(
      new SetQueueAttributesCommand({
        QueueUrl: dead,
        Attributes: {
          RedriveAllowPolicy: JSON.stringify({
            redrivePermission: 'byQueue',
            sourceQueueArns: [arnOf('jobs')],
          }),
        },
      }),
    );
    const RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: arnOf('dead'),
      maxReceiveCount: 1,
    });
    await expect(create('other', { RedrivePolicy })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
  });

  it('give their messages back as new ones by a move task', async () => {
    const { client, dead, source, send, receive, pass } = await withDeadLetters();
    for (const body of ['x', 'y', 'z']) await send(source, body);
    for (let receives = 0; receives < 3; receives += 1) {
      await receive(source);
      await pass(1_000);
    }
    const start = async () =>
      client.send(
        new StartMessageMoveTaskCommand({
          SourceArn: arnOf('dead'),
          MaxNumberOfMessagesPerSecond: 1,
        }),
      );
    await start();
    await expect(start()).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await pass(1_500);
    const list = async () =>
      client.send(new ListMessageMoveTasksCommand({ SourceArn: arnOf('dead'), MaxResults: 10 }));
    expect((await list()).Results).toMatchObject([
      {
        Status: 'RUNNING',
        ApproximateNumberOfMessagesMoved: 1,
        ApproximateNumberOfMessagesToMove: 3,
        TaskHandle: expect.any(String),
      },
    ]);
    await pass(5_000);
    expect((await list()).Results).toMatchObject([{ Status: 'COMPLETED' }]);
    expect(await receive(dead)).toEqual([]);
    const back = await receive(source);
    expect(bodies(back).sort()).toEqual(['x', 'y', 'z']);
    expect(back[0]?.Attributes?.ApproximateReceiveCount).toBe('1');
  });

  it('cancel a move task, which keeps what was moved', async () => {
    const { client, dead, source, send, receive, pass } = await withDeadLetters();
    for (const body of ['x', 'y', 'z']) await send(source, body);
    for (let receives = 0; receives < 3; receives += 1) {
      await receive(source);
      await pass(1_000);
    }
    const { TaskHandle } = await client.send(
      new StartMessageMoveTaskCommand({
        SourceArn: arnOf('dead'),
        DestinationArn: arnOf('jobs'),
        MaxNumberOfMessagesPerSecond: 1,
      }),
    );
    await pass(1_500);
    await client.send(new CancelMessageMoveTaskCommand({ TaskHandle }));
    await pass(5_000);
    expect(await receive(source)).toHaveLength(1);
    expect(await receive(dead)).toHaveLength(2);
  });

  it('do not start a move for a queue that is nobody’s dead-letter queue, nor know where a direct message came from', async () => {
    const { client, dead, send, pass } = await withDeadLetters();
    await expect(
      client.send(new StartMessageMoveTaskCommand({ SourceArn: arnOf('jobs') })),
    ).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await send(dead, 'direct');
    await client.send(new StartMessageMoveTaskCommand({ SourceArn: arnOf('dead') }));
    await pass(2_000);
    const { Results } = await client.send(
      new ListMessageMoveTasksCommand({ SourceArn: arnOf('dead') }),
    );
    expect(Results).toMatchObject([
      { Status: 'FAILED', FailureReason: 'CouldNotDetermineMessageSource' },
    ]);
  });
});
