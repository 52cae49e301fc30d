import type { StackSetOperationPreferences } from '@aws-sdk/client-cloudformation';
import { validationError } from '../../../cloudformation/validation-error.ts';

/**
 * How many accounts of one Region an operation works on at a time, and how many may fail.
 *
 * Source: CloudFormation API Reference, StackSetOperationPreferences.
 */
export interface Pace {
  readonly toleranceMax: number;
  readonly concurrentMax: number;
  /** Whether every failure lowers the concurrency, so that failures never exceed tolerance + 1. */
  readonly isStrict: boolean;
}

const share = (percentage: number, count: number): number => Math.floor((percentage * count) / 100);

/** @param accountCount accounts of the operation in the Region */
export function paceOf(preferences: StackSetOperationPreferences, accountCount: number): Pace {
  const {
    FailureToleranceCount: tolerance = 0,
    FailureTolerancePercentage: tolerancePercentage,
    MaxConcurrentCount: concurrent = 1,
    MaxConcurrentPercentage: concurrentPercentage,
  } = preferences;
  return {
    toleranceMax:
      tolerancePercentage === undefined ? tolerance : share(tolerancePercentage, accountCount),
    // Rounded down, but never to nothing.
    concurrentMax:
      concurrentPercentage === undefined
        ? concurrent
        : Math.max(1, share(concurrentPercentage, accountCount)),
    isStrict: preferences.ConcurrencyMode !== 'SOFT_FAILURE_TOLERANCE',
  };
}

/** How many accounts may be worked on at once after some have failed. */
export const concurrencyAfter = (pace: Pace, failedCount: number): number =>
  pace.isStrict
    ? Math.min(pace.concurrentMax, pace.toleranceMax + 1 - failedCount)
    : pace.concurrentMax;

/** Regions in the order asked for; the others follow by name. */
export function inRegionOrder(
  preferences: StackSetOperationPreferences,
  regions: readonly string[],
): readonly string[] {
  const asked = (preferences.RegionOrder ?? []).filter((region) => regions.includes(region));
  return [...asked, ...regions.filter((region) => !asked.includes(region)).toSorted()];
}

/** @throws AwsError ValidationError */
export function checkPreferences(
  preferences: StackSetOperationPreferences | undefined,
): StackSetOperationPreferences {
  if (!preferences) return {};
  refuseBoth(preferences, 'FailureToleranceCount', 'FailureTolerancePercentage');
  refuseBoth(preferences, 'MaxConcurrentCount', 'MaxConcurrentPercentage');
  return preferences;
}

function refuseBoth(
  preferences: StackSetOperationPreferences,
  first: keyof StackSetOperationPreferences,
  second: keyof StackSetOperationPreferences,
): void {
  if (preferences[first] !== undefined && preferences[second] !== undefined)
    throw validationError(`You can specify either ${first} or ${second}, but not both`);
}
