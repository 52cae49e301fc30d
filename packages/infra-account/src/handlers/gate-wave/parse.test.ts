import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PayloadError } from '@golden/shared/model/golden-error.ts';
import { parseGateRequest } from './parse.ts';

const good = { rolloutId: 'prod-1-0-7-2', wave: 1 };

describe('parseGateRequest', () => {
  it('takes a rollout and its wave', () => {
    expect(parseGateRequest(good)).toEqual(good);
  });

  it.each([
    ['an id that leads elsewhere', { ...good, rolloutId: 'a/b' }, /rolloutId/],
    ['wave 0', { ...good, wave: 0 }, /wave/],
    ['a wave beyond all waves', { ...good, wave: 101 }, /wave/],
    ['a wave in text', { ...good, wave: '1' }, /wave/],
    ['no wave', { rolloutId: good.rolloutId }, /wave/],
    ['another member', { ...good, force: true }, /force/],
  ])('refuses %s', (_, event, problem) => {
    expect(() => parseGateRequest(event)).toThrow(PayloadError);
    expect(() => parseGateRequest(event)).toThrow(problem);
  });

  it('refuses any other event with the same error', () => {
    fc.assert(
      fc.property(fc.anything(), (event) => {
        expect(() => parseGateRequest(event)).toThrow(PayloadError);
      }),
    );
  });
});
