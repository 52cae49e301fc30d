import { describe, expect, it } from '@jest/globals';
import { KnownLater } from './expression-values.ts';
import { differences, laterIn, sameValue } from './property-diff.ts';

describe('sameValue', () => {
  it.each<[string, unknown, unknown]>([
    ['a number and its text', 1, '1'],
    ['a boolean and its text', { a: true }, { a: 'true' }],
    ['objects in another order', { a: 1, b: [2] }, { b: [2], a: 1 }],
    ['a member that is undefined', { a: 1, b: undefined }, { a: 1 }],
  ])('takes %s for the same', (_, left, right) => {
    expect(sameValue(left, right)).toBe(true);
  });

  it.each<[string, unknown, unknown]>([
    ['lists in another order', [1, 2], [2, 1]],
    ['a list and its only item', ['a'], 'a'],
    ['nothing and empty text', undefined, ''],
    ['one value that is not known yet and itself', new KnownLater('A'), new KnownLater('A')],
  ])('takes %s for different', (_, left, right) => {
    expect(sameValue(left, right)).toBe(false);
  });
});

describe('differences', () => {
  it('names the top-level properties, and what decides them', () => {
    const later = new KnownLater('A', 'Arn');
    expect(
      differences({ a: 1, b: { c: 1 }, d: 'x', same: [1] }, { a: 2, b: { c: [later] }, same: [1] }),
    ).toEqual([
      { name: 'a', decidedBy: undefined },
      { name: 'b', decidedBy: later },
      { name: 'd', decidedBy: undefined },
    ]);
    expect(laterIn({ x: [1, { y: 'z' }] })).toBeUndefined();
  });
});
