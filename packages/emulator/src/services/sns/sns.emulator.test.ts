import { describe, expect, it } from '@jest/globals';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DisableKeyCommand,
  KMSClient,
} from '@aws-sdk/client-kms';
import * as lambdaClient from '@aws-sdk/client-lambda';
import {
  ConfirmSubscriptionCommand,
  CreateTopicCommand,
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsCommand,
  ListTagsForResourceCommand,
  NotFoundException,
  PublishBatchCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
  TagResourceCommand,
  UnsubscribeCommand,
  UntagResourceCommand,
  paginateListSubscriptions,
  paginateListSubscriptionsByTopic,
  paginateListTopics,
  type PublishCommandInput,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SQSClient,
  type Message,
} from '@aws-sdk/client-sqs';
import { accountFixture } from '../../../test/account-fixture.ts';
import { serviceFixture } from '../../../test/world-fixture.ts';
import { NotReadyYet } from '../../cloudformation/provider.ts';
import { PropertyError } from '../../cloudformation/to-service-input.ts';
import type { ServicePrincipal } from '../../iam/principal.ts';
import { compilePolicy } from '../../iam/policy-document.ts';
import { readServiceModel } from '../../wire/model.ts';
import { AwsError } from '../../world/aws-error.ts';
import { operation, type ServiceDefinition } from '../../world/service.ts';
import type { WorldSettings } from '../../world/world.ts';
import { iam } from '../iam/operations.ts';
import { kms } from '../kms/operations.ts';
import { sqs } from '../sqs/operations.ts';
import { inbox } from './inbox.ts';
import { retryDelayMs } from './notify.ts';
import { sns } from './operations.ts';
import { subscriptionResource } from './subscription-resource.ts';
import { topicPolicyResource, topicResource } from './topic-resources.ts';

const account = '111111111111';
const functionArn = `arn:aws:lambda:eu-west-1:${account}:function:f`;
const queueArn = (name: string): string => `arn:aws:sqs:eu-west-1:${account}:${name}`;
const topicArn = (name: string): string => `arn:aws:sns:eu-west-1:${account}:${name}`;

interface Invocation {
  readonly payload: unknown;
  readonly type: string | undefined;
}

/** A function that lets the topic `t` in and fails as often as it is told to. */
function aFunction(failures = 0): { lambda: ServiceDefinition; invocations: Invocation[] } {
  const invocations: Invocation[] = [];
  let left = failures;
  const resourcePolicy = compilePolicy(
    {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'lambda:InvokeFunction',
        Resource: functionArn,
        Condition: {
          ArnLike: { 'aws:SourceArn': topicArn('t') },
          StringEquals: { 'aws:SourceAccount': account },
        },
      },
    },
    { name: 'function', kind: 'resource', resourceElement: 'required' },
  );
  const invoke = operation<lambdaClient.InvokeCommandInput, object>({
    authorize: () => ({ action: 'lambda:InvokeFunction', resource: functionArn, resourcePolicy }),
    run(input) {
      if (left > 0) {
        left -= 1;
        throw new AwsError('TooManyRequestsException', 'slow down', { status: 429 });
      }
      const text = Buffer.from((input.Payload ?? '') as Uint8Array).toString();
      invocations.push({ payload: JSON.parse(text), type: input.InvocationType });
      return { StatusCode: 202 };
    },
  });
  const lambda: ServiceDefinition = {
    name: 'lambda',
    model: readServiceModel(lambdaClient),
    scope: 'regional',
    accessDenied: { code: 'AccessDeniedException', status: 403 },
    validationError: 'InvalidParameterValueException',
    operations: { Invoke: invoke },
  };
  return { lambda, invocations };
}

function aWorld(settings: Partial<WorldSettings> = {}, failures = 0) {
  const { lambda, invocations } = aFunction(failures);
  const fixture = serviceFixture([sns, sqs, lambda], settings);
  const client = fixture.client(SNSClient);
  const queues = fixture.client(SQSClient);
  const pass = async (ms: number): Promise<void> => fixture.world.scheduler.runFor(ms);
  const topic = async (name = 't', attributes: Record<string, string> = {}): Promise<string> => {
    const { TopicArn = '' } = await client.send(
      new CreateTopicCommand({ Name: name, Attributes: attributes }),
    );
    return TopicArn;
  };
  const queue = async (name: string, open = true): Promise<string> => {
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queueArn(name),
        Condition: { ArnEquals: { 'aws:SourceArn': topicArn('t') } },
      },
    });
    const { QueueUrl = '' } = await queues.send(
      new CreateQueueCommand({ QueueName: name, Attributes: open ? { Policy } : {} }),
    );
    return QueueUrl;
  };
  const received = async (url: string): Promise<Message[]> => {
    const { Messages = [] } = await queues.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
      }),
    );
    return Messages;
  };
  const subscribe = async (
    Protocol: string,
    Endpoint: string,
    Attributes: Record<string, string> = {},
  ): Promise<string> => {
    const { SubscriptionArn = '' } = await client.send(
      new SubscribeCommand({ TopicArn: topicArn('t'), Protocol, Endpoint, Attributes }),
    );
    return SubscriptionArn;
  };
  const publish = async (input: Partial<PublishCommandInput> = {}) =>
    client.send(new PublishCommand({ TopicArn: topicArn('t'), Message: 'hello', ...input }));
  return {
    ...fixture,
    snsClient: fixture.client,
    client,
    invocations,
    pass,
    topic,
    queue,
    received,
    subscribe,
    publish,
  };
}

const bodies = (messages: readonly Message[]): string[] =>
  messages.map(({ Body = '' }) => Body).sort();

describe('topics', () => {
  it('are made once: equal attributes return the topic, different ones are refused', async () => {
    const { topic, client } = aWorld();
    expect(await topic('t', { DisplayName: 'd' })).toBe(topicArn('t'));
    expect(await topic('t', { DisplayName: 'd' })).toBe(topicArn('t'));
    expect(await topic('t')).toBe(topicArn('t'));
    await expect(topic('t', { DisplayName: 'e' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    const { Attributes } = await client.send(
      new GetTopicAttributesCommand({ TopicArn: topicArn('t') }),
    );
    expect(Attributes).toMatchObject({
      TopicArn: topicArn('t'),
      Owner: account,
      DisplayName: 'd',
      SubscriptionsConfirmed: '0',
      SubscriptionsPending: '0',
    });
    expect(JSON.parse(Attributes?.['Policy'] ?? '')).toMatchObject({
      Statement: [{ Condition: { StringEquals: { 'AWS:SourceOwner': account } } }],
    });
  });

  it.each([
    ['a FIFO name', 't.fifo', {}],
    ['a name with a blank', 'a b', {}],
    ['an attribute that is not modelled', 't', { DeliveryPolicy: '{}' }],
    ['a policy that is none', 't', { Policy: '{}' }],
    [
      'a policy with all actions',
      't',
      {
        Policy: JSON.stringify({
          Version: '2012-10-17',
          Statement: { Effect: 'Allow', Principal: '*', Action: 'sns:*', Resource: '*' },
        }),
      },
    ],
  ])('refuse %s', async (_, name, attributes) => {
    await expect(aWorld().topic(name, attributes)).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  it('and subscriptions are listed in pages', async () => {
    const { client, topic, queue, subscribe } = aWorld();
    for (const name of ['t', 'a', 'b', 'c', 'd']) await topic(name);
    for (const name of ['1', '2', '3', '4', '5']) {
      await queue(name);
      await subscribe('sqs', queueArn(name));
    }
    const sizes = {
      topics: [] as number[],
      subscriptions: [] as number[],
      ofTopic: [] as number[],
    };
    for await (const page of paginateListTopics({ client }, {}))
      sizes.topics.push(page.Topics?.length ?? 0);
    for await (const page of paginateListSubscriptions({ client }, {}))
      sizes.subscriptions.push(page.Subscriptions?.length ?? 0);
    for await (const page of paginateListSubscriptionsByTopic(
      { client },
      { TopicArn: topicArn('t') },
    ))
      sizes.ofTopic.push(page.Subscriptions?.length ?? 0);
    expect(sizes).toEqual({ topics: [2, 2, 1], subscriptions: [2, 2, 1], ofTopic: [2, 2, 1] });
  });

  it('carry tags and go with their subscriptions', async () => {
    const { client, topic, subscribe, publish } = aWorld();
    const ResourceArn = await topic();
    await client.send(
      new TagResourceCommand({
        ResourceArn,
        Tags: [
          { Key: 'a', Value: 'b' },
          { Key: 'c', Value: 'd' },
        ],
      }),
    );
    await client.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['a'] }));
    const { Tags } = await client.send(new ListTagsForResourceCommand({ ResourceArn }));
    expect(Tags).toEqual([{ Key: 'c', Value: 'd' }]);
    const SubscriptionArn = await subscribe('lambda', functionArn);
    await client.send(new DeleteTopicCommand({ TopicArn: ResourceArn }));
    await client.send(new DeleteTopicCommand({ TopicArn: ResourceArn }));
    await expect(publish()).rejects.toBeInstanceOf(NotFoundException);
    await expect(
      client.send(new GetSubscriptionAttributesCommand({ SubscriptionArn })),
    ).rejects.toBeInstanceOf(NotFoundException);
  });
});

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

describe('subscriptions', () => {
  it.each([
    ['a protocol that is not modelled', 'https', 'https://example.com'],
    ['an endpoint that is no queue', 'sqs', 'q'],
    ['a FIFO queue', 'sqs', queueArn('q.fifo')],
    ['a queue of another account', 'sqs', 'arn:aws:sqs:eu-west-1:222222222222:q'],
    ['an address that is none', 'email', 'nobody'],
  ])('refuse %s', async (_, protocol, endpoint) => {
    const { topic, subscribe } = aWorld();
    await topic();
    await expect(subscribe(protocol, endpoint)).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  it('exist once for an endpoint and end at once', async () => {
    const { topic, subscribe, publish, pass, invocations, client } = aWorld();
    await topic();
    const SubscriptionArn = await subscribe('lambda', functionArn);
    expect(await subscribe('lambda', functionArn)).toBe(SubscriptionArn);
    await expect(
      subscribe('lambda', functionArn, { FilterPolicy: '{"a":["b"]}' }),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await publish();
    await client.send(new UnsubscribeCommand({ SubscriptionArn }));
    await client.send(new UnsubscribeCommand({ SubscriptionArn }));
    await pass(2_500);
    expect(invocations).toEqual([]);
  });

  it('by e-mail get nothing before they are confirmed', async () => {
    const { topic, subscribe, publish, pass, client, world } = aWorld();
    const TopicArn = await topic();
    const to = 'me@example.com';
    expect(await subscribe('email', to)).toBe('pending confirmation');
    await publish({ Message: 'early' });
    await pass(2_500);
    expect(await subscribe('email', to)).toBe('pending confirmation');
    const mails = inbox(world, to);
    expect(mails.map(({ sentAt }) => sentAt)).toEqual([
      '2026-11-21T08:00:00.000Z',
      '2026-11-21T08:00:02.500Z',
    ]);
    expect(mails[1]?.confirmationToken).toMatch(/^[0-9a-f]{64}$/);
    const confirm = async (Token: string | undefined) =>
      client.send(new ConfirmSubscriptionCommand({ TopicArn, Token }));
    await expect(confirm('made-up')).rejects.toMatchObject({ name: 'InvalidParameterException' });
    const { SubscriptionArn = '' } = await confirm(mails[1]?.confirmationToken);
    expect(SubscriptionArn).toMatch(`${TopicArn}:`);
    await publish({ Message: 'late', Subject: 'News' });
    await pass(2_500);
    expect(inbox(world, to).slice(2)).toEqual([
      {
        to,
        subject: 'News',
        body: 'late',
        sentAt: expect.stringMatching(/^2026-11-21T08:00:0[2-4]/),
        topicArn: TopicArn,
        confirmationToken: undefined,
      },
    ]);
    expect(inbox(world, 'you@example.com')).toEqual([]);
    expect(world.journal.entries.findLast(({ name }) => name === 'email-sent')?.detail).toEqual({
      to,
      subject: 'News',
    });
  });

  it('that nobody confirms cannot be ended and end after two days', async () => {
    const { topic, pass, client, world } = aWorld();
    const TopicArn = await topic();
    const { SubscriptionArn } = await client.send(
      new SubscribeCommand({
        TopicArn,
        Protocol: 'email',
        Endpoint: 'me@example.com',
        ReturnSubscriptionArn: true,
      }),
    );
    const pending = async () =>
      (await client.send(new GetTopicAttributesCommand({ TopicArn }))).Attributes?.[
        'SubscriptionsPending'
      ];
    await expect(client.send(new UnsubscribeCommand({ SubscriptionArn }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    await pass(47 * 3_600_000);
    expect(await pending()).toBe('1');
    await pass(2 * 3_600_000);
    expect(await pending()).toBe('0');
    const [mail] = inbox(world, 'me@example.com');
    await expect(
      client.send(new ConfirmSubscriptionCommand({ TopicArn, Token: mail?.confirmationToken })),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });
});

describe('permissions', () => {
  const alarm: ServicePrincipal = {
    kind: 'service',
    service: 'cloudwatch.amazonaws.com',
    sourceArn: `arn:aws:cloudwatch:eu-west-1:${account}:alarm:a`,
    sourceAccount: account,
  };

  it('to publish come from identity policies, not from the default topic policy', async () => {
    const { topic, addUser, snsClient } = aWorld();
    const TopicArn = await topic();
    addUser('reader', {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 'sns:GetTopicAttributes', Resource: TopicArn },
    });
    const client = snsClient(SNSClient, { user: 'reader' });
    await client.send(new GetTopicAttributesCommand({ TopicArn }));
    await expect(client.send(new PublishCommand({ TopicArn, Message: 'x' }))).rejects.toMatchObject(
      {
        name: 'AuthorizationErrorException',
        message: expect.stringContaining(`sns:Publish on resource: ${TopicArn}`),
      },
    );
  });

  it('of alarms come with the default topic policy and go with it', async () => {
    const { topic, client, world } = aWorld();
    const TopicArn = await topic();
    const publishAs = async (as: ServicePrincipal) =>
      world
        .scope(account, 'eu-west-1', 'x')
        .send(new PublishCommand({ TopicArn, Message: 'x' }), { as });
    await publishAs(alarm);
    await expect(publishAs({ ...alarm, sourceAccount: '222222222222' })).rejects.toMatchObject({
      code: 'AuthorizationError',
    });
    await expect(publishAs({ ...alarm, service: 'events.amazonaws.com' })).rejects.toMatchObject({
      code: 'AuthorizationError',
    });
    await client.send(
      new SetTopicAttributesCommand({
        TopicArn,
        AttributeName: 'Policy',
        AttributeValue: JSON.stringify({
          Version: '2012-10-17',
          Statement: {
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'sns:Publish',
            Resource: TopicArn,
          },
        }),
      }),
    );
    await publishAs({ ...alarm, service: 'events.amazonaws.com' });
    await expect(publishAs(alarm)).rejects.toMatchObject({ code: 'AuthorizationError' });
  });

  it('of alarms hold under any statement for the owner of their account', async () => {
    const { topic, client, world } = aWorld();
    const TopicArn = await topic();
    const { Attributes } = await client.send(new GetTopicAttributesCommand({ TopicArn }));
    const standard = JSON.parse(Attributes?.['Policy'] ?? '') as { Statement: object[] };
    const AttributeValue = JSON.stringify({
      ...standard,
      Statement: [
        ...standard.Statement,
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 'sns:Publish',
          Resource: TopicArn,
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    });
    await client.send(
      new SetTopicAttributesCommand({ TopicArn, AttributeName: 'Policy', AttributeValue }),
    );
    const shown = await client.send(new GetTopicAttributesCommand({ TopicArn }));
    expect(shown.Attributes?.['Policy']).toBe(AttributeValue);
    const { MessageId } = await world
      .scope(account, 'eu-west-1', 'x')
      .send(new PublishCommand({ TopicArn, Message: 'x' }), { as: alarm });
    expect(MessageId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each<[string, object]>([
    ['about another topic', { Resource: topicArn('u') }],
    ['about two resources', { Resource: [topicArn('t'), topicArn('t')] }],
    ['about an action on no topic', { Action: 'sns:Unsubscribe' }],
    ['for a role that does not exist', { Principal: { AWS: `arn:aws:iam::${account}:role/none` } }],
  ])('in a topic policy are refused %s', async (_, change) => {
    const { topic, client } = aWorld();
    const TopicArn = await topic();
    const statement = {
      Effect: 'Allow',
      Principal: '*',
      Action: 'sns:Publish',
      Resource: TopicArn,
      ...change,
    };
    await expect(
      client.send(
        new SetTopicAttributesCommand({
          TopicArn,
          AttributeName: 'Policy',
          AttributeValue: JSON.stringify({ Version: '2012-10-17', Statement: statement }),
        }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  it('let another account subscribe its queue, which then owns the subscription', async () => {
    const { topic, client, addUser, snsClient } = aWorld();
    const TopicArn = await topic('t', {
      Policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${account}:root` },
          Action: 'sns:Subscribe',
          Resource: topicArn('t'),
        },
      }),
    });
    const other = '222222222222';
    const all = { Effect: 'Allow', Action: 'sns:*', Resource: '*' };
    addUser('other', { Version: '2012-10-17', Statement: all }, other);
    const theirs = snsClient(SNSClient, { user: 'other' });
    const endpoint = `arn:aws:sqs:eu-west-1:${other}:q`;
    const subscribe = async (Protocol: string, Endpoint: string) =>
      theirs.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint }));
    const denied = { name: 'AuthorizationErrorException' };
    await expect(subscribe('sqs', endpoint)).rejects.toMatchObject(denied);
    await client.send(
      new SetTopicAttributesCommand({
        TopicArn,
        AttributeName: 'Policy',
        AttributeValue: JSON.stringify({
          Version: '2012-10-17',
          Statement: {
            Effect: 'Allow',
            Principal: { AWS: other },
            Action: 'sns:Subscribe',
            Resource: TopicArn,
            Condition: { StringEquals: { 'sns:Protocol': 'sqs', 'sns:Endpoint': endpoint } },
          },
        }),
      }),
    );
    await expect(subscribe('email', 'me@example.com')).rejects.toMatchObject(denied);
    const { SubscriptionArn } = await subscribe('sqs', endpoint);
    const { Subscriptions } = await theirs.send(new ListSubscriptionsCommand({}));
    expect(Subscriptions).toMatchObject([{ SubscriptionArn, Owner: other }]);
    const read = new GetSubscriptionAttributesCommand({ SubscriptionArn });
    expect((await theirs.send(read)).Attributes).toMatchObject({
      Owner: other,
      SubscriptionPrincipal: `arn:aws:iam::${other}:user/other`,
    });
    await expect(client.send(read)).rejects.toMatchObject(denied);
    // The owner of a topic may end any subscription to it.
    await client.send(new UnsubscribeCommand({ SubscriptionArn }));
    await expect(theirs.send(read)).rejects.toBeInstanceOf(NotFoundException);
  });

  it('for one subscription cannot be limited to its topic', async () => {
    const { topic, subscribe, addUser, snsClient } = aWorld();
    await topic();
    const SubscriptionArn = await subscribe('lambda', functionArn);
    addUser('limited', {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 'sns:*', Resource: `${topicArn('t')}*` },
    });
    await expect(
      snsClient(SNSClient, { user: 'limited' }).send(new UnsubscribeCommand({ SubscriptionArn })),
    ).rejects.toMatchObject({ name: 'AuthorizationErrorException' });
  });

  it('to publish to an encrypted topic include its key', async () => {
    const fixture = accountFixture([iam, kms, sns]);
    const { world } = fixture;
    const keys = fixture.client(KMSClient);
    const statement = (service: string) => ({
      Effect: 'Allow',
      Principal: { Service: service },
      Action: ['kms:GenerateDataKey*', 'kms:Decrypt'],
      Resource: '*',
    });
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
            statement('cloudwatch.amazonaws.com'),
          ],
        }),
      }),
    );
    await keys.send(
      new CreateAliasCommand({ AliasName: 'alias/k', TargetKeyId: KeyMetadata?.KeyId }),
    );
    const topics = fixture.client(SNSClient);
    const open = JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { Service: ['cloudwatch.amazonaws.com', 'events.amazonaws.com'] },
        Action: 'sns:Publish',
        Resource: '*',
      },
    });
    const make = async (Name: string, KmsMasterKeyId: string) =>
      (
        await topics.send(
          new CreateTopicCommand({ Name, Attributes: { KmsMasterKeyId, Policy: open } }),
        )
      ).TopicArn;
    const TopicArn = await make('secret', 'alias/k');
    const publishAs = async (as: ServicePrincipal) =>
      world
        .scope(account, 'eu-west-1', 'x')
        .send(new PublishCommand({ TopicArn, Message: 'x' }), { as });
    await topics.send(new PublishCommand({ TopicArn, Message: 'x' }));
    await publishAs(alarm);
    await expect(publishAs({ ...alarm, service: 'events.amazonaws.com' })).rejects.toMatchObject({
      code: 'KMSAccessDenied',
    });
    const missing = await make('lost', 'alias/none');
    await expect(
      topics.send(new PublishCommand({ TopicArn: missing, Message: 'x' })),
    ).rejects.toMatchObject({ name: 'KMSNotFoundException' });
    await keys.send(new DisableKeyCommand({ KeyId: KeyMetadata?.KeyId }));
    await expect(topics.send(new PublishCommand({ TopicArn, Message: 'x' }))).rejects.toMatchObject(
      { name: 'KMSDisabledException' },
    );
  });
});

describe('CloudFormation', () => {
  it('makes a topic with subscriptions and policy, changes and deletes them', async () => {
    const fixture = accountFixture([iam, kms, sns]);
    const topics = fixture.client(SNSClient);
    const properties = {
      DisplayName: 'd',
      Subscription: [{ Protocol: 'email', Endpoint: 'me@example.com' }],
    };
    const { physicalId, attributes } = await topicResource.create(
      properties,
      fixture.deployment('Topic'),
    );
    expect(attributes).toEqual({
      TopicArn: physicalId,
      TopicName: expect.stringMatching(/^demo-Topic-[A-Z2-7]{12}$/),
    });
    await topicResource.update?.(
      { Subscription: [{ Protocol: 'lambda', Endpoint: functionArn }] },
      fixture.deployment('Topic'),
      { physicalId, previous: properties },
    );
    const read = async () =>
      (await topics.send(new GetTopicAttributesCommand({ TopicArn: physicalId }))).Attributes;
    expect(await read()).toMatchObject({ DisplayName: '', SubscriptionsConfirmed: '1' });
    const policy = {
      Topics: [physicalId],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: { Effect: 'Deny', Principal: '*', Action: 'sns:Publish', Resource: physicalId },
      },
    };
    const made = await topicPolicyResource.create(policy, fixture.deployment('Policy'));
    await expect(
      topics.send(new PublishCommand({ TopicArn: physicalId, Message: 'x' })),
    ).rejects.toMatchObject({ name: 'AuthorizationErrorException' });
    await topicPolicyResource.delete(made.physicalId, fixture.deployment('Policy'), {
      properties: policy,
    });
    expect((await read())?.['Policy']).toContain('__default_policy_ID');
    await expect(
      topicResource.create(
        { TopicName: physicalId.split(':').at(-1) },
        fixture.deployment('Other'),
      ),
    ).rejects.toMatchObject({ code: 'AlreadyExists' });
    await topicResource.delete(physicalId, fixture.deployment('Topic'), { properties });
    await topicPolicyResource.delete(made.physicalId, fixture.deployment('Policy'), {
      properties: policy,
    });
    await expect(read()).rejects.toBeInstanceOf(NotFoundException);
  });

  it('makes a subscription with its attributes and resets those that go away', async () => {
    const fixture = accountFixture([iam, kms, sns, sqs]);
    const topics = fixture.client(SNSClient);
    const { TopicArn } = await topics.send(new CreateTopicCommand({ Name: 't' }));
    const base = { TopicArn, Protocol: 'sqs', Endpoint: queueArn('q') };
    const properties = {
      ...base,
      RawMessageDelivery: true,
      FilterPolicyScope: 'MessageBody',
      FilterPolicy: { a: { b: ['c'] } },
      RedrivePolicy: { deadLetterTargetArn: queueArn('d') },
    };
    const { physicalId } = await subscriptionResource.create(
      properties,
      fixture.deployment('Subscription'),
    );
    const read = async () =>
      (await topics.send(new GetSubscriptionAttributesCommand({ SubscriptionArn: physicalId })))
        .Attributes;
    expect(await read()).toMatchObject({
      RawMessageDelivery: 'true',
      FilterPolicy: '{"a":{"b":["c"]}}',
      FilterPolicyScope: 'MessageBody',
      RedrivePolicy: `{"deadLetterTargetArn":"${queueArn('d')}"}`,
    });
    await subscriptionResource.update?.(base, fixture.deployment('Subscription'), {
      physicalId,
      previous: properties,
    });
    expect(await read()).toMatchObject({ RawMessageDelivery: 'false' });
    expect(Object.keys((await read()) ?? {})).not.toContain('FilterPolicy');
    await subscriptionResource.delete(physicalId, fixture.deployment('Subscription'), {
      properties: base,
    });
    await subscriptionResource.delete(physicalId, fixture.deployment('Subscription'), {
      properties: base,
    });
    await expect(read()).rejects.toBeInstanceOf(NotFoundException);
  });

  it('waits with a policy for a role that does not exist yet', async () => {
    const fixture = accountFixture([iam, kms, sns]);
    const { TopicArn } = await fixture
      .client(SNSClient)
      .send(new CreateTopicCommand({ Name: 't' }));
    const properties = {
      Topics: [TopicArn],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${account}:role/late` },
          Action: 'sns:Publish',
          Resource: TopicArn,
        },
      },
    };
    await expect(
      topicPolicyResource.create(properties, fixture.deployment('Policy')),
    ).rejects.toBeInstanceOf(NotReadyYet);
  });

  it('refuses what an embedded subscription does not have', async () => {
    const fixture = accountFixture([iam, kms, sns]);
    const Subscription = [{ Protocol: 'sqs', Endpoint: queueArn('q'), RawMessageDelivery: true }];
    await expect(
      topicResource.create({ Subscription }, fixture.deployment('Topic')),
    ).rejects.toBeInstanceOf(PropertyError);
  });
});
