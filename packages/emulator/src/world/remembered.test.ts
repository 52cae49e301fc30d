import { describe, expect, it } from '@jest/globals';
import { remembered } from './remembered.ts';

describe('a remembered function', () => {
  it('answers anew for other texts only, wherever one text ends and the next begins', () => {
    const asked: string[][] = [];
    const joined = remembered((...texts) => {
      asked.push(texts);
      return texts.join('');
    });
    expect([joined('a', 'bc'), joined('ab', 'c'), joined('a', 'bc')]).toEqual([
      'abc',
      'abc',
      'abc',
    ]);
    expect(asked).toEqual([
      ['a', 'bc'],
      ['ab', 'c'],
    ]);
  });

  it('forgets the oldest answer, lest it grow for ever', () => {
    let asked = 0;
    const counted = remembered(() => (asked += 1));
    for (let n = 0; n < 1_001; n += 1) counted(String(n));
    expect(counted('1000')).toBe(1_001);
    expect(counted('0')).toBe(1_002);
  });

  it('keeps no error', () => {
    let isReady = false;
    const tried = remembered(() => {
      if (!isReady) throw new Error('not yet');
      return 'done';
    });
    expect(() => tried('a')).toThrow('not yet');
    isReady = true;
    expect(tried('a')).toBe('done');
  });
});
