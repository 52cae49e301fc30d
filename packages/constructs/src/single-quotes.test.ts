import { describe, expect, it } from '@jest/globals';
import { withSingleQuotes } from './single-quotes.ts';

describe('single quotes', () => {
  it.each([
    ['of values', 'let a="x";', "let a='x';"],
    ['of members and modules', 'a={"b-c":require("d")}', "a={'b-c':require('d')}"],
    ['in expressions of a template', '`"${f("x")}"`', '`"${f(\'x\')}"`'],
    ['after a pattern with a quote', 'a=/"/.test("x")', "a=/\"/.test('x')"],
  ])('take the place of double ones: %s', (_, script, expected) => {
    expect(withSingleQuotes(script)).toBe(expected);
  });

  it.each([
    ['a single quote in it', `a="it's"`],
    ['an escape in it', String.raw`a="\"";b="\n"`],
    ['no string at all', 'a=/["]/;b=`"`'],
  ])('stay away where there is %s', (_, script) => {
    expect(withSingleQuotes(script)).toBe(script);
  });
});
