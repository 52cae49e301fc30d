import { describe, expect, it } from '@jest/globals';
import {
  AddPermissionCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
} from '@aws-sdk/client-lambda';
import {
  CreateTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { echo, minute, sum, withQueues, queue } from '../../../test/lambda-fixture.ts';
import { functionFixture, type FunctionFixture } from '../../../test/function-fixture.ts';

const failing = "exports.handler = async () => { throw new Error('always'); };";

const bodies = async (fixture: FunctionFixture, url: string): Promise<unknown[]> => {
  const { Messages = [] } = await fixture.client(SQSClient).send(
    new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ['All'],
    }),
  );
  return Messages.map(({ Body = '' }) => JSON.parse(Body) as unknown);
};

describe('asynchronous invocations', () => {
  it('are tried three times, a minute and two minutes apart, under one request id', async () => {
    const fixture = withQueues();
    const dead = await queue(fixture, 'dead');
    await fixture.define(failing, { DeadLetterConfig: { TargetArn: dead.arn } });
    await fixture.invoke('f', { a: 1 }, { InvocationType: 'Event' });
    const runs = () => fixture.world.journal.entries.filter(({ name }) => name === 'function-ran');
    await fixture.world.scheduler.runFor(30_000);
    expect(runs()).toHaveLength(1);
    await fixture.world.scheduler.runFor(minute);
    expect(runs()).toHaveLength(2);
    await fixture.world.scheduler.runFor(minute);
    expect(runs()).toHaveLength(2);
    await fixture.world.scheduler.runFor(minute);
    expect(runs()).toHaveLength(3);
    expect(new Set(runs().map(({ detail }) => detail['requestId'])).size).toBe(1);
    expect(await bodies(fixture, dead.url)).toEqual([{ a: 1 }]);
    expect([await sum(fixture, 'Errors'), await sum(fixture, 'AsyncEventsDropped')]).toEqual([
      3, 1,
    ]);
  });

  it('report how they ended to their destinations', async () => {
    const fixture = withQueues();
    const bad = await queue(fixture, 'bad');
    const good = await queue(fixture, 'good');
    await fixture.define(
      'exports.handler = async (event) => { if (event.fail) throw new Error("no"); return "yes"; };',
    );
    await fixture.lambda.send(
      new PutFunctionEventInvokeConfigCommand({
        FunctionName: 'f',
        MaximumRetryAttempts: 0,
        DestinationConfig: {
          OnSuccess: { Destination: good.arn },
          OnFailure: { Destination: bad.arn },
        },
      }),
    );
    await fixture.invoke('f', { fail: true }, { InvocationType: 'Event' });
    await fixture.invoke('f', { fail: false }, { InvocationType: 'Event' });
    await fixture.world.scheduler.runFor(minute);
    expect(await bodies(fixture, bad.url)).toMatchObject([
      {
        version: '1.0',
        requestContext: {
          condition: 'RetriesExhausted',
          approximateInvokeCount: 1,
          functionArn: expect.stringContaining('function:f:$LATEST'),
        },
        requestPayload: { fail: true },
        responseContext: { statusCode: 200, functionError: 'Unhandled' },
        responsePayload: { errorType: 'Error', errorMessage: 'no' },
      },
    ]);
    expect(await bodies(fixture, good.url)).toMatchObject([
      {
        requestContext: { condition: 'Success' },
        requestPayload: { fail: false },
        responsePayload: 'yes',
      },
    ]);
  });

  it('grow old while they are throttled', async () => {
    const fixture = withQueues();
    const bad = await queue(fixture, 'bad');
    await fixture.define(
      'exports.handler = () => new Promise((resolve) => setTimeout(resolve, 800_000));',
      { Timeout: 900 },
    );
    await fixture.lambda.send(
      new PutFunctionConcurrencyCommand({ FunctionName: 'f', ReservedConcurrentExecutions: 1 }),
    );
    await fixture.lambda.send(
      new PutFunctionEventInvokeConfigCommand({
        FunctionName: 'f',
        MaximumEventAgeInSeconds: 300,
        DestinationConfig: { OnFailure: { Destination: bad.arn } },
      }),
    );
    await fixture.invoke('f', 1, { InvocationType: 'Event' });
    await fixture.invoke('f', 2, { InvocationType: 'Event' });
    await fixture.world.scheduler.runFor(15 * minute);
    const [record] = await bodies(fixture, bad.url);
    expect(record).toMatchObject({
      requestContext: { condition: 'EventAgeExceeded', approximateInvokeCount: 0 },
    });
  });

  it('need a role that may write to the dead-letter queue and the destinations', async () => {
    const fixture = withQueues();
    const dead = await queue(fixture, 'dead');
    const Role = await fixture.role('narrow', [
      { Effect: 'Allow', Action: 'logs:*', Resource: '*' },
    ]);
    await expect(
      fixture.define(failing, { Role, DeadLetterConfig: { TargetArn: dead.arn } }),
    ).rejects.toThrow('does not have permissions to call SendMessage on SQS');
    await fixture.define(failing, { Role });
    await expect(
      fixture.lambda.send(
        new PutFunctionEventInvokeConfigCommand({
          FunctionName: 'f',
          DestinationConfig: { OnFailure: { Destination: dead.arn } },
        }),
      ),
    ).rejects.toThrow('does not have permissions to call SendMessage');
  });

  it('may arrive twice', async () => {
    const fixture = functionFixture([], { duplicateShare: 1 });
    await fixture.define(echo);
    await fixture.invoke('f', 1, { InvocationType: 'Event' });
    await fixture.world.scheduler.runFor(minute);
    expect(await sum(fixture, 'Invocations')).toBe(2);
  });

  it('may arrive late', async () => {
    const fixture = functionFixture([], {
      duplicateShare: 0,
      lateShare: 1,
      lateMsMax: 10 * minute,
    });
    await fixture.define(echo);
    await fixture.invoke('f', 1, { InvocationType: 'Event' });
    await fixture.world.scheduler.runFor(1_000);
    expect(await sum(fixture, 'Invocations')).toBe(0);
    await fixture.world.scheduler.runFor(10 * minute);
    expect(await sum(fixture, 'Invocations')).toBe(1);
  });

  it('come from a topic', async () => {
    const fixture = withQueues();
    await fixture.define(
      `const { SSMClient, PutParameterCommand } = require('@aws-sdk/client-ssm');
      exports.handler = async ({ Records }) => { await new SSMClient({}).send(new PutParameterCommand({ Name: '/said', Type: 'String', Value: Records[0].Sns.Message })); };`,
    );
    const client = fixture.client(SNSClient);
    const { TopicArn = '' } = await client.send(new CreateTopicCommand({ Name: 't' }));
    await fixture.lambda.send(
      new AddPermissionCommand({
        FunctionName: 'f',
        StatementId: 's',
        Action: 'lambda:InvokeFunction',
        Principal: 'sns.amazonaws.com',
        SourceArn: TopicArn,
      }),
    );
    await client.send(
      new SubscribeCommand({
        TopicArn,
        Protocol: 'lambda',
        Endpoint: 'arn:aws:lambda:eu-west-1:111111111111:function:f',
      }),
    );
    await client.send(new PublishCommand({ TopicArn, Message: 'hello' }));
    await fixture.world.scheduler.runFor(minute);
    const { Parameter } = await fixture
      .client(SSMClient)
      .send(new GetParameterCommand({ Name: '/said' }));
    expect(Parameter?.Value).toBe('hello');
  });
});
