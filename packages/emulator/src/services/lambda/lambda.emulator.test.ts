import { describe, expect, it } from '@jest/globals';
import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  ResourceNotFoundException as NoLogGroup,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  AddPermissionCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  DeleteEventSourceMappingCommand,
  DeleteFunctionCommand,
  GetEventSourceMappingCommand,
  GetFunctionCommand,
  GetPolicyCommand,
  InvokeCommand,
  ListTagsCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  RemovePermissionCommand,
  ResourceConflictException,
  ResourceNotFoundException,
  TooManyRequestsException,
  UpdateEventSourceMappingCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  paginateListEventSourceMappings,
  paginateListFunctions,
  type CreateFunctionCommandInput,
} from '@aws-sdk/client-lambda';
import {
  CreateTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
  SendMessageBatchCommand,
} from '@aws-sdk/client-sqs';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { functionFixture, type FunctionFixture } from '../../../test/function-fixture.ts';
import { faults } from '../../runtime/faults.ts';
import { kms } from '../kms/operations.ts';
import type { ResourceProvider } from '../../cloudformation/provider.ts';
import { sns } from '../sns/operations.ts';
import { sqs } from '../sqs/operations.ts';
import { lambda } from './operations.ts';
import { makeZip } from './zip.ts';

const echo = 'exports.handler = async (event) => event;';
const failing = "exports.handler = async () => { throw new Error('always'); };";
const minute = 60_000;

const sum = async (fixture: FunctionFixture, MetricName: string, name = 'f'): Promise<number> => {
  const { now } = fixture.world.scheduler;
  const { Datapoints = [] } = await fixture.client(CloudWatchClient).send(
    new GetMetricStatisticsCommand({
      Namespace: 'AWS/Lambda',
      MetricName,
      Dimensions: [{ Name: 'FunctionName', Value: name }],
      StartTime: new Date(now - 12 * 3_600_000),
      EndTime: new Date(now + minute),
      Period: 3_600,
      Statistics: ['Sum'],
    }),
  );
  return Datapoints.reduce((total, { Sum = 0 }) => total + Sum, 0);
};

const aFunction = (
  given: Partial<CreateFunctionCommandInput> = {},
): CreateFunctionCommandInput => ({
  FunctionName: 'f',
  Role: 'arn:aws:iam::111111111111:role/everything',
  Handler: 'index.handler',
  Runtime: 'nodejs24.x',
  Code: { ZipFile: makeZip({ 'index.js': echo }) },
  ...given,
});

describe('functions', () => {
  it('are pending at first, and cannot be invoked or changed until they are active', async () => {
    const fixture = functionFixture();
    const Role = await fixture.role('r');
    const created = await fixture.lambda.send(new CreateFunctionCommand(aFunction({ Role })));
    expect(created).toMatchObject({
      FunctionArn: 'arn:aws:lambda:eu-west-1:111111111111:function:f',
      State: 'Pending',
      Timeout: 3,
      MemorySize: 128,
      Architectures: ['x86_64'],
      LoggingConfig: { LogFormat: 'Text', LogGroup: '/aws/lambda/f' },
      Version: '$LATEST',
    });
    await expect(fixture.invoke('f')).rejects.toBeInstanceOf(ResourceConflictException);
    await expect(
      fixture.lambda.send(
        new UpdateFunctionConfigurationCommand({ FunctionName: 'f', Timeout: 5 }),
      ),
    ).rejects.toBeInstanceOf(ResourceConflictException);
    await expect(
      fixture.lambda.send(new CreateFunctionCommand(aFunction({ Role }))),
    ).rejects.toMatchObject({
      name: 'ResourceConflictException',
      message: 'Function already exist: f',
    });
    await fixture.world.scheduler.runFor(5_000);
    expect(
      (await fixture.lambda.send(new GetFunctionCommand({ FunctionName: 'f' }))).Configuration,
    ).toMatchObject({
      State: 'Active',
      LastUpdateStatus: 'Successful',
    });
    expect(
      (await fixture.invoke('arn:aws:lambda:eu-west-1:111111111111:function:f', [1])).payload,
    ).toEqual([1]);
  });

  it('need a role that Lambda can assume and the caller may pass', async () => {
    const fixture = functionFixture();
    const other = await fixture.role('other', undefined, {
      Effect: 'Allow',
      Principal: { Service: 'ec2.amazonaws.com' },
      Action: 'sts:AssumeRole',
    });
    for (const Role of [other, 'arn:aws:iam::111111111111:role/none'])
      await expect(
        fixture.lambda.send(new CreateFunctionCommand(aFunction({ Role }))),
      ).rejects.toMatchObject({
        name: 'InvalidParameterValueException',
        message: 'The role defined for the function cannot be assumed by Lambda.',
      });
  });

  it('run their new code once an update has finished, in new environments', async () => {
    const fixture = functionFixture();
    await fixture.define('let n = 0; exports.handler = async () => `old ${++n}`;');
    await fixture.invoke('f');
    await fixture.lambda.send(
      new UpdateFunctionCodeCommand({
        FunctionName: 'f',
        ZipFile: makeZip({
          'index.js': 'let n = 0; exports.handler = async () => `new ${++n} ${process.env.VALUE}`;',
        }),
      }),
    );
    await fixture.world.scheduler.runFor(5_000);
    await fixture.lambda.send(
      new UpdateFunctionConfigurationCommand({
        FunctionName: 'f',
        Environment: { Variables: { VALUE: '2' } },
      }),
    );
    await fixture.world.scheduler.runFor(5_000);
    expect((await fixture.invoke('f')).payload).toBe('new 1 2');
  });

  it('are refused outside of the limits, or with what is not modelled', async () => {
    const fixture = functionFixture();
    const Role = await fixture.role('r');
    const wrong: [Partial<CreateFunctionCommandInput>, string][] = [
      [{ Timeout: 901 }, 'Timeout'],
      [{ MemorySize: 127 }, 'MemorySize'],
      [{ Runtime: 'python3.13' }, 'python3.13'],
      [{ Environment: { Variables: { BIG: 'x'.repeat(4_096) } } }, '4KB'],
      [{ Environment: { Variables: { AWS_REGION: 'x' } } }, 'reserved keys'],
      [{ Code: { S3Bucket: 'b', S3Key: 'k' } }, 'S3Bucket is not modelled'],
      [{ Code: { ZipFile: Buffer.from('no zip') } }, 'Could not unzip'],
      [{ Layers: ['arn:aws:lambda:eu-west-1:111111111111:layer:l:1'] }, 'Layers is not modelled'],
      [
        { VpcConfig: { SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] } },
        'VpcConfig is not modelled',
      ],
      [{ Publish: true }, 'Publish is not modelled'],
    ];
    for (const [given, message] of wrong)
      await expect(
        fixture.lambda.send(new CreateFunctionCommand(aFunction({ Role, ...given }))),
      ).rejects.toThrow(message);
  });

  it('come in pages and go', async () => {
    const fixture = functionFixture();
    for (const FunctionName of ['e', 'c', 'a', 'd', 'b'])
      await fixture.define(echo, { FunctionName });
    const pages: string[][] = [];
    for await (const page of paginateListFunctions({ client: fixture.lambda }, {}))
      pages.push((page.Functions ?? []).map(({ FunctionName }) => FunctionName ?? ''));
    expect(pages).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
    await fixture.lambda.send(new DeleteFunctionCommand({ FunctionName: 'a' }));
    await expect(fixture.invoke('a')).rejects.toBeInstanceOf(ResourceNotFoundException);
  });
});

describe('who may invoke', () => {
  it('follows from identity policies, and for services from the permissions of the function', async () => {
    const fixture = functionFixture();
    await fixture.define(echo, { Tags: { team: 'red' } });
    const asService = (service: string, sourceArn: string) =>
      fixture.world.scope(fixture.account.id, 'eu-west-1', 'events').send(
        new InvokeCommand({
          FunctionName: 'f',
          InvocationType: 'Event',
          Payload: Buffer.from('{}'),
        }),
        { as: { kind: 'service', service, sourceArn, sourceAccount: fixture.account.id } },
      );
    const rule = 'arn:aws:events:eu-west-1:111111111111:rule/r';
    const denied = { code: 'AccessDeniedException' };
    await expect(asService('events.amazonaws.com', rule)).rejects.toMatchObject(denied);
    const { Statement } = await fixture.lambda.send(
      new AddPermissionCommand({
        FunctionName: 'f',
        StatementId: 's',
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
        SourceArn: rule,
        SourceAccount: fixture.account.id,
      }),
    );
    expect(JSON.parse(Statement ?? '')).toEqual({
      Sid: 's',
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'lambda:InvokeFunction',
      Resource: 'arn:aws:lambda:eu-west-1:111111111111:function:f',
      Condition: {
        StringEquals: { 'AWS:SourceAccount': '111111111111' },
        ArnLike: { 'AWS:SourceArn': rule },
      },
    });
    await asService('events.amazonaws.com', rule);
    await expect(asService('events.amazonaws.com', `${rule}2`)).rejects.toMatchObject(denied);
    await expect(asService('sns.amazonaws.com', rule)).rejects.toMatchObject(denied);
    const { Policy } = await fixture.lambda.send(new GetPolicyCommand({ FunctionName: 'f' }));
    expect(JSON.parse(Policy ?? '')).toMatchObject({ Version: '2012-10-17', Id: 'default' });
    await fixture.lambda.send(new RemovePermissionCommand({ FunctionName: 'f', StatementId: 's' }));
    await expect(asService('events.amazonaws.com', rule)).rejects.toMatchObject(denied);
    await expect(
      fixture.lambda.send(new GetPolicyCommand({ FunctionName: 'f' })),
    ).rejects.toBeInstanceOf(ResourceNotFoundException);
    expect(
      (
        await fixture.lambda.send(
          new ListTagsCommand({ Resource: 'arn:aws:lambda:eu-west-1:111111111111:function:f' }),
        )
      ).Tags,
    ).toEqual({ team: 'red' });
  });

  it('refuses a principal that does not exist', async () => {
    const fixture = functionFixture();
    await fixture.define(echo);
    for (const Principal of ['arn:aws:iam::111111111111:role/none', '999999999999', 'nobody'])
      await expect(
        fixture.lambda.send(
          new AddPermissionCommand({
            FunctionName: 'f',
            StatementId: 's',
            Action: 'lambda:InvokeFunction',
            Principal,
          }),
        ),
      ).rejects.toThrow('The provided principal was invalid');
  });
});

describe('invocations', () => {
  it('answer by type', async () => {
    const fixture = functionFixture();
    await fixture.define(
      "exports.handler = async (event) => { console.log('hello', event); return 1; };",
    );
    const send = (InvocationType: 'DryRun' | 'Event') =>
      fixture.lambda.send(new InvokeCommand({ FunctionName: 'f', InvocationType }));
    expect((await send('DryRun')).StatusCode).toBe(204);
    expect((await send('Event')).StatusCode).toBe(202);
    const { logTail } = await fixture.invoke('f', 'x', { LogType: 'Tail' });
    expect(logTail.split('\n').map((line) => line.replaceAll(/[0-9a-f-]{36}/g, 'ID'))).toEqual([
      expect.stringContaining('INIT_START Runtime Version: nodejs:24.v1'),
      'START RequestId: ID Version: $LATEST',
      expect.stringMatching(/^2026-11-21T08:.*\tID\tINFO\thello x$/),
      'END RequestId: ID',
      expect.stringMatching(
        /^REPORT RequestId: ID\tDuration: 0\.00 ms\t.*Memory Size: 128 MB\t.*Init Duration: /,
      ),
      '',
    ]);
  });

  it('are refused when the payload is no JSON or too large', async () => {
    const fixture = functionFixture();
    await fixture.define(echo);
    const send = (Payload: Buffer, InvocationType?: 'Event') =>
      fixture.lambda.send(
        new InvokeCommand({
          FunctionName: 'f',
          Payload,
          ...(InvocationType ? { InvocationType } : {}),
        }),
      );
    await expect(send(Buffer.from('{'))).rejects.toMatchObject({
      name: 'InvalidRequestContentException',
    });
    const large = Buffer.from(JSON.stringify('x'.repeat(2 * 1024 * 1024)));
    await expect(send(large, 'Event')).rejects.toMatchObject({ name: 'RequestTooLargeException' });
    expect((await send(large)).FunctionError).toBeUndefined();
    await fixture.define("exports.handler = async () => 'x'.repeat(7 * 1024 * 1024);", {
      FunctionName: 'big',
    });
    expect(await fixture.invoke('big')).toMatchObject({
      functionError: 'Unhandled',
      payload: { errorType: 'Function.ResponseSizeTooLarge' },
    });
  });

  it('are throttled beyond the reserved concurrency', async () => {
    const fixture = functionFixture();
    await fixture.define(
      'exports.handler = () => new Promise((resolve) => setTimeout(resolve, 1000));',
    );
    await fixture.lambda.send(
      new PutFunctionConcurrencyCommand({ FunctionName: 'f', ReservedConcurrentExecutions: 2 }),
    );
    await expect(
      fixture.lambda.send(
        new PutFunctionConcurrencyCommand({ FunctionName: 'f', ReservedConcurrentExecutions: 901 }),
      ),
    ).rejects.toThrow('UnreservedConcurrentExecution');
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => fixture.invoke('f')));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    const reasons = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
    );
    expect(reasons).toEqual([expect.any(TooManyRequestsException)]);
    expect(reasons).toMatchObject([
      { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' },
    ]);
    expect(await sum(fixture, 'Throttles')).toBe(1);
    expect(await sum(fixture, 'Invocations')).toBe(2);
  });

  it('reuse an environment until it has been idle for long', async () => {
    const fixture = functionFixture();
    await fixture.define('let n = 0; exports.handler = async () => ++n;');
    await fixture.invoke('f');
    await fixture.world.scheduler.runFor(5 * minute);
    expect((await fixture.invoke('f')).payload).toBe(2);
    await fixture.world.scheduler.runFor(30 * minute);
    expect((await fixture.invoke('f')).payload).toBe(1);
  });
});

describe('logs of functions', () => {
  it('are JSON when the function wants it, with text that is JSON as text', async () => {
    const fixture = functionFixture();
    await fixture.define(
      `exports.handler = async () => {
        console.debug('hidden');
        console.log(JSON.stringify({ code: 'x' }));
        console.warn({ code: 'y' });
        console.error('failed', new TypeError('no'));
        throw new RangeError('end');
      };`,
      { LoggingConfig: { LogFormat: 'JSON' } },
    );
    await fixture.invoke('f');
    const lines = (await fixture.logLines('/aws/lambda/f')).map((line): unknown =>
      JSON.parse(line),
    );
    const head = {
      timestamp: expect.stringMatching(/^2026-11-21T08:/),
      requestId: expect.any(String),
    };
    expect(lines).toEqual([
      {
        time: expect.any(String),
        type: 'platform.initStart',
        record: expect.objectContaining({ functionName: 'f' }),
      },
      {
        time: expect.any(String),
        type: 'platform.start',
        record: expect.objectContaining({ version: '$LATEST' }),
      },
      { ...head, level: 'INFO', message: '{"code":"x"}' },
      { ...head, level: 'WARN', message: { code: 'y' } },
      expect.objectContaining({
        level: 'ERROR',
        errorType: 'TypeError',
        errorMessage: 'no',
        message: expect.stringContaining('failed TypeError: no'),
      }),
      {
        ...head,
        level: 'ERROR',
        message: { errorType: 'RangeError', errorMessage: 'end', stackTrace: expect.any(Array) },
      },
      {
        time: expect.any(String),
        type: 'platform.runtimeDone',
        record: expect.objectContaining({ status: 'error' }),
      },
      {
        time: expect.any(String),
        type: 'platform.report',
        record: expect.objectContaining({ status: 'error' }),
      },
    ]);
    expect(JSON.stringify(lines)).not.toContain('packages/emulator');
  });

  it('need the permissions of the role, and the function runs without them', async () => {
    const fixture = functionFixture();
    const Role = await fixture.role('mute', [{ Effect: 'Allow', Action: 'ssm:*', Resource: '*' }]);
    await fixture.define("exports.handler = async () => { console.log('lost'); return 'ran'; };", {
      Role,
    });
    expect((await fixture.invoke('f')).payload).toBe('ran');
    await expect(fixture.logLines('/aws/lambda/f')).rejects.toBeInstanceOf(NoLogGroup);
    expect(fixture.world.journal.entries.filter(({ name }) => name === 'logs-lost')).toHaveLength(
      1,
    );
  });

  it('go into the group that the function names, which a narrow role may write', async () => {
    const fixture = functionFixture();
    await fixture
      .client(CloudWatchLogsClient)
      .send(new CreateLogGroupCommand({ logGroupName: 'own' }));
    const Role = await fixture.role('writer', [
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: 'arn:aws:logs:eu-west-1:111111111111:log-group:own:*',
      },
    ]);
    await fixture.define("exports.handler = async () => console.log('kept');", {
      Role,
      LoggingConfig: { LogGroup: 'own' },
    });
    await fixture.invoke('f');
    expect((await fixture.logLines('own')).some((line) => line.endsWith('kept'))).toBe(true);
  });
});

const withQueues = (settings = {}): FunctionFixture => functionFixture([sqs, sns, kms], settings);

async function queue(
  fixture: FunctionFixture,
  name: string,
  attributes: Record<string, string> = {},
) {
  const client = fixture.client(SQSClient);
  const { QueueUrl = '' } = await client.send(
    new CreateQueueCommand({ QueueName: name, Attributes: attributes }),
  );
  return { url: QueueUrl, arn: `arn:aws:sqs:eu-west-1:111111111111:${name}` };
}

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

/** Notes each batch in a parameter, and fails for the messages that say so. */
const consumer = `
  const { SSMClient, GetParameterCommand, PutParameterCommand } = require('@aws-sdk/client-ssm');
  const client = new SSMClient({});
  exports.handler = async ({ Records }) => {
    const seen = await client.send(new GetParameterCommand({ Name: '/seen' })).then(({ Parameter }) => JSON.parse(Parameter.Value), () => []);
    seen.push(Records.map(({ body, attributes }) => body + attributes.ApproximateReceiveCount));
    await client.send(new PutParameterCommand({ Name: '/seen', Type: 'String', Overwrite: true, Value: JSON.stringify(seen) }));
    if (Records.some(({ body }) => body === 'throw')) throw new Error('whole batch');
    return { batchItemFailures: Records.filter(({ body }) => body === 'fail').map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };`;

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

describe('resource types', () => {
  const provider = (type: string): ResourceProvider => {
    const found = lambda.resources?.find((candidate) => candidate.type === type);
    if (!found) throw new Error(`no provider for ${type}`);
    return found;
  };

  it('make a function of inline source, change it and delete it', async () => {
    const fixture = functionFixture();
    const functions = provider('AWS::Lambda::Function');
    const Role = await fixture.role('r');
    const properties = {
      Role,
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Timeout: '30',
      Code: { ZipFile: "exports.handler = async () => process.env.VALUE ?? 'first';" },
      LoggingConfig: { LogFormat: 'JSON' },
    };
    const deployment = fixture.deployment('Fn');
    const made = await fixture.world.scheduler.serve('create', () =>
      functions.create(properties, deployment),
    );
    expect(made.physicalId).toMatch(/^demo-Fn-[A-Z0-9]{12}$/);
    expect(made.attributes['Arn']).toBe(
      `arn:aws:lambda:eu-west-1:111111111111:function:${made.physicalId}`,
    );
    expect((await fixture.invoke(made.physicalId)).payload).toBe('first');
    const changed = {
      ...properties,
      Timeout: undefined,
      Environment: { Variables: { VALUE: '2' } },
      Code: { ZipFile: 'exports.handler = async () => `second ${process.env.VALUE}`;' },
      ReservedConcurrentExecutions: 1,
    };
    const existing = { physicalId: made.physicalId, previous: properties };
    await fixture.world.scheduler.serve('update', async () =>
      functions.update?.(changed, deployment, existing),
    );
    expect((await fixture.invoke(made.physicalId)).payload).toBe('second 2');
    const { Configuration, Concurrency, Tags } = await fixture.lambda.send(
      new GetFunctionCommand({ FunctionName: made.physicalId }),
    );
    expect([Configuration?.Timeout, Concurrency?.ReservedConcurrentExecutions]).toEqual([3, 1]);
    expect(Tags).toMatchObject({ 'aws:cloudformation:logical-id': 'Fn' });
    for (let times = 0; times < 2; times += 1)
      await functions.delete(made.physicalId, deployment, { properties: changed });
  });

  it('wait for a role that does not count yet', async () => {
    const fixture = functionFixture();
    const functions = provider('AWS::Lambda::Function');
    const properties = {
      Role: 'arn:aws:iam::111111111111:role/not-yet',
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Code: { ZipFile: echo },
    };
    await expect(functions.create(properties, fixture.deployment('Fn'))).rejects.toMatchObject({
      name: 'NotReadyYet',
    });
  });

  it('make permissions and event source mappings', async () => {
    const fixture = withQueues();
    const work = await queue(fixture, 'work', { VisibilityTimeout: '60' });
    await fixture.define(consumer);
    const permissions = provider('AWS::Lambda::Permission');
    const mappings = provider('AWS::Lambda::EventSourceMapping');
    const deployment = fixture.deployment('Thing');
    const permission = {
      FunctionName: 'f',
      Action: 'lambda:InvokeFunction',
      Principal: 'sns.amazonaws.com',
      SourceArn: 'arn:aws:sns:eu-west-1:111111111111:t',
    };
    const { physicalId } = await permissions.create(permission, deployment);
    const { Policy = '' } = await fixture.lambda.send(new GetPolicyCommand({ FunctionName: 'f' }));
    expect(Policy).toContain(physicalId);
    await permissions.delete(physicalId, deployment, { properties: permission });
    await expect(
      fixture.lambda.send(new GetPolicyCommand({ FunctionName: 'f' })),
    ).rejects.toBeInstanceOf(ResourceNotFoundException);
    const given = {
      FunctionName: 'f',
      EventSourceArn: work.arn,
      BatchSize: '1',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    };
    const made = await fixture.world.scheduler.serve('create', () =>
      mappings.create(given, deployment),
    );
    const read = () =>
      fixture.lambda.send(new GetEventSourceMappingCommand({ UUID: made.physicalId }));
    expect(await read()).toMatchObject({
      State: 'Enabled',
      BatchSize: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    await fixture.world.scheduler.serve('update', async () =>
      mappings.update?.({ ...given, BatchSize: 5, FunctionResponseTypes: undefined }, deployment, {
        physicalId: made.physicalId,
        previous: given,
      }),
    );
    expect(await read()).toMatchObject({
      State: 'Enabled',
      BatchSize: 5,
      FunctionResponseTypes: [],
    });
    await fixture.world.scheduler.serve('delete', () =>
      mappings.delete(made.physicalId, deployment, { properties: given }),
    );
    await expect(read()).rejects.toBeInstanceOf(ResourceNotFoundException);
  });
});
