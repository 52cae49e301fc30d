import { describe, expect, it } from '@jest/globals';
import { healthyBounds } from './healthy-bounds.ts';

const bounds = (size: number) => healthyBounds({ size, hasMaintenancePolicy: false });

describe('healthyBounds', () => {
  it('lets a group of one launch before it terminates', () => {
    expect(bounds(1)).toEqual({ min: 100, max: 200 });
  });

  it('gives a small group one instance more at a time', () => {
    expect(bounds(3)).toEqual({ min: 100, max: 134 });
  });

  it('replaces a tenth of a large group at a time', () => {
    expect(bounds(10)).toEqual({ min: 90, max: 110 });
  });

  it('stays within what AWS takes, for every size', () => {
    for (let size = 0; size <= 500; size += 1) {
      const { min, max } = bounds(size)!;
      expect(max).toBeLessThanOrEqual(200);
      expect(max - min).toBeLessThanOrEqual(100);
    }
  });

  it("leaves a group's own policy in force", () => {
    expect(healthyBounds({ size: 1, hasMaintenancePolicy: true })).toBeUndefined();
  });
});
