import { describe, expect, it } from '@jest/globals';
import { aGroupRecord, anInstant, aTarget, aWave } from '@golden/shared/model/rollout-builders.ts';
import type { StopCode } from '@golden/shared/model/rollout.ts';
import type { Standing } from '@golden/shared/plan/rollout-line.ts';
import { groupStates } from '@golden/shared/payload/workload-response.ts';
import { judgeWave, movedTargets, withLostTargets } from './decide.ts';

const go: Standing = { kind: 'go' };
const stopped = (code: StopCode): Standing => ({ kind: 'stop', stop: { code, sentence: 'it is' } });
const bad = aWave({ failedTargets: ['333344445555/eu-west-1'] });
const ended = { outcome: 'refreshed' } as const;

describe('judgeWave', () => {
  it.each([
    [false, 'bake'],
    [true, 'continue'],
  ])('lets a good wave bake, then goes on', (baked, kind) => {
    expect(judgeWave({ waves: [aWave()], standing: go, baked })).toEqual({ kind });
  });

  it.each([
    ['this wave', [aWave(), { ...bad, wave: 2 }], 'wave 2'],
    ['an earlier wave, whose groups went back since', [bad, aWave({ wave: 2 })], 'wave 1'],
  ])('halts when more failed than may in %s', (_, waves, name) => {
    for (const baked of [false, true])
      expect(judgeWave({ waves, standing: go, baked })).toMatchObject({
        kind: 'halt',
        stop: { code: 'budget-exceeded', sentence: expect.stringContaining(name) },
      });
  });

  it('goes on while no wave lost more than it may, however many that are in all', () => {
    const waves = [1, 2, 3].map((wave) => ({ ...bad, wave, budget: 1 }));
    expect(judgeWave({ waves, standing: go, baked: true })).toEqual({ kind: 'continue' });
  });

  it.each(['late-rollback', 'taken-over'] as const)('halts when the line says %s', (code) => {
    expect(judgeWave({ waves: [aWave()], standing: stopped(code), baked: true })).toEqual({
      kind: 'halt',
      stop: { code, sentence: 'it is' },
    });
  });

  it('lets a superseded wave bake all the same', () => {
    const standing = stopped('superseded');
    expect(judgeWave({ waves: [aWave()], standing, baked: false })).toEqual({ kind: 'bake' });
    expect(judgeWave({ waves: [aWave()], standing, baked: true })).toEqual({ kind: 'continue' });
  });

  it('says what somebody said of the image before what the wave has lost', () => {
    expect(
      judgeWave({ waves: [bad], standing: stopped('late-rollback'), baked: false }),
    ).toMatchObject({ stop: { code: 'late-rollback' } });
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
