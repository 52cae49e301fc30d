import { describe, expect, it } from '@jest/globals';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  InvalidMessageContents,
  MessageNotInflight,
  PurgeQueueCommand,
  ReceiptHandleIsInvalid,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { minute, aWorld, bodies } from '../../../test/sqs-fixture.ts';

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
