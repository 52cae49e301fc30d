import { describe, expect, it } from '@jest/globals';
import { compileJavaPattern } from './java-pattern.ts';

describe('a pattern of an API model', () => {
  it.each<[pattern: string, fits: readonly string[], fitsNot: readonly string[]]>([
    ['[a-z]+', ['abc'], ['abc1', ' abc', 'abc\n', '']],
    ['^[a-z]+$', ['abc'], ['abc1', 'abc\n']],
    // The whole value counts, whichever branch has an anchor.
    ['^(\\d{12})|(ou-[a-z]+)$', ['111111111111', 'ou-a'], ['1111111111112', 'xou-a']],
    // Characters that need no escape may have one.
    ['[A-Za-z0-9\\_\\-]+\\:\\@', ['a_-:@'], ['a:', ':@']],
    // A hyphen beside a class such as \w stands for itself.
    ['[\\w-.]+', ['a-.'], ['a/']],
    ['[.-\\d]+', ['.-1'], ['a', '/']],
    // Lone closing brackets stand for themselves.
    ['a]b}', ['a]b}'], ['ab']],
    // \s and \S are about ASCII.
    ['\\s', [' ', '\t', '\u000b'], ['\u00a0', 'a']],
    ['[\\S]', ['\u00a0', 'a', '😀'], [' ', '\n']],
    ['[\\s\\S]*', ['\u00a0 a\n'], []],
    ['\\p{ASCII}*', ['abc~'], ['ä']],
    ['[\\p{Alnum}.]+', ['a.1'], ['ä']],
    ['[\\p{L}\\p{Z}\\p{N}]+', ['ä 1日'], ['_']],
    ['\\P{L}', ['1'], ['a']],
    // Characters outside of the basic plane are one.
    ['.{2}', ['😀a'], ['😀', '😀aa']],
    ['[\\u0020-\\uD7FF\\uE000-\\uFFFD\\uD800\\uDC00-\\uDBFF\\uDFFF]*', ['a😀'], ['\u0000']],
    ['(?<name>a)\\k<name>', ['aa'], ['a']],
    ['a{2}b{1,}c{0,1}', ['aab'], ['ab']],
  ])('%s is held against the whole value', (pattern, fits, fitsNot) => {
    const regex = compileJavaPattern(pattern);
    expect(fits.filter((text) => !regex.test(text))).toEqual([]);
    expect(fitsNot.filter((text) => regex.test(text))).toEqual([]);
  });

  it.each([
    ['[a-z[A-Z]]', 'a class inside of a class'],
    ['[a-z&&[^b]]', 'an intersection of classes'],
    ['a{b', 'a { that starts no quantifier'],
    ['\\pL', 'without a name in braces'],
    ['\\P{Alnum}', 'the complement of Alnum'],
    ['a++', 'Nothing to repeat'],
    ['(?i)a', 'Invalid group'],
    ['\\', 'ends in the middle'],
    ['[a', 'Invalid regular expression'],
  ])('%s is refused with the reason', (pattern, reason) => {
    expect(() => compileJavaPattern(pattern)).toThrow(SyntaxError);
    expect(() => compileJavaPattern(pattern)).toThrow(reason);
    expect(() => compileJavaPattern(pattern)).toThrow(pattern);
  });
});
