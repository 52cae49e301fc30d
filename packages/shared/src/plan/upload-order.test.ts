import { describe, expect, it } from '@jest/globals';
import { anUpload } from '../model/test-builders.ts';
import { isOlderUpload } from './upload-order.ts';

const at = (uploadedAt: string, changes = {}) => anUpload({ uploadedAt, ...changes });

describe('isOlderUpload', () => {
  it.each([
    ['a second earlier', at('2026-11-21T09:59:59Z'), at('2026-11-21T10:00:00Z'), true],
    ['the same second', at('2026-11-21T10:00:00Z'), at('2026-11-21T10:00:00Z'), false],
    [
      'the same second in another notation',
      at('2026-11-21T10:00:00.100Z'),
      at('2026-11-21T10:00:00Z'),
      false,
    ],
    ['a second later', at('2026-11-21T10:00:01Z'), at('2026-11-21T10:00:00Z'), false],
    [
      'the same key with an earlier sequencer',
      at('2026-11-21T10:00:00Z', { sequencer: '617F08299329D188' }),
      at('2026-11-21T10:00:00Z', { sequencer: '617f08299329d189' }),
      true,
    ],
    [
      'the same key with a sequencer that is only shorter',
      at('2026-11-21T10:00:00Z', { sequencer: '617F' }),
      at('2026-11-21T10:00:00Z', { sequencer: '617F00' }),
      false,
    ],
    [
      'another key, whose sequencer means nothing here',
      at('2026-11-21T10:00:00Z', { key: 'payloads/other.sh', sequencer: '00' }),
      at('2026-11-21T10:00:00Z', { sequencer: '01' }),
      false,
    ],
  ])('judges %s', (_, upload, newest, older) => {
    expect(isOlderUpload(upload, newest)).toBe(older);
  });
});
