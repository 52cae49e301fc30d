import { describe, expect, it } from '@jest/globals';
import {
  aGroupRecord,
  anInstant,
  aRollout,
  aTarget,
  aWave,
} from '@golden/shared/model/rollout-builders.ts';
import { rolloutEnds } from '@golden/shared/model/rollout.ts';
import type { StopCode } from '@golden/shared/model/rollout.ts';
import type { Standing } from '@golden/shared/plan/rollout-line.ts';
import { groupStates } from '@golden/shared/payload/workload-response.ts';
import { afterJudgement, judgeWave, movedTargets, withLostTargets } from './decide.ts';

const go: Standing = { kind: 'go' };
const stopped = (code: StopCode): Standing => ({ kind: 'stop', stop: { code, sentence: 'it is' } });
const bad = aWave({ failedTargets: ['333344445555/eu-west-1'] });
const ended = { outcome: 'refreshed' } as const;

describe('judgeWave', () => {
  it.each([
    [false, 'bake'],
    [true, 'continue'],
  ])('lets a good wave bake, then goes on', (baked, kind) => {
    expect(judgeWave({ targets: [], waves: [aWave()], standing: go, baked })).toEqual({ kind });
  });

  it.each([
    ['this wave', [aWave(), { ...bad, wave: 2 }], 'wave 2'],
    ['an earlier wave, whose groups went back since', [bad, aWave({ wave: 2 })], 'wave 1'],
  ])('halts when more failed than may in %s', (_, waves, name) => {
    for (const baked of [false, true])
      expect(judgeWave({ targets: [], waves, standing: go, baked })).toMatchObject({
        kind: 'halt',
        stop: { code: 'budget-exceeded', sentence: expect.stringContaining(name) },
      });
  });

  it('goes on while no wave lost more than it may, however many that are in all', () => {
    const waves = [1, 2, 3].map((wave) => ({ ...bad, wave, budget: 1 }));
    expect(judgeWave({ targets: [], waves, standing: go, baked: true })).toEqual({
      kind: 'continue',
    });
  });

  it.each(['late-rollback', 'taken-over'] as const)('halts when the line says %s', (code) => {
    expect(
      judgeWave({ targets: [], waves: [aWave()], standing: stopped(code), baked: true }),
    ).toEqual({
      kind: 'halt',
      stop: { code, sentence: 'it is' },
    });
  });

  it('halts when an alarm took a group back late, though the budget allows for it and no event said so', () => {
    const groups = [aGroupRecord({ state: 'rolled-back', reason: 'late-alarm' })];
    const waves = [{ ...bad, budget: 1 }];
    for (const standing of [go, stopped('superseded')])
      expect(
        judgeWave({ waves, targets: [aTarget({ groups })], standing, baked: true }),
      ).toMatchObject({
        kind: 'halt',
        stop: { code: 'late-rollback', sentence: expect.stringContaining('took web back') },
      });
  });

  it('lets a newer image wait for no bake, and judges a wave that has baked all the same', () => {
    const standing = stopped('superseded');
    expect(judgeWave({ targets: [], waves: [aWave()], standing, baked: false })).toMatchObject({
      kind: 'halt',
      stop: { code: 'superseded' },
    });
    expect(judgeWave({ targets: [], waves: [aWave()], standing, baked: true })).toEqual({
      kind: 'continue',
    });
  });

  it('says what somebody said of the image before what the wave has lost', () => {
    expect(
      judgeWave({ targets: [], waves: [bad], standing: stopped('late-rollback'), baked: false }),
    ).toMatchObject({ stop: { code: 'late-rollback' } });
  });
});

describe('afterJudgement', () => {
  const at = { wave: 2, now: anInstant(60) };
  const stop = { code: 'budget-exceeded', sentence: 'it is' } as const;

  it('writes down what the judgement means, and keeps the first reason', () => {
    const running = aRollout();
    expect(afterJudgement(running, { kind: 'bake' }, at)).toMatchObject({
      state: 'baking',
      reachedAt: { baking: anInstant(60).iso },
    });
    expect(afterJudgement(running, { kind: 'continue' }, at)).toMatchObject({ wavesDone: 2 });
    const halted = afterJudgement(running, { kind: 'halt', stop }, at)!;
    expect(halted.stop).toEqual(stop);
    expect(afterJudgement(halted, { kind: 'halt', stop }, at)).toBeUndefined();
  });

  it.each(rolloutEnds)('leaves a rollout alone that is %s', (state) => {
    for (const kind of ['bake', 'continue'] as const)
      expect(afterJudgement(aRollout({ state }), { kind }, at)).toBeUndefined();
    expect(afterJudgement(aRollout({ state }), { kind: 'halt', stop }, at)).toBeUndefined();
  });
});

describe('withLostTargets', () => {
  const waves = [aWave(), aWave({ wave: 2 }), aWave({ wave: 3 })];
  const lost = (wave: number) => aTarget({ account: `${wave}00000000000`, wave });

  it('fails targets without an outcome that have had their turn', () => {
    const targets = [lost(1), lost(2), lost(3), aTarget({ wave: 2, ended })];
    expect(withLostTargets(waves, targets, 2)).toEqual([
      aWave({ failedTargets: ['100000000000/eu-west-1'] }),
      aWave({ wave: 2, failedTargets: ['200000000000/eu-west-1'] }),
      aWave({ wave: 3 }),
    ]);
  });

  it('adds them to those that failed, each once', () => {
    const failedTargets = ['100000000000/eu-west-1', '900000000000/eu-west-1'];
    const wave = aWave({ failedTargets });
    const another = { ...lost(1), account: '500000000000' };
    expect(withLostTargets([wave], [another, lost(1)], 1)).toEqual([
      aWave({
        failedTargets: ['100000000000', '500000000000', '900000000000'].map(
          (account) => `${account}/eu-west-1`,
        ),
      }),
    ]);
  });
});

describe('movedTargets', () => {
  const startedAt = anInstant().iso;

  it.each(groupStates)(
    'lists a target with a group that is %s only if it was moved, or was last seen on its way',
    (state) => {
      const groups = [aGroupRecord({ state }), aGroupRecord({ group: 'api', state: 'skipped' })];
      const place = { account: '222233334444', region: 'eu-west-1' };
      expect(movedTargets([aTarget({ startedAt, groups })])).toEqual(
        ['refreshed', 'moving', 'rolling-back'].includes(state) ? [place] : [],
      );
    },
  );

  it('lists no target that this rollout has not told to move', () => {
    expect(movedTargets([aTarget({ groups: [aGroupRecord({ state: 'refreshed' })] })])).toEqual([]);
  });
});
