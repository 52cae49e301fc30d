import { describe, expect, it } from '@jest/globals';
import { aWorld, bodies } from '../../../test/sqs-fixture.ts';

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
