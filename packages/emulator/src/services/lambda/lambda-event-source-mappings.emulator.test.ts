import { describe, expect, it } from '@jest/globals';
import {
  CreateEventSourceMappingCommand,
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  ResourceConflictException,
  ResourceNotFoundException,
  UpdateEventSourceMappingCommand,
  paginateListEventSourceMappings,
} from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, SQSClient, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { withQueues, queue, consumer } from '../../../test/lambda-fixture.ts';
import type { FunctionFixture } from '../../../test/function-fixture.ts';
import { faults } from '../../runtime/faults.ts';

const seen = async (fixture: FunctionFixture): Promise<unknown> => {
  const read = fixture.client(SSMClient).send(new GetParameterCommand({ Name: '/seen' }));
  return read.then(
    ({ Parameter }) => JSON.parse(Parameter?.Value ?? '') as unknown,
    () => [],
  );
};

const send = (fixture: FunctionFixture, url: string, texts: readonly string[], group?: string) =>
  fixture.client(SQSClient).send(
    new SendMessageBatchCommand({
      QueueUrl: url,
      Entries: texts.map((MessageBody, index) => ({
        Id: String(index),
        MessageBody,
        ...(group === undefined
          ? {}
          : { MessageGroupId: group, MessageDeduplicationId: `${group}${MessageBody}` }),
      })),
    }),
  );

const depth = async (fixture: FunctionFixture, url: string): Promise<number> => {
  const { Attributes } = await fixture.client(SQSClient).send(
    new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return Object.values(Attributes ?? {}).reduce((total, text) => total + Number(text), 0);
};

describe('event source mappings', () => {
  it('hand over batches once they are enabled, and delete what was done', async () => {
    const fixture = withQueues();
    const work = await queue(fixture, 'work');
    await fixture.define(consumer);
    await send(fixture, work.url, ['a', 'b', 'c']);
    const mapping = await fixture.lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName: 'f',
        EventSourceArn: work.arn,
        BatchSize: 2,
      }),
    );
    expect(mapping).toMatchObject({
      State: 'Creating',
      BatchSize: 2,
      FunctionArn: expect.stringContaining('function:f'),
    });
    await fixture.world.scheduler.runFor(1_000);
    expect(await seen(fixture)).toEqual([]);
    await fixture.world.scheduler.runFor(20_000);
    expect(await seen(fixture)).toEqual(expect.arrayContaining([expect.any(Array)]));
    expect(((await seen(fixture)) as string[][]).flat().sort()).toEqual(['a1', 'b1', 'c1']);
    expect(await depth(fixture, work.url)).toBe(0);
    const { UUID } = mapping;
    expect(await fixture.lambda.send(new GetEventSourceMappingCommand({ UUID }))).toMatchObject({
      State: 'Enabled',
      LastProcessingResult: 'OK',
    });
    await fixture.lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
    await fixture.world.scheduler.runFor(20_000);
    await send(fixture, work.url, ['d']);
    await fixture.world.scheduler.runFor(20_000);
    expect(await depth(fixture, work.url)).toBe(1);
    await fixture.lambda.send(new DeleteEventSourceMappingCommand({ UUID }));
    await fixture.world.scheduler.runFor(20_000);
    await expect(
      fixture.lambda.send(new GetEventSourceMappingCommand({ UUID })),
    ).rejects.toBeInstanceOf(ResourceNotFoundException);
  });

  it('give a failed batch back, and only the failed messages when the function reports them', async () => {
    const fixture = withQueues();
    const work = await queue(fixture, 'work', { VisibilityTimeout: '60' });
    await fixture.define(consumer);
    await fixture.lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName: 'f',
        EventSourceArn: work.arn,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      }),
    );
    await fixture.world.scheduler.runFor(20_000);
    await send(fixture, work.url, ['good', 'fail']);
    await fixture.world.scheduler.runFor(50_000);
    expect(((await seen(fixture)) as string[][]).flat().sort()).toEqual(['fail1', 'good1']);
    expect(await depth(fixture, work.url)).toBe(1);
    await fixture.world.scheduler.runFor(30_000);
    expect(((await seen(fixture)) as string[][]).flat()).toContain('fail2');
    await send(fixture, work.url, ['throw', 'other']);
    await fixture.world.scheduler.runFor(10_000);
    expect(await depth(fixture, work.url)).toBe(3);
  });

  it('keep the order within a group of a FIFO queue', async () => {
    const fixture = withQueues();
    const work = await queue(fixture, 'work.fifo', { FifoQueue: 'true', VisibilityTimeout: '30' });
    await fixture.define(consumer);
    await fixture.lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName: 'f',
        EventSourceArn: work.arn,
        BatchSize: 1,
      }),
    );
    await fixture.world.scheduler.runFor(20_000);
    await send(fixture, work.url, ['throw', 'second', 'third'], 'g');
    await fixture.world.scheduler.runFor(20_000);
    expect(((await seen(fixture)) as string[][]).flat()).toEqual(['throw1']);
    await fixture.world.scheduler.runFor(60_000);
    const order = ((await seen(fixture)) as string[][]).flat();
    expect(order[1]).toBe('throw2');
    expect(order).not.toContain('second1');
  });

  it('wait for a batching window', async () => {
    const fixture = withQueues();
    const work = await queue(fixture, 'work', { VisibilityTimeout: '120' });
    await fixture.define(consumer);
    await fixture.lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName: 'f',
        EventSourceArn: work.arn,
        BatchSize: 100,
        MaximumBatchingWindowInSeconds: 20,
      }),
    );
    await fixture.world.scheduler.runFor(20_000);
    await send(fixture, work.url, ['a']);
    await fixture.world.scheduler.runFor(10_000);
    await send(fixture, work.url, ['b']);
    expect(await seen(fixture)).toEqual([]);
    await fixture.world.scheduler.runFor(20_000);
    expect(await seen(fixture)).toEqual([['a1', 'b1']]);
  });

  it('survive a function that is killed', async () => {
    const fixture = withQueues();
    const work = await queue(fixture, 'work', { VisibilityTimeout: '30' });
    await fixture.define(consumer);
    await fixture.lambda.send(
      new CreateEventSourceMappingCommand({ FunctionName: 'f', EventSourceArn: work.arn }),
    );
    await fixture.world.scheduler.runFor(20_000);
    faults(fixture.world).onCall(({ invocation }) => (invocation === 1 ? 'kill-after' : 'proceed'));
    await send(fixture, work.url, ['a']);
    await fixture.world.scheduler.runFor(10_000);
    expect(await depth(fixture, work.url)).toBe(1);
    await fixture.world.scheduler.runFor(40_000);
    expect(await seen(fixture)).toEqual([['a2']]);
    expect(await depth(fixture, work.url)).toBe(0);
  });

  it('need permissions of the role, and a queue that hides messages long enough', async () => {
    const fixture = withQueues();
    const work = await queue(fixture, 'work', { VisibilityTimeout: '30' });
    const Role = await fixture.role('narrow', [
      {
        Effect: 'Allow',
        Action: ['sqs:ReceiveMessage', 'sqs:GetQueueAttributes'],
        Resource: work.arn,
      },
    ]);
    await fixture.define(consumer, { Role });
    const create = (FunctionName: string, given = {}) =>
      fixture.lambda.send(
        new CreateEventSourceMappingCommand({ FunctionName, EventSourceArn: work.arn, ...given }),
      );
    await expect(create('f')).rejects.toThrow(
      'The provided execution role does not have permissions to call DeleteMessage on SQS',
    );
    await fixture.define(consumer, { FunctionName: 'slow', Timeout: 31 });
    await expect(create('slow')).rejects.toThrow(
      'Queue visibility timeout: 30 seconds is less than Function timeout: 31 seconds',
    );
    await fixture.define(consumer, { FunctionName: 'fine' });
    await expect(create('fine', { BatchSize: 11 })).rejects.toThrow('batch window');
    await create('fine');
    await expect(create('fine')).rejects.toBeInstanceOf(ResourceConflictException);
    await expect(create('fine', { FilterCriteria: { Filters: [] } })).rejects.toThrow(
      'FilterCriteria is not modelled',
    );
  });

  it('come in pages', async () => {
    const fixture = withQueues();
    await fixture.define(consumer);
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      const { arn } = await queue(fixture, name);
      await fixture.lambda.send(
        new CreateEventSourceMappingCommand({ FunctionName: 'f', EventSourceArn: arn }),
      );
    }
    const pages: number[] = [];
    for await (const page of paginateListEventSourceMappings(
      { client: fixture.lambda },
      { FunctionName: 'f' },
    ))
      pages.push(page.EventSourceMappings?.length ?? 0);
    expect(pages).toEqual([2, 2, 1]);
  });
});
