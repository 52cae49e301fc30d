import { describe, expect, it } from '@jest/globals';
import { anInstant, aRollout, aTarget } from '@golden/shared/model/rollout-builders.ts';
import { unreachableReasons } from '@golden/shared/payload/reach-answer.ts';
import { askAgain } from './silence.ts';

const limits = { refreshTimeoutSeconds: 86_400, rollbackTimeoutSeconds: 14_400 };
const purposes = ['survey', 'move', 'recheck'] as const;
const lastingReasons = [
  'role-denied',
  'region-disabled',
  'function-missing',
  'function-denied',
  'answer-too-large',
  'answer-invalid',
  'request-invalid',
];

const silentFor = (seconds: number) => ({
  record: aTarget({ silentSince: anInstant(-seconds).iso }),
  rollout: aRollout(),
  now: anInstant(),
  limits,
});

describe('askAgain', () => {
  it('asks the same soon, and remembers since when the target is silent', () => {
    const situation = { ...silentFor(0), record: aTarget() };
    expect(askAgain(situation, { action: 'status', purpose: 'move' })).toEqual({
      kind: 'ask',
      record: aTarget({ silentSince: anInstant().iso }),
      action: 'status',
      waitSeconds: 10,
    });
  });

  it.each([
    [59, 10],
    [60, 60],
    [299, 60],
  ])('after %i s waits %i s, and still knows since when', (seconds, waitSeconds) => {
    const situation = silentFor(seconds);
    const again = askAgain(situation, { action: 'refresh', purpose: 'move' });
    expect(again).toMatchObject({ action: 'refresh', waitSeconds, record: situation.record });
  });

  it.each(
    [...unreachableReasons, 'request-invalid' as const].flatMap((reason) =>
      purposes.map((to) => [reason, to] as const),
    ),
  )('gives %s as long as it may help a %s, and no longer', (reason, purpose) => {
    const passing = { survey: 900, recheck: 900, move: 3_600 }[purpose];
    const secondsMax = lastingReasons.includes(reason) ? 300 : passing;
    const silence = { reason, purpose, action: 'status' } as const;
    expect(askAgain(silentFor(secondsMax - 1), silence)).toMatchObject({ kind: 'ask' });
    expect(askAgain(silentFor(secondsMax), silence)).toBeUndefined();
  });
});
