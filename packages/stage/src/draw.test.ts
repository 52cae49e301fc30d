import { describe, expect, it } from '@jest/globals';
import { Draw } from './draw.ts';

describe('a draw', () => {
  it('says the same for the same seed and purpose, whatever was asked before', () => {
    const [one, other] = [new Draw('7'), new Draw('7')];
    other.share('something else');
    expect(one.share('a', 1)).toBe(other.share('a', 1));
    expect(one.share('a', 1)).not.toBe(one.share('a', 2));
    expect(one.share('a', 1)).not.toBe(new Draw('8').share('a', 1));
  });

  it('reaches both ends of a range and nothing beyond', () => {
    const drawn = new Set(
      Array.from({ length: 200 }, (_, index) => new Draw('1').between(3, 5, index)),
    );
    expect([...drawn].sort()).toEqual([3, 4, 5]);
  });

  it('keeps to shares and weights', () => {
    const draw = new Draw('1');
    const count = 2_000;
    const heavy = Array.from({ length: count }, (_, index) =>
      draw.weighted({ light: 1, heavy: 3, never: 0 }, index),
    );
    expect(heavy).not.toContain('never');
    expect(heavy.filter((name) => name === 'heavy').length / count).toBeCloseTo(0.75, 1);
    expect(draw.some(Array.from({ length: count }), 0.2, 'some').length / count).toBeCloseTo(
      0.2,
      1,
    );
  });

  it('refuses to pick from nothing', () => {
    expect(() => new Draw('1').pick([], 'a fish')).toThrow('nothing to pick for a fish');
  });
});
