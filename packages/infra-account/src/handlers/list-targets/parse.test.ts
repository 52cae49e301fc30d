import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PayloadError } from '@golden/shared/model/golden-error.ts';
import { parseListTargets } from './parse.ts';

describe('parseListTargets', () => {
  it('takes the id of a rollout', () => {
    expect(parseListTargets({ rolloutId: 'prod-1-0-7-2' })).toEqual({ rolloutId: 'prod-1-0-7-2' });
  });

  it.each([
    // The id becomes part of a key in the bucket.
    ['an id that leads elsewhere', { rolloutId: '../payloads/x' }],
    ['an id that is too long', { rolloutId: 'x'.repeat(51) }],
    ['another member', { rolloutId: 'prod-1-0-7-2', region: 'eu-west-1' }],
  ])('refuses %s', (_, event) => {
    expect(() => parseListTargets(event)).toThrow(PayloadError);
  });

  it('refuses any other event with the same error', () => {
    fc.assert(
      fc.property(fc.anything(), (event) => {
        expect(() => parseListTargets(event)).toThrow(PayloadError);
      }),
    );
  });
});
