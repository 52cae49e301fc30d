import { describe, expect, it } from '@jest/globals';
import {
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
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
import { accountFixture } from '../../../test/account-fixture.ts';
import { account, queueArn, aWorld, anyOrder } from '../../../test/events-fixture.ts';
import { compilePolicy } from '../../iam/policy-document.ts';
import { readServiceModel } from '../../wire/model.ts';
import { operation, type ServiceDefinition } from '../../world/service.ts';
import { iam } from '../iam/operations.ts';
import { logs } from '../logs/operations.ts';
import { sns } from '../sns/operations.ts';
import { sqs } from '../sqs/operations.ts';
import { events } from './operations.ts';

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
    [
      'an image pipeline',
      {
        Arn: `arn:aws:imagebuilder:eu-west-1:${account}:image-pipeline/p`,
        RoleArn: `arn:aws:iam::${account}:role/x`,
      },
    ],
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
