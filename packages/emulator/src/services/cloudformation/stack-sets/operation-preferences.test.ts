import { describe, expect, it } from '@jest/globals';
import {
  checkPreferences,
  concurrencyAfter,
  inRegionOrder,
  paceOf,
} from './operation-preferences.ts';

describe('the pace of an operation', () => {
  it('is one account at a time and no failure unless asked otherwise', () => {
    expect(paceOf({}, 50)).toEqual({ toleranceMax: 0, concurrentMax: 1, isStrict: true });
  });

  it('rounds shares down, concurrency never to nothing', () => {
    const preferences = { FailureTolerancePercentage: 10, MaxConcurrentPercentage: 10 };
    expect(paceOf(preferences, 9)).toMatchObject({ toleranceMax: 0, concurrentMax: 1 });
    expect(paceOf(preferences, 25)).toMatchObject({ toleranceMax: 2, concurrentMax: 2 });
  });

  it('is held to tolerance plus one and slows down with each failure when it is strict', () => {
    const pace = paceOf({ FailureToleranceCount: 2, MaxConcurrentCount: 10 }, 25);
    expect([0, 1, 2, 3].map((failed) => concurrencyAfter(pace, failed))).toEqual([3, 2, 1, 0]);
  });

  it('stays the same when it is soft', () => {
    const pace = paceOf({ MaxConcurrentCount: 10, ConcurrencyMode: 'SOFT_FAILURE_TOLERANCE' }, 25);
    expect(concurrencyAfter(pace, 5)).toBe(10);
  });

  it('takes Regions in the order asked for, then by name', () => {
    expect(
      inRegionOrder({ RegionOrder: ['us-east-1'] }, ['eu-west-2', 'eu-west-1', 'us-east-1']),
    ).toEqual(['us-east-1', 'eu-west-1', 'eu-west-2']);
  });

  it.each([
    [{ FailureToleranceCount: 1, FailureTolerancePercentage: 1 }],
    [{ MaxConcurrentCount: 1, MaxConcurrentPercentage: 1 }],
  ])('refuses %j', (preferences) => {
    expect(() => checkPreferences(preferences)).toThrow('but not both');
  });
});
