import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PayloadError } from '@golden/shared/model/golden-error.ts';
import { parsePlanRequest } from './parse.ts';

const good = { rolloutId: 'prod-1-0-7-2' };

describe('parsePlanRequest', () => {
  it('takes the id of a rollout', () => {
    expect(parsePlanRequest(good)).toEqual(good);
  });

  it.each([
    ['an id that leads elsewhere', { rolloutId: '../payloads/x' }, /rolloutId/],
    ['an id that is too long', { rolloutId: 'x'.repeat(51) }, /rolloutId/],
    ['another member', { ...good, waves: '100%' }, /waves/],
  ])('refuses %s', (_, event, problem) => {
    expect(() => parsePlanRequest(event)).toThrow(PayloadError);
    expect(() => parsePlanRequest(event)).toThrow(problem);
  });

  it('refuses any other event with the same error', () => {
    fc.assert(
      fc.property(fc.anything(), (event) => {
        expect(() => parsePlanRequest(event)).toThrow(PayloadError);
      }),
    );
  });
});
