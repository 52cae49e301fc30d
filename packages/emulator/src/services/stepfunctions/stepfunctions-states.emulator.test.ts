import { describe, expect, it } from '@jest/globals';
import { stateMachineFixture } from '../../../test/state-machine-fixture.ts';

const parsed = (text: string | undefined): unknown => JSON.parse(text ?? 'null');
const done = { Type: 'Succeed' };

describe('a wait', () => {
  it('ends at a moment, or at once where that has gone by', async () => {
    const fixture = stateMachineFixture();
    const until = new Date(fixture.world.scheduler.now + 500_000).toISOString();
    const arn = await fixture.machine({
      Only: { Type: 'Wait', Timestamp: '{% $states.input.until %}', End: true },
    });
    const first = await fixture.settle(await fixture.start(arn, { until }));
    expect(first.stopDate?.toISOString()).toBe(until);
    const second = await fixture.settle(await fixture.start(arn, { until }));
    expect(second.stopDate).toEqual(second.startDate);
  });

  it.each([-1, 1.5, '10', 100_000_000])('fails for %j seconds', async (seconds) => {
    const fixture = stateMachineFixture();
    expect(
      await fixture.run(
        { Only: { Type: 'Wait', Seconds: '{% $states.input.seconds %}', End: true } },
        { seconds },
      ),
    ).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
  });
});

describe('a choice', () => {
  it('takes the first rule that holds, with what that rule assigns', async () => {
    const fixture = stateMachineFixture();
    const arn = await fixture.machine({
      Which: {
        Type: 'Choice',
        Assign: { way: 'default' },
        Choices: [
          { Condition: '{% $states.input.n > 10 %}', Assign: { way: 'big' }, Next: 'Tell' },
          { Condition: '{% $states.input.n > 5 %}', Output: 'middle', Next: 'Tell' },
        ],
        Default: 'Tell',
      },
      Tell: {
        Type: 'Pass',
        Output: { input: '{% $states.input %}', way: "{% $exists($way) ? $way : 'none' %}" },
        End: true,
      },
    });
    const outputs = [];
    for (const n of [11, 6, 1])
      outputs.push(parsed((await fixture.settle(await fixture.start(arn, { n }))).output));
    expect(outputs).toEqual([
      { input: { n: 11 }, way: 'big' },
      { input: 'middle', way: 'none' },
      { input: { n: 1 }, way: 'default' },
    ]);
  });

  it('fails without a rule that holds, and for a condition that is not true or false', async () => {
    const fixture = stateMachineFixture();
    const choice = (Condition: string) => ({
      Which: { Type: 'Choice', Choices: [{ Condition, Next: 'Done' }] },
      Done: done,
    });
    expect(await fixture.run(choice('{% $states.input.n = 1 %}'))).toMatchObject({
      error: 'States.Runtime',
      cause: expect.stringContaining('Failed to transition out of the state.'),
    });
    expect(await fixture.run(choice("{% 'yes' %}"))).toMatchObject({
      error: 'States.QueryEvaluationError',
    });
  });
});

describe('other states', () => {
  it('fail with an error and a cause of their own', async () => {
    const fixture = stateMachineFixture();
    const ended = await fixture.run(
      { Only: { Type: 'Fail', Error: 'Mine', Cause: "{% 'n is ' & $states.input.n %}" } },
      { n: 3 },
    );
    expect(ended).toMatchObject({ status: 'FAILED', error: 'Mine', cause: 'n is 3' });
    const silent = await fixture.run({ Only: { Type: 'Fail' } });
    expect([silent.status, silent.error, silent.cause]).toEqual(['FAILED', undefined, undefined]);
  });

  it('fail with what is too long cut: 256 characters of an error, 32,768 of a cause', async () => {
    const fixture = stateMachineFixture();
    const ended = await fixture.run(
      {
        Only: {
          Type: 'Fail',
          Error: '{% $states.input.error %}',
          Cause: '{% $states.input.cause %}',
        },
      },
      { error: 'e'.repeat(300), cause: 'c'.repeat(40_000) },
    );
    expect([ended.error, ended.cause]).toEqual(['e'.repeat(256), 'c'.repeat(32_768)]);
  });

  it('assign all variables of a state at once, after all were evaluated', async () => {
    const fixture = stateMachineFixture();
    const ended = await fixture.run({
      One: { Type: 'Pass', Assign: { a: 1, b: 2 }, Next: 'Two' },
      Two: {
        Type: 'Pass',
        Assign: { a: '{% $b %}', b: '{% $a %}' },
        Output: '{% $a %}',
        Next: 'Three',
      },
      Three: { Type: 'Pass', Output: ['{% $a %}', '{% $b %}', '{% $states.input %}'], End: true },
    });
    expect(parsed(ended.output)).toEqual([2, 1, 1]);
  });

  it('see their execution, machine and state in the context', async () => {
    const fixture = stateMachineFixture();
    const arn = await fixture.machine({
      Pause: { Type: 'Wait', Seconds: 5, Next: 'Look' },
      Look: { Type: 'Pass', Output: '{% $states.context %}', End: true },
    });
    const executionArn = await fixture.start(arn, { a: 1 }, 'mine');
    const ended = await fixture.settle(executionArn);
    expect(parsed(ended.output)).toEqual({
      Execution: {
        Id: executionArn,
        Input: { a: 1 },
        Name: 'mine',
        RoleArn: 'arn:aws:iam::111111111111:role/everything-states',
        StartTime: ended.startDate?.toISOString(),
        RedriveCount: 0,
      },
      StateMachine: { Id: arn, Name: 'machine-1' },
      State: { EnteredTime: ended.stopDate?.toISOString(), Name: 'Look', RetryCount: 0 },
    });
  });

  it('fail where what they let out or assign is larger than 256 KiB', async () => {
    const fixture = stateMachineFixture();
    const long = "{% $pad('', 131073, 'ä') %}";
    expect(await fixture.run({ Only: { Type: 'Pass', Output: long, End: true } })).toMatchObject({
      error: 'States.DataLimitExceeded',
    });
    expect(
      await fixture.run({ Only: { Type: 'Pass', Assign: { a: long }, End: true } }),
    ).toMatchObject({ error: 'States.DataLimitExceeded' });
  });
});

describe('variables', () => {
  it('hold 10 MiB together', async () => {
    const fixture = stateMachineFixture();
    const assigning = (count: number) =>
      Object.fromEntries([
        ...Array.from({ length: count }, (_, index) => [
          `Assign${index}`,
          {
            Type: 'Pass',
            Assign: { [`v${index}`]: '{% $states.input %}' },
            Next: index === count - 1 ? 'Done' : `Assign${index + 1}`,
          },
        ]),
        ['Done', { ...done, Output: 1 }],
      ]) as Record<string, object>;
    const text = 'x'.repeat(250_000);
    expect(await fixture.run(assigning(41), text)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await fixture.run(assigning(42), text)).toMatchObject({
      error: 'States.DataLimitExceeded',
    });
  });
});

describe('an inline map', () => {
  const map = (more: object, states: Readonly<Record<string, object>>) => ({
    Each: {
      Type: 'Map',
      Items: '{% $states.input.items %}',
      ItemProcessor: {
        ProcessorConfig: { Mode: 'INLINE' },
        StartAt: Object.keys(states)[0],
        States: states,
      },
      End: true,
      ...more,
    },
  });
  const waiting = {
    Pause: { Type: 'Wait', Seconds: '{% $states.input %}', Next: 'Tell' },
    Tell: { Type: 'Pass', Output: '{% $states.input * 10 %}', End: true },
  };

  it('keeps the order of its items, whichever iteration ends first', async () => {
    const fixture = stateMachineFixture();
    const ended = await fixture.run(map({}, waiting), { items: [30, 10, 20] });
    expect(parsed(ended.output)).toEqual([300, 100, 200]);
    expect((ended.stopDate?.getTime() ?? 0) - (ended.startDate?.getTime() ?? 0)).toBe(30_000);
    const types = (await fixture.history(ended.executionArn ?? '')).map(({ type }) => type);
    expect(types.filter((type) => type?.startsWith('Map'))).toEqual([
      'MapStateEntered',
      'MapStateStarted',
      ...Array.from({ length: 3 }, () => 'MapIterationStarted'),
      ...Array.from({ length: 3 }, () => 'MapIterationSucceeded'),
      'MapStateSucceeded',
      'MapStateExited',
    ]);
    expect(parsed((await fixture.run(map({}, waiting), { items: [] })).output)).toEqual([]);
  });

  it('runs as many iterations at once as it may, and never more than forty', async () => {
    const fixture = stateMachineFixture();
    const tookMs = async (MaxConcurrency: unknown, items: readonly number[]): Promise<number> => {
      const ended = await fixture.run(map({ MaxConcurrency }, waiting), { items, at: 2 });
      return (ended.stopDate?.getTime() ?? 0) - (ended.startDate?.getTime() ?? 0);
    };
    expect(await tookMs('{% $states.input.at %}', [10, 10, 10, 10])).toBe(20_000);
    const many = Array.from({ length: 41 }, () => 10);
    expect(await tookMs(0, many)).toBe(20_000);
    expect(await tookMs(41, many)).toBe(20_000);
  });

  it('gives each iteration what its selector makes of the item', async () => {
    const fixture = stateMachineFixture();
    const ended = await fixture.run(
      map(
        {
          ItemSelector: {
            at: '{% $states.context.Map.Item.Index %}',
            value: '{% $states.context.Map.Item.Value %}',
            all: '{% $count($states.input.items) %}',
          },
        },
        { Tell: { Type: 'Pass', End: true } },
      ),
      { items: ['a', 'b'] },
    );
    expect(parsed(ended.output)).toEqual([
      { at: 0, value: 'a', all: 2 },
      { at: 1, value: 'b', all: 2 },
    ]);
  });

  it('fails where its selector makes more than 256 KiB of an item', async () => {
    const fixture = stateMachineFixture();
    const ItemSelector = { a: '{% $states.input %}', b: '{% $states.input %}' };
    const states = map({ Items: [1], ItemSelector }, { Only: { ...done, Output: 1 } });
    const ended = await fixture.run(states, 'x'.repeat(140_000));
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });

  it('ends with the first iteration that fails, and takes the others with it', async () => {
    const fixture = stateMachineFixture();
    const ended = await fixture.run(
      {
        ...map(
          { End: undefined, Next: 'Never', Catch: [{ ErrorEquals: ['Bad'], Next: 'Caught' }] },
          {
            Pause: { Type: 'Wait', Seconds: '{% $states.input %}', Next: 'Judge' },
            Judge: {
              Type: 'Choice',
              Choices: [{ Condition: '{% $states.input = 10 %}', Next: 'Bad' }],
              Default: 'Good',
            },
            Bad: { Type: 'Fail', Error: 'Bad', Cause: 'ten' },
            Good: done,
          },
        ),
        Never: { Type: 'Fail' },
        Caught: { Type: 'Pass', End: true },
      },
      { items: [5, 10, 99] },
    );
    expect(parsed(ended.output)).toEqual({ Error: 'Bad', Cause: 'ten' });
    expect((ended.stopDate?.getTime() ?? 0) - (ended.startDate?.getTime() ?? 0)).toBe(10_000);
    const types = (await fixture.history(ended.executionArn ?? '')).map(({ type }) => type);
    expect(types.slice(types.indexOf('MapIterationFailed'))).toEqual([
      'MapIterationFailed',
      'WaitStateAborted',
      'MapIterationAborted',
      'MapStateFailed',
      'MapStateExited',
      'PassStateEntered',
      'PassStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('lets iterations see the variables outside, and keeps theirs inside', async () => {
    const fixture = stateMachineFixture();
    const ended = await fixture.run(
      {
        Set: { Type: 'Pass', Assign: { base: 100 }, Next: 'Each' },
        ...map(
          { End: undefined, Next: 'After' },
          {
            Add: { Type: 'Pass', Assign: { own: '{% $base + $states.input %}' }, Next: 'Tell' },
            Tell: { Type: 'Pass', Output: '{% $own %}', End: true },
          },
        ),
        After: {
          Type: 'Pass',
          Output: { sums: '{% $states.input %}', base: '{% $base %}' },
          End: true,
        },
      },
      { items: [1, 2] },
    );
    expect(parsed(ended.output)).toEqual({ sums: [101, 102], base: 100 });
  });
});
