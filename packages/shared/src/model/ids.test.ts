import { describe, expect, it } from '@jest/globals';
import { amiId, claimIdOf, imageLine, isAmiId, isImageLine, sha256 } from './ids.ts';

describe('ids', () => {
  it.each(['ami-12345678', 'ami-0123456789abcdef0'])('take the AMI id %s', (value) => {
    expect(amiId(value)).toBe(value);
  });

  it.each([
    'ami-1234567',
    'ami-123456789',
    'ami-0123456789ABCDEF0',
    'x ami-12345678',
    7,
    undefined,
  ])('refuse %p as an AMI id', (value) => {
    expect(isAmiId(value)).toBe(false);
  });

  it('name the wrong value and what was expected', () => {
    expect(() => amiId('nothing')).toThrow(
      expect.objectContaining({ code: 'value-invalid', retryable: false }),
    );
    expect(() => imageLine('no spaces')).toThrow(/"no spaces"/);
    expect(() => sha256('A'.repeat(64))).toThrow(/lower-case/);
  });

  it('take line names that fit into every name made from them', () => {
    expect(isImageLine('prod-2_x')).toBe(true);
    expect(isImageLine('')).toBe(false);
    expect(isImageLine('a'.repeat(64))).toBe(false);
  });

  it('make claim ids that leave room in a client token', () => {
    expect(claimIdOf(sha256('ab'.repeat(32)))).toBe('ab'.repeat(20));
  });
});
