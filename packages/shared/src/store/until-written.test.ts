import { describe, expect, it } from '@jest/globals';
import { untilWritten } from './until-written.ts';

describe('untilWritten', () => {
  it('gives what the first write that found what was read came to', async () => {
    const results = ['stale', 'stale', 'written', 'too late'] as const;
    let attempts = 0;
    await expect(
      untilWritten('an item', () => Promise.resolve(results[attempts++] ?? 'stale')),
    ).resolves.toBe('written');
    expect(attempts).toBe(3);
  });

  it('ends with an error that names the item, and that may be tried again, when every race is lost', async () => {
    let attempts = 0;
    const lost = untilWritten('the row of 111122223333/eu-west-1', () => {
      attempts += 1;
      return Promise.resolve('stale' as const);
    });
    await expect(lost).rejects.toMatchObject({
      code: 'races-lost',
      retryable: true,
      message: expect.stringContaining('the row of 111122223333/eu-west-1'),
    });
    expect(attempts).toBe(10);
  });
});
