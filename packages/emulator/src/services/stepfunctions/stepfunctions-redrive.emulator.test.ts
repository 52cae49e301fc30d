import { describe, expect, it } from '@jest/globals';
import {
  DescribeExecutionCommand,
  RedriveExecutionCommand,
  StopExecutionCommand,
  paginateGetExecutionHistory,
} from '@aws-sdk/client-sfn';
import { stateMachineFixture } from '../../../test/state-machine-fixture.ts';

const day = 24 * 3_600_000;
/** Remembers something, then waits. */
const waits = {
  Remembers: { Type: 'Pass', Assign: { what: '{% $states.input.what %}' }, Next: 'Waits' },
  Waits: { Type: 'Wait', Seconds: 30, Next: 'Tells' },
  Tells: { Type: 'Pass', Output: '{% $what %}', End: true },
};
const fails = { Fails: { Type: 'Fail', Error: 'Bad', Cause: 'always' } };

describe('an execution that is redriven', () => {
  it('goes on in the state in which it stood, with what it remembered', async () => {
    const fixture = stateMachineFixture();
    const executionArn = await fixture.start(await fixture.machine(waits), { what: 'words' });
    await fixture.world.scheduler.runFor(10_000);
    await fixture.sfn.send(new StopExecutionCommand({ executionArn, cause: 'by hand' }));
    const { redriveDate } = await fixture.sfn.send(new RedriveExecutionCommand({ executionArn }));
    expect(redriveDate?.getTime()).toBe(fixture.world.scheduler.now);
    expect(await fixture.sfn.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({
      status: 'RUNNING',
      redriveCount: 1,
      redriveDate,
    });
    await fixture.world.scheduler.runFor(60_000);
    const ended = await fixture.sfn.send(new DescribeExecutionCommand({ executionArn }));
    expect(ended).toMatchObject({ status: 'SUCCEEDED', output: '"words"', redriveCount: 1 });
    expect(ended.cause).toBeUndefined();
    const types: (string | undefined)[] = [];
    const pages = paginateGetExecutionHistory({ client: fixture.sfn }, { executionArn });
    for await (const { events = [] } of pages) types.push(...events.map(({ type }) => type));
    expect(types).toEqual([
      'ExecutionStarted',
      'PassStateEntered',
      'PassStateExited',
      'WaitStateEntered',
      'ExecutionAborted',
      'ExecutionRedriven',
      'WaitStateExited',
      'PassStateEntered',
      'PassStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('fails once more where it has failed for good, and is counted', async () => {
    const fixture = stateMachineFixture();
    const executionArn = await fixture.start(await fixture.machine(fails));
    await fixture.settle(executionArn);
    for (const redriveCount of [1, 2]) {
      await fixture.sfn.send(new RedriveExecutionCommand({ executionArn }));
      await fixture.settle(executionArn);
      expect(await fixture.sfn.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({
        status: 'FAILED',
        error: 'Bad',
        cause: 'always',
        redriveCount,
      });
    }
  });

  it('is redriven once for one token', async () => {
    const fixture = stateMachineFixture();
    const executionArn = await fixture.start(await fixture.machine(fails));
    await fixture.settle(executionArn);
    const redrive = () =>
      fixture.sfn.send(new RedriveExecutionCommand({ executionArn, clientToken: 'once' }));
    const first = await redrive();
    await fixture.settle(executionArn);
    expect((await redrive()).redriveDate).toEqual(first.redriveDate);
    expect(
      (await fixture.sfn.send(new DescribeExecutionCommand({ executionArn }))).redriveCount,
    ).toBe(1);
  });

  it('is refused while it runs, after success and after 14 days', async () => {
    const fixture = stateMachineFixture();
    const arn = await fixture.machine(waits);
    const redrive = (executionArn: string) =>
      fixture.sfn.send(new RedriveExecutionCommand({ executionArn }));
    const running = await fixture.start(arn, { what: 'x' });
    await expect(redrive(running)).rejects.toMatchObject({
      name: 'ExecutionNotRedrivable',
      message: expect.stringContaining('Execution is RUNNING'),
    });
    await fixture.settle(running);
    await expect(redrive(running)).rejects.toThrow('Execution is SUCCEEDED');
    const failed = await fixture.start(await fixture.machine(fails));
    await fixture.settle(failed);
    await fixture.world.scheduler.runFor(15 * day);
    await expect(redrive(failed)).rejects.toThrow('redrivable period of 14 days');
    expect(
      await fixture.sfn.send(new DescribeExecutionCommand({ executionArn: failed })),
    ).toMatchObject({ redriveStatus: 'NOT_REDRIVABLE' });
  });
});
