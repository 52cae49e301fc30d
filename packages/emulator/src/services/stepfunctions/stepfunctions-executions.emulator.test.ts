import { describe, expect, it } from '@jest/globals';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  StartExecutionCommand,
  StopExecutionCommand,
  paginateListExecutions,
} from '@aws-sdk/client-sfn';
import { stateMachineFixture } from '../../../test/state-machine-fixture.ts';

const pass = { Type: 'Pass', End: true };
const wait = { Type: 'Wait', Seconds: 100, End: true };
const machineArn = (name: string): string =>
  `arn:aws:states:eu-west-1:111111111111:stateMachine:${name}`;
const dayMs = 24 * 3_600_000;

describe('starting an execution', () => {
  it('again with its name and input is no error while it runs', async () => {
    const fixture = stateMachineFixture();
    const arn = await fixture.machine({ Only: wait });
    const first = await fixture.start(arn, { a: 1 }, 'n');
    await fixture.world.scheduler.runFor(5_000);
    const command = new StartExecutionCommand({
      stateMachineArn: arn,
      name: 'n',
      input: '{"a":1}',
    });
    const again = await fixture.sfn.send(command);
    expect(again.executionArn).toBe(first);
    expect(again.startDate).toEqual((await fixture.describe(first)).startDate);
    await expect(fixture.start(arn, { a: 2 }, 'n')).rejects.toMatchObject({
      name: 'ExecutionAlreadyExists',
    });
  });

  it('needs a new name for ninety days after it has ended', async () => {
    const fixture = stateMachineFixture();
    const arn = await fixture.machine({ Only: pass });
    const first = await fixture.start(arn, {}, 'n');
    await fixture.settle(first);
    await fixture.world.scheduler.runFor(89 * dayMs);
    await expect(fixture.start(arn, {}, 'n')).rejects.toMatchObject({
      name: 'ExecutionAlreadyExists',
    });
    await fixture.world.scheduler.runFor(2 * dayMs);
    await expect(fixture.describe(first)).rejects.toMatchObject({ name: 'ExecutionDoesNotExist' });
    await fixture.start(arn, {}, 'n');
  });

  it.each([
    ['input that is no JSON', { input: '{' }, 'InvalidExecutionInput'],
    ['too long an input', { input: JSON.stringify('ä'.repeat(131_072)) }, 'ValidationException'],
    ['a name with a blank', { name: 'a b' }, 'InvalidName'],
    ['a name of 81 characters', { name: 'n'.repeat(81) }, 'ValidationException'],
    ['no machine', { stateMachineArn: machineArn('nowhere') }, 'StateMachineDoesNotExist'],
    ['no ARN', { stateMachineArn: 'no-arn-at-all' }, 'InvalidArn'],
    ['a version', { stateMachineArn: machineArn('machine-1:2') }, 'ValidationException'],
  ])('is refused with %s', async (_, given, name) => {
    const fixture = stateMachineFixture();
    const stateMachineArn = await fixture.machine({ Only: pass });
    await expect(
      fixture.sfn.send(new StartExecutionCommand({ stateMachineArn, ...given })),
    ).rejects.toMatchObject({ name });
  });

  it('needs states:StartExecution on the machine', async () => {
    const fixture = stateMachineFixture();
    const mine = await fixture.machine({ Only: pass }, { name: 'mine' });
    const other = await fixture.machine({ Only: pass }, { name: 'other' });
    const sfn = await fixture.userClient([
      { Effect: 'Allow', Action: 'states:StartExecution', Resource: mine },
      {
        Effect: 'Allow',
        Action: 'states:DescribeExecution',
        Resource: 'arn:aws:states:eu-west-1:111111111111:execution:mine:*',
      },
    ]);
    const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn: mine }));
    await sfn.send(new DescribeExecutionCommand({ executionArn }));
    await expect(
      sfn.send(new StartExecutionCommand({ stateMachineArn: other })),
    ).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(
      sfn.send(new DescribeExecutionCommand({ executionArn: await fixture.start(other) })),
    ).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(sfn.send(new StopExecutionCommand({ executionArn }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });
});

describe('an execution', () => {
  it('is stopped with what it waits for', async () => {
    const fixture = stateMachineFixture();
    const executionArn = await fixture.start(await fixture.machine({ Only: wait }));
    await fixture.world.scheduler.runFor(1_000);
    const stopped = await fixture.sfn.send(
      new StopExecutionCommand({ executionArn, error: 'Enough', cause: 'said somebody' }),
    );
    await fixture.world.scheduler.runFor(1_000_000);
    expect(await fixture.describe(executionArn)).toMatchObject({
      status: 'ABORTED',
      error: 'Enough',
      cause: 'said somebody',
      stopDate: stopped.stopDate,
      redriveStatus: 'REDRIVABLE',
    });
    expect((await fixture.history(executionArn)).at(-1)).toMatchObject({
      type: 'ExecutionAborted',
      executionAbortedEventDetails: { error: 'Enough', cause: 'said somebody' },
    });
    const again = await fixture.sfn.send(new StopExecutionCommand({ executionArn }));
    expect(again.stopDate).toEqual(stopped.stopDate);
  });

  it('may seem to run on for a moment after its end', async () => {
    const fixture = stateMachineFixture([], { staleReadShare: 1 });
    const twoSeconds = { Type: 'Wait', Seconds: 2, End: true };
    const executionArn = await fixture.start(await fixture.machine({ Only: twoSeconds }));
    await fixture.world.scheduler.runFor(2_500);
    const early = await fixture.describe(executionArn);
    expect([early.status, early.output, early.stopDate]).toEqual(['RUNNING', undefined, undefined]);
    await fixture.world.scheduler.runFor(1_000);
    expect(await fixture.describe(executionArn)).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('may not be found for a moment after its start, while its name is taken', async () => {
    const fixture = stateMachineFixture([], { staleReadShare: 1 });
    const stateMachineArn = await fixture.machine({ Only: wait });
    const executionArn = await fixture.start(stateMachineArn, {}, 'one');
    const list = () => fixture.sfn.send(new ListExecutionsCommand({ stateMachineArn }));
    expect((await list()).executions).toEqual([]);
    await expect(fixture.describe(executionArn)).rejects.toMatchObject({
      name: 'ExecutionDoesNotExist',
    });
    await expect(fixture.start(stateMachineArn, { other: true }, 'one')).rejects.toMatchObject({
      name: 'ExecutionAlreadyExists',
    });
    await fixture.world.scheduler.runFor(1_000);
    expect((await list()).executions).toMatchObject([{ executionArn, status: 'RUNNING' }]);
    expect(await fixture.describe(executionArn)).toMatchObject({ status: 'RUNNING' });
  });

  it('is listed with others by status, the newest first', async () => {
    const fixture = stateMachineFixture();
    const arn = await fixture.machine({
      Only: { Type: 'Wait', Seconds: '{% $states.input.seconds %}', End: true },
    });
    for (const [name, seconds] of [
      ['a', 1],
      ['b', 1_000],
      ['c', 1],
    ] as const) {
      await fixture.start(arn, { seconds }, name);
      await fixture.world.scheduler.runFor(10_000);
    }
    const names = async (statusFilter?: 'RUNNING' | 'SUCCEEDED'): Promise<unknown[]> => {
      const found: unknown[] = [];
      const pages = paginateListExecutions(
        { client: fixture.sfn },
        { stateMachineArn: arn, statusFilter },
      );
      for await (const { executions = [] } of pages)
        found.push(...executions.map(({ name }) => name));
      return found;
    };
    expect(await names()).toEqual(['c', 'b', 'a']);
    expect(await names('SUCCEEDED')).toEqual(['c', 'a']);
    expect(await names('RUNNING')).toEqual(['b']);
    await expect(fixture.sfn.send(new ListExecutionsCommand({}))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  it('is listed with others in pages of at most 1,000', async () => {
    const fixture = stateMachineFixture();
    const stateMachineArn = await fixture.machine({ Only: pass });
    const list = (maxResults: number) =>
      fixture.sfn.send(new ListExecutionsCommand({ stateMachineArn, maxResults }));
    expect((await list(0)).executions).toEqual([]);
    expect((await list(1_000)).executions).toEqual([]);
    await expect(list(1_001)).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(list(-1)).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('has a history that reads backwards and without data too', async () => {
    const fixture = stateMachineFixture();
    const { executionArn } = await fixture.run({ Only: pass }, { secret: 1 });
    const backwards = await fixture.sfn.send(
      new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 2 }),
    );
    expect(backwards.events?.map(({ id, type }) => [id, type])).toEqual([
      [4, 'ExecutionSucceeded'],
      [3, 'PassStateExited'],
    ]);
    const rest = await fixture.sfn.send(
      new GetExecutionHistoryCommand({
        executionArn,
        reverseOrder: true,
        nextToken: backwards.nextToken,
        includeExecutionData: false,
      }),
    );
    expect(rest.events?.map(({ id }) => id)).toEqual([2, 1]);
    expect(JSON.stringify(rest.events)).not.toContain('secret');
    expect(JSON.stringify(await fixture.history(executionArn ?? ''))).toContain('secret');
  });

  it('times out with its machine, whatever it waits for', async () => {
    const fixture = stateMachineFixture();
    const definition = JSON.stringify({
      QueryLanguage: 'JSONata',
      TimeoutSeconds: 30,
      StartAt: 'Only',
      States: { Only: wait },
    });
    const ended = await fixture.run({}, {}, { definition });
    expect(ended.status).toBe('TIMED_OUT');
    expect((ended.stopDate?.getTime() ?? 0) - (ended.startDate?.getTime() ?? 0)).toBe(30_000);
    expect((await fixture.history(ended.executionArn ?? '')).at(-1)?.type).toBe(
      'ExecutionTimedOut',
    );
  });

  it('times out after a year', async () => {
    const fixture = stateMachineFixture();
    const ended = await fixture.run({
      Only: { Type: 'Wait', Seconds: 99_999_999, End: true },
    });
    expect(ended.status).toBe('TIMED_OUT');
    expect((ended.stopDate?.getTime() ?? 0) - (ended.startDate?.getTime() ?? 0)).toBe(365 * dayMs);
  });

  it('fails where event number 25,000 is not its end', async () => {
    const fixture = stateMachineFixture();
    const ended = await fixture.run({
      One: { Type: 'Pass', Next: 'Two' },
      Two: {
        Type: 'Choice',
        Choices: [{ Condition: '{% $states.input.done = true %}', Next: 'Done' }],
        Default: 'One',
      },
      Done: { Type: 'Succeed' },
    });
    expect(ended).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: 'The execution reached the maximum number of history events (25000).',
    });
    const { events } = await fixture.sfn.send(
      new GetExecutionHistoryCommand({
        executionArn: ended.executionArn,
        reverseOrder: true,
        maxResults: 1,
      }),
    );
    expect(events).toMatchObject([{ id: 25_000, type: 'ExecutionFailed' }]);
  });
});
