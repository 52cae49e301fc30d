import { describe, expect, it } from '@jest/globals';
import { aGroupRecord, anInstant, aRollout, aTarget, aWave } from '../model/rollout-builders.ts';
import { rolloutEnds, stopCodes } from '../model/rollout.ts';
import type { RolloutEnd, StopCode } from '../model/rollout.ts';
import type { TargetRecord } from '../model/target.ts';
import { endingOf, overBudget, settleTargets, versionStateOf } from './end-rollout.ts';
import type { RolloutEnding } from './end-rollout.ts';
import type { Standing } from './rollout-line.ts';

const now = anInstant(600);
const reason = (code: StopCode) => ({ code, sentence: `because of ${code}` });
const go: Standing = { kind: 'go' };
const stopped = (code: StopCode): Standing => ({ kind: 'stop', stop: reason(code) });
const failedWave = aWave({ failedTargets: ['222233334444/eu-west-1'] });
const done = aRollout({ wavesDone: 2 });
const facts = { rollout: done, standing: go, waves: [aWave()], targets: [] };

describe('overBudget', () => {
  it.each([
    [0, 0, false],
    [1, 0, true],
    [1, 1, false],
    [2, 1, true],
  ])('of %i failed targets with a budget of %i is %p', (failed, budget, isOver) => {
    const failedTargets = Array.from({ length: failed }, (_, index) => `target-${index}`);
    const stop = overBudget(aWave({ budget, failedTargets }));
    expect(stop?.code).toBe(isOver ? 'budget-exceeded' : undefined);
  });

  it('names the wave and the first of its targets', () => {
    const failedTargets = Array.from({ length: 1_000 }, (_, index) => `target-${index}`);
    const { sentence } = overBudget(aWave({ wave: 3, budget: 2, failedTargets }))!;
    expect(sentence).toMatch(
      /^1000 failed in wave 3 \(target-0, .*target-4\), more than the 2 that may$/,
    );
  });
});

describe('endingOf', () => {
  it('completes a rollout whose every wave was judged good', () => {
    expect(endingOf(facts)).toEqual({ state: 'completed' });
    expect(endingOf({ ...facts, rollout: aRollout({ waves: [] }), waves: [] })).toEqual({
      state: 'completed',
    });
  });

  it('completes one that is done although a newer image waits: all it had to start has ended', () => {
    const standing = stopped('superseded');
    expect(endingOf({ ...facts, standing })).toEqual({ state: 'completed' });
    expect(endingOf({ ...facts, standing, rollout: aRollout() })).toMatchObject({
      state: 'superseded',
    });
  });

  it('never completes one that left targets of its last wave to a newer image', () => {
    const standing = stopped('superseded');
    const ended = { outcome: 'skipped', reason: 'superseded' } as const;
    const endOf = (target: TargetRecord) => endingOf({ ...facts, standing, targets: [target] });
    expect(endOf(aTarget({ ended }))).toEqual({
      state: 'superseded',
      stop: reason('superseded'),
    });
    const groups = [aGroupRecord({ state: 'refreshed' })];
    const moved = aTarget({ startedAt: now.iso, groups, ended: { outcome: 'refreshed' } });
    expect(endOf(moved)).toEqual({ state: 'completed' });
  });

  it.each([
    ['rolled-back', 'rolled-back'],
    ['failed', 'failed'],
    ['skipped', 'skipped'],
  ] as const)(
    'never completes one that arrived nowhere: its only target is %s',
    (outcome, state) => {
      const groups = [aGroupRecord({ state })];
      const target = aTarget({ wave: 1, startedAt: now.iso, groups, ended: { outcome } });
      const waves = [aWave({ budget: 1, failedTargets: ['222233334444/eu-west-1'] })];
      expect(endingOf({ ...facts, waves, targets: [target] })).toEqual({
        state: 'halted',
        stop: { code: 'no-target', sentence: expect.stringContaining(`(1 ${outcome})`) },
      });
      // One other group that runs it is enough.
      const runs = aTarget({ groups: [aGroupRecord({ state: 'up-to-date' })] });
      expect(endingOf({ ...facts, waves, targets: [target, runs] })).toEqual({
        state: 'completed',
      });
    },
  );

  it('halts one that is done when an alarm took a group back late, within the budget and without an event', () => {
    const groups = [aGroupRecord({ state: 'rolled-back', reason: 'late-alarm' })];
    expect(endingOf({ ...facts, targets: [aTarget({ groups })] })).toMatchObject({
      state: 'halted',
      stop: { code: 'late-rollback' },
    });
  });

  it.each(stopCodes)('ends as it must by %s, recorded or told on the line', (code) => {
    const state =
      code === 'superseded'
        ? 'superseded'
        : ['taken-over', 'execution-died'].includes(code)
          ? 'aborted'
          : 'halted';
    const ending = { state, stop: reason(code) };
    const stop = reason(code);
    expect(endingOf({ ...facts, rollout: aRollout({ stop }) })).toEqual(ending);
    expect(endingOf({ ...facts, rollout: aRollout(), standing: stopped(code) })).toEqual(ending);
    expect(endingOf({ ...facts, error: stop })).toEqual(ending);
  });

  it('halts one that is done and then lost more than it may', () => {
    expect(endingOf({ ...facts, waves: [aWave(), failedWave] })).toMatchObject({
      state: 'halted',
      stop: { code: 'budget-exceeded' },
    });
  });

  it.each([
    [
      'not planned',
      () => {
        const { waves: _, ...rest } = aRollout();
        return rest;
      },
    ],
    ['in the middle', () => aRollout({ wavesDone: 1 })],
  ])('never completes one that is %s, even if nobody says why', (_, make) => {
    expect(endingOf({ ...facts, rollout: make() })).toMatchObject({
      state: 'halted',
      stop: { code: 'engine-error' },
    });
  });

  it('gives what the engine caught of one that never had the line', () => {
    const { waves: _, ...begun } = aRollout({ state: 'planned' });
    const error = reason('engine-error');
    expect(endingOf({ ...facts, rollout: begun, standing: stopped('taken-over'), error })).toEqual({
      state: 'halted',
      stop: error,
    });
  });

  it('gives what is recorded, then what the line says, then the budget, then what the engine caught', () => {
    const all = {
      rollout: aRollout({ stop: reason('no-target') }),
      standing: stopped('late-rollback'),
      waves: [failedWave],
      targets: [],
      error: reason('engine-error'),
    };
    const codeOf = (changes: Partial<typeof facts>) => endingOf({ ...all, ...changes }).stop?.code;
    expect(codeOf({})).toBe('no-target');
    expect(codeOf({ rollout: aRollout() })).toBe('late-rollback');
    expect(codeOf({ rollout: aRollout(), standing: go })).toBe('budget-exceeded');
    expect(codeOf({ rollout: aRollout(), standing: go, waves: [] })).toBe('engine-error');
  });
});

describe('settleTargets', () => {
  const halted: RolloutEnding = { state: 'halted', stop: reason('budget-exceeded') };
  const ended = aTarget({ ended: { outcome: 'refreshed' } });

  it.each([
    [halted, 'halted', 'because of budget-exceeded'],
    [{ state: 'aborted', stop: reason('execution-died') }, 'halted', 'because of execution-died'],
    [{ state: 'superseded', stop: reason('superseded') }, 'superseded', 'because of superseded'],
    [{ state: 'completed' }, 'halted', 'the rollout ended before its turn'],
  ] as const)('skips what had not begun, when it is %j', (ending, word, sentence) => {
    expect(settleTargets([ended, aTarget()], ending, now)).toEqual([
      { ...aTarget(), ended: { outcome: 'skipped', reason: word, sentence }, endedAt: now.iso },
    ]);
  });

  it('fails what was told to move and left no outcome', () => {
    const target = aTarget({ startedAt: anInstant().iso });
    expect(settleTargets([target], halted, now)).toEqual([
      {
        ...target,
        ended: expect.objectContaining({ outcome: 'failed', reason: 'no-outcome' }),
        endedAt: now.iso,
      },
    ]);
  });

  it('has nothing left to do the second time', () => {
    expect(settleTargets(settleTargets([aTarget()], halted, now), halted, now)).toEqual([]);
  });
});

describe('versionStateOf', () => {
  const states: Readonly<Record<RolloutEnd, string>> = {
    completed: 'stable',
    superseded: 'superseded',
    halted: 'halted',
    aborted: 'halted',
  };
  const wentBack = (changes: Parameters<typeof aGroupRecord>[0]) => [
    aTarget(),
    aTarget({ groups: [aGroupRecord(), aGroupRecord(changes)] }),
  ];

  it.each(rolloutEnds)('follows from a rollout that is %s', (state) => {
    const targets = [
      ...wentBack({ state: 'rolled-back', reason: 'alarm' }),
      ...wentBack({ state: 'failed', reason: 'refresh-failed' }),
    ];
    expect(versionStateOf({ state }, targets)).toBe(states[state]);
  });

  it.each(['rolled-back', 'rolling-back'] as const)(
    'is revoked when an alarm took a group back late, which is %s, however the rollout ended',
    (group) => {
      const targets = wentBack({ state: group, reason: 'late-alarm' });
      for (const state of rolloutEnds) expect(versionStateOf({ state }, targets)).toBe('revoked');
    },
  );

  it('is revoked when the rollout was stopped by a late rollback', () => {
    expect(versionStateOf({ state: 'halted', stop: reason('late-rollback') }, [])).toBe('revoked');
  });
});
