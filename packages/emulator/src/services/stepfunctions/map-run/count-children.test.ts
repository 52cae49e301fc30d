import { describe, expect, it } from '@jest/globals';
import { hasFailedTooMuch } from './count-children.ts';
import type { MapRunSettings } from './map-run-state.ts';

const exceeds = (
  tolerance: Omit<MapRunSettings, 'maxConcurrency'>,
  failed: number,
  all: number,
): boolean => hasFailedTooMuch({ settings: { maxConcurrency: 0, ...tolerance } }, failed, all);

describe('hasFailedTooMuch', () => {
  it('tolerates nothing without a threshold', () => {
    expect(exceeds({}, 0, 10)).toBe(false);
    expect(exceeds({}, 1, 10)).toBe(true);
  });

  it('lets a threshold be reached but not exceeded', () => {
    expect(exceeds({ toleratedFailureCount: 2 }, 2, 10)).toBe(false);
    expect(exceeds({ toleratedFailureCount: 2 }, 3, 10)).toBe(true);
    expect(exceeds({ toleratedFailurePercentage: 25 }, 25, 100)).toBe(false);
    expect(exceeds({ toleratedFailurePercentage: 25 }, 26, 100)).toBe(true);
  });

  it('measures the percentage against all items, also those that have not begun', () => {
    expect(exceeds({ toleratedFailurePercentage: 50 }, 4, 8)).toBe(false);
    expect(exceeds({ toleratedFailurePercentage: 50 }, 4, 7)).toBe(true);
  });

  it('tolerates the failure of everything at 100 percent', () => {
    expect(exceeds({ toleratedFailurePercentage: 100 }, 8, 8)).toBe(false);
  });

  it('fails as soon as either of two thresholds is exceeded', () => {
    const both = { toleratedFailureCount: 5, toleratedFailurePercentage: 10 };
    expect(exceeds(both, 2, 10)).toBe(true);
    expect(exceeds(both, 6, 100)).toBe(true);
    expect(exceeds(both, 5, 100)).toBe(false);
  });

  it('takes a threshold of 0 at its word beside another one', () => {
    expect(exceeds({ toleratedFailureCount: 0, toleratedFailurePercentage: 50 }, 1, 10)).toBe(true);
  });
});
