import { describe, expect, it } from '@jest/globals';
import type { Census } from './refresh-census.ts';
import {
  checkpointQuota,
  healthyLimits,
  isComplete,
  planMoves,
  progressOf,
  reachedCheckpoint,
} from './refresh-plan.ts';

const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `i-${index}`);

const aCensus = (given: Partial<Census> = {}): Census => {
  const { desired = 3 } = given;
  return {
    desired,
    alive: desired,
    healthy: desired,
    replaceable: ids(desired).map((instanceId) => ({
      instanceId,
      isServing: true,
      isCounted: true,
    })),
    protectedWaiting: [],
    standbyWaiting: [],
    kept: 0,
    standby: 0,
    leaving: 0,
    pending: 0,
    hooked: 0,
    warming: 0,
    failing: 0,
    ready: 0,
    nextReadyAt: undefined,
    ...given,
  };
};

const limits = (desired: number, min: number, max?: number) =>
  healthyLimits(desired, {
    MinHealthyPercentage: min,
    ...(max === undefined ? {} : { MaxHealthyPercentage: max }),
  });

const plan = (
  census: Partial<Census>,
  { min, max, surplus = 0, quota = Infinity }: Record<string, number>,
) => {
  const { surplus: after, terminate } = planMoves(
    aCensus(census),
    {
      MinHealthyPercentage: min ?? 90,
      ...(max === undefined ? {} : { MaxHealthyPercentage: max }),
    },
    { surplus, quota },
  );
  return { surplus: after, terminated: terminate.length };
};

describe('the percentages of an instance refresh as numbers of instances', () => {
  it.each([
    { desired: 10, min: 90, max: undefined, minHealthy: 9, maxTotal: 10 },
    { desired: 3, min: 90, max: undefined, minHealthy: 2, maxTotal: 3 },
    { desired: 3, min: 100, max: undefined, minHealthy: 2, maxTotal: 3 },
    { desired: 1, min: 90, max: undefined, minHealthy: 0, maxTotal: 1 },
    { desired: 1, min: 90, max: 100, minHealthy: 1, maxTotal: 2 },
    { desired: 1, min: 100, max: 200, minHealthy: 1, maxTotal: 2 },
    { desired: 3, min: 100, max: 110, minHealthy: 3, maxTotal: 4 },
    { desired: 10, min: 80, max: 120, minHealthy: 8, maxTotal: 12 },
    { desired: 3, min: 50, max: 150, minHealthy: 2, maxTotal: 4 },
  ])(
    'keeps a group of $desired with $min/$max at $minHealthy healthy of at most $maxTotal',
    ({ desired, min, max, minHealthy, maxTotal }) => {
      expect(limits(desired, min, max)).toEqual({ minHealthy, maxTotal });
    },
  );
});

describe('a batch of an instance refresh', () => {
  it('terminates first what the minimum does not need', () => {
    expect(plan({ desired: 10 }, { min: 80 })).toEqual({ surplus: 0, terminated: 2 });
  });

  it('terminates the only instance of a group without a maximum', () => {
    expect(plan({ desired: 1 }, { min: 100 })).toEqual({ surplus: 0, terminated: 1 });
  });

  it('launches first where the minimum is all of the group', () => {
    expect(plan({ desired: 1 }, { min: 100, max: 200 })).toEqual({ surplus: 1, terminated: 0 });
    expect(plan({ desired: 3 }, { min: 100, max: 200 })).toEqual({ surplus: 3, terminated: 0 });
  });

  it('terminates as many as have warmed up above the capacity, and launches no more than are left', () => {
    const launched = { desired: 3, alive: 4, healthy: 4, ready: 1 };
    expect(plan(launched, { min: 100, max: 134, surplus: 1 })).toEqual({
      surplus: 1,
      terminated: 1,
    });
    const one = aCensus().replaceable.slice(0, 1);
    expect(
      plan({ ...launched, replaceable: one, ready: 3 }, { min: 100, max: 134, surplus: 1 }),
    ).toEqual({ surplus: 0, terminated: 1 });
  });

  it('launches and terminates at once where the range allows both', () => {
    expect(plan({ desired: 10 }, { min: 80, max: 120 })).toEqual({ surplus: 2, terminated: 2 });
  });

  it.each(['pending', 'warming', 'failing', 'leaving'] as const)(
    'begins nothing while an instance is %s',
    (state) => {
      expect(plan({ [state]: 1 }, { min: 0, surplus: 1 })).toEqual({ surplus: 1, terminated: 0 });
    },
  );

  it('takes instances that serve nobody even when no healthy one can be spared', () => {
    const [first, ...rest] = aCensus().replaceable;
    const replaceable = [
      { instanceId: first?.instanceId ?? '', isServing: false, isCounted: true },
      ...rest,
    ];
    expect(plan({ replaceable, healthy: 2 }, { min: 90 })).toEqual({ surplus: 0, terminated: 1 });
  });

  it('terminates nothing while too few are healthy', () => {
    expect(plan({ healthy: 2 }, { min: 90 })).toEqual({ surplus: 0, terminated: 0 });
  });
});

describe('the progress of an instance refresh', () => {
  it('counts what is updated of what there is to update', () => {
    expect(progressOf(aCensus({ ready: 1 }))).toMatchObject({ percentage: 33, toUpdate: 2 });
    expect(progressOf(aCensus({ ready: 1, kept: 2 }))).toMatchObject({
      percentage: 100,
      toUpdate: 0,
    });
  });

  it('is complete only when nothing is in transition and nothing is missing', () => {
    const done = { replaceable: [], ready: 3 };
    expect(isComplete(aCensus(done))).toBe(true);
    expect(isComplete(aCensus({ ...done, leaving: 1 }))).toBe(false);
    expect(isComplete(aCensus({ ...done, alive: 2 }))).toBe(false);
    expect(isComplete(aCensus({ ...done, protectedWaiting: ['i-1'] }))).toBe(false);
  });

  it('replaces at most up to the next checkpoint', () => {
    const census = aCensus({
      desired: 10,
      ready: 4,
      replaceable: aCensus({ desired: 6 }).replaceable,
    });
    expect(checkpointQuota(census, 50)).toBe(1);
    expect(checkpointQuota(census, 40)).toBe(0);
    expect(checkpointQuota(census, 100)).toBe(Infinity);
  });

  it('skips a checkpoint that a small group has overshot', () => {
    expect(reachedCheckpoint(aCensus({ desired: 2, ready: 1 }), [10, 40, 100], 0)).toBe(1);
    expect(reachedCheckpoint(aCensus({ desired: 2, ready: 1 }), [10, 40, 100], 2)).toBeUndefined();
  });
});
