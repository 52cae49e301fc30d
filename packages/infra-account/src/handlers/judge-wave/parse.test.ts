import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PayloadError } from '@golden/shared/model/golden-error.ts';
import { parseJudgeRequest } from './parse.ts';

const good = { rolloutId: 'prod-1-0-7-2', wave: 2, baked: false };

describe('parseJudgeRequest', () => {
  it.each([true, false])('takes a wave that has baked or not: %p', (baked) => {
    expect(parseJudgeRequest({ ...good, baked })).toEqual({ ...good, baked });
  });

  it.each([
    ['an id that leads elsewhere', { ...good, rolloutId: 'a/b' }, /rolloutId/],
    ['wave 0', { ...good, wave: 0 }, /wave/],
    ['a word for yes', { ...good, baked: 'true' }, /baked/],
    ['nothing about the bake', { rolloutId: good.rolloutId, wave: 2 }, /baked/],
    ['another member', { ...good, force: true }, /force/],
  ])('refuses %s', (_, event, problem) => {
    expect(() => parseJudgeRequest(event)).toThrow(PayloadError);
    expect(() => parseJudgeRequest(event)).toThrow(problem);
  });

  it('refuses any other event with the same error', () => {
    fc.assert(
      fc.property(fc.anything(), (event) => {
        expect(() => parseJudgeRequest(event)).toThrow(PayloadError);
      }),
    );
  });
});
