import { describe, expect, it } from '@jest/globals';
import { batchesOf } from './batches.ts';

describe('batchesOf', () => {
  it.each([
    ['nothing', [], []],
    ['less than one call takes', [1], [[1]]],
    ['as much as one call takes', [1, 2], [[1, 2]]],
    ['one more', [1, 2, 3], [[1, 2], [3]]],
  ])('cuts %s without losing or repeating anything', (_, items, batches) => {
    expect(batchesOf(items, 2)).toEqual(batches);
  });
});
