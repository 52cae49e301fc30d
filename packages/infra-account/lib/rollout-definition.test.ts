import { describe, expect, it } from '@jest/globals';

import { stepTimeoutSeconds } from './invoke-task.ts';
import { rolloutDefinition } from './rollout-definition.ts';
import { type MapState, type State, type States, type TaskState } from './states-language.ts';

const top = Object.entries(rolloutDefinition.States);
const maps = top.filter((entry): entry is [string, MapState] => entry[1].Type === 'Map');
const children = maps.map(([name, map]) => ({ name, ...map.ItemProcessor }));
const all: [string, State][] = [
  ...top,
  ...children.flatMap(({ States }) => Object.entries(States)),
];
const tasks = all.filter((entry): entry is [string, TaskState] => entry[1].Type === 'Task');
const catching = all.filter(
  (entry): entry is [string, TaskState | MapState] =>
    entry[1].Type === 'Task' || entry[1].Type === 'Map',
);

/** Where a state can lead, errors included. */
const onward = (state: State): string[] => [
  ...('Next' in state ? [state.Next] : []),
  ...(state.Type === 'Choice' ? [state.Default, ...state.Choices.map(({ Next }) => Next)] : []),
  ...('Catch' in state ? (state.Catch ?? []).map(({ Next }) => Next) : []),
];

const reachableFrom = (states: States, start: string): Set<string> => {
  const reached = new Set<string>();
  const open = [start];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    const state = states[name];
    if (state === undefined) throw new Error(`${name} is named and does not exist`);
    open.push(...onward(state));
  }
  return reached;
};

const isEnd = (state: State): boolean => state.Type === 'Succeed' || 'End' in state;

describe('the rollout', () => {
  it('ends in Finish and nowhere else', () => {
    expect(top.filter(([, state]) => isEnd(state)).map(([name]) => name)).toEqual(['Finish']);
  });

  it.each(top.map(([name]) => name))('can come to Finish from %s', (name) => {
    expect(reachableFrom(rolloutDefinition.States, name)).toContain('Finish');
  });

  it('counts the targets to look at once more whenever their list was written', () => {
    const judging = tasks.filter(
      ([, { Arguments }]) => Arguments['FunctionName'] === '${JudgeWaveArn}',
    );
    expect(judging.map(([name]) => name)).toEqual(['Judge', 'JudgeBaked']);
    for (const [, { Assign }] of judging)
      expect(Assign).toEqual({ movedCount: '{% $states.result.Payload.movedCount %}' });
  });

  it('can come to every state that it has', () => {
    const reached = reachableFrom(rolloutDefinition.States, rolloutDefinition.StartAt);
    expect([...reached].sort()).toEqual(top.map(([name]) => name).sort());
  });

  it('goes to Finish with the error and the place, whatever fails', () => {
    const failing = catching.filter(([name]) => name in rolloutDefinition.States);
    for (const [name, { Catch }] of failing.filter(([name]) => name !== 'Finish'))
      expect({ name, Catch }).toEqual({
        name,
        Catch: [
          {
            ErrorEquals: ['States.ALL'],
            Next: 'Finish',
            Assign: {
              failure: {
                error: {
                  Error: expect.any(String),
                  State: '{% $states.context.State.Name %}',
                  Cause: expect.any(String),
                },
              },
            },
          },
        ],
      });
  });

  it('fails only where Finish fails', () => {
    expect(catching.filter(([, { Catch }]) => Catch === undefined).map(([name]) => name)).toEqual([
      'Finish',
    ]);
  });

  it('looks at what was moved before it stops', () => {
    for (const name of ['Gated?', 'Judged?'])
      expect(rolloutDefinition.States[name]).toMatchObject({
        Default: 'AnythingMoved?',
        Assign: { isBaked: false },
      });
    expect(rolloutDefinition.States['Rechecked?']).toMatchObject({ Default: 'Finish' });
  });

  it('looks at a wave that was baked before it judges it', () => {
    expect(rolloutDefinition.States['Bake']).toMatchObject({
      Next: 'AnythingMoved?',
      Assign: { isBaked: true },
    });
    expect(rolloutDefinition.States['Rechecked?']).toMatchObject({
      Choices: [{ Condition: '{% $isBaked %}', Next: 'JudgeBaked' }],
    });
    expect(rolloutDefinition.States['Advance']).toMatchObject({ Assign: { isBaked: false } });
  });

  it('gives every variable that it reads a value at its start', () => {
    const { Assign } = rolloutDefinition.States['Begin'] as { Assign: Record<string, unknown> };
    const read = JSON.stringify(rolloutDefinition).matchAll(/\$([a-z]\w*)\b(?![\w(])/gi);
    const names = new Set([...read].map(([, name]) => name).filter((name) => name !== 'states'));
    expect([...names].sort()).toEqual(Object.keys(Assign).sort());
  });
});

describe('the steps of the rollout', () => {
  it('invoke functions and read lists, and nothing else', () => {
    expect(new Set(tasks.map(([, { Resource }]) => Resource))).toEqual(
      new Set(['arn:${Partition}:states:::lambda:invoke']),
    );
    expect(new Set(maps.map(([, { ItemReader }]) => ItemReader.Resource))).toEqual(
      new Set(['arn:${Partition}:states:::s3:getObject']),
    );
  });

  it('are of kinds that say themselves where they lead', () => {
    expect(new Set(all.map(([, { Type }]) => Type))).toEqual(
      new Set(['Task', 'Map', 'Choice', 'Wait', 'Pass', 'Succeed']),
    );
  });

  it('are named once in the whole machine, and say what they are for', () => {
    expect(new Set(all.map(([name]) => name)).size).toBe(all.length);
    for (const [, { Comment }] of all) expect(Comment).toMatch(/^[A-Z].{8,}$/);
  });

  it.each(tasks)('give %s longer than its function may take', (_name, task) => {
    const { FunctionName } = task.Arguments;
    const [, id = ''] = /^"\$\{(\w+)Arn\}"$/.exec(JSON.stringify(FunctionName)) ?? [];
    const seconds = Object.entries(stepTimeoutSeconds).find(
      ([name]) => name.replaceAll('-', '') === id.toLowerCase(),
    )?.[1];
    expect(task.TimeoutSeconds).toBeGreaterThan(seconds ?? Infinity);
  });

  it.each(catching)(
    'try %s again, whatever the error, a bounded number of times',
    (_name, { Retry }) => {
      expect(Retry.at(-1)?.ErrorEquals).toEqual(['States.ALL']);
      for (const { MaxAttempts, MaxDelaySeconds, IntervalSeconds, JitterStrategy } of Retry) {
        expect(MaxAttempts).toBeGreaterThan(0);
        expect(MaxAttempts).toBeLessThanOrEqual(50);
        expect(MaxDelaySeconds).toBeGreaterThan(IntervalSeconds);
        expect(JitterStrategy).toBe('FULL');
      }
    },
  );

  it('try nothing for longer than Finish', () => {
    const patience = ({ Retry }: TaskState | MapState): number =>
      Retry.reduce(
        (sum, { MaxAttempts, MaxDelaySeconds }) => sum + MaxAttempts * MaxDelaySeconds,
        0,
      );
    const [last] = catching
      .map(([name, state]) => ({ name, seconds: patience(state) }))
      .sort((one, other) => other.seconds - one.seconds);
    expect(last?.name).toBe('Finish');
  });
});

describe('the maps of the rollout', () => {
  it('are labelled by what they do', () => {
    expect(maps.map(([name, { Label }]) => [name, Label])).toEqual([
      ['Survey', 'Survey'],
      ['Refresh', 'Refresh'],
      ['Recheck', 'Recheck'],
    ]);
  });

  it.each(maps)('let nothing that becomes of a child end %s', (_name, map) => {
    expect(map.ToleratedFailurePercentage).toBe(100);
    expect(map.Output).toEqual({});
  });

  it.each(children)(
    'have children that end well from every state ($name)',
    ({ StartAt, States }) => {
      const ends = Object.entries(States).filter(([, state]) => isEnd(state));
      expect(ends).toEqual([
        [expect.stringMatching(/Done$/), expect.objectContaining({ Output: {} })],
      ]);
      const [[done] = ['']] = ends;
      for (const name of Object.keys(States)) expect(reachableFrom(States, name)).toContain(done);
      expect(reachableFrom(States, StartAt).size).toBe(Object.keys(States).length);
    },
  );

  it.each(children)('ask again and again until a decision ends it ($name)', ({ name, States }) => {
    expect(States[`${name}Ask`]).toMatchObject({
      Next: `${name}Steer`,
      Catch: [{ Next: `${name}Steer`, Output: expect.stringContaining("'call-failed'") }],
    });
    expect(States[`${name}Steer`]).toMatchObject({ Catch: [{ Next: `${name}Done` }] });
  });

  it('tell only those that move which wave they are in', () => {
    expect(maps.filter(([, map]) => 'wave' in map.ItemSelector).map(([name]) => name)).toEqual([
      'Refresh',
    ]);
  });
});
