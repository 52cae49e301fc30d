import { describe, expect, it } from '@jest/globals';
import {
  CancelMessageMoveTaskCommand,
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  InvalidMessageContents,
  ListMessageMoveTasksCommand,
  ListQueueTagsCommand,
  ListQueuesCommand,
  MessageNotInflight,
  PurgeQueueCommand,
  QueueDeletedRecently,
  QueueDoesNotExist,
  QueueNameExists,
  ReceiptHandleIsInvalid,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
  TagQueueCommand,
  UntagQueueCommand,
  paginateListDeadLetterSourceQueues,
  paginateListQueues,
  type Message,
  type ReceiveMessageCommandInput,
} from '@aws-sdk/client-sqs';
import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { CreateKeyCommand, DisableKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { accountFixture } from '../../../test/account-fixture.ts';
import { Deployment } from '../../cloudformation/provider.ts';
import { serviceFixture } from '../../../test/world-fixture.ts';
import type { ServicePrincipal } from '../../iam/principal.ts';
import type { WorldSettings } from '../../world/world.ts';
import { cloudwatch } from '../cloudwatch/operations.ts';
import { iam } from '../iam/operations.ts';
import { kms } from '../kms/operations.ts';
import { sqs } from './operations.ts';
import { onQueueActivity } from './poller.ts';
import { queuePolicyResource, queueResource } from './resources.ts';

const minute = 60_000;

function aWorld(settings: Partial<WorldSettings> = {}) {
  const fixture = serviceFixture([sqs], settings);
  const client = fixture.client(SQSClient);
  const pass = async (ms: number): Promise<void> => fixture.world.scheduler.runFor(ms);
  const create = async (name: string, attributes: Record<string, string> = {}): Promise<string> => {
    const { QueueUrl = '' } = await client.send(
      new CreateQueueCommand({ QueueName: name, Attributes: attributes }),
    );
    return QueueUrl;
  };
  const send = async (url: string, body: string, groupId?: string, deduplicationId?: string) =>
    client.send(
      new SendMessageCommand({
        QueueUrl: url,
        MessageBody: body,
        ...(groupId === undefined ? {} : { MessageGroupId: groupId }),
        ...(deduplicationId === undefined ? {} : { MessageDeduplicationId: deduplicationId }),
      }),
    );
  const receive = async (
    url: string,
    options: Partial<ReceiveMessageCommandInput> = {},
  ): Promise<Message[]> => {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['All'],
        ...options,
      }),
    );
    return Messages;
  };
  const remove = async (url: string, message: Message | undefined): Promise<void> => {
    await client.send(
      new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: message?.ReceiptHandle }),
    );
  };
  const attributes = async (url: string): Promise<Partial<Record<string, string>>> => {
    const { Attributes = {} } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
    );
    return Attributes;
  };
  return {
    ...fixture,
    client,
    sqsClient: fixture.client,
    pass,
    create,
    send,
    receive,
    remove,
    attributes,
  };
}

const arnOf = (name: string): string => `arn:aws:sqs:eu-west-1:111111111111:${name}`;
const bodies = (messages: readonly Message[]): string[] => messages.map(({ Body = '' }) => Body);

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
  });

  it('of another Region are not at this endpoint', async () => {
    const { client } = aWorld();
    const QueueUrl = 'https://sqs.us-east-1.amazonaws.com/111111111111/jobs';
    await expect(client.send(new PurgeQueueCommand({ QueueUrl }))).rejects.toMatchObject({
      name: 'InvalidAddress',
    });
  });
});

describe('standard queues', () => {
  it('hide a received message for its visibility timeout and count the receives', async () => {
    const { create, send, receive, pass } = aWorld();
    const url = await create('jobs');
    await send(url, 'a');
    const [first] = await receive(url);
    expect(first?.Attributes).toMatchObject({
      ApproximateReceiveCount: '1',
      SenderId: 'AIDAadmin',
      SentTimestamp: '1795248000000',
    });
    expect(await receive(url)).toEqual([]);
    await pass(29_999);
    expect(await receive(url)).toEqual([]);
    await pass(1);
    const [second] = await receive(url);
    expect(second?.MessageId).toBe(first?.MessageId);
    expect(second?.ReceiptHandle).not.toBe(first?.ReceiptHandle);
    expect(second?.Attributes?.ApproximateReceiveCount).toBe('2');
  });

  it('delete by the newest receipt handle only', async () => {
    const { client, create, send, receive, remove, pass, attributes } = aWorld();
    const url = await create('jobs', { VisibilityTimeout: '1' });
    await send(url, 'a');
    const [first] = await receive(url);
    await pass(1_000);
    const [second] = await receive(url);
    await remove(url, first);
    expect((await attributes(url)).ApproximateNumberOfMessagesNotVisible).toBe('1');
    await remove(url, second);
    await remove(url, second);
    await pass(minute);
    expect(await receive(url)).toEqual([]);
    await expect(
      client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: 'made-up' })),
    ).rejects.toBeInstanceOf(ReceiptHandleIsInvalid);
  });

  it('change the visibility of messages in flight, at most twelve hours from the receive', async () => {
    const { client, create, send, receive, pass } = aWorld();
    const url = await create('jobs');
    await send(url, 'a');
    const [message] = await receive(url);
    const change = async (VisibilityTimeout: number) =>
      client.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: url,
          ReceiptHandle: message?.ReceiptHandle,
          VisibilityTimeout,
        }),
      );
    await change(60);
    await pass(59_000);
    expect(await receive(url)).toEqual([]);
    await expect(change(43_200)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await change(0);
    await expect(change(1)).rejects.toBeInstanceOf(MessageNotInflight);
    expect(await receive(url)).toHaveLength(1);
  });

  it('deliver after the delay and forget after the retention period', async () => {
    const { client, create, receive, pass, attributes } = aWorld();
    const url = await create('jobs', { DelaySeconds: '10', MessageRetentionPeriod: '60' });
    await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'a' }));
    await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'b', DelaySeconds: 5 }));
    expect((await attributes(url)).ApproximateNumberOfMessagesDelayed).toBe('2');
    await pass(5_000);
    expect(bodies(await receive(url, { VisibilityTimeout: 0 }))).toEqual(['b']);
    await pass(5_000);
    expect(bodies(await receive(url, { VisibilityTimeout: 0 })).sort()).toEqual(['a', 'b']);
    await pass(50_000);
    expect(await receive(url)).toEqual([]);
    expect((await attributes(url)).ApproximateNumberOfMessages).toBe('0');
  });

  it('promise no order among messages sent at nearly the same time', async () => {
    const { create, send, receive } = aWorld();
    const url = await create('jobs');
    const sent = 'abcdefghij'.split('');
    for (const body of sent) await send(url, body);
    const received = bodies(await receive(url));
    expect([...received].sort()).toEqual(sent);
    expect(received).not.toEqual(sent);
  });

  it('deliver a message twice with the share that the world sets', async () => {
    const { create, send, receive, remove, pass } = aWorld({ duplicateShare: 1 });
    const url = await create('jobs');
    const { MessageId } = await send(url, 'a');
    await pass(11_000);
    const copies = await receive(url);
    expect(copies.map((copy) => copy.MessageId)).toEqual([MessageId, MessageId]);
    await remove(url, copies[0]);
    await pass(minute);
    expect(await receive(url)).toHaveLength(1);
  });

  it('let a message appear late with the share that the world sets', async () => {
    const { create, send, receive, pass } = aWorld({ lateShare: 1, lateMsMax: 600_000 });
    const url = await create('jobs');
    const sent = 'abcdefgh'.split('');
    for (const body of sent) await send(url, body);
    expect(await receive(url)).toEqual([]);
    await pass(300_000);
    const early = bodies(await receive(url));
    expect(early.length).toBeGreaterThan(0);
    expect(early.length).toBeLessThan(8);
    await pass(300_000);
    expect(bodies(await receive(url, { VisibilityTimeout: 0 }))).toEqual(
      expect.arrayContaining(sent.filter((body) => !early.includes(body))),
    );
  });

  it('wait in virtual time on a long poll and answer as soon as there is a message', async () => {
    const { create, client, receive, world } = aWorld();
    const url = await create('jobs');
    const start = world.scheduler.now;
    expect(await receive(url, { WaitTimeSeconds: 20 })).toEqual([]);
    expect(world.scheduler.now - start).toBe(20_000);
    await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'a', DelaySeconds: 3 }));
    expect(await receive(url, { WaitTimeSeconds: 20 })).toHaveLength(1);
    expect(world.scheduler.now - start).toBe(23_000);
  });

  it('purge once a minute', async () => {
    const { client, create, send, receive } = aWorld();
    const QueueUrl = await create('jobs');
    await send(QueueUrl, 'a');
    await client.send(new PurgeQueueCommand({ QueueUrl }));
    expect(await receive(QueueUrl)).toEqual([]);
    await expect(client.send(new PurgeQueueCommand({ QueueUrl }))).rejects.toMatchObject({
      name: 'PurgeQueueInProgress',
    });
  });

  it('hand message attributes on, with digests that the client checks', async () => {
    const { client, create, receive } = aWorld();
    const url = await create('jobs');
    const sent = await client.send(
      new SendMessageCommand({
        QueueUrl: url,
        MessageBody: 'a',
        MessageAttributes: {
          'kind.of': { DataType: 'String', StringValue: 'x' },
          bytes: { DataType: 'Binary', BinaryValue: Uint8Array.of(1, 2, 3) },
          size: { DataType: 'Number.int', StringValue: '7' },
        },
      }),
    );
    // md5 of the concatenated length-prefixed parts, computed by an independent implementation.
    expect(sent.MD5OfMessageAttributes).toBe('63ff7baed6db3069f7bf7d0e958cd5f6');
    const [message] = await receive(url, { MessageAttributeNames: ['kind.*', 'bytes'] });
    expect(message?.MessageAttributes).toEqual({
      'kind.of': { DataType: 'String', StringValue: 'x' },
      bytes: { DataType: 'Binary', BinaryValue: Uint8Array.of(1, 2, 3) },
    });
  });

  it.each([
    ['an empty body', { MessageBody: '' }, 'MissingParameter'],
    ['a body with a control character', { MessageBody: 'a\u0000' }, InvalidMessageContents.name],
    ['a body that is too large', { MessageBody: 'x'.repeat(2000) }, 'InvalidParameterValue'],
    [
      'a deduplication id',
      { MessageBody: 'a', MessageDeduplicationId: 'x' },
      'InvalidParameterValue',
    ],
    ['a delay out of range', { MessageBody: 'a', DelaySeconds: 901 }, 'InvalidParameterValue'],
    [
      'an attribute of an unknown type',
      { MessageBody: 'a', MessageAttributes: { a: { DataType: 'Text', StringValue: 'x' } } },
      'InvalidParameterValue',
    ],
  ])('refuse %s', async (_, input, code) => {
    const { client, create } = aWorld();
    const QueueUrl = await create('jobs', { MaximumMessageSize: '1024' });
    await expect(client.send(new SendMessageCommand({ QueueUrl, ...input }))).rejects.toMatchObject(
      {
        name: code,
      },
    );
  });

  it('report the entries of a batch one by one and refuse a batch that is wrong as a whole', async () => {
    const { client, create, receive } = aWorld();
    const QueueUrl = await create('jobs', { MaximumMessageSize: '1024' });
    const batch = async (Entries: { Id: string; MessageBody: string }[]) =>
      client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    const result = await batch([
      { Id: 'a', MessageBody: '1' },
      { Id: 'b', MessageBody: 'x'.repeat(1025) },
    ]);
    expect(result.Successful?.map(({ Id }) => Id)).toEqual(['a']);
    expect(result.Failed).toMatchObject([
      { Id: 'b', SenderFault: true, Code: 'InvalidParameterValue' },
    ]);
    await expect(batch([])).rejects.toMatchObject({ name: 'EmptyBatchRequest' });
    await expect(
      batch([
        { Id: 'a', MessageBody: '1' },
        { Id: 'a', MessageBody: '2' },
      ]),
    ).rejects.toMatchObject({ name: 'BatchEntryIdsNotDistinct' });
    await expect(
      batch('abcdefghijk'.split('').map((Id) => ({ Id, MessageBody: Id }))),
    ).rejects.toMatchObject({ name: 'TooManyEntriesInBatchRequest' });
    await expect(
      batch('abc'.split('').map((Id) => ({ Id, MessageBody: 'x'.repeat(400_000) }))),
    ).rejects.toMatchObject({ name: 'BatchRequestTooLong' });
    const [message] = await receive(QueueUrl);
    const deleted = await client.send(
      new DeleteMessageBatchCommand({
        QueueUrl,
        Entries: [
          { Id: 'x', ReceiptHandle: message?.ReceiptHandle },
          { Id: 'y', ReceiptHandle: 'made-up' },
        ],
      }),
    );
    expect(deleted.Successful).toEqual([{ Id: 'x' }]);
    expect(deleted.Failed).toMatchObject([{ Id: 'y', Code: 'ReceiptHandleIsInvalid' }]);
  });
});

describe('FIFO queues', () => {
  const fifo = { FifoQueue: 'true', ContentBasedDeduplication: 'true' };

  it('need a group and a deduplication id', async () => {
    const { create, send } = aWorld();
    const url = await create('a.fifo', { FifoQueue: 'true' });
    await expect(send(url, 'x')).rejects.toMatchObject({ name: 'MissingParameter' });
    await expect(send(url, 'x', 'g')).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await expect(send(url, 'x', 'g', 'd')).resolves.toMatchObject({
      SequenceNumber: expect.any(String),
    });
  });

  it('accept a repetition for five minutes and deliver it once, also after the message was deleted', async () => {
    const { create, send, receive, remove, pass } = aWorld({ duplicateShare: 1 });
    const url = await create('a.fifo', fifo);
    const first = await send(url, 'x', 'g');
    const again = await send(url, 'x', 'g');
    expect(again).toMatchObject({
      MessageId: first.MessageId,
      SequenceNumber: first.SequenceNumber,
    });
    const messages = await receive(url);
    expect(messages).toHaveLength(1);
    await remove(url, messages[0]);
    await pass(299_000);
    await send(url, 'x', 'g');
    expect(await receive(url)).toEqual([]);
    await pass(1_000);
    await send(url, 'x', 'g');
    expect(await receive(url)).toHaveLength(1);
  });

  it('keep the order of a group and block it while one of its messages is in flight', async () => {
    const { create, send, receive, remove, pass } = aWorld();
    const url = await create('a.fifo', fifo);
    for (const body of ['a1', 'b1', 'a2', 'b2', 'a3']) await send(url, body, body.charAt(0));
    const [a1] = await receive(url, { MaxNumberOfMessages: 1 });
    expect(a1?.Body).toBe('a1');
    const rest = await receive(url);
    expect(bodies(rest)).toEqual(['b1', 'b2']);
    expect(await receive(url)).toEqual([]);
    await remove(url, a1);
    const afterwards = await receive(url, { VisibilityTimeout: 5 });
    expect(bodies(afterwards)).toEqual(['a2', 'a3']);
    await remove(url, afterwards[0]);
    expect(await receive(url)).toEqual([]);
    await pass(5_000);
    expect(bodies(await receive(url))).toEqual(['a3']);
    expect(rest.map((message) => message.Attributes?.MessageGroupId)).toEqual(['b', 'b']);
  });

  it('number messages in ascending order', async () => {
    const { create, send } = aWorld();
    const url = await create('a.fifo', fifo);
    const numbers: string[] = [];
    for (const body of 'abc') numbers.push((await send(url, body, 'g')).SequenceNumber ?? '');
    expect(numbers).toEqual([...numbers].sort());
    expect(numbers.every((number) => number.length === 20)).toBe(true);
  });

  it('refuse a receipt handle whose visibility timeout is over', async () => {
    const { create, send, receive, remove, pass } = aWorld();
    const url = await create('a.fifo', fifo);
    await send(url, 'x', 'g');
    const [message] = await receive(url, { VisibilityTimeout: 1 });
    await pass(1_000);
    await expect(remove(url, message)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    expect(await receive(url)).toHaveLength(1);
  });

  it('repeat a receive for the same attempt id while its messages are untouched', async () => {
    const { create, send, receive } = aWorld();
    const url = await create('a.fifo', fifo);
    await send(url, 'x', 'g');
    const [first] = await receive(url, { ReceiveRequestAttemptId: 'try-1' });
    expect(await receive(url)).toEqual([]);
    const [again] = await receive(url, { ReceiveRequestAttemptId: 'try-1' });
    expect(again?.ReceiptHandle).toBe(first?.ReceiptHandle);
  });
});

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

describe('permissions', () => {
  it('refuse what no policy allows, naming action and queue', async () => {
    const { create, addUser, sqsClient } = aWorld();
    const QueueUrl = await create('jobs');
    addUser('sender', {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: arnOf('jobs') },
    });
    const client = sqsClient(SQSClient, { user: 'sender' });
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a' }));
    await expect(client.send(new ReceiveMessageCommand({ QueueUrl }))).rejects.toMatchObject({
      name: 'AccessDenied',
      $metadata: { httpStatusCode: 403 },
      message: expect.stringContaining(`sqs:ReceiveMessage on resource: ${arnOf('jobs')}`),
    });
  });

  it('let a queue policy admit a service for one source, and nobody else', async () => {
    const { client, create, receive, world } = aWorld();
    const QueueUrl = await create('jobs');
    const ruleArn = 'arn:aws:events:eu-west-1:111111111111:rule/r';
    await client.send(
      new SetQueueAttributesCommand({
        QueueUrl,
        Attributes: {
          Policy: JSON.stringify({
            Version: '2012-10-17',
            Statement: {
              Effect: 'Allow',
              Principal: { Service: 'events.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: arnOf('jobs'),
              Condition: { ArnEquals: { 'aws:SourceArn': ruleArn } },
            },
          }),
        },
      }),
    );
    const scope = world.scope('111111111111', 'eu-west-1', 'events');
    const sendAs = async (sourceArn: string) =>
      scope.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a' }), {
        as: { kind: 'service', service: 'events.amazonaws.com', sourceArn },
      });
    await expect(sendAs(`${ruleArn}2`)).rejects.toMatchObject({ code: 'AccessDenied' });
    await sendAs(ruleArn);
    expect(await receive(QueueUrl)).toHaveLength(1);
  });

  it('let another account send where both sides allow it, but never change attributes', async () => {
    const { client, create, addUser, sqsClient } = aWorld();
    const QueueUrl = await create('jobs');
    const everything = { Effect: 'Allow', Action: 'sqs:*', Resource: '*' };
    addUser('stranger', { Version: '2012-10-17', Statement: everything }, '222222222222');
    const stranger = sqsClient(SQSClient, { user: 'stranger' });
    const send = async () => stranger.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a' }));
    await expect(send()).rejects.toMatchObject({ name: 'AccessDenied' });
    await client.send(
      new SetQueueAttributesCommand({
        QueueUrl,
        Attributes: {
          Policy: JSON.stringify({
            Version: '2012-10-17',
            Statement: { ...everything, Principal: { AWS: '222222222222' } },
          }),
        },
      }),
    );
    await send();
    await expect(
      stranger.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { DelaySeconds: '1' } })),
    ).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(
      stranger.send(new SendMessageCommand({ QueueUrl: `${QueueUrl}-none`, MessageBody: 'a' })),
    ).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
  });
});

describe('a queue with a key of its own', () => {
  it('is closed to senders and receivers who may not use the key', async () => {
    const { client, world } = accountFixture([iam, kms, sqs]);
    const keys = client(KMSClient);
    const account = '111111111111';
    const { KeyMetadata } = await keys.send(
      new CreateKeyCommand({
        Policy: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { AWS: `arn:aws:iam::${account}:root` },
              Action: 'kms:*',
              Resource: '*',
            },
            {
              Effect: 'Allow',
              Principal: { Service: 'sns.amazonaws.com' },
              Action: ['kms:GenerateDataKey*', 'kms:Decrypt'],
              Resource: '*',
            },
          ],
        }),
      }),
    );
    const queues = client(SQSClient);
    const { QueueUrl } = await queues.send(
      new CreateQueueCommand({
        QueueName: 'secret',
        Attributes: {
          KmsMasterKeyId: KeyMetadata?.KeyId ?? '',
          Policy: JSON.stringify({
            Version: '2012-10-17',
            Statement: {
              Effect: 'Allow',
              Principal: { Service: ['sns.amazonaws.com', 'events.amazonaws.com'] },
              Action: 'sqs:SendMessage',
              Resource: '*',
            },
          }),
        },
      }),
    );
    const sendAs = async (service: string) => {
      const as: ServicePrincipal = { kind: 'service', service };
      await world
        .scope(account, 'eu-west-1', 'x')
        .send(new SendMessageCommand({ QueueUrl, MessageBody: 'a' }), { as });
    };
    await sendAs('sns.amazonaws.com');
    await expect(sendAs('events.amazonaws.com')).rejects.toMatchObject({ code: 'KmsAccessDenied' });
    const receive = async () => queues.send(new ReceiveMessageCommand({ QueueUrl }));
    expect((await receive()).Messages).toHaveLength(1);
    await keys.send(new DisableKeyCommand({ KeyId: KeyMetadata?.KeyId }));
    await expect(receive()).rejects.toMatchObject({ name: 'KmsDisabled' });
  });
});

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

describe('CloudFormation', () => {
  function aDeployment() {
    const world = aWorld();
    const deployment = new Deployment({
      world: world.world,
      account: '111111111111',
      region: 'eu-west-1',
      stackId: 'arn:aws:cloudformation:eu-west-1:111111111111:stack/s/1',
      stackName: 's',
      logicalId: 'Queue',
      principal: world.admin,
      stackTags: { owner: 'me' },
    });
    return { ...world, deployment };
  }

  it('makes, changes and deletes a queue', async () => {
    const { client, deployment, attributes } = aDeployment();
    const properties = { FifoQueue: true, VisibilityTimeout: 90, Tags: [{ Key: 'a', Value: 'b' }] };
    const { physicalId, attributes: answers } = await queueResource.create(properties, deployment);
    expect(answers['QueueName']).toMatch(/^s-Queue-[A-Z2-7]{12}\.fifo$/);
    expect(await attributes(physicalId)).toMatchObject({
      QueueArn: answers['Arn'],
      VisibilityTimeout: '90',
    });
    const { Tags } = await client.send(new ListQueueTagsCommand({ QueueUrl: physicalId }));
    expect(Tags).toMatchObject({ a: 'b', owner: 'me', 'aws:cloudformation:stack-name': 's' });
    await queueResource.update?.({ FifoQueue: true, DelaySeconds: 5 }, deployment, {
      physicalId,
      previous: properties,
    });
    expect(await attributes(physicalId)).toMatchObject({
      VisibilityTimeout: '30',
      DelaySeconds: '5',
    });
    await queueResource.delete(physicalId, deployment, { properties });
    await queueResource.delete(physicalId, deployment, { properties });
    await expect(attributes(physicalId)).rejects.toBeInstanceOf(QueueDoesNotExist);
  });

  it('refuses a name that is taken, though the queue is the same', async () => {
    const { deployment, create } = aDeployment();
    await create('jobs');
    await expect(queueResource.create({ QueueName: 'jobs' }, deployment)).rejects.toMatchObject({
      code: 'AlreadyExists',
    });
  });

  it('sets and removes the policy of queues', async () => {
    const { deployment, create, attributes } = aDeployment();
    const url = await create('jobs');
    const PolicyDocument = {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Deny',
        Principal: '*',
        Action: 'sqs:*',
        Resource: '*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    };
    const properties = { Queues: [url], PolicyDocument };
    const { physicalId } = await queuePolicyResource.create(properties, deployment);
    expect(JSON.parse((await attributes(url)).Policy ?? '')).toEqual(PolicyDocument);
    await queuePolicyResource.delete(physicalId, deployment, { properties });
    expect((await attributes(url)).Policy).toBeUndefined();
  });
});
