import { describe, expect, it } from '@jest/globals';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueUrlCommand,
  ListQueueTagsCommand,
  ListQueuesCommand,
  PurgeQueueCommand,
  QueueDeletedRecently,
  QueueDoesNotExist,
  QueueNameExists,
  TagQueueCommand,
  UntagQueueCommand,
  paginateListDeadLetterSourceQueues,
  paginateListQueues,
} from '@aws-sdk/client-sqs';
import { aWorld, arnOf } from '../../../test/sqs-fixture.ts';

describe('queues', () => {
  it('have the defaults that SQS documents and a URL that carries account and Region', async () => {
    const { create, attributes } = aWorld();
    const url = await create('jobs');
    expect(url).toBe('https://sqs.eu-west-1.amazonaws.com/111111111111/jobs');
    expect(await attributes(url)).toMatchObject({
      QueueArn: arnOf('jobs'),
      VisibilityTimeout: '30',
      MaximumMessageSize: '1048576',
      MessageRetentionPeriod: '345600',
      DelaySeconds: '0',
      SqsManagedSseEnabled: 'true',
      CreatedTimestamp: '1795248000',
    });
  });

  it('are created once: equal attributes return the queue, different ones are refused', async () => {
    const { create } = aWorld();
    const url = await create('jobs', { VisibilityTimeout: '60' });
    expect(await create('jobs', { VisibilityTimeout: '60' })).toBe(url);
    await expect(create('jobs', { VisibilityTimeout: '61' })).rejects.toBeInstanceOf(
      QueueNameExists,
    );
  });

  it.each([
    ['a name with a dot', 'a.b', {}, 'InvalidParameterValue'],
    ['a FIFO queue without the suffix', 'a', { FifoQueue: 'true' }, 'InvalidParameterValue'],
    ['the suffix without the attribute', 'a.fifo', {}, 'InvalidParameterValue'],
    ['FifoQueue false', 'a', { FifoQueue: 'false' }, 'InvalidAttributeName'],
    [
      'an attribute of FIFO queues',
      'a',
      { ContentBasedDeduplication: 'true' },
      'InvalidAttributeName',
    ],
    ['a timeout out of range', 'a', { VisibilityTimeout: '43201' }, 'InvalidAttributeValue'],
    ['a policy that is none', 'a', { Policy: '{"Statement":[]}' }, 'InvalidAttributeValue'],
    [
      'two kinds of encryption',
      'a',
      { KmsMasterKeyId: 'alias/k', SqsManagedSseEnabled: 'true' },
      'InvalidAttributeValue',
    ],
    [
      'a dead-letter queue that does not exist',
      'a',
      { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf('x'), maxReceiveCount: 1 }) },
      'InvalidParameterValue',
    ],
  ])('refuse %s', async (_, name, attributes, code) => {
    await expect(aWorld().create(name, attributes)).rejects.toMatchObject({ name: code });
  });

  it('free their name a minute after they were deleted', async () => {
    const { client, create, pass } = aWorld();
    const url = await create('jobs');
    await client.send(new DeleteQueueCommand({ QueueUrl: url }));
    await expect(client.send(new DeleteQueueCommand({ QueueUrl: url }))).rejects.toBeInstanceOf(
      QueueDoesNotExist,
    );
    await expect(client.send(new GetQueueUrlCommand({ QueueName: 'jobs' }))).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
    });
    await pass(59_000);
    await expect(create('jobs')).rejects.toBeInstanceOf(QueueDeletedRecently);
    await pass(2_000);
    await expect(create('jobs')).resolves.toBe(url);
  });

  it('are listed in pages when a size is asked for, else all at once', async () => {
    const { client, create } = aWorld();
    await create('dead');
    const RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: arnOf('dead'),
      maxReceiveCount: 3,
    });
    for (const name of ['q5', 'q1', 'q3', 'q2', 'q4']) await create(name, { RedrivePolicy });
    const pages: number[] = [];
    const names: string[] = [];
    for await (const page of paginateListQueues(
      { client, pageSize: 2 },
      { QueueNamePrefix: 'q' },
    )) {
      pages.push(page.QueueUrls?.length ?? 0);
      names.push(...(page.QueueUrls ?? []).map((url) => url.split('/').at(-1) ?? ''));
    }
    expect(pages).toEqual([2, 2, 1]);
    expect(names).toEqual(['q1', 'q2', 'q3', 'q4', 'q5']);
    const all = await client.send(new ListQueuesCommand({}));
    expect(all.QueueUrls).toHaveLength(6);
    expect(all.NextToken).toBeUndefined();
    const QueueUrl = 'https://sqs.eu-west-1.amazonaws.com/111111111111/dead';
    const sources: number[] = [];
    for await (const page of paginateListDeadLetterSourceQueues(
      { client, pageSize: 2 },
      { QueueUrl },
    ))
      sources.push(page.queueUrls?.length ?? 0);
    expect(sources).toEqual([2, 2, 1]);
  });

  it('carry tags', async () => {
    const { client, create } = aWorld();
    const QueueUrl = await create('jobs');
    await client.send(new TagQueueCommand({ QueueUrl, Tags: { team: 'x', cost: '1' } }));
    await client.send(new UntagQueueCommand({ QueueUrl, TagKeys: ['cost'] }));
    expect((await client.send(new ListQueueTagsCommand({ QueueUrl }))).Tags).toEqual({ team: 'x' });
    await expect(
      client.send(new TagQueueCommand({ QueueUrl, Tags: { 'aws:mine': 'x' } })),
    ).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    const tags = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, 'x']));
    await expect(
      client.send(new CreateQueueCommand({ QueueName: 'many', tags })),
    ).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });

  it('of another Region are not at this endpoint', async () => {
    const { client } = aWorld();
    const QueueUrl = 'https://sqs.us-east-1.amazonaws.com/111111111111/jobs';
    await expect(client.send(new PurgeQueueCommand({ QueueUrl }))).rejects.toMatchObject({
      name: 'InvalidAddress',
    });
  });
});
