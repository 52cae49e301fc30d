import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compileGlob, compileWildcard } from './wildcard.ts';

function naiveRegex(pattern: string): RegExp {
  const body = Array.from(pattern)
    .map((char) => {
      if (char === '*') return '[^]*';
      return char === '?' ? '[^]' : char.replace(/[.+^${}()|[\]\\]/, '\\$&');
    })
    .join('');
  return new RegExp(`^${body}$`);
}

describe('compileWildcard', () => {
  it.each([
    ['', '', true],
    ['', 'a', false],
    ['*', '', true],
    ['*', 'anything:at/all', true],
    ['?', '', false],
    ['?', 'a', true],
    ['?', 'ab', false],
    ['a*', 'a', true],
    ['a*', 'ba', false],
    ['*a', 'ba', true],
    ['*a', 'ab', false],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['a.c', 'abc', false],
    ['A', 'a', false],
  ])('compares pattern "%s" with "%s": %s', (pattern, text, expected) => {
    expect(compileWildcard(pattern)(text)).toBe(expected);
  });

  it('agrees with a naive regular expression', () => {
    const pattern = fc.string({
      unit: fc.constantFrom('a', 'b', ':', '*', '?', '.'),
      maxLength: 8,
    });
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ':', '.'), maxLength: 10 });
    fc.assert(
      fc.property(pattern, text, (p, t) => {
        expect(compileWildcard(p)(t)).toBe(naiveRegex(p).test(t));
      }),
      { numRuns: 2000 },
    );
  });

  it('matches every text that a pattern was made from', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ':'), minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(text, fc.nat(), fc.nat(), (t, x, y) => {
        const [from, to] = [x % t.length, y % t.length].sort((a, b) => a - b);
        expect(compileWildcard(`${t.slice(0, from)}*${t.slice(to)}`)(t)).toBe(true);
      }),
    );
  });

  it('answers at once for a pattern that makes backtracking explode', () => {
    const startedAt = performance.now();
    expect(compileWildcard(`${'*a'.repeat(40)}*b`)('a'.repeat(2000))).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });
});

describe('compileGlob', () => {
  it.each([
    ['ab', true],
    ['a', true],
    ['a:b', false],
  ])('keeps a segment wildcard before a colon in %s: %s', (text, expected) => {
    expect(compileGlob([{ text: 'a' }, { wildcard: 'many-in-segment' }])(text)).toBe(expected);
  });

  it('does not take a colon for one character of a segment', () => {
    const matches = compileGlob([{ wildcard: 'one-in-segment' }]);
    expect([matches('a'), matches(':')]).toEqual([true, false]);
  });
});
