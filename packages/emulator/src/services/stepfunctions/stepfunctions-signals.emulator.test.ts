import { describe, expect, it } from '@jest/globals';
import {
  CreateLogGroupCommand,
  CloudWatchLogsClient,
  DescribeResourcePoliciesCommand,
  PutResourcePolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import {
  StopExecutionCommand,
  UpdateStateMachineCommand,
  type LogLevel,
} from '@aws-sdk/client-sfn';
import {
  stateMachineFixture,
  type StateMachineFixture,
} from '../../../test/state-machine-fixture.ts';

const pass = { Type: 'Pass', End: true };
const wait = { Type: 'Wait', Seconds: 30, End: true };
const fail = { Type: 'Fail', Error: 'Bad' };

describe('metrics', () => {
  it('count executions by their machine and tell how long they took', async () => {
    const fixture = stateMachineFixture();
    const arn = await fixture.machine({
      Which: {
        Type: 'Choice',
        Choices: [{ Condition: '{% $states.input.bad %}', Next: 'Fails' }],
        Default: 'Waits',
      },
      Fails: fail,
      Waits: wait,
    });
    const start = fixture.world.scheduler.now;
    await fixture.settle(await fixture.start(arn, { bad: true }));
    await fixture.settle(await fixture.start(arn, { bad: false }));
    const stopped = await fixture.start(arn, { bad: false });
    await fixture.sfn.send(new StopExecutionCommand({ executionArn: stopped }));
    const sum = async (MetricName: string): Promise<number | undefined> => {
      const { Datapoints = [] } = await fixture.client(CloudWatchClient).send(
        new GetMetricStatisticsCommand({
          Namespace: 'AWS/States',
          MetricName,
          Dimensions: [{ Name: 'StateMachineArn', Value: arn }],
          StartTime: new Date(start - 60_000),
          EndTime: new Date(start + 3_600_000),
          Period: 7_200,
          Statistics: ['Sum'],
        }),
      );
      return Datapoints.reduce((total, { Sum = 0 }) => total + Sum, 0);
    };
    expect(await sum('ExecutionsStarted')).toBe(3);
    expect(await sum('ExecutionsSucceeded')).toBe(1);
    expect(await sum('ExecutionsFailed')).toBe(1);
    expect(await sum('ExecutionsAborted')).toBe(1);
    expect(await sum('ExecutionsTimedOut')).toBe(0);
    expect(await sum('ExecutionTime')).toBe(30_000);
  });
});

describe('events', () => {
  const published = (fixture: StateMachineFixture) =>
    fixture.world.journal.entries
      .filter(({ name, service }) => name === 'event-published' && service === 'states')
      .map(({ detail }) => detail['event']);

  it('tell of the beginning and the end of an execution', async () => {
    const fixture = stateMachineFixture();
    const ended = await fixture.run({ Only: { ...pass, Output: 7 } }, { a: 1 });
    const common = {
      source: 'aws.states',
      'detail-type': 'Step Functions Execution Status Change',
      resources: [ended.executionArn],
    };
    expect(published(fixture)).toMatchObject([
      {
        ...common,
        detail: {
          executionArn: ended.executionArn,
          stateMachineArn: ended.stateMachineArn,
          name: ended.name,
          status: 'RUNNING',
          startDate: ended.startDate?.getTime(),
          stopDate: null,
          input: '{"a":1}',
          output: null,
        },
      },
      {
        ...common,
        detail: { status: 'SUCCEEDED', output: '7', outputDetails: { included: true } },
      },
    ]);
  });

  it('leave the input out where it is too long together with the output', async () => {
    const fixture = stateMachineFixture();
    await fixture.run({ Only: pass }, 'x'.repeat(130_000));
    expect(published(fixture)).toMatchObject([
      { detail: { status: 'RUNNING', inputDetails: { included: true } } },
      {
        detail: {
          status: 'SUCCEEDED',
          input: null,
          inputDetails: { included: false },
          outputDetails: { included: true },
        },
      },
    ]);
  });

  it('leave an output out that is too long alone', async () => {
    const fixture = stateMachineFixture();
    await fixture.run({ Only: { ...pass, Output: 'x'.repeat(255_000) } });
    expect(published(fixture)[1]).toMatchObject({
      detail: { status: 'SUCCEEDED', output: null, outputDetails: { included: false } },
    });
  });

  it('do not tell of children of a map run', async () => {
    const fixture = stateMachineFixture();
    await fixture.run({
      Each: {
        Type: 'Map',
        Items: [1, 2],
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
          StartAt: 'Only',
          States: { Only: pass },
        },
        End: true,
      },
    });
    expect(published(fixture)).toHaveLength(2);
  });
});

const deliveryActions = [
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
];
const groupArn = 'arn:aws:logs:eu-west-1:111111111111:log-group:/aws/vendedlogs/states/m';
const logging = (level: LogLevel, includeExecutionData = false) => ({
  level,
  includeExecutionData,
  destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: `${groupArn}:*` } }],
});

describe('logs', () => {
  const withGroup = async (): Promise<StateMachineFixture> => {
    const fixture = stateMachineFixture();
    await fixture
      .client(CloudWatchLogsClient)
      .send(new CreateLogGroupCommand({ logGroupName: '/aws/vendedlogs/states/m' }));
    return fixture;
  };
  const lines = async (
    fixture: StateMachineFixture,
  ): Promise<{ type?: string; details?: object }[]> =>
    (await fixture.logLines('/aws/vendedlogs/states/m')).map(
      (line) => JSON.parse(line) as { type?: string; details?: object },
    );

  it('hold every event at the level ALL, with data where that is wanted', async () => {
    const fixture = await withGroup();
    const ended = await fixture.run(
      { Only: pass },
      { a: 1 },
      { loggingConfiguration: logging('ALL', true) },
    );
    const found = await lines(fixture);
    expect(found.map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'PassStateEntered',
      'PassStateExited',
      'ExecutionSucceeded',
    ]);
    expect(found[1]).toMatchObject({
      id: '2',
      previous_event_id: '1',
      execution_arn: ended.executionArn,
      details: { name: 'Only', input: '{"a":1}' },
    });
    const { resourcePolicies } = await fixture
      .client(CloudWatchLogsClient)
      .send(new DescribeResourcePoliciesCommand({}));
    expect(resourcePolicies?.[0]?.policyDocument).toContain(`${groupArn}:log-stream:*`);
  });

  it('cut the data of an entry of more than 248 KiB and say so', async () => {
    const fixture = await withGroup();
    await fixture.run(
      { Only: pass },
      { text: 'é'.repeat(129_000) },
      { loggingConfiguration: logging('ALL', true) },
    );
    const texts = await fixture.logLines('/aws/vendedlogs/states/m');
    expect(texts).toHaveLength(4);
    for (const text of texts) {
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(248 * 1024);
      expect(Buffer.byteLength(text)).toBeGreaterThan(248 * 1024 - 10);
      const { details } = JSON.parse(text) as { details: Record<string, unknown> };
      expect(details['inputDetails'] ?? details['outputDetails']).toEqual({ truncated: true });
    }
  });

  it('let delivery into further groups, on whichever page of the policies that is said', async () => {
    const fixture = stateMachineFixture([], { pageSizeMax: 2 });
    const client = fixture.client(CloudWatchLogsClient);
    const policyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'logs:PutLogEvents',
        Resource: '*',
      },
    });
    for (const policyName of ['A1', 'A2', 'A3'])
      await client.send(new PutResourcePolicyCommand({ policyName, policyDocument }));
    const groups = ['first', 'second'];
    for (const logGroupName of groups) {
      await client.send(new CreateLogGroupCommand({ logGroupName }));
      const logGroupArn = `arn:aws:logs:eu-west-1:111111111111:log-group:${logGroupName}:*`;
      const destinations = [{ cloudWatchLogsLogGroup: { logGroupArn } }];
      await fixture.machine(
        { Only: pass },
        { loggingConfiguration: { level: 'ALL', destinations } },
      );
    }
    const { nextToken } = await client.send(new DescribeResourcePoliciesCommand({}));
    const rest = await client.send(new DescribeResourcePoliciesCommand({ nextToken }));
    const delivery = rest.resourcePolicies?.find(
      ({ policyName }) => policyName === 'AWSLogDeliveryWrite20150319',
    );
    for (const name of groups) expect(delivery?.policyDocument).toContain(`:${name}:log-stream:*`);
  });

  it('hold what went wrong at the level ERROR, and the end of it at FATAL', async () => {
    const fixture = await withGroup();
    const arn = await fixture.machine({ Only: fail }, { loggingConfiguration: logging('ERROR') });
    await fixture.settle(await fixture.start(arn, { secret: 1 }));
    const errors = await lines(fixture);
    expect(errors.map(({ type }) => type)).toEqual(['FailStateEntered', 'ExecutionFailed']);
    expect(JSON.stringify(errors)).not.toContain('secret');
    await fixture.sfn.send(
      new UpdateStateMachineCommand({
        stateMachineArn: arn,
        loggingConfiguration: logging('FATAL'),
      }),
    );
    await fixture.world.scheduler.runFor(10_000);
    await fixture.settle(await fixture.start(arn));
    expect((await lines(fixture)).map(({ type }) => type).slice(2)).toEqual(['ExecutionFailed']);
  });

  it.each(deliveryActions)('need %s of the role of the machine', async (missing) => {
    const fixture = await withGroup();
    const roleArn = await fixture.statesRole('logs', [
      {
        Effect: 'Allow',
        Action: deliveryActions.filter((action) => action !== missing),
        Resource: '*',
      },
    ]);
    await expect(
      fixture.machine({ Only: pass }, { roleArn, loggingConfiguration: logging('ERROR') }),
    ).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: 'The state machine IAM Role is not authorized to access the Log Destination',
    });
  });

  it('need no more than these actions', async () => {
    const fixture = await withGroup();
    const roleArn = await fixture.statesRole('logs', [
      { Effect: 'Allow', Action: deliveryActions, Resource: '*' },
    ]);
    await fixture.run({ Only: fail }, {}, { roleArn, loggingConfiguration: logging('ERROR') });
    expect(await lines(fixture)).toHaveLength(2);
  });

  it('need a group that is there, named with :* at its end', async () => {
    const fixture = stateMachineFixture();
    for (const logGroupArn of [`${groupArn}:*`, groupArn])
      await expect(
        fixture.machine(
          { Only: pass },
          {
            loggingConfiguration: {
              level: 'ALL',
              destinations: [{ cloudWatchLogsLogGroup: { logGroupArn } }],
            },
          },
        ),
      ).rejects.toMatchObject({ name: 'InvalidLoggingConfiguration' });
    await expect(
      fixture.machine({ Only: pass }, { loggingConfiguration: { level: 'ALL' } }),
    ).rejects.toMatchObject({ name: 'InvalidLoggingConfiguration' });
  });
});
