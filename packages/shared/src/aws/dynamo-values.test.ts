import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fromAttribute, fromAttributes, toAttributes } from './dynamo-values.ts';
import type { StoredValue } from './dynamo-values.ts';

const { item } = fc.letrec<{
  value: Exclude<StoredValue, undefined>;
  item: Record<string, StoredValue>;
}>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('item'),
  ),
  item: fc.dictionary(fc.string(), tie('value'), { maxKeys: 4, noNullPrototype: true }),
}));

describe('stored values', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(item, (values) => {
        expect(fromAttributes(toAttributes(values))).toEqual(values);
      }),
    );
  });

  it('leave out what is undefined', () => {
    expect(toAttributes({ a: undefined, b: 1 })).toEqual({ b: { N: '1' } });
  });

  it('give a set of texts in one order', () => {
    expect(fromAttribute({ SS: ['b', 'a'] })).toEqual(['a', 'b']);
  });

  it('refuse kinds that this product never writes', () => {
    expect(() => fromAttribute({ NS: ['1'] })).toThrow(
      expect.objectContaining({ code: 'stored-item-invalid' }),
    );
  });
});
