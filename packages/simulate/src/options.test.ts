import { describe, expect, it } from '@jest/globals';
import { readOptions, usage } from './options.ts';
import { scenarios } from './scenarios.ts';

describe('readOptions', () => {
  it.each([
    [[], { kind: 'seed', seed: 1 }],
    [['--seed', '37'], { kind: 'seed', seed: 37 }],
    [['--seeds', '5', '--jobs', '9'], { kind: 'seeds', from: 1, count: 5, jobs: 5 }],
    [['--seeds', '5', '--seed', '8', '--jobs', '2'], { kind: 'seeds', from: 8, count: 5, jobs: 2 }],
    [['--help'], { kind: 'help' }],
    [['--list'], { kind: 'list' }],
  ])('takes %j', (args, asked) => {
    expect(readOptions(args)).toEqual(asked);
  });

  it('takes every scenario by its name', () => {
    for (const { name } of scenarios)
      expect(readOptions(['--scenario', name])).toEqual({ kind: 'scenario', name });
  });

  it.each([
    [['--seed', '0'], /--seed 0 is no whole number from 1 to/],
    [['--seed', '1.5'], /--seed 1\.5/],
    [['--seeds', 'many'], /--seeds many/],
    [['--seeds', '99999999999'], /--seeds 99999999999/],
    [['--seeds', '2', '--jobs', '-1'], /jobs/],
    [['--scenario', 'bad-image-within-budget', '--seed', '2'], /--seed and --scenario exclude/],
    [['--scenario', 'none'], /there is no scenario none; --list/],
    [['--sead', '1'], /--sead/],
  ])('refuses %j and says why', (args, problem) => {
    const asked = readOptions(args);
    expect(asked).toEqual({ kind: 'refused', problem: expect.stringMatching(problem) });
  });

  it('explains itself with examples', () => {
    expect(usage).toContain('simulate --seed 37');
  });
});
