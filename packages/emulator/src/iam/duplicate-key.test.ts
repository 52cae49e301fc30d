import { describe, expect, it } from '@jest/globals';
import { duplicateKey } from './duplicate-key.ts';

describe('duplicateKey', () => {
  it.each([
    ['{"a":1,"a":2}', 'a'],
    ['{"a":{"b":1,"c":[],"b":2}}', 'b'],
    ['[{"a":1},{"x":[{"y":1}],"x":2}]', 'x'],
    ['{"a":1, "\\u0061" : 2}', 'a'],
  ])('finds the repeated key of %s', (json, key) => {
    expect(duplicateKey(json)).toBe(key);
  });

  it.each([
    '{"a":{"a":{"a":1}}}',
    '[{"a":1},{"a":1}]',
    '{"a":"a","b":["a","a"]}',
    '{"a":"\\"a\\":","b":"a"}',
  ])('accepts %s', (json) => {
    expect(duplicateKey(json)).toBeUndefined();
  });
});
