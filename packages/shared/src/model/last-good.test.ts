import { describe, expect, it } from '@jest/globals';
import { formatLastGood, goodVersionsMax, parseLastGood } from './last-good.ts';

const version = (n: number) => ({
  templateId: `lt-${String(n).repeat(17)}`,
  version: 10_000,
  ami: `ami-${String(n).repeat(17)}`,
});

describe('the record of what a group ran', () => {
  it('is read as it was written', () => {
    const versions = [version(1), version(2)];
    expect(parseLastGood(formatLastGood(versions))).toEqual(versions);
  });

  it('fits a tag with as many templates as are allowed', () => {
    const most = Array.from({ length: goodVersionsMax }, (_, n) => version(n));
    expect(formatLastGood(most).length).toBeLessThanOrEqual(256);
  });

  it.each([undefined, '', 'lt-1', 'lt-1:0:ami-1', 'lt-1:2:ami-1 ', 'lt-1:2:ami-1 x'])(
    'is nothing where it is not whole: %s',
    (tag) => {
      expect(parseLastGood(tag)).toBeUndefined();
    },
  );
});
