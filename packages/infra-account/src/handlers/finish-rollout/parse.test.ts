import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PayloadError } from '@golden/shared/model/golden-error.ts';
import { aRollout } from '@golden/shared/model/rollout-builders.ts';
import { parseFinishRequest } from './parse.ts';

const good = { rolloutId: 'prod-1-0-7-2' };
const error = { Error: 'States.Timeout', Cause: 'it took too long', State: 'Plan' };

describe('parseFinishRequest', () => {
  it('takes the id of a rollout that nothing went wrong with', () => {
    expect(parseFinishRequest(good)).toEqual(good);
  });

  it('takes what a rollout begins with, should nobody have written that', () => {
    const { rolloutId, order, n, version, imageArn, amis, executionArn } = aRollout();
    const begun = { image: { rolloutId, order, n, version, imageArn, amis }, executionArn };
    expect(parseFinishRequest({ ...good, begun })).toEqual({ ...good, begun });
    expect(() => parseFinishRequest({ ...good, begun: { image: begun.image } })).toThrow(/begun/);
  });

  it('takes what the engine caught', () => {
    expect(parseFinishRequest({ ...good, error })).toEqual({ ...good, error });
  });

  it('takes an error of which the engine says little, rather than not to finish', () => {
    expect(parseFinishRequest({ ...good, error: {} })).toEqual({
      ...good,
      error: { Error: 'unknown error', Cause: '', State: '' },
    });
    expect(parseFinishRequest({ ...good, error: { ...error, More: 1 } })).toEqual({
      ...good,
      error,
    });
  });

  it.each([
    ['an id that leads elsewhere', { rolloutId: 'a/b' }, /rolloutId/],
    ['an error in text', { ...good, error: 'States.Timeout' }, /error/],
    ['another member', { ...good, force: true }, /force/],
  ])('refuses %s', (_, event, problem) => {
    expect(() => parseFinishRequest(event)).toThrow(PayloadError);
    expect(() => parseFinishRequest(event)).toThrow(problem);
  });

  it('refuses any other event with the same error', () => {
    fc.assert(
      fc.property(fc.anything(), (event) => {
        expect(() => parseFinishRequest(event)).toThrow(PayloadError);
      }),
    );
  });
});
