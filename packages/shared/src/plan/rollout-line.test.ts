import { describe, expect, it } from '@jest/globals';
import {
  aLock,
  anExecutionArn,
  anInstant,
  anOrder,
  aRolloutId,
} from '../model/rollout-builders.ts';
import {
  afterRelease,
  afterStop,
  decideAcquire,
  decideArrival,
  readable,
  standingOf,
} from './rollout-line.ts';

const applicant = (n: number, build = 1) => ({
  rolloutId: aRolloutId(n, build),
  order: anOrder(n, build),
  executionArn: anExecutionArn(n),
  startedAt: anInstant().iso,
});
const alive = { now: anInstant(), holderIsAlive: true };
const dead = { now: anInstant(), holderIsAlive: false };
const stop = { code: 'late-rollback', sentence: 'a group went back' } as const;
const { holder, ...freeLock } = aLock();

describe('decideAcquire', () => {
  it('gives the line to the first of all', () => {
    expect(decideAcquire({}, applicant(7), dead)).toEqual({ kind: 'take', lock: expectedLock(7) });
  });

  it('tells a holder that asks again that it has the line', () => {
    expect(decideAcquire(aLock(), applicant(7), alive)).toEqual({ kind: 'acquired' });
  });

  it('lets a newer image wait, and says so to the one that has the line', () => {
    const lock = aLock({ highestWaiting: anOrder(8) });
    expect(decideAcquire(aLock(), applicant(8), alive)).toMatchObject({ kind: 'wait', lock });
    expect(standingOf(lock, aRolloutId(7))).toMatchObject({ stop: { code: 'superseded' } });
  });

  it.each([
    [0, 60],
    [3_599, 60],
    [3_600, 300],
    [86_400, 300],
  ])('after %i s asks again in %i s', (seconds, waitSeconds) => {
    const later = { ...alive, now: anInstant(seconds) };
    expect(decideAcquire(aLock(), applicant(8), later)).toMatchObject({ waitSeconds });
  });

  it('ends a waiter that sees a higher one waiting', () => {
    const lock = aLock({ highestWaiting: anOrder(9) });
    expect(decideAcquire(lock, applicant(8), alive)).toEqual({
      kind: 'superseded',
      by: anOrder(9),
    });
    expect(decideAcquire(lock, applicant(9), alive)).toMatchObject({ kind: 'wait', lock });
  });

  it.each([
    ['an older version', applicant(6)],
    ['the same build in another execution', { ...applicant(7), executionArn: anExecutionArn(70) }],
  ])('never gives the line to %s than what had it, be it free', (_, late) => {
    const decision = { kind: 'superseded', by: anOrder(7) };
    expect(decideAcquire(freeLock, late, dead)).toEqual(decision);
    expect(decideAcquire(aLock(), late, dead)).toEqual(decision);
  });

  it('takes another build of the version that had the line for newer', () => {
    expect(decideAcquire(freeLock, applicant(7, 2), dead)).toMatchObject({ kind: 'take' });
  });

  it('takes the line from a dead holder, and names it, for it has left no end', () => {
    expect(decideAcquire(aLock(), applicant(8), dead)).toEqual({
      kind: 'take',
      lock: { highestArrived: anOrder(7), ...expectedLock(8) },
      dead: holder,
    });
  });
});

const expectedLock = (n: number) => ({
  highestWaiting: anOrder(n),
  highestAcquired: anOrder(n),
  holder: {
    rolloutId: aRolloutId(n),
    order: anOrder(n),
    executionArn: anExecutionArn(n),
    since: anInstant().iso,
  },
});

describe('standingOf', () => {
  const stopped = aLock({ holder: { ...holder!, stop } });

  it.each([
    ['lets the holder go', aLock(), { kind: 'go' }],
    ['stops one that was told to', stopped, { kind: 'stop', stop }],
    ['names the first reason', { ...stopped, highestWaiting: anOrder(8) }, { kind: 'stop', stop }],
    [
      'stops one that another took for dead',
      aLock({ holder: { ...holder!, rolloutId: aRolloutId(8) } }),
      {
        stop: { code: 'taken-over', sentence: expect.stringMatching(/^prod-1-0-8-1 has the line/) },
      },
    ],
    [
      'stops one whose line was released',
      freeLock,
      { stop: { code: 'taken-over', sentence: expect.stringMatching(/^nobody has the line/) } },
    ],
    [
      'stops one for which a newer image waits',
      aLock({ highestWaiting: anOrder(8, 2) }),
      { stop: { code: 'superseded', sentence: expect.stringContaining('1.0.8/2') } },
    ],
  ])('%s', (_, lock, expected) => {
    expect(standingOf(lock, aRolloutId())).toMatchObject(expected);
  });
});

describe('afterStop', () => {
  it('tells the holder, and nobody else, once', () => {
    const told = aLock({ holder: { ...holder!, stop } });
    expect(afterStop(aLock(), aRolloutId(), stop)).toEqual(told);
    expect(afterStop(told, aRolloutId(), { ...stop, code: 'no-target' })).toBeUndefined();
    expect(afterStop(aLock(), aRolloutId(8), stop)).toBeUndefined();
    expect(afterStop(freeLock, aRolloutId(), stop)).toBeUndefined();
  });
});

describe('afterRelease', () => {
  it('frees the line and keeps how far it has come', () => {
    expect(afterRelease(aLock(), anExecutionArn())).toEqual(freeLock);
    expect(afterRelease(aLock(), anExecutionArn(8))).toBeUndefined();
    expect(afterRelease(freeLock, anExecutionArn())).toBeUndefined();
  });
});

describe('decideArrival', () => {
  it.each([
    ['the first for the newest', {}, 'newest'],
    ['a newer one for the newest', aLock({ highestArrived: anOrder(6) }), 'newest'],
    ['the same again for the newest', aLock(), 'newest'],
    ['an older one for outdated', aLock({ highestArrived: anOrder(7, 2) }), 'outdated'],
  ])('takes %s', (_, lock, kind) => {
    const decision = decideArrival(lock, anOrder(7));
    expect(decision).toEqual(
      kind === 'newest'
        ? { kind, lock: { ...lock, highestArrived: anOrder(7) } }
        : { kind, by: anOrder(7, 2) },
    );
  });
});

describe('readable', () => {
  it('is what people call a build', () => {
    expect(readable(anOrder(12, 3))).toBe('1.0.12/3');
  });
});
