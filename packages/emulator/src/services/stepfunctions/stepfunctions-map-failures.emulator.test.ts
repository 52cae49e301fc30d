import { describe, expect, it } from '@jest/globals';
import { StopExecutionCommand, UpdateMapRunCommand } from '@aws-sdk/client-sfn';
import {
  echoingChild,
  machineArn,
  mapRunFixture,
  outputOf,
} from '../../../test/map-run-fixture.ts';

const threshold = {
  status: 'FAILED',
  error: 'States.ExceedToleratedFailureThreshold',
  cause: 'The specified tolerated failure threshold was exceeded',
};

describe('a child that fails', () => {
  it('fails the map run, stops the children that still run and begins no more', async () => {
    const given = await mapRunFixture();
    await given.machine({ MaxConcurrency: 2 });
    const executionArn = await given.start([{ fails: true }, { seconds: 60 }, { seconds: 60 }, 1]);
    const ended = await given.settle(executionArn);
    expect(ended).toMatchObject(threshold);
    const run = await given.mapRun(executionArn);
    expect(run.status).toBe('FAILED');
    expect(run.executionCounts).toMatchObject({ failed: 1, running: 0, succeeded: 0, total: 4 });
    const aborted = run.executionCounts?.aborted ?? 0;
    expect(aborted).toBeGreaterThan(0);
    expect(run.executionCounts?.pending).toBe(3 - aborted);
    const children = await given.children(run.mapRunArn);
    expect(children.map(({ status }) => status).toSorted()).toEqual([
      ...Array.from({ length: aborted }, () => 'ABORTED'),
      'FAILED',
    ]);
    // Nothing of it goes on later.
    await given.pass(120);
    expect(await given.mapRun(executionArn)).toMatchObject({
      status: 'FAILED',
      executionCounts: run.executionCounts,
    });
  });

  it('is tolerated within the percentage, and its description stands for its output', async () => {
    const given = await mapRunFixture();
    await given.machine({ ToleratedFailurePercentage: 50 });
    const ended = await given.run([{ fails: true }, 'fine']);
    expect(ended.status).toBe('SUCCEEDED');
    expect(outputOf(ended)).toEqual([
      expect.objectContaining({
        Status: 'FAILED',
        Error: 'Broken',
        Cause: 'as asked',
        Input: '{"fails":true}',
        StateMachineArn: `${machineArn}/each`,
      }),
      'fine',
    ]);
  });

  it('is not tolerated above the percentage', async () => {
    const given = await mapRunFixture();
    await given.machine({ ToleratedFailurePercentage: 33 });
    expect(await given.run([{ fails: true }, 1])).toMatchObject(threshold);
  });

  it('counts for every item of its batch', async () => {
    const given = await mapRunFixture();
    const child = {
      ...echoingChild,
      States: {
        ...echoingChild.States,
        Judge: {
          Type: 'Choice',
          Choices: [{ Condition: '{% true in $states.input.Items.fails %}', Next: 'Broken' }],
          Default: 'Done',
        },
      },
    };
    await given.machine({
      ItemProcessor: child,
      ItemBatcher: { MaxItemsPerBatch: 2 },
      ToleratedFailureCount: 1,
    });
    const executionArn = await given.start([{ fails: true }, { fails: false }, { fails: false }]);
    expect(await given.settle(executionArn)).toMatchObject(threshold);
    expect((await given.mapRun(executionArn)).itemCounts).toMatchObject({ failed: 2, total: 3 });
  });

  it('does not count as failed when somebody stops it', async () => {
    const given = await mapRunFixture();
    const slow = {
      ...echoingChild,
      StartAt: 'Sleep',
      States: { Sleep: { Type: 'Wait', Seconds: 100, End: true } },
    };
    await given.machine({ ItemProcessor: slow });
    const executionArn = await given.start([1, 2]);
    await given.pass(5);
    const { mapRunArn } = await given.mapRun(executionArn);
    const [child] = await given.children(mapRunArn);
    await given.sfn.send(new StopExecutionCommand({ executionArn: child?.executionArn }));
    const ended = await given.settle(executionArn);
    expect(ended.status).toBe('SUCCEEDED');
    expect((await given.mapRun(executionArn)).executionCounts).toMatchObject({
      aborted: 1,
      succeeded: 1,
    });
  });
});

describe('the end of the parent', () => {
  it('aborts the map run and its children', async () => {
    const given = await mapRunFixture();
    await given.machine({ MaxConcurrency: 2 });
    const executionArn = await given.start([{ seconds: 60 }, { seconds: 60 }, { seconds: 60 }]);
    await given.pass(5);
    await given.sfn.send(new StopExecutionCommand({ executionArn }));
    expect(await given.mapRun(executionArn)).toMatchObject({
      status: 'ABORTED',
      executionCounts: { aborted: 2, pending: 1 },
    });
    await given.pass(120);
    expect((await given.describe(executionArn)).status).toBe('ABORTED');
    expect((await given.mapRun(executionArn)).executionCounts?.pending).toBe(1);
  });

  it('aborts the map run when the parent times out', async () => {
    const given = await mapRunFixture();
    await given.machine(
      {},
      {
        definition: {
          QueryLanguage: 'JSONata',
          TimeoutSeconds: 10,
          StartAt: 'Each',
          States: { Each: { Type: 'Map', ItemProcessor: echoingChild, End: true } },
        },
      },
    );
    const executionArn = await given.start([{ seconds: 60 }]);
    expect((await given.settle(executionArn)).status).toBe('TIMED_OUT');
    expect((await given.mapRun(executionArn)).status).toBe('ABORTED');
  });
});

describe('a map run that fails', () => {
  it('is made anew by Retry', async () => {
    const given = await mapRunFixture();
    await given.machine({
      Retry: [{ ErrorEquals: ['States.ExceedToleratedFailureThreshold'], MaxAttempts: 1 }],
    });
    const executionArn = await given.start([{ fails: true }]);
    expect(await given.settle(executionArn)).toMatchObject(threshold);
    const runs = await given.mapRuns(executionArn);
    expect(runs).toHaveLength(2);
    expect(new Set(runs.map(({ mapRunArn }) => mapRunArn)).size).toBe(2);
  });

  it('is caught by its error', async () => {
    const given = await mapRunFixture();
    await given.machine(
      {},
      {
        definition: {
          QueryLanguage: 'JSONata',
          StartAt: 'Each',
          States: {
            Each: {
              Type: 'Map',
              ItemProcessor: echoingChild,
              Catch: [{ ErrorEquals: ['States.ExceedToleratedFailureThreshold'], Next: 'Saved' }],
              End: true,
            },
            Saved: { Type: 'Pass', Output: '{% $states.input.Error %}', End: true },
          },
        },
      },
    );
    const ended = await given.run([{ fails: true }]);
    expect(outputOf(ended)).toBe('States.ExceedToleratedFailureThreshold');
  });

  it('fails when the selection of an item does', async () => {
    const given = await mapRunFixture();
    await given.machine({ ItemSelector: { a: '{% $states.context.Map.Item.Value.missing %}' } });
    expect(await given.run([{}])).toMatchObject({
      status: 'FAILED',
      error: 'States.QueryEvaluationError',
    });
  });

  it('fails over something that is neither an array nor an object', async () => {
    const given = await mapRunFixture();
    await given.machine({ Items: '{% $states.input.list %}' });
    expect(await given.run({ list: 'text' })).toMatchObject({
      status: 'FAILED',
      error: 'States.QueryEvaluationError',
    });
  });

  it('fails for a concurrency that is no number', async () => {
    const given = await mapRunFixture();
    await given.machine({ MaxConcurrency: "{% 'many' %}" });
    expect(await given.run([1])).toMatchObject({
      status: 'FAILED',
      error: 'States.QueryEvaluationError',
    });
  });

  it('fails when 1,000 others are open in the account', async () => {
    const given = await mapRunFixture();
    const inner = { Type: 'Map', Items: [{ seconds: 60 }], ItemProcessor: echoingChild, End: true };
    await given.machine({
      ToleratedFailureCount: 1,
      ItemProcessor: {
        ProcessorConfig: echoingChild.ProcessorConfig,
        StartAt: 'Inner',
        States: { Inner: inner },
      },
    });
    const executionArn = await given.start(Array.from({ length: 1_000 }, (_, n) => n));
    await given.pass(30);
    const run = await given.mapRun(executionArn);
    expect(run.executionCounts).toMatchObject({ running: 999, failed: 1 });
    const ended = await given.settle(executionArn);
    expect(ended.status).toBe('SUCCEEDED');
    expect(JSON.stringify(outputOf(ended))).toContain('"Error":"States.Runtime"');
  });

  const oneThird = 'x'.repeat(90_000);

  it('fails when the outputs together exceed 256 KiB', async () => {
    const given = await mapRunFixture();
    await given.machine({
      Items: [1, 2, 3],
      ItemSelector: { text: '{% $states.input.text %}' },
    });
    const executionArn = await given.start({ text: oneThird });
    expect(await given.settle(executionArn)).toMatchObject({
      status: 'FAILED',
      error: 'States.DataLimitExceeded',
    });
    expect((await given.mapRun(executionArn)).status).toBe('FAILED');
  });

  it('fails when the input of a child exceeds 256 KiB', async () => {
    const given = await mapRunFixture();
    await given.machine({
      Items: [1],
      ItemSelector: {
        a: '{% $states.input.text %}',
        b: '{% $states.input.text %}',
        c: '{% $states.input.text %}',
      },
    });
    expect(await given.run({ text: oneThird })).toMatchObject({
      status: 'FAILED',
      error: 'States.DataLimitExceeded',
    });
  });
});

describe('UpdateMapRun', () => {
  it('lets more children begin at once', async () => {
    const given = await mapRunFixture();
    await given.machine({ MaxConcurrency: 1 });
    const executionArn = await given.start([{ seconds: 60 }, { seconds: 60 }, { seconds: 60 }]);
    await given.pass(1);
    const { mapRunArn } = await given.mapRun(executionArn);
    await given.sfn.send(new UpdateMapRunCommand({ mapRunArn, maxConcurrency: 2 }));
    await given.pass(0);
    expect(await given.mapRun(executionArn)).toMatchObject({
      maxConcurrency: 2,
      executionCounts: { running: 2, pending: 1 },
    });
  });

  it('fails the run when it lowers the tolerance below what has failed', async () => {
    const given = await mapRunFixture();
    await given.machine({ ToleratedFailurePercentage: 100 });
    const executionArn = await given.start([{ fails: true }, { seconds: 600 }]);
    await given.pass(10);
    const { mapRunArn, status } = await given.mapRun(executionArn);
    expect(status).toBe('RUNNING');
    await given.sfn.send(new UpdateMapRunCommand({ mapRunArn, toleratedFailurePercentage: 10 }));
    expect(await given.settle(executionArn)).toMatchObject(threshold);
  });

  it('refuses a run that has ended, one that never was, no settings and wrong ones', async () => {
    const given = await mapRunFixture();
    await given.machine();
    const executionArn = await given.start([{ seconds: 60 }]);
    await given.pass(1);
    const { mapRunArn = '' } = await given.mapRun(executionArn);
    const update = (input: object, arn = mapRunArn): Promise<unknown> =>
      given.sfn.send(new UpdateMapRunCommand({ mapRunArn: arn, ...input }));
    await expect(update({})).rejects.toMatchObject({
      name: 'ValidationException',
      reason: 'MISSING_REQUIRED_PARAMETER',
    });
    await expect(update({ toleratedFailurePercentage: 101 })).rejects.toMatchObject({
      name: 'ValidationException',
    });
    await expect(update({ maxConcurrency: 1 }, `${mapRunArn}x`)).rejects.toMatchObject({
      name: 'ResourceNotFound',
    });
    await expect(update({ maxConcurrency: 1 }, executionArn)).rejects.toMatchObject({
      name: 'InvalidArn',
    });
    await given.settle(executionArn);
    await expect(update({ maxConcurrency: 1 })).rejects.toMatchObject({
      name: 'ValidationException',
      reason: 'CANNOT_UPDATE_COMPLETED_MAP_RUN',
    });
  });
});
