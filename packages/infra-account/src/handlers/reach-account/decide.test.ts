import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { imageLine } from '@golden/shared/model/ids.ts';
import { anInstant } from '@golden/shared/model/rollout-builders.ts';
import { sessionName, tooLate } from './decide.ts';

const line = imageLine('golden');

describe('the session name', () => {
  it('says line, action and rollout', () => {
    expect(sessionName(line, { action: 'refresh', rolloutId: 'golden-1-0-7-2' })).toBe(
      'golden-refresh-golden-1-0-7-2',
    );
  });

  it('is the line where a request says nothing', () => {
    expect(sessionName(line, { action: 7 })).toBe('golden');
  });

  it('is one that STS takes, whatever is asked', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (action, rolloutId) => {
        expect(sessionName(line, { action, rolloutId })).toMatch(/^[\w+=,.@-]{2,64}$/);
      }),
    );
  });
});

describe('a question', () => {
  it('is put until its time is up, and for as long as it likes without one', () => {
    expect(tooLate(undefined, anInstant())).toBeUndefined();
    expect(tooLate(anInstant(60).iso, anInstant(60))).toBeUndefined();
    expect(tooLate(anInstant(60).iso, anInstant(61))).toMatchObject({
      outcome: 'unreachable',
      reason: 'call-failed',
      detail: expect.stringContaining(anInstant(60).iso),
    });
  });
});
