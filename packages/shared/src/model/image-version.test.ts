import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  isVersionNumber,
  parseVersionText,
  versionNumber,
  versionNumberMax,
  versionText,
} from './image-version.ts';

const numbers = fc.integer({ min: 0, max: versionNumberMax });

describe('version numbers', () => {
  it('come back from their text', () => {
    fc.assert(
      fc.property(numbers, (n) => {
        expect(parseVersionText(versionText(versionNumber(n)))).toBe(n);
      }),
    );
  });

  it.each([-1, 1.5, 2 ** 30, Number.NaN, Number.POSITIVE_INFINITY])('refuse %p', (n) => {
    expect(isVersionNumber(n)).toBe(false);
    expect(() => versionNumber(n)).toThrow(expect.objectContaining({ code: 'value-invalid' }));
  });

  it.each(['', '1.0', '1.0.x', '1.0.07', '2.0.7', '1.1.7', '1.0.7/1', '1.0.-1', '1.0.1073741824'])(
    'do not see one in "%s"',
    (text) => {
      expect(parseVersionText(text)).toBeUndefined();
    },
  );
});
