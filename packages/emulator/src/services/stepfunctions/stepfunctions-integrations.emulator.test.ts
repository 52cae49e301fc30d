import { describe, expect, it } from '@jest/globals';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { stateMachineFixture } from '../../../test/state-machine-fixture.ts';
import { dynamodb } from '../dynamodb/operations.ts';
import { events } from '../events/operations.ts';
import { sns } from '../sns/operations.ts';
import { sqs } from '../sqs/operations.ts';

const parsed = (text: string | undefined): unknown => JSON.parse(text ?? 'null');

const task = (Resource: string, Arguments: object, more: object = {}) => ({
  Type: 'Task',
  Resource: `arn:aws:states:::${Resource}`,
  Arguments,
  End: true,
  ...more,
});

async function withTable() {
  const fixture = stateMachineFixture([dynamodb]);
  await fixture.client(DynamoDBClient).send(
    new CreateTableCommand({
      TableName: 'items',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'k', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'k', AttributeType: 'S' }],
    }),
  );
  await fixture.world.scheduler.runFor(60_000);
  return fixture;
}

describe('DynamoDB', () => {
  it('keeps and gives items', async () => {
    const fixture = await withTable();
    const ended = await fixture.run(
      {
        Put: task(
          'dynamodb:putItem',
          { TableName: 'items', Item: { k: { S: '{% $states.input.k %}' }, n: { N: '1' } } },
          { End: undefined, Next: 'Get', Output: '{% $states.input %}' },
        ),
        Get: task(
          'dynamodb:getItem',
          { TableName: 'items', Key: { k: { S: '{% $states.input.k %}' } } },
          { Output: '{% $states.result.Item %}' },
        ),
      },
      { k: 'a' },
    );
    expect(parsed(ended.output)).toEqual({ k: { S: 'a' }, n: { N: '1' } });
  });

  it('names its errors by the integration', async () => {
    const fixture = await withTable();
    const Arguments = {
      TableName: 'items',
      Item: { k: { S: 'a' } },
      ConditionExpression: 'attribute_exists(k)',
    };
    expect(await fixture.run({ Put: task('dynamodb:putItem', Arguments) })).toMatchObject({
      error: 'DynamoDB.ConditionalCheckFailedException',
    });
    expect(await fixture.run({ Put: task('aws-sdk:dynamodb:putItem', Arguments) })).toMatchObject({
      error: 'DynamoDb.ConditionalCheckFailedException',
    });
    const roleArn = await fixture.statesRole('weak', [
      { Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: '*' },
    ]);
    expect(
      await fixture.run({ Put: task('dynamodb:putItem', Arguments) }, {}, { roleArn }),
    ).toMatchObject({
      error: 'DynamoDB.AmazonDynamoDBException',
      cause: expect.stringContaining('dynamodb:PutItem'),
    });
  });
});

describe('messages', () => {
  it('are published and sent, values as JSON text', async () => {
    const fixture = stateMachineFixture([sns, sqs]);
    const sqsClient = fixture.client(SQSClient);
    const { QueueUrl = '' } = await sqsClient.send(new CreateQueueCommand({ QueueName: 'q' }));
    const snsClient = fixture.client(SNSClient);
    const { TopicArn = '' } = await snsClient.send(new CreateTopicCommand({ Name: 'topic' }));
    const ended = await fixture.run({
      Publish: task(
        'sns:publish',
        { TopicArn, Message: { a: 1 } },
        { End: undefined, Next: 'Send' },
      ),
      Send: task('sqs:sendMessage', { QueueUrl, MessageBody: '{% $states.input %}' }),
    });
    expect(ended.status).toBe('SUCCEEDED');
    expect(parsed(ended.output)).toMatchObject({ MessageId: expect.any(String) });
    const { Messages } = await sqsClient.send(new ReceiveMessageCommand({ QueueUrl }));
    expect(parsed(Messages?.[0]?.Body)).toMatchObject({
      MessageId: expect.any(String),
      SdkHttpMetadata: { HttpStatusCode: 200 },
    });
  });

  it('are put on a bus with the execution among their resources', async () => {
    const fixture = stateMachineFixture([events, sqs]);
    const queue = fixture.client(SQSClient);
    const { QueueUrl } = await queue.send(new CreateQueueCommand({ QueueName: 'q' }));
    const queueArn = 'arn:aws:sqs:eu-west-1:111111111111:q';
    const letIn = {
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: queueArn,
    };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: letIn });
    await queue.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
    const bus = fixture.client(EventBridgeClient);
    const EventPattern = JSON.stringify({ source: ['test'] });
    await bus.send(new PutRuleCommand({ Name: 'rule', EventPattern }));
    await bus.send(
      new PutTargetsCommand({ Rule: 'rule', Targets: [{ Id: 'queue', Arn: queueArn }] }),
    );
    const entry = {
      Source: 'test',
      DetailType: 'Something',
      Detail: { n: '{% $states.input.n %}' },
      Resources: ['mine'],
      EventBusName: 'default',
    };
    const ended = await fixture.run(
      { Put: task('events:putEvents', { Entries: [entry] }) },
      { n: 1 },
    );
    expect(parsed(ended.output)).toMatchObject({ FailedEntryCount: 0 });
    await fixture.world.scheduler.runFor(10_000);
    const { Messages } = await queue.send(new ReceiveMessageCommand({ QueueUrl }));
    expect(parsed(Messages?.[0]?.Body)).toMatchObject({
      resources: ['mine', ended.stateMachineArn, ended.executionArn],
      detail: { n: 1 },
    });
    const failed = await fixture.run(
      { Put: task('events:putEvents', { Entries: [{ ...entry, Source: 'aws.mine' }] }) },
      { n: 1 },
    );
    expect(failed).toMatchObject({ status: 'FAILED', error: 'EventBridge.FailedEntry' });
  });

  it('carry the time that was given, and fail for what is no time and for unknown arguments', async () => {
    const fixture = stateMachineFixture([events]);
    const put = (more: object) =>
      fixture.run({
        Put: task(
          'events:putEvents',
          { Entries: [{ Source: 'test', DetailType: 'Something', Detail: {}, ...more }] },
          { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }] },
        ),
        Caught: { Type: 'Succeed' },
      });
    expect(parsed((await put({ Time: '2026-11-21T08:00:00Z' })).output)).toMatchObject({
      FailedEntryCount: 0,
    });
    expect(await put({ Time: 'soon' })).toMatchObject({ error: 'States.Runtime' });
    expect(await put({ Tine: '2026-11-21T08:00:00Z' })).toMatchObject({ error: 'States.Runtime' });
  });
});

describe('an SDK integration', () => {
  it('calls the operation as it is', async () => {
    const fixture = stateMachineFixture();
    const ended = await fixture.run({
      Put: task(
        'aws-sdk:ssm:putParameter',
        { Name: '/a', Value: 'v', Type: 'String' },
        { End: undefined, Next: 'Get' },
      ),
      Get: task('aws-sdk:ssm:getParameter', { Name: '/a' }),
    });
    expect(parsed(ended.output)).toMatchObject({
      Parameter: { Name: '/a', Value: 'v', Version: 1, Arn: expect.stringContaining('/a') },
    });
    const { Parameter } = await fixture
      .client(SSMClient)
      .send(new GetParameterCommand({ Name: '/a' }));
    expect(Parameter?.Value).toBe('v');
    expect(
      await fixture.run({ Get: task('aws-sdk:ssm:getParameter', { Name: '/b' }) }),
    ).toMatchObject({ error: 'Ssm.ParameterNotFoundException' });
  });

  it('is refused with arguments that the operation does not have or without those that it needs', async () => {
    const fixture = stateMachineFixture();
    const refusal = (Arguments: object) =>
      fixture.machine({
        Each: {
          Type: 'Map',
          ItemProcessor: {
            StartAt: 'Get',
            States: { Get: task('aws-sdk:ssm:getParameter', Arguments) },
          },
          End: true,
        },
      });
    await expect(refusal({ Name: '/a', Nome: '/b' })).rejects.toMatchObject({
      name: 'InvalidDefinition',
      message: expect.stringContaining(
        "The field 'Nome' is not supported by Step Functions at /States/Each/ItemProcessor/States/Get/Arguments",
      ),
    });
    await expect(refusal({})).rejects.toMatchObject({
      message: expect.stringContaining("The field 'Name' is required but was missing"),
    });
  });

  it.each([
    'lambda:invoke.waitForTaskToken',
    'states:startExecution.sync',
    'aws-sdk:ec2:describeInstances',
    'http:invoke',
  ])('is refused for %s', async (resource) => {
    const fixture = stateMachineFixture();
    await expect(fixture.machine({ Only: task(resource, {}) })).rejects.toMatchObject({
      name: 'InvalidDefinition',
    });
  });
});
