import { describe, expect, it } from '@jest/globals';
import {
  DeleteRolePolicyCommand,
  IAMClient,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { PutFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { stateMachineFixture } from '../../../test/state-machine-fixture.ts';

const parsed = (text: string | undefined): unknown => JSON.parse(text ?? 'null');

const invoke = (FunctionName: string, more: object = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName, Payload: '{% $states.input %}' },
  Output: '{% $states.result.Payload %}',
  End: true,
  ...more,
});

const caught = {
  Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
};
const Caught = { Type: 'Pass', End: true };

describe('a task that invokes a function', () => {
  it('asks again and again for hundreds of rounds', async () => {
    const fixture = stateMachineFixture();
    await fixture.define(
      'let n = 0; exports.handler = async () => ({ done: ++n >= 200, n, waitSeconds: 60 });',
      { FunctionName: 'ask' },
    );
    const ended = await fixture.run({
      Ask: invoke('ask', {
        Assign: { waitSeconds: '{% $states.result.Payload.waitSeconds %}' },
        End: undefined,
        Next: 'Done?',
      }),
      'Done?': {
        Type: 'Choice',
        Choices: [{ Condition: '{% $states.input.done %}', Next: 'Done' }],
        Default: 'Pause',
      },
      Pause: { Type: 'Wait', Seconds: '{% $waitSeconds %}', Next: 'Ask' },
      Done: { Type: 'Succeed', Output: '{% $states.input.n %}' },
    });
    expect(ended).toMatchObject({ status: 'SUCCEEDED', output: '200' });
    const tookMs = (ended.stopDate?.getTime() ?? 0) - (ended.startDate?.getTime() ?? 0);
    // A new environment takes part of a second to start.
    expect(Math.floor(tookMs / 1000)).toBe(199 * 60);
  });

  it('notes what it called and what came of it', async () => {
    const fixture = stateMachineFixture();
    await fixture.define('exports.handler = async (event) => ({ seen: event });');
    const ended = await fixture.run(
      {
        Ask: invoke('f', { TimeoutSeconds: 20, Assign: { last: '{% $states.result.Payload %}' } }),
      },
      { a: 1 },
    );
    expect(parsed(ended.output)).toEqual({ seen: { a: 1 } });
    const [, entered, scheduled, started, succeeded, exited, last] = await fixture.history(
      ended.executionArn ?? '',
    );
    expect(entered?.stateEnteredEventDetails).toMatchObject({ name: 'Ask', input: '{"a":1}' });
    expect(scheduled?.taskScheduledEventDetails).toEqual({
      resourceType: 'lambda',
      resource: 'invoke',
      region: 'eu-west-1',
      parameters: '{"FunctionName":"f","Payload":{"a":1}}',
      timeoutInSeconds: 20,
    });
    expect(started).toMatchObject({ type: 'TaskStarted', previousEventId: scheduled?.id });
    expect(parsed(succeeded?.taskSucceededEventDetails?.output)).toMatchObject({
      ExecutedVersion: '$LATEST',
      Payload: { seen: { a: 1 } },
      SdkHttpMetadata: { HttpStatusCode: 200 },
      SdkResponseMetadata: { RequestId: expect.any(String) },
      StatusCode: 200,
    });
    expect(exited?.stateExitedEventDetails).toMatchObject({
      name: 'Ask',
      output: '{"seen":{"a":1}}',
      assignedVariables: { last: '{"seen":{"a":1}}' },
    });
    expect(last).toMatchObject({ id: 7, previousEventId: 6, type: 'ExecutionSucceeded' });
  });

  it('fails with the error of the function, its answer as the cause', async () => {
    const fixture = stateMachineFixture();
    await fixture.define(
      'exports.handler = async () => { const e = new Error("no way"); e.name = "NoWay"; throw e; };',
    );
    const ended = await fixture.run({ Ask: invoke('f') });
    expect(ended).toMatchObject({ status: 'FAILED', error: 'NoWay' });
    expect(parsed(ended.cause)).toMatchObject({ errorType: 'NoWay', errorMessage: 'no way' });
    const types = (await fixture.history(ended.executionArn ?? '')).map(({ type }) => type);
    expect(types.slice(-2)).toEqual(['TaskFailed', 'ExecutionFailed']);
  });

  it('fails with Sandbox.Timedout where the function runs out of time', async () => {
    const fixture = stateMachineFixture();
    await fixture.define(
      'exports.handler = () => new Promise((resolve) => setTimeout(resolve, 60000));',
      { Timeout: 3 },
    );
    expect(await fixture.run({ Ask: invoke('f') })).toMatchObject({
      status: 'FAILED',
      error: 'Sandbox.Timedout',
    });
  });

  it('gives up at its timeout though the function goes on', async () => {
    const fixture = stateMachineFixture();
    await fixture.define(
      'exports.handler = () => new Promise((resolve) => setTimeout(() => resolve("late"), 60000));',
      { Timeout: 120 },
    );
    const ended = await fixture.run({ Ask: invoke('f', { TimeoutSeconds: 5, ...caught }), Caught });
    expect(parsed(ended.output)).toEqual({ Error: 'States.Timeout', Cause: '' });
    expect((ended.stopDate?.getTime() ?? 0) - (ended.startDate?.getTime() ?? 0)).toBe(5_000);
    await fixture.world.scheduler.runFor(600_000);
    const types = (await fixture.history(ended.executionArn ?? '')).map(({ type }) => type);
    expect(types).toContain('TaskTimedOut');
    expect(types.at(-1)).toBe('ExecutionSucceeded');
    expect(types).not.toContain('TaskSucceeded');
  });

  it('is stopped while the function goes on, whose answer comes to nothing', async () => {
    const fixture = stateMachineFixture();
    await fixture.define(
      'exports.handler = () => new Promise((resolve) => setTimeout(() => resolve("late"), 60000));',
      { Timeout: 120 },
    );
    const executionArn = await fixture.start(await fixture.machine({ Ask: invoke('f') }));
    await fixture.world.scheduler.runFor(10_000);
    await fixture.sfn.send(new StopExecutionCommand({ executionArn }));
    await fixture.world.scheduler.runFor(600_000);
    expect((await fixture.describe(executionArn)).status).toBe('ABORTED');
    const types = (await fixture.history(executionArn)).map(({ type }) => type);
    expect(types.slice(-2)).toEqual(['TaskStarted', 'ExecutionAborted']);
  });

  it('runs again as its retriers say, each with its own count', async () => {
    const fixture = stateMachineFixture();
    await fixture.define(
      `let n = 0;
       exports.handler = async () => {
         n += 1;
         const e = new Error(String(n));
         e.name = n <= 3 ? 'Busy' : 'Other';
         if (n <= 4) throw e;
         return n;
       };`,
    );
    const ended = await fixture.run({
      Ask: invoke('f', {
        Arguments: { FunctionName: 'f', Payload: '{% $states.context.State.RetryCount %}' },
        Retry: [
          { ErrorEquals: ['Busy'], IntervalSeconds: 10, MaxAttempts: 3, BackoffRate: 2 },
          { ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 1 },
        ],
      }),
    });
    expect(ended).toMatchObject({ status: 'SUCCEEDED', output: '5' });
    const tookMs = (ended.stopDate?.getTime() ?? 0) - (ended.startDate?.getTime() ?? 0);
    expect(Math.floor(tookMs / 1000)).toBe(10 + 20 + 40 + 1);
    const history = await fixture.history(ended.executionArn ?? '');
    expect(
      history.flatMap(({ taskScheduledEventDetails: details }) =>
        details ? [parsed(details.parameters)] : [],
      ),
    ).toEqual([0, 1, 2, 3, 4].map((Payload) => ({ FunctionName: 'f', Payload })));
    expect(history.filter(({ type }) => type === 'TaskStateEntered')).toHaveLength(1);
  });

  it('waits by chance where its retrier says so', async () => {
    const fixture = stateMachineFixture();
    const retrier = { ErrorEquals: ['States.ALL'], IntervalSeconds: 1_000, MaxAttempts: 1 };
    const Retry = [{ ...retrier, JitterStrategy: 'FULL' }];
    const { startDate, stopDate } = await fixture.run({ Ask: invoke('nobody', { Retry }) });
    const tookMs = (stopDate?.getTime() ?? 0) - (startDate?.getTime() ?? 0);
    expect(tookMs).toBeGreaterThan(0);
    expect(tookMs).toBeLessThan(1_000_000);
  });

  it('counts its retries anew when it is entered again', async () => {
    const fixture = stateMachineFixture();
    await fixture.define(
      'let n = 0; exports.handler = async () => { n += 1; if (n % 2) throw new Error("odd"); return n; };',
    );
    const retried = { Retry: [{ ErrorEquals: ['Error'], MaxAttempts: 1 }] };
    const ended = await fixture.run({
      Ask: invoke('f', { ...retried, End: undefined, Next: 'Enough?' }),
      'Enough?': {
        Type: 'Choice',
        Choices: [{ Condition: '{% $states.input = 6 %}', Next: 'Done' }],
        Default: 'Ask',
      },
      Done: { Type: 'Succeed' },
    });
    expect(ended).toMatchObject({ status: 'SUCCEEDED', output: '6' });
  });

  it('hands what went wrong to a catcher, which may assign and shape it', async () => {
    const fixture = stateMachineFixture();
    await fixture.define('exports.handler = async () => { throw new RangeError("r"); };');
    const ended = await fixture.run({
      Ask: invoke('f', {
        Catch: [
          { ErrorEquals: ['TypeError'], Next: 'Wrong' },
          {
            ErrorEquals: ['RangeError'],
            Assign: { kind: '{% $states.errorOutput.Error %}' },
            Output: { was: '{% $parse($states.errorOutput.Cause).errorMessage %}' },
            Next: 'Caught',
          },
        ],
      }),
      Wrong: { Type: 'Fail' },
      Caught: { Type: 'Pass', Output: ['{% $kind %}', '{% $states.input %}'], End: true },
    });
    expect(parsed(ended.output)).toEqual(['RangeError', { was: 'r' }]);
  });

  it('can catch that a field of it cannot be evaluated', async () => {
    const fixture = stateMachineFixture();
    await fixture.define('exports.handler = async () => ({ a: 1 });');
    const ended = await fixture.run({
      Ask: invoke('f', {
        Output: '{% $states.result.Payload.nothing %}',
        Catch: [{ ErrorEquals: ['States.QueryEvaluationError'], Next: 'Caught' }],
      }),
      Caught,
    });
    expect(parsed(ended.output)).toMatchObject({ Error: 'States.QueryEvaluationError' });
    expect(
      (await fixture.history(ended.executionArn ?? '')).find(
        ({ type }) => type === 'EvaluationFailed',
      )?.evaluationFailedEventDetails,
    ).toMatchObject({ state: 'Ask', location: 'Output', error: 'States.QueryEvaluationError' });
  });

  it('fails where its arguments are larger than 256 KiB', async () => {
    const fixture = stateMachineFixture();
    const Payload = { a: '{% $states.input %}', b: '{% $states.input %}' };
    const Arguments = { FunctionName: 'nobody', Payload };
    const ask = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Arguments, End: true };
    expect(await fixture.run({ Ask: ask }, 'x'.repeat(140_000))).toMatchObject({
      error: 'States.DataLimitExceeded',
    });
  });

  it('fails where the result is larger than 256 KiB, which States.ALL does not catch', async () => {
    const fixture = stateMachineFixture();
    await fixture.define('exports.handler = async () => "x".repeat(262144);');
    expect(
      await fixture.run({
        Ask: invoke('f', { ...caught, Retry: [{ ErrorEquals: ['States.ALL'] }] }),
        Caught,
      }),
    ).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });
});

describe('what Lambda refuses', () => {
  it('is an AWSLambdaException where the role may not invoke', async () => {
    const fixture = stateMachineFixture();
    await fixture.define('exports.handler = async () => 1;');
    const roleArn = await fixture.statesRole('weak', [
      { Effect: 'Allow', Action: 'lambda:GetFunction', Resource: '*' },
    ]);
    const ended = await fixture.run({ Ask: invoke('f') }, {}, { roleArn });
    expect(ended).toMatchObject({ status: 'FAILED', error: 'Lambda.AWSLambdaException' });
    expect(ended.cause).toMatch(
      /assumed-role\/weak\/.* is not authorized to perform: lambda:InvokeFunction .*Error Code: AccessDeniedException/,
    );
  });

  it('is noticed by an execution that runs when the role loses its rights', async () => {
    const fixture = stateMachineFixture();
    await fixture.define('exports.handler = async () => 1;');
    const roleArn = await fixture.statesRole('later-weak');
    const arn = await fixture.machine(
      {
        Ask: invoke('f', { End: undefined, Next: 'Pause' }),
        Pause: { Type: 'Wait', Seconds: 100, Next: 'Again' },
        Again: invoke('f'),
      },
      { roleArn },
    );
    const execution = await fixture.start(arn);
    await fixture.world.scheduler.runFor(10_000);
    await fixture
      .client(IAMClient)
      .send(new DeleteRolePolicyCommand({ RoleName: 'later-weak', PolicyName: 'own' }));
    expect(await fixture.settle(execution)).toMatchObject({
      status: 'FAILED',
      error: 'Lambda.AWSLambdaException',
    });
  });

  it('is a missing permission where the role stops to trust Step Functions', async () => {
    const fixture = stateMachineFixture();
    await fixture.define('exports.handler = async () => 1;');
    const roleArn = await fixture.statesRole('distrustful');
    const arn = await fixture.machine(
      { Pause: { Type: 'Wait', Seconds: 100, Next: 'Ask' }, Ask: invoke('f') },
      { roleArn },
    );
    const execution = await fixture.start(arn);
    await fixture.client(IAMClient).send(
      new UpdateAssumeRolePolicyCommand({
        RoleName: 'distrustful',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: {
            Effect: 'Allow',
            Principal: { Service: 'lambda.amazonaws.com' },
            Action: 'sts:AssumeRole',
          },
        }),
      }),
    );
    expect(await fixture.settle(execution)).toMatchObject({
      status: 'FAILED',
      error: 'States.Permissions',
    });
  });

  it('carries the name that Lambda gave it', async () => {
    const fixture = stateMachineFixture();
    expect(await fixture.run({ Ask: invoke('nothing') })).toMatchObject({
      error: 'Lambda.ResourceNotFoundException',
    });
    await fixture.define('exports.handler = async () => 1;');
    await fixture.lambda.send(
      new PutFunctionConcurrencyCommand({ FunctionName: 'f', ReservedConcurrentExecutions: 0 }),
    );
    expect(await fixture.run({ Ask: invoke('f', { ...caught }), Caught })).toMatchObject({
      output: expect.stringContaining('Lambda.TooManyRequestsException'),
    });
  });
});
