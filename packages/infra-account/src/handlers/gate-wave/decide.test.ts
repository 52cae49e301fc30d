import { describe, expect, it } from '@jest/globals';
import { anInstant, aRollout } from '@golden/shared/model/rollout-builders.ts';
import { rolloutEnds } from '@golden/shared/model/rollout.ts';
import { letThrough } from './decide.ts';

describe('letThrough', () => {
  it('says when the first wave began, however many follow', () => {
    const running = letThrough(aRollout({ state: 'planned' }), anInstant(60))!;
    expect(running).toMatchObject({ state: 'running', reachedAt: { running: anInstant(60).iso } });
    const again = letThrough({ ...running, state: 'baking' }, anInstant(90));
    expect(again).toEqual(running);
  });

  it.each(rolloutEnds)('leaves a rollout alone that is %s', (state) => {
    expect(letThrough(aRollout({ state }), anInstant())).toBeUndefined();
  });
});
