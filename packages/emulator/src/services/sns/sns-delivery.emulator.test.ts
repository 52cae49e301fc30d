import { describe, expect, it } from '@jest/globals';
import {
  PublishBatchCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SubscribeCommand,
  type PublishCommandInput,
} from '@aws-sdk/client-sns';
import type { Message } from '@aws-sdk/client-sqs';
import { account, functionArn, queueArn, topicArn, aWorld } from '../../../test/sns-fixture.ts';
import { retryDelayMs } from './notify.ts';

const bodies = (messages: readonly Message[]): string[] =>
  messages.map(({ Body = '' }) => Body).sort();

describe('delivery', () => {
  it('invokes a function asynchronously with the documented event', async () => {
    const { topic, subscribe, publish, pass, invocations } = aWorld();
    await topic();
    const subscription = await subscribe('lambda', functionArn);
    const { MessageId } = await publish({
      Subject: 'hi',
      MessageAttributes: { kind: { DataType: 'String', StringValue: 'x' } },
    });
    expect(invocations).toEqual([]);
    await pass(2_500);
    expect(invocations).toEqual([
      {
        type: 'Event',
        payload: {
          Records: [
            {
              EventSource: 'aws:sns',
              EventVersion: '1.0',
              EventSubscriptionArn: subscription,
              Sns: {
                Type: 'Notification',
                MessageId,
                TopicArn: topicArn('t'),
                Subject: 'hi',
                Message: 'hello',
                Timestamp: '2026-11-21T08:00:00.000Z',
                SignatureVersion: '1',
                Signature: expect.any(String),
                SigningCertUrl: expect.stringMatching(
                  /^https:\/\/sns\.eu-west-1\.amazonaws\.com\//,
                ),
                UnsubscribeUrl: expect.stringContaining(subscription),
                MessageAttributes: { kind: { Type: 'String', Value: 'x' } },
              },
            },
          ],
        },
      },
    ]);
  });

  it('sends queues an envelope, or the message itself with its attributes', async () => {
    const { topic, queue, subscribe, publish, pass, received } = aWorld();
    await topic();
    const [wrapped, raw] = [await queue('wrapped'), await queue('raw')];
    await subscribe('sqs', queueArn('wrapped'));
    await subscribe('sqs', queueArn('raw'), { RawMessageDelivery: 'true' });
    const MessageAttributes = { n: { DataType: 'Number', StringValue: '5' } };
    const { MessageId } = await publish({ MessageAttributes });
    await pass(2_500);
    const [envelope] = await received(wrapped);
    expect(JSON.parse(envelope?.Body ?? '')).toMatchObject({
      Type: 'Notification',
      MessageId,
      TopicArn: topicArn('t'),
      Message: 'hello',
      MessageAttributes: { n: { Type: 'Number', Value: '5' } },
    });
    expect(await received(raw)).toMatchObject([{ Body: 'hello', MessageAttributes }]);
    await publish({
      Message: JSON.stringify({ default: 'for all', sqs: 'for queues' }),
      MessageStructure: 'json',
      MessageAttributes,
    });
    await pass(2_500);
    const [message] = await received(raw);
    expect(message?.Body).toBe('for queues');
    // A text for each protocol goes without attributes.
    expect(message?.MessageAttributes).toBeUndefined();
  });

  it('keeps no order and comes twice with the share that the world sets', async () => {
    const { topic, subscribe, publish, pass, invocations } = aWorld({ duplicateShare: 1 });
    await topic();
    await subscribe('lambda', functionArn);
    const sent: (string | undefined)[] = [];
    for (let n = 0; n < 6; n += 1) sent.push((await publish({ Message: String(n) })).MessageId);
    await pass(2_500);
    const ids = invocations.map(
      ({ payload }) =>
        (payload as { Records: { Sns: { MessageId: string } }[] }).Records[0]?.Sns.MessageId,
    );
    expect(ids).toHaveLength(12);
    expect([...ids].sort()).toEqual([...sent, ...sent].sort());
    expect([...new Set(ids)]).not.toEqual(sent);
  });

  it('comes late with the share that the world sets', async () => {
    const { topic, subscribe, publish, pass, invocations } = aWorld({
      duplicateShare: 0,
      lateShare: 0.5,
      lateMsMax: 600_000,
    });
    await topic();
    await subscribe('lambda', functionArn);
    for (let n = 0; n < 20; n += 1) await publish({ Message: String(n) });
    await pass(2_500);
    const inTime = invocations.length;
    expect(inTime).toBeGreaterThan(0);
    expect(inTime).toBeLessThan(20);
    await pass(300_000);
    expect(invocations.length).toBeGreaterThan(inTime);
    await pass(300_000);
    expect(invocations).toHaveLength(20);
  });

  it('is tried again where the endpoint is busy', async () => {
    const { topic, subscribe, publish, pass, invocations } = aWorld({}, 6);
    await topic();
    await subscribe('lambda', functionArn);
    await publish();
    await pass(3_000);
    expect(invocations).toHaveLength(0);
    await pass(3_000);
    expect(invocations).toHaveLength(1);
    expect([0, 2, 3, 5, 9, 14, 15, 100_014, 100_015].map(retryDelayMs)).toEqual([
      0,
      0,
      1_000,
      1_000,
      16_000,
      20_000,
      20_000,
      20_000,
      undefined,
    ]);
  });

  it('to a queue that refuses goes to the dead-letter queue of the subscription at once', async () => {
    const { topic, queue, subscribe, publish, pass, received, world } = aWorld();
    await topic();
    await queue('closed', false);
    const dead = await queue('dead');
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: queueArn('dead') });
    await subscribe('sqs', queueArn('closed'), { RedrivePolicy });
    await publish();
    await pass(2_500);
    const [message] = await received(dead);
    expect(JSON.parse(message?.Body ?? '')).toMatchObject({ Message: 'hello' });
    expect(world.journal.entries.filter(({ name }) => name === 'delivery-failed')).toMatchObject([
      { detail: { endpoint: queueArn('closed'), code: 'AccessDenied' } },
    ]);
  });

  it('passes filter policies on attributes and on the body', async () => {
    const { topic, queue, subscribe, publish, pass, received, client } = aWorld();
    await topic();
    const [byAttribute, byBody] = [await queue('attribute'), await queue('body')];
    const raw = { RawMessageDelivery: 'true' };
    const subscription = await subscribe('sqs', queueArn('attribute'), {
      ...raw,
      FilterPolicy: JSON.stringify({ kind: ['a', { prefix: 'b' }], size: [{ numeric: ['>', 2] }] }),
    });
    await subscribe('sqs', queueArn('body'), {
      ...raw,
      FilterPolicyScope: 'MessageBody',
      FilterPolicy: JSON.stringify({ detail: { kind: ['a'] } }),
    });
    const attributes = (kind: string, size: string) => ({
      kind: { DataType: 'String.Array', StringValue: JSON.stringify([kind]) },
      size: { DataType: 'Number', StringValue: size },
    });
    await publish({ Message: '1', MessageAttributes: attributes('a', '3') });
    await publish({ Message: '2', MessageAttributes: attributes('bb', '3') });
    await publish({ Message: '3', MessageAttributes: attributes('c', '3') });
    await publish({ Message: '4', MessageAttributes: attributes('a', '2') });
    await publish({ Message: '5' });
    await publish({ Message: '{"detail":{"kind":"a"}}' });
    await publish({ Message: '{"detail":{"kind":"b"}}' });
    await pass(2_500);
    expect(bodies(await received(byAttribute))).toEqual(['1', '2']);
    expect(bodies(await received(byBody))).toEqual(['{"detail":{"kind":"a"}}']);
    const set = async (AttributeValue: string) =>
      client.send(
        new SetSubscriptionAttributesCommand({
          SubscriptionArn: subscription,
          AttributeName: 'FilterPolicy',
          AttributeValue,
        }),
      );
    await expect(set('{"a":{"b":["c"]}}')).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    const many = (count: number): string[] => Array.from({ length: count }, (_, n) => `v${n}`);
    for (const policy of [
      { a: 'b' },
      { a: [{ numeric: ['>', 2e9] }] },
      { a: many(13), b: many(12) },
      { a: ['1'], b: ['1'], c: ['1'], d: ['1'], e: ['1'], f: ['1'] },
    ])
      await expect(set(JSON.stringify(policy))).rejects.toMatchObject({
        name: 'InvalidParameterException',
      });
    await set('{}');
    await publish({ Message: '6' });
    await pass(2_500);
    expect(bodies(await received(byAttribute))).toEqual(['6']);
  });

  it.each<[string, Partial<PublishCommandInput>]>([
    ['an empty message', { Message: '' }],
    ['a message of more than 256 KiB', { Message: 'x'.repeat(262_145) }],
    ['a subject with a line break', { Subject: 'a\nb' }],
    ['a long subject', { Subject: 'x'.repeat(101) }],
    ['a structure without default', { Message: '{"sqs":"x"}', MessageStructure: 'json' }],
    ['a deduplication id', { MessageDeduplicationId: 'x' }],
    ['a phone number', { TopicArn: undefined, PhoneNumber: '+491711234567' }],
    ['a topic of another Region', { TopicArn: `arn:aws:sns:us-east-1:${account}:t` }],
  ])('refuses %s', async (_, input) => {
    const { topic, publish } = aWorld();
    await topic();
    await expect(publish(input)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  it.each([
    ['an empty value', 'a', { DataType: 'String', StringValue: '' }],
    ['a type that is none', 'a', { DataType: 'Text', StringValue: 'x' }],
    ['a number that is none', 'a', { DataType: 'Number', StringValue: 'x' }],
    ['a reserved name', 'aws.a', { DataType: 'String', StringValue: 'x' }],
  ])('refuses an attribute with %s', async (_, name, attribute) => {
    const { topic, publish } = aWorld();
    await topic();
    await expect(publish({ MessageAttributes: { [name]: attribute } })).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    });
  });

  it('is lost where the function does not let the topic in and no dead-letter queue waits', async () => {
    const { topic, client, pass, invocations, world } = aWorld();
    const TopicArn = await topic('other');
    await client.send(
      new SubscribeCommand({ TopicArn, Protocol: 'lambda', Endpoint: functionArn }),
    );
    await client.send(new PublishCommand({ TopicArn, Message: 'x' }));
    await pass(60_000);
    expect(invocations).toEqual([]);
    expect(world.journal.entries.filter(({ name }) => name === 'delivery-failed')).toMatchObject([
      { service: 'sns', detail: { endpoint: functionArn, code: 'AccessDeniedException' } },
    ]);
  });

  it('takes batches entry by entry', async () => {
    const { topic, client } = aWorld();
    const TopicArn = await topic();
    const batch = async (...entries: { Id: string; Message: string }[]) =>
      client.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: entries }));
    const { Successful, Failed } = await batch({ Id: 'a', Message: '1' }, { Id: 'b', Message: '' });
    expect(Successful).toMatchObject([{ Id: 'a' }]);
    expect(Failed).toMatchObject([{ Id: 'b', Code: 'InvalidParameter', SenderFault: true }]);
    await expect(batch()).rejects.toMatchObject({ name: 'EmptyBatchRequestException' });
    await expect(batch({ Id: 'a', Message: '1' }, { Id: 'a', Message: '2' })).rejects.toMatchObject(
      {
        name: 'BatchEntryIdsNotDistinctException',
      },
    );
    await expect(
      batch(...Array.from({ length: 11 }, (_, n) => ({ Id: `i${n}`, Message: '1' }))),
    ).rejects.toMatchObject({ name: 'TooManyEntriesInBatchRequestException' });
  });
});
