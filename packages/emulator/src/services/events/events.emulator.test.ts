import { describe, expect, it } from '@jest/globals';
import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  DeleteRuleCommand,
  DescribeEventBusCommand,
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  InvalidEventPatternException,
  LimitExceededException,
  ListEventBusesCommand,
  ListRuleNamesByTargetCommand,
  ListRulesCommand,
  ListTagsForResourceCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  PutPermissionCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemovePermissionCommand,
  RemoveTargetsCommand,
  ResourceAlreadyExistsException,
  ResourceNotFoundException,
  TagResourceCommand,
  TestEventPatternCommand,
  UntagResourceCommand,
  type PutEventsRequestEntry,
  type PutRuleCommandInput,
  type Target,
} from '@aws-sdk/client-eventbridge';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  FilterLogEventsCommand,
  PutResourcePolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import * as lambdaClient from '@aws-sdk/client-lambda';
import { CreateTopicCommand, SetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SQSClient,
  type Message,
} from '@aws-sdk/client-sqs';
import { accountFixture } from '../../../test/account-fixture.ts';
import { serviceFixture } from '../../../test/world-fixture.ts';
import { createAccount } from '../../accounts/create-account.ts';
import type { WorldSettings } from '../../world/world.ts';
import { compilePolicy } from '../../iam/policy-document.ts';
import { readServiceModel } from '../../wire/model.ts';
import { operation, type ServiceDefinition } from '../../world/service.ts';
import { iam } from '../iam/operations.ts';
import { logs } from '../logs/operations.ts';
import { sns } from '../sns/operations.ts';
import { sqs } from '../sqs/operations.ts';
import { eventBusPolicyResource, eventBusResource } from './bus-resources.ts';
import { events } from './operations.ts';
import { publishServiceEvent } from './publish.ts';
import { ruleResource } from './rule-resource.ts';

const account = '111111111111';
const queueArn = (name: string): string => `arn:aws:sqs:eu-west-1:${account}:${name}`;
const hour = 3_600_000;

function aWorld(settings: Partial<WorldSettings> = {}) {
  const fixture = serviceFixture([events, sqs], settings);
  const client = fixture.client(EventBridgeClient);
  const sqsClient = fixture.client(SQSClient);
  const pass = async (ms: number): Promise<void> => fixture.world.scheduler.runFor(ms);
  const queue = async (
    name: string,
    options: { allow?: boolean; attributes?: Record<string, string> } = {},
  ): Promise<string> => {
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queueArn(name),
        Condition: { ArnLike: { 'aws:SourceArn': `arn:aws:events:eu-west-1:${account}:rule/*` } },
      },
    });
    const { QueueUrl = '' } = await sqsClient.send(
      new CreateQueueCommand({
        QueueName: name,
        Attributes: { ...options.attributes, ...(options.allow === false ? {} : { Policy }) },
      }),
    );
    return QueueUrl;
  };
  const received = async (url: string): Promise<Message[]> => {
    const { Messages = [] } = await sqsClient.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    );
    return Messages;
  };
  const rule = async (
    input: Partial<PutRuleCommandInput>,
    ...targets: (Partial<Target> & { Arn: string })[]
  ): Promise<string> => {
    const Name = input.Name ?? 'r';
    const { RuleArn = '' } = await client.send(new PutRuleCommand({ ...input, Name }));
    if (targets.length > 0)
      await client.send(
        new PutTargetsCommand({
          Rule: Name,
          EventBusName: input.EventBusName,
          Targets: targets.map((target, index) => ({ Id: `t${index}`, ...target })),
        }),
      );
    return RuleArn;
  };
  const put = async (...entries: Partial<PutEventsRequestEntry>[]) =>
    client.send(
      new PutEventsCommand({
        Entries: entries.map((entry) => ({
          Source: 'shop',
          DetailType: 'Order',
          Detail: '{"n":1}',
          ...entry,
        })),
      }),
    );
  return { ...fixture, eventsClient: fixture.client, client, pass, queue, received, rule, put };
}

/** Reads pages until there is no token. */
async function walk(
  read: (token: string | undefined) => Promise<string | undefined>,
): Promise<void> {
  let token: string | undefined;
  do token = await read(token);
  while (token !== undefined);
}

const anyOrder = { EventPattern: JSON.stringify({ source: ['shop'] }) };

describe('events', () => {
  it('reach the queues of the rules that match, as the documented envelope', async () => {
    const { queue, received, rule, put, pass } = aWorld();
    const [hit, miss] = [await queue('hit'), await queue('miss')];
    await rule({ ...anyOrder, Name: 'a' }, { Arn: queueArn('hit') });
    await rule({ EventPattern: '{"source":["other"]}', Name: 'b' }, { Arn: queueArn('miss') });
    const { Entries } = await put({ Resources: ['arn:x'] });
    expect(await received(hit)).toEqual([]);
    await pass(2_500);
    const [message] = await received(hit);
    expect(JSON.parse(message?.Body ?? '')).toEqual({
      version: '0',
      id: Entries?.[0]?.EventId,
      'detail-type': 'Order',
      source: 'shop',
      account,
      time: '2026-11-21T08:00:00Z',
      region: 'eu-west-1',
      resources: ['arn:x'],
      detail: { n: 1 },
    });
    expect(await received(miss)).toEqual([]);
  });

  it('of AWS services arrive on the default bus, whole seconds in their time', async () => {
    const { world, queue, received, rule, pass } = aWorld();
    const url = await queue('q');
    await rule(
      { EventPattern: '{"source":["aws.s3"],"detail":{"n":[7]}}' },
      { Arn: queueArn('q') },
    );
    await pass(1_234);
    publishServiceEvent(world.scope(account, 'eu-west-1', 's3'), {
      source: 'aws.s3',
      detailType: 'Object Created',
      resources: ['arn:aws:s3:::b'],
      detail: { n: 7 },
    });
    await pass(4_000);
    const [message] = await received(url);
    expect(JSON.parse(message?.Body ?? '')).toMatchObject({
      source: 'aws.s3',
      'detail-type': 'Object Created',
      time: '2026-11-21T08:00:01Z',
      account,
      region: 'eu-west-1',
    });
  });

  it('arrive twice with the share that the world sets, and in no promised order', async () => {
    const { world, queue, received, rule, pass } = aWorld();
    const url = await queue('q');
    await rule({ EventPattern: '{"source":["aws.x"]}' }, { Arn: queueArn('q') });
    for (let n = 0; n < 8; n += 1)
      publishServiceEvent(world.scope(account, 'eu-west-1', 'ec2'), {
        source: 'aws.x',
        detailType: 'T',
        resources: [],
        detail: { n },
      });
    await pass(5_000);
    const order = (await received(url)).map(
      ({ Body = '' }) => (JSON.parse(Body) as { detail: { n: number } }).detail.n,
    );
    expect([...order].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(order).not.toEqual([0, 1, 2, 3, 4, 5, 6, 7]);

    const doubled = aWorld({ duplicateShare: 1 });
    await doubled.queue('q');
    await doubled.rule({ EventPattern: '{"source":["aws.x"]}' }, { Arn: queueArn('q') });
    publishServiceEvent(doubled.world.scope(account, 'eu-west-1', 'ec2'), {
      source: 'aws.x',
      detailType: 'T',
      resources: [],
      detail: {},
    });
    await doubled.pass(5_000);
    const deliveries = doubled.world.journal.entries.filter(
      ({ name }) => name === 'event-delivered',
    );
    expect(deliveries).toHaveLength(4);
    expect(new Set(deliveries.map(({ detail }) => detail['eventId'])).size).toBe(1);
  });

  it('come late with the share that the world sets, those of services and those of callers', async () => {
    const { world, queue, rule, put, pass, received } = aWorld({
      duplicateShare: 0,
      lateShare: 1,
      lateMsMax: 600_000,
    });
    const url = await queue('q');
    await rule({ EventPattern: '{"source":["aws.x","mine"]}' }, { Arn: queueArn('q') });
    publishServiceEvent(world.scope(account, 'eu-west-1', 'ec2'), {
      source: 'aws.x',
      detailType: 'T',
      resources: [],
      detail: {},
    });
    await put({ Source: 'mine' });
    await pass(5_000);
    expect(await received(url)).toEqual([]);
    // To the bus, from there to the target and within the queue.
    await pass(3 * 600_000);
    expect(
      (await received(url)).map(({ Body = '' }) => (JSON.parse(Body) as { source: string }).source),
    ).toEqual(expect.arrayContaining(['aws.x', 'mine']));
  });

  it('are refused one by one', async () => {
    const { put } = aWorld();
    const { FailedEntryCount, Entries } = await put(
      {},
      { Source: 'aws.s3' },
      { Detail: '[1]' },
      { DetailType: undefined },
      { EventBusName: `arn:aws:events:eu-central-1:${account}:event-bus/default` },
    );
    expect(FailedEntryCount).toBe(4);
    expect(Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      undefined,
      'NotAuthorizedForSourceException',
      'MalformedDetail',
      'InvalidArgument',
      'InvalidArgument',
    ]);
    await expect(put({ Source: undefined })).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(put(...Array.from({ length: 11 }, () => ({})))).rejects.toMatchObject({
      name: 'ValidationException',
    });
    await expect(
      put({ Detail: JSON.stringify({ x: 'x'.repeat(1_048_576) }) }),
    ).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});

describe('an event for a bus that does not exist', () => {
  it('is taken and goes nowhere, and those beside it arrive', async () => {
    const { put, queue, received, rule, pass } = aWorld();
    const url = await queue('q');
    await rule(anyOrder, { Arn: queueArn('q') });
    const { FailedEntryCount, Entries } = await put({ EventBusName: 'none' }, {});
    expect(FailedEntryCount).toBe(0);
    expect(Entries).toEqual([{ EventId: expect.any(String) }, { EventId: expect.any(String) }]);
    await pass(3_000);
    const messages = await received(url);
    expect(messages.map(({ Body }) => (JSON.parse(Body ?? '') as { id: string }).id)).toEqual([
      Entries?.[1]?.EventId,
    ]);
  });
});

describe('rules', () => {
  it('are replaced by a second PutRule and keep targets and tags', async () => {
    const { client, queue, rule } = aWorld();
    await queue('q');
    await rule(
      { ...anyOrder, Description: 'd', Tags: [{ Key: 'a', Value: 'b' }] },
      { Arn: queueArn('q') },
    );
    const ResourceARN = await rule({ ScheduleExpression: 'rate(1 hour)' });
    const described = await client.send(new DescribeRuleCommand({ Name: 'r' }));
    expect(described).toMatchObject({
      Arn: `arn:aws:events:eu-west-1:${account}:rule/r`,
      ScheduleExpression: 'rate(1 hour)',
      State: 'ENABLED',
      EventBusName: 'default',
    });
    expect(described.EventPattern).toBeUndefined();
    expect(described.Description).toBeUndefined();
    const { Targets } = await client.send(new ListTargetsByRuleCommand({ Rule: 'r' }));
    expect(Targets).toEqual([{ Id: 't0', Arn: queueArn('q') }]);
    await client.send(new TagResourceCommand({ ResourceARN, Tags: [{ Key: 'c', Value: 'd' }] }));
    await client.send(new UntagResourceCommand({ ResourceARN, TagKeys: ['a'] }));
    const { Tags } = await client.send(new ListTagsForResourceCommand({ ResourceARN }));
    expect(Tags).toEqual([{ Key: 'c', Value: 'd' }]);
  });

  it.each([
    ['neither pattern nor schedule', {}, 'ValidationException'],
    [
      'a pattern that is none',
      { EventPattern: '{"source":"x"}' },
      InvalidEventPatternException.name,
    ],
    ['a schedule that is none', { ScheduleExpression: 'rate(0 minutes)' }, 'ValidationException'],
    ['a single time', { ScheduleExpression: 'at(2027-01-01T00:00:00)' }, 'ValidationException'],
    [
      'a bus that is not there',
      { ...anyOrder, EventBusName: 'none' },
      ResourceNotFoundException.name,
    ],
    ['a name with a blank', { ...anyOrder, Name: 'a b' }, 'ValidationException'],
  ])('refuse %s', async (_, input, code) => {
    await expect(aWorld().rule(input)).rejects.toMatchObject({ name: code });
  });

  it('cannot be deleted while they have targets; what is gone is deleted', async () => {
    const { client, queue, rule } = aWorld();
    await queue('q');
    await rule(anyOrder, { Arn: queueArn('q') });
    const drop = async () => client.send(new DeleteRuleCommand({ Name: 'r' }));
    await expect(drop()).rejects.toMatchObject({ name: 'ValidationException' });
    const removed = await client.send(new RemoveTargetsCommand({ Rule: 'r', Ids: ['t0', 'x'] }));
    expect(removed.FailedEntries).toMatchObject([{ TargetId: 'x' }]);
    await drop();
    await drop();
    await expect(client.send(new DescribeRuleCommand({ Name: 'r' }))).rejects.toBeInstanceOf(
      ResourceNotFoundException,
    );
  });

  it('match nothing while they are disabled', async () => {
    const { client, queue, received, rule, put, pass } = aWorld();
    const url = await queue('q');
    await rule(anyOrder, { Arn: queueArn('q') });
    await client.send(new DisableRuleCommand({ Name: 'r' }));
    await put({});
    await pass(3_000);
    expect(await received(url)).toEqual([]);
    await client.send(new EnableRuleCommand({ Name: 'r' }));
    await put({});
    await pass(3_000);
    expect(await received(url)).toHaveLength(1);
  });

  it('run on a rate from when they are made and on cron times in UTC, within the minute', async () => {
    const { queue, received, rule, pass } = aWorld();
    const [rate, cron] = [await queue('rate'), await queue('cron')];
    await rule({ Name: 'rate', ScheduleExpression: 'rate(10 minutes)' }, { Arn: queueArn('rate') });
    await rule(
      { Name: 'cron', ScheduleExpression: 'cron(30 8 * * ? *)' },
      { Arn: queueArn('cron') },
    );
    await pass(10 * 60_000 - 1);
    expect(await received(rate)).toEqual([]);
    await pass(hour);
    const times = (await received(rate)).map(
      ({ Body = '' }) => (JSON.parse(Body) as { time: string }).time,
    );
    expect(times.sort()).toEqual([
      '2026-11-21T08:10:00Z',
      '2026-11-21T08:20:00Z',
      '2026-11-21T08:30:00Z',
      '2026-11-21T08:40:00Z',
      '2026-11-21T08:50:00Z',
      '2026-11-21T09:00:00Z',
    ]);
    const [message, ...more] = await received(cron);
    expect(more).toEqual([]);
    expect(JSON.parse(message?.Body ?? '')).toMatchObject({
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      time: '2026-11-21T08:30:00Z',
      resources: [`arn:aws:events:eu-west-1:${account}:rule/cron`],
      detail: {},
    });
    const sent = Number(message?.Attributes?.SentTimestamp) - Date.parse('2026-11-21T08:30:00Z');
    expect(sent).toBeGreaterThanOrEqual(300);
    expect(sent).toBeLessThanOrEqual(61_000);
  });

  it('and their targets are listed in pages', async () => {
    const { client, rule } = aWorld();
    const lists = {
      rules: [] as number[],
      byTarget: [] as number[],
      targets: [] as number[],
    };
    for (const Name of ['e', 'c', 'a', 'd', 'b'])
      await rule({ ...anyOrder, Name }, { Arn: queueArn('q') });
    await rule(
      { ...anyOrder, Name: 'many' },
      ...['1', '2', '3', '4', '5'].map((name) => ({ Arn: queueArn(name) })),
    );
    const names: string[] = [];
    await walk(async (NextToken) => {
      const page = await client.send(new ListRulesCommand({ NextToken }));
      lists.rules.push(page.Rules?.length ?? 0);
      names.push(...(page.Rules ?? []).map(({ Name = '' }) => Name));
      return page.NextToken;
    });
    await walk(async (NextToken) => {
      const page = await client.send(
        new ListRuleNamesByTargetCommand({ TargetArn: queueArn('q'), NextToken }),
      );
      lists.byTarget.push(page.RuleNames?.length ?? 0);
      return page.NextToken;
    });
    await walk(async (NextToken) => {
      const page = await client.send(new ListTargetsByRuleCommand({ Rule: 'many', NextToken }));
      lists.targets.push(page.Targets?.length ?? 0);
      return page.NextToken;
    });
    expect(lists).toEqual({ rules: [2, 2, 2], byTarget: [2, 2, 1], targets: [2, 2, 1] });
    expect(names).toEqual(['a', 'b', 'c', 'd', 'e', 'many']);
    await expect(
      rule({ ...anyOrder, Name: 'many' }, { Id: 't9', Arn: queueArn('6') }),
    ).rejects.toBeInstanceOf(LimitExceededException);
  });

  it('can have their pattern tried on an event', async () => {
    const { client } = aWorld();
    const event = {
      id: '1',
      account,
      source: 'shop',
      time: '',
      region: '',
      resources: [],
      'detail-type': 'x',
    };
    const test = async (EventPattern: string, Event: string) =>
      (await client.send(new TestEventPatternCommand({ EventPattern, Event }))).Result;
    expect(await test('{"source":["shop"]}', JSON.stringify(event))).toBe(true);
    expect(await test('{"source":["x"]}', JSON.stringify(event))).toBe(false);
    await expect(test('{"source":[]}', JSON.stringify(event))).rejects.toBeInstanceOf(
      InvalidEventPatternException,
    );
    await expect(test('{"source":["x"]}', '{}')).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});

describe('targets', () => {
  it.each<[string, Partial<Target>, string]>([
    ['the constant input', { Input: '{"a":[1]}' }, '{"a":[1]}'],
    ['a part of the event', { InputPath: '$.detail.list[1]' }, '"y"'],
    ['all of a list', { InputPath: '$.detail.items[*].n' }, '[1,2]'],
    [
      'a filled object',
      {
        InputTransformer: {
          InputPathsMap: { n: '$.detail.n', text: '$.detail.text', all: '$.detail.items' },
          InputTemplate:
            '{"number": <n>, "text": <text>, "inside": "<n> and <text>", "all": <all>, "rule": <aws.events.rule-name>}',
        },
      },
      '{"number": 1, "text": "say \\"hi\\"", "inside": "1 and say \\"hi\\"", "all": [{"n":1},{"n":2}], "rule": "r"}',
    ],
    [
      'a filled text',
      {
        InputTransformer: {
          InputPathsMap: { n: '$.detail.n' },
          InputTemplate: '"order <n> of <aws.events.rule-arn>"',
        },
      },
      `"order 1 of arn:aws:events:eu-west-1:${account}:rule/r"`,
    ],
    [
      'the event without its detail',
      { InputTransformer: { InputTemplate: '{"event": <aws.events.event>}' } },
      `{"event": {"version":"0","id":"@id","detail-type":"Order","source":"shop","account":"${account}","time":"2026-11-21T08:00:00Z","region":"eu-west-1","resources":[]}}`,
    ],
  ])('get %s', async (_, input, expected) => {
    const { queue, received, rule, put, pass } = aWorld();
    const url = await queue('q');
    await rule(anyOrder, { ...input, Arn: queueArn('q') });
    const { Entries } = await put({
      Detail: JSON.stringify({
        n: 1,
        text: 'say "hi"',
        list: ['x', 'y'],
        items: [{ n: 1 }, { n: 2 }],
      }),
    });
    await pass(3_000);
    const [message] = await received(url);
    expect(message?.Body).toBe(expected.replace('@id', Entries?.[0]?.EventId ?? ''));
  });

  it.each<[string, Partial<Target> & { Arn: string }]>([
    ['an unknown kind', { Arn: `arn:aws:states:eu-west-1:${account}:stateMachine:x` }],
    ['a queue of another Region', { Arn: `arn:aws:sqs:us-east-1:${account}:q` }],
    ['a queue of another account', { Arn: 'arn:aws:sqs:eu-west-1:222222222222:q' }],
    ['a role for a queue', { Arn: queueArn('q'), RoleArn: `arn:aws:iam::${account}:role/x` }],
    ['a bus without a role', { Arn: `arn:aws:events:eu-west-1:${account}:event-bus/x` }],
    ['input that is no JSON', { Arn: queueArn('q'), Input: '{' }],
    ['two inputs', { Arn: queueArn('q'), Input: '1', InputPath: '$.detail' }],
    ['a path in brackets', { Arn: queueArn('q'), InputPath: "$['detail']" }],
    [
      'a template that makes no JSON',
      { Arn: queueArn('q'), InputTransformer: { InputTemplate: '{a}' } },
    ],
    ['an unknown variable', { Arn: queueArn('q'), InputTransformer: { InputTemplate: '"<x>"' } }],
    ['a FIFO queue without a group', { Arn: queueArn('q.fifo') }],
    [
      'a FIFO dead-letter queue',
      { Arn: queueArn('q'), DeadLetterConfig: { Arn: queueArn('d.fifo') } },
    ],
    ['too many retries', { Arn: queueArn('q'), RetryPolicy: { MaximumRetryAttempts: 186 } }],
    [
      'parameters of a stream',
      { Arn: queueArn('q'), KinesisParameters: { PartitionKeyPath: '$.id' } },
    ],
  ])('refuse %s', async (_, target) => {
    await expect(aWorld().rule(anyOrder, target)).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  it('that are FIFO queues get the group, and need content-based deduplication', async () => {
    const { queue, received, rule, put, pass } = aWorld();
    const FifoQueue = 'true';
    const good = await queue('good.fifo', {
      attributes: { FifoQueue, ContentBasedDeduplication: 'true' },
    });
    const bad = await queue('bad.fifo', { attributes: { FifoQueue } });
    const dead = await queue('dead');
    const SqsParameters = { MessageGroupId: 'g' };
    const DeadLetterConfig = { Arn: queueArn('dead') };
    await rule(
      anyOrder,
      { Arn: queueArn('good.fifo'), SqsParameters, DeadLetterConfig },
      { Arn: queueArn('bad.fifo'), SqsParameters, DeadLetterConfig },
    );
    await put({});
    await pass(5_000);
    expect(await received(good)).toMatchObject([{ Attributes: { MessageGroupId: 'g' } }]);
    expect(await received(bad)).toEqual([]);
    expect(await received(dead)).toMatchObject([
      { MessageAttributes: { ERROR_CODE: { StringValue: 'INVALID_PARAMETER' } } },
    ]);
  });

  it('without permission or existence go to the dead-letter queue at once, with the reason', async () => {
    const { queue, received, rule, put, pass } = aWorld();
    await queue('closed', { allow: false });
    const dead = await queue('dead');
    const DeadLetterConfig = { Arn: queueArn('dead') };
    const RuleArn = await rule(
      anyOrder,
      { Arn: queueArn('closed'), DeadLetterConfig, Input: '"other"' },
      { Arn: queueArn('none'), DeadLetterConfig },
    );
    const { Entries } = await put({});
    await pass(3_000);
    const messages = await received(dead);
    const reasons = messages.map(({ MessageAttributes = {} }) => ({
      code: MessageAttributes['ERROR_CODE']?.StringValue,
      target: MessageAttributes['TARGET_ARN']?.StringValue,
      rule: MessageAttributes['RULE_ARN']?.StringValue,
      retries: MessageAttributes['RETRY_ATTEMPTS']?.StringValue,
    }));
    expect(reasons.sort((a, b) => ((a.code ?? '') < (b.code ?? '') ? -1 : 1))).toEqual([
      { code: 'NO_PERMISSIONS', target: queueArn('closed'), rule: RuleArn, retries: '0' },
      { code: 'NO_RESOURCE', target: queueArn('none'), rule: RuleArn, retries: '0' },
    ]);
    expect(JSON.parse(messages[0]?.Body ?? '')).toMatchObject({ id: Entries?.[0]?.EventId });
  });
});

describe('event buses', () => {
  it('are made, described, listed in pages and deleted without rules only', async () => {
    const { client, rule } = aWorld();
    for (const Name of ['a', 'b', 'c', 'd'])
      await client.send(new CreateEventBusCommand({ Name, Description: Name }));
    await expect(client.send(new CreateEventBusCommand({ Name: 'a' }))).rejects.toBeInstanceOf(
      ResourceAlreadyExistsException,
    );
    const pages: number[] = [];
    await walk(async (NextToken) => {
      const page = await client.send(new ListEventBusesCommand({ NextToken }));
      pages.push(page.EventBuses?.length ?? 0);
      return page.NextToken;
    });
    expect(pages).toEqual([2, 2, 1]);
    expect(await rule({ ...anyOrder, EventBusName: 'a' })).toBe(
      `arn:aws:events:eu-west-1:${account}:rule/a/r`,
    );
    const drop = async (Name: string) => client.send(new DeleteEventBusCommand({ Name }));
    await expect(drop('a')).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(drop('default')).rejects.toMatchObject({ name: 'ValidationException' });
    await drop('b');
    await drop('b');
    await expect(client.send(new DescribeEventBusCommand({ Name: 'b' }))).rejects.toBeInstanceOf(
      ResourceNotFoundException,
    );
  });

  it('take events of another account when their policy allows it', async () => {
    const { client, eventsClient, addUser, queue, received, rule, pass } = aWorld();
    const url = await queue('q');
    await client.send(new CreateEventBusCommand({ Name: 'shared' }));
    await rule({ ...anyOrder, EventBusName: 'shared' }, { Arn: queueArn('q') });
    addUser(
      'stranger',
      { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } },
      '222222222222',
    );
    const stranger = eventsClient(EventBridgeClient, { user: 'stranger' });
    const put = async () =>
      stranger.send(
        new PutEventsCommand({
          Entries: [
            {
              EventBusName: `arn:aws:events:eu-west-1:${account}:event-bus/shared`,
              Source: 'shop',
              DetailType: 'x',
              Detail: '{}',
            },
          ],
        }),
      );
    await expect(put()).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await client.send(
      new PutPermissionCommand({
        EventBusName: 'shared',
        StatementId: 's',
        Action: 'events:PutEvents',
        Principal: '222222222222',
      }),
    );
    expect((await put()).FailedEntryCount).toBe(0);
    await pass(3_000);
    const [message] = await received(url);
    // The Region is that of the endpoint that was called, wherever the caller lives.
    expect(JSON.parse(message?.Body ?? '')).toMatchObject({
      account: '222222222222',
      region: 'eu-west-1',
    });
    await client.send(new RemovePermissionCommand({ EventBusName: 'shared', StatementId: 's' }));
    await expect(put()).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(
      client.send(new RemovePermissionCommand({ EventBusName: 'shared', StatementId: 's' })),
    ).rejects.toBeInstanceOf(ResourceNotFoundException);
  });
});

describe('permissions', () => {
  it('to put events can be limited to a source, entry by entry', async () => {
    const { addUser, eventsClient } = aWorld();
    addUser('shop', {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Action: 'events:PutEvents',
        Resource: `arn:aws:events:eu-west-1:${account}:event-bus/default`,
        Condition: { StringEquals: { 'events:source': 'shop' } },
      },
    });
    const client = eventsClient(EventBridgeClient, { user: 'shop' });
    const put = async (...sources: string[]) =>
      client.send(
        new PutEventsCommand({
          Entries: sources.map((Source) => ({ Source, DetailType: 'x', Detail: '{}' })),
        }),
      );
    const { Entries } = await put('shop', 'other');
    expect(Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      undefined,
      'NotAuthorizedForSourceException',
    ]);
    await expect(put('other')).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('events:PutEvents'),
    });
  });

  it('to put a rule with a role include passing it', async () => {
    const { addUser, eventsClient } = aWorld();
    addUser('maker', {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 'events:*', Resource: '*' },
    });
    const client = eventsClient(EventBridgeClient, { user: 'maker' });
    const put = async (RoleArn: string | undefined) =>
      client.send(new PutRuleCommand({ Name: 'r', ...anyOrder, RoleArn }));
    await put(undefined);
    await expect(put(`arn:aws:iam::${account}:role/x`)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('iam:PassRole'),
    });
  });
});

describe('forwarding to another bus', () => {
  const other = '222222222222';
  const roleArn = `arn:aws:iam::${account}:role/forward`;

  async function aForward(targetAccount: string, trusts = 'events.amazonaws.com') {
    const fixture = accountFixture([iam, events, sqs]);
    const { client, world } = fixture;
    const receiver =
      targetAccount === account
        ? fixture.account
        : createAccount(world, { id: targetAccount, name: 'other' });
    const here = client(EventBridgeClient);
    const there = client(EventBridgeClient, { as: receiver.adminCredentials });
    const queues = client(SQSClient, { as: receiver.adminCredentials });
    await client(IAMClient).send(
      new CreateRoleCommand({
        RoleName: 'forward',
        AssumeRolePolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: { Effect: 'Allow', Principal: { Service: trusts }, Action: 'sts:AssumeRole' },
        }),
      }),
    );
    const Arn = `arn:aws:events:eu-west-1:${targetAccount}:event-bus/target`;
    await client(IAMClient).send(
      new PutRolePolicyCommand({
        RoleName: 'forward',
        PolicyName: 'p',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: { Effect: 'Allow', Action: 'events:PutEvents', Resource: Arn },
        }),
      }),
    );
    await fixture.spread();
    await there.send(new CreateEventBusCommand({ Name: 'target' }));
    const name = `arn:aws:sqs:eu-west-1:${targetAccount}:end`;
    const { QueueUrl } = await queues.send(
      new CreateQueueCommand({
        QueueName: 'end',
        Attributes: {
          Policy: JSON.stringify({
            Version: '2012-10-17',
            Statement: {
              Effect: 'Allow',
              Principal: { Service: 'events.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: name,
            },
          }),
        },
      }),
    );
    await there.send(new PutRuleCommand({ Name: 'end', EventBusName: 'target', ...anyOrder }));
    await there.send(
      new PutTargetsCommand({
        Rule: 'end',
        EventBusName: 'target',
        Targets: [{ Id: 'q', Arn: name }],
      }),
    );
    await here.send(new PutRuleCommand({ Name: 'forward', ...anyOrder }));
    await here.send(
      new PutTargetsCommand({ Rule: 'forward', Targets: [{ Id: 'b', Arn, RoleArn: roleArn }] }),
    );
    const run = async () => {
      await here.send(
        new PutEventsCommand({ Entries: [{ Source: 'shop', DetailType: 'x', Detail: '{}' }] }),
      );
      await world.scheduler.runFor(6_000);
      const { Messages = [] } = await queues.send(new ReceiveMessageCommand({ QueueUrl }));
      const failures = world.journal.entries.filter(
        ({ name: event }) => event === 'event-delivery-failed',
      );
      return {
        events: Messages.map(({ Body = '' }) => JSON.parse(Body) as Record<string, unknown>),
        failures: failures.map(({ detail }) => detail['code']),
      };
    };
    return { ...fixture, here, there, run };
  }

  it('needs a role that trusts EventBridge and may put events', async () => {
    expect((await (await aForward(account)).run()).events).toMatchObject([
      { source: 'shop', account },
    ]);
    const distrusted = await aForward(account, 'lambda.amazonaws.com');
    expect(await distrusted.run()).toEqual({ events: [], failures: ['NO_PERMISSIONS'] });
  });

  it('into another account needs that bus to allow it, and the event keeps its account', async () => {
    const { run, there } = await aForward(other);
    expect(await run()).toEqual({ events: [], failures: ['NO_PERMISSIONS'] });
    await there.send(
      new PutPermissionCommand({
        EventBusName: 'target',
        StatementId: 'a',
        Action: 'events:PutEvents',
        Principal: account,
      }),
    );
    expect((await run()).events).toMatchObject([{ source: 'shop', account }]);
  });
});

describe('targets with policies of their own', () => {
  async function aRuleWith(Arn: string, extra: Partial<Target> = {}) {
    const invocations: unknown[] = [];
    const fixture = accountFixture([iam, events, sqs, sns, logs, aFunctionService(invocations)]);
    const bridge = fixture.client(EventBridgeClient);
    await bridge.send(new PutRuleCommand({ Name: 'r', ...anyOrder }));
    await bridge.send(new PutTargetsCommand({ Rule: 'r', Targets: [{ Id: 't', Arn, ...extra }] }));
    const run = async (): Promise<unknown[]> => {
      await bridge.send(
        new PutEventsCommand({ Entries: [{ Source: 'shop', DetailType: 'x', Detail: '{}' }] }),
      );
      await fixture.world.scheduler.runFor(3_000);
      return fixture.world.journal.entries
        .filter(({ name }) => name === 'event-delivery-failed')
        .map(({ detail }) => detail['code']);
    };
    return { ...fixture, run, invocations };
  }

  /** A function that lets the rule `r` in. */
  function aFunctionService(invocations: unknown[]): ServiceDefinition {
    const resource = `arn:aws:lambda:eu-west-1:${account}:function:f`;
    const resourcePolicy = compilePolicy(
      {
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'lambda:InvokeFunction',
          Resource: resource,
          Condition: { ArnLike: { 'aws:SourceArn': `arn:aws:events:eu-west-1:${account}:rule/r` } },
        },
      },
      { name: 'function', kind: 'resource', resourceElement: 'required' },
    );
    const invoke = operation<lambdaClient.InvokeCommandInput, object>({
      authorize: () => ({ action: 'lambda:InvokeFunction', resource, resourcePolicy }),
      run({ Payload, InvocationType }) {
        const text = Buffer.from((Payload ?? '') as Uint8Array).toString();
        invocations.push({ type: InvocationType, event: JSON.parse(text) as unknown });
        return { StatusCode: 202 };
      },
    });
    return {
      name: 'lambda',
      model: readServiceModel(lambdaClient),
      scope: 'regional',
      accessDenied: { code: 'AccessDeniedException', status: 403 },
      validationError: 'InvalidParameterValueException',
      operations: { Invoke: invoke },
    };
  }

  it('that are functions are invoked asynchronously with the event, in the name of the rule', async () => {
    const { run, invocations } = await aRuleWith(`arn:aws:lambda:eu-west-1:${account}:function:f`);
    expect(await run()).toEqual([]);
    expect(invocations).toMatchObject([{ type: 'Event', event: { source: 'shop', detail: {} } }]);
  });

  it('that are topics must let EventBridge in without conditions on the rule', async () => {
    const TopicArn = `arn:aws:sns:eu-west-1:${account}:t`;
    const { run, client } = await aRuleWith(TopicArn);
    const topics = client(SNSClient);
    await topics.send(new CreateTopicCommand({ Name: 't' }));
    const open = async (Condition: object) =>
      topics.send(
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
              Condition,
            },
          }),
        }),
      );
    expect(await run()).toEqual(['NO_PERMISSIONS']);
    await open({ StringEquals: { 'aws:SourceAccount': account } });
    expect(await run()).toEqual(['NO_PERMISSIONS', 'NO_PERMISSIONS']);
    await open({});
    expect(await run()).toHaveLength(2);
  });

  it('that are log groups need a resource policy of CloudWatch Logs', async () => {
    const name = '/aws/events/orders';
    const group = `arn:aws:logs:eu-west-1:${account}:log-group:${name}`;
    const { run, client } = await aRuleWith(group);
    const logging = client(CloudWatchLogsClient);
    await logging.send(new CreateLogGroupCommand({ logGroupName: name }));
    expect(await run()).toEqual(['NO_PERMISSIONS']);
    await logging.send(
      new PutResourcePolicyCommand({
        policyName: 'p',
        policyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: {
            Effect: 'Allow',
            Principal: { Service: ['events.amazonaws.com', 'delivery.logs.amazonaws.com'] },
            Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
            Resource: `${group}:*`,
          },
        }),
      }),
    );
    expect(await run()).toHaveLength(1);
    const { events: lines } = await logging.send(
      new FilterLogEventsCommand({ logGroupName: name }),
    );
    expect(lines?.map(({ message }) => JSON.parse(message ?? '') as unknown)).toMatchObject([
      { source: 'shop' },
    ]);
  });
});

describe('CloudFormation', () => {
  it('makes a rule with targets, changes both in place and deletes them', async () => {
    const { client, deployment } = accountFixture([iam, events, sqs]);
    const bridge = client(EventBridgeClient);
    const properties = {
      EventPattern: { source: ['shop'] },
      Targets: [
        { Id: 'a', Arn: queueArn('a'), RetryPolicy: { MaximumRetryAttempts: '3' } },
        { Id: 'b', Arn: queueArn('b') },
      ],
    };
    const { physicalId, attributes } = await ruleResource.create(properties, deployment('Rule'));
    expect(physicalId).toMatch(/^demo-Rule-[A-Z2-7]{12}$/);
    expect(attributes['Arn']).toBe(`arn:aws:events:eu-west-1:${account}:rule/${physicalId}`);
    const targets = async () =>
      (await bridge.send(new ListTargetsByRuleCommand({ Rule: physicalId }))).Targets;
    expect(await targets()).toEqual([
      { Id: 'a', Arn: queueArn('a'), RetryPolicy: { MaximumRetryAttempts: 3 } },
      { Id: 'b', Arn: queueArn('b') },
    ]);
    await ruleResource.update?.(
      { ...properties, State: 'DISABLED', Targets: [{ Id: 'b', Arn: queueArn('c') }] },
      deployment('Rule'),
      { physicalId, previous: properties },
    );
    expect(await targets()).toEqual([{ Id: 'b', Arn: queueArn('c') }]);
    const rule = await bridge.send(new DescribeRuleCommand({ Name: physicalId }));
    expect(rule.State).toBe('DISABLED');
    await ruleResource.delete(physicalId, deployment('Rule'), { properties });
    await ruleResource.delete(physicalId, deployment('Rule'), { properties });
    await expect(bridge.send(new DescribeRuleCommand({ Name: physicalId }))).rejects.toBeInstanceOf(
      ResourceNotFoundException,
    );
    await bridge.send(new PutRuleCommand({ Name: 'taken', ...anyOrder }));
    await expect(
      ruleResource.create({ ...properties, Name: 'taken' }, deployment('Rule')),
    ).rejects.toMatchObject({ code: 'AlreadyExists' });
  });

  it('makes a bus and the statements of its policy', async () => {
    const { client, deployment } = accountFixture([iam, events, sqs]);
    const bridge = client(EventBridgeClient);
    const bus = await eventBusResource.create({ Name: 'shared' }, deployment('Bus'));
    expect(bus).toEqual({
      physicalId: 'shared',
      attributes: { Arn: `arn:aws:events:eu-west-1:${account}:event-bus/shared`, Name: 'shared' },
    });
    const statement = (StatementId: string) => ({
      EventBusName: 'shared',
      StatementId,
      Statement: {
        Effect: 'Allow',
        Principal: '*',
        Action: 'events:PutEvents',
        Resource: bus.attributes['Arn'],
        Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } },
      },
    });
    const policy = async () =>
      (await bridge.send(new DescribeEventBusCommand({ Name: 'shared' }))).Policy;
    const { physicalId } = await eventBusPolicyResource.create(statement('a'), deployment('A'));
    await eventBusPolicyResource.create(statement('b'), deployment('B'));
    await eventBusPolicyResource.update?.(statement('b'), deployment('B'), {
      physicalId: 'shared|b',
      previous: statement('b'),
    });
    expect(JSON.parse((await policy()) ?? '')).toMatchObject({
      Statement: [{ Sid: 'a' }, { Sid: 'b' }],
    });
    await eventBusPolicyResource.delete(physicalId, deployment('A'), {
      properties: statement('a'),
    });
    expect(JSON.parse((await policy()) ?? '')).toMatchObject({ Statement: [{ Sid: 'b' }] });
    await eventBusPolicyResource.delete('shared|b', deployment('B'), {
      properties: statement('b'),
    });
    expect(await policy()).toBeUndefined();
  });
});
