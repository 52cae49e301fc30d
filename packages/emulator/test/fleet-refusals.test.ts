import { describe, expect, it } from '@jest/globals';
import { services } from '../src/emulator.ts';
import { answer } from '../src/wire/endpoint.ts';
import { serviceFixture } from './world-fixture.ts';

const serviceOf = (name: string) => {
  const found = services.find((service) => service.name === name);
  if (!found) throw new Error(`no service ${name}`);
  return found;
};

/** What a call of an operation by the administrator is refused with. */
async function refusalOf(name: string, operation: string, input: object): Promise<unknown> {
  const service = serviceOf(name);
  const { world, admin, account } = serviceFixture([service]);
  return world
    .invoke({
      service,
      operation,
      input: { ...input },
      caller: admin,
      account,
      region: 'eu-west-1',
      via: [],
      requestId: 'r',
    })
    .then(
      () => 'nothing',
      (error: unknown) => error,
    );
}

// Each of them is one that the documents of AWS would make somebody try here.
describe('what is not modelled is refused by its name', () => {
  it.each([
    ['autoscaling', 'PutWarmPool'],
    ['autoscaling', 'PutScalingPolicy'],
    ['cloudformation', 'DetectStackSetDrift'],
    ['cloudformation', 'ImportStacksToStackSet'],
    ['cloudwatch', 'PutAnomalyDetector'],
    ['cloudwatch', 'PutInsightRule'],
    ['dynamodb', 'TransactWriteItems'],
    ['ecs', 'CreateTaskSet'],
    ['ecs', 'ExecuteCommand'],
    ['ecs', 'PutAttributes'],
    ['lambda', 'CreateAlias'],
    ['lambda', 'PublishVersion'],
    ['logs', 'PutSubscriptionFilter'],
    ['logs', 'StartQuery'],
    ['organizations', 'PutResourcePolicy'],
    ['states', 'CreateActivity'],
    ['states', 'SendTaskSuccess'],
    ['states', 'SendTaskHeartbeat'],
    ['states', 'StartSyncExecution'],
    ['states', 'TestState'],
  ])('the operation %s:%s', async (name, operation) => {
    expect(await refusalOf(name, operation, {})).toMatchObject({
      code: 'NotImplemented',
      status: 501,
      message: `${name}:${operation} is not modelled by this emulator`,
    });
  });

  it.each([
    [
      'lambda',
      'CreateFunction',
      {
        FunctionName: 'f',
        Role: 'arn:aws:iam::111111111111:role/r',
        Code: {},
        DurableConfig: { ExecutionTimeout: 60 },
      },
      'DurableConfig is not modelled',
    ],
    [
      'lambda',
      'Invoke',
      { FunctionName: 'f', DurableExecutionName: 'once' },
      'DurableExecutionName is not modelled',
    ],
    [
      'cloudwatch',
      'PutMetricAlarm',
      {
        AlarmName: 'a',
        EvaluationPeriods: 1,
        ComparisonOperator: 'GreaterThanThreshold',
        Metrics: [{ Id: 'm1' }],
      },
      'Metrics is not modelled',
    ],
    [
      'logs',
      'PutMetricFilter',
      {
        logGroupName: 'g',
        filterName: 'f',
        filterPattern: '',
        metricTransformations: [{ metricName: 'm', metricNamespace: 'n', metricValue: '1' }],
        applyOnTransformedLogs: true,
      },
      'applyOnTransformedLogs is not modelled',
    ],
    [
      'dynamodb',
      'CreateTable',
      {
        TableName: 'things',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
      },
      'StreamSpecification',
    ],
  ])('a member of %s:%s: %j', async (name, operation, input, message) => {
    expect(await refusalOf(name, operation, input)).toMatchObject({
      message: expect.stringContaining(message),
    });
  });

  it.each(['dlm', 'backup', 'rbin', 'ram', 'config', 'inspector2', 'application-signals'])(
    'the service %s',
    async (name) => {
      const { world } = serviceFixture([serviceOf('lambda')]);
      const { status, body } = await answer(world, {
        method: 'POST',
        path: '/',
        query: '',
        headers: {
          authorization: `AWS4-HMAC-SHA256 Credential=AKIA/20261121/eu-west-1/${name}/aws4_request, SignedHeaders=host, Signature=0`,
        },
        body: new Uint8Array(),
      });
      expect([status, String(body)]).toEqual([
        501,
        expect.stringContaining(`the service ${name} is not part of this emulator`),
      ]);
    },
  );
});
