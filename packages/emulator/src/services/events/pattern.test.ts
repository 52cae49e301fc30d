import { describe, expect, it } from '@jest/globals';
import { compilePattern, InvalidPattern } from './pattern.ts';

const event = {
  version: '0',
  source: 'aws.s3',
  'detail-type': 'Object Created',
  account: '111111111111',
  resources: ['arn:aws:s3:::a', 'arn:aws:s3:::b'],
  detail: {
    bucket: { name: 'payloads' },
    object: { key: 'in/Web.SH', size: 12.5, etag: null, tags: [], flags: { hot: true } },
    'source-ip-address': '10.1.2.3',
    address6: '2001:db8::1',
    note: '',
    parts: [
      { n: 1, state: 'ok' },
      { n: 2, state: 'bad' },
    ],
    matrix: [
      [1, 2],
      [3, 4],
    ],
  },
};

const matches = (pattern: object): boolean => compilePattern(pattern).matches(event);

/** Builds `{detail: {object: {key: [test]}}}`. */
const onKey = (test: unknown): object => ({ detail: { object: { key: [test] } } });
const onSize = (test: unknown): object => ({ detail: { object: { size: [test] } } });

describe('an event pattern', () => {
  it.each<[string, object, boolean]>([
    ['one value', { source: ['aws.s3'] }, true],
    ['one of several values', { source: ['aws.ec2', 'aws.s3'] }, true],
    ['another value', { source: ['aws.ec2'] }, false],
    ['several fields, all of which hold', { source: ['aws.s3'], account: ['111111111111'] }, true],
    ['several fields, one of which does not', { source: ['aws.s3'], account: ['2'] }, false],
    ['a nested field', { detail: { bucket: { name: ['payloads'] } } }, true],
    ['a field that is not there', { detail: { bucket: { arn: ['payloads'] } } }, false],
    ['a value in another case', { source: ['AWS.S3'] }, false],
    ['a number', onSize(12.5), true],
    ['a number as text', onSize('12.5'), false],
    ['null', { detail: { object: { etag: [null] } } }, true],
    ['true', { detail: { object: { flags: { hot: [true] } } } }, true],
    ['true for false', { detail: { object: { flags: { hot: [false] } } } }, false],
    ['an empty text', { detail: { note: [''] } }, true],
    ['an object where the event has a text', { source: { name: ['x'] } }, false],
  ])('compares %s', (_, pattern, expected) => {
    expect(matches(pattern)).toBe(expected);
  });

  it.each<[string, object, boolean]>([
    ['any element of an array', { resources: ['arn:aws:s3:::b'] }, true],
    ['no element of an array', { resources: ['arn:aws:s3:::c'] }, false],
    ['elements of nested arrays', { detail: { matrix: [4] } }, true],
    ['fields of one element', { detail: { parts: { n: [2], state: ['bad'] } } }, true],
    ['fields of different elements', { detail: { parts: { n: [1], state: ['bad'] } } }, false],
    [
      'anything-but, met by one element',
      { resources: [{ 'anything-but': 'arn:aws:s3:::a' }] },
      true,
    ],
  ])('looks at %s', (_, pattern, expected) => {
    expect(matches(pattern)).toBe(expected);
  });

  it.each<[object, boolean]>([
    [onKey({ prefix: 'in/' }), true],
    [onKey({ prefix: 'IN/' }), false],
    [onKey({ prefix: { 'equals-ignore-case': 'IN/' } }), true],
    [onKey({ suffix: '.SH' }), true],
    [onKey({ suffix: '.sh' }), false],
    [onKey({ suffix: { 'equals-ignore-case': '.sh' } }), true],
    [onKey({ 'equals-ignore-case': 'IN/web.sh' }), true],
    [onKey({ 'equals-ignore-case': 'web.sh' }), false],
    [onKey({ wildcard: 'in/*.SH' }), true],
    [onKey({ wildcard: '*W*b*' }), true],
    [onKey({ wildcard: 'in/\\*.SH' }), false],
    [onKey({ wildcard: 'in' }), false],
    [onKey({ 'anything-but': 'in/Web.SH' }), false],
    [onKey({ 'anything-but': ['a', 'b'] }), true],
    [onKey({ 'anything-but': ['a', 'in/Web.SH'] }), false],
    [onKey({ 'anything-but': { prefix: 'in/' } }), false],
    [onKey({ 'anything-but': { prefix: ['out/', 'tmp/'] } }), true],
    [onKey({ 'anything-but': { suffix: '.txt' } }), true],
    [onKey({ 'anything-but': { 'equals-ignore-case': ['in/WEB.sh'] } }), false],
    [onKey({ 'anything-but': { wildcard: '*/Web.*' } }), false],
    [onSize({ 'anything-but': [12.5, 1] }), false],
    [onSize({ 'anything-but': 'x' }), true],
    [{ detail: { object: { missing: [{ 'anything-but': 'x' }] } } }, false],
    [onSize({ prefix: '1' }), false],
    [onSize({ numeric: ['>', 12, '<=', 12.5] }), true],
    [onSize({ numeric: ['>', 12.5] }), false],
    [onSize({ numeric: ['=', 12.5] }), true],
    [onKey({ numeric: ['>', 0] }), false],
    [{ detail: { 'source-ip-address': [{ cidr: '10.0.0.0/8' }] } }, true],
    [{ detail: { 'source-ip-address': [{ cidr: '10.1.2.4/31' }] } }, false],
    [{ detail: { 'source-ip-address': [{ cidr: '2001:db8::/32' }] } }, false],
    [{ detail: { address6: [{ cidr: '2001:db8::/32' }] } }, true],
    [onKey({ exists: true }), true],
    [onKey({ exists: false }), false],
    [{ detail: { nothing: [{ exists: false }] } }, true],
    [{ detail: { nothing: [{ exists: true }] } }, false],
    [{ detail: { object: { etag: [{ exists: true }] } } }, true],
    [{ detail: { object: { tags: [{ exists: true }] } } }, false],
    [{ detail: { object: [{ exists: true }] } }, false],
    [{ detail: { nothing: ['x', { exists: false }] } }, true],
  ])('answers %j with %s', (pattern, expected) => {
    expect(matches(pattern)).toBe(expected);
  });

  it.each<[string, object, boolean]>([
    ['the first alternative', { $or: [{ source: ['aws.s3'] }, { account: ['2'] }] }, true],
    ['the second alternative', { $or: [{ source: ['x'] }, { account: ['111111111111'] }] }, true],
    ['no alternative', { $or: [{ source: ['x'] }, { account: ['2'] }] }, false],
    [
      'a further field',
      { account: ['2'], $or: [{ source: ['aws.s3'] }, { source: ['x'] }] },
      false,
    ],
    [
      'a nested $or',
      {
        detail: { $or: [{ note: ['x'] }, { object: { $or: [{ size: [1] }, { size: [12.5] }] } }] },
      },
      true,
    ],
    ['$or as the name of a field', { $or: ['x'] }, false],
  ])('takes %s', (_, pattern, expected) => {
    expect(matches(pattern)).toBe(expected);
  });

  it('takes $or as a field name where it cannot be the operator', () => {
    expect(compilePattern({ $or: [{ prefix: 'a' }, 'x'] }).matches({ $or: 'abc' })).toBe(true);
  });

  it.each<[string, string]>([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['an empty object', '{}'],
    ['an empty nested object', '{"detail":{}}'],
    ['an empty array', '{"source":[]}'],
    ['a value outside of an array', '{"source":"aws.s3"}'],
    ['an array in an array', '{"source":[["a"]]}'],
    ['an unknown operator', '{"source":[{"contains":"a"}]}'],
    ['two operators in one expression', '{"source":[{"prefix":"a","suffix":"b"}]}'],
    ['an empty expression', '{"source":[{}]}'],
    ['a prefix that is no text', '{"source":[{"prefix":1}]}'],
    ['exists with a text', '{"source":[{"exists":"true"}]}'],
    ['a mixed anything-but', '{"source":[{"anything-but":["a",1]}]}'],
    ['an empty anything-but', '{"source":[{"anything-but":[]}]}'],
    ['anything-but true', '{"source":[{"anything-but":true}]}'],
    ['anything-but of numeric', '{"source":[{"anything-but":{"numeric":["=",1]}}]}'],
    ['a numeric without an operator', '{"n":[{"numeric":[1]}]}'],
    ['a numeric with an unknown operator', '{"n":[{"numeric":["!=",1]}]}'],
    ['a numeric range upside down', '{"n":[{"numeric":["<",1,">",0]}]}'],
    ['an empty numeric range', '{"n":[{"numeric":[">",1,"<",1]}]}'],
    ['a number beyond the limit', '{"n":[{"numeric":[">",5000000001]}]}'],
    ['a block without a length', '{"ip":[{"cidr":"10.0.0.0"}]}'],
    ['a block that is too long', '{"ip":[{"cidr":"10.0.0.0/33"}]}'],
    ['two stars in a row', '{"source":[{"wildcard":"a**b"}]}'],
    ['an escape of nothing special', '{"source":[{"wildcard":"a\\\\b"}]}'],
  ])('is refused: %s', (_, pattern) => {
    expect(() => compilePattern(pattern)).toThrow(InvalidPattern);
  });

  it('is refused with more than 1,000 combinations', () => {
    const branches = (name: string): object[] =>
      Array.from({ length: 11 }, (_unused, index) => ({ [`${name}${index}`]: ['x'] }));
    const pattern = {
      a: { $or: branches('a') },
      b: { $or: branches('b') },
      c: { $or: branches('c') },
    };
    expect(() => compilePattern(pattern)).toThrow(InvalidPattern);
    expect(() => compilePattern({ a: pattern.a, b: pattern.b })).not.toThrow();
  });
});
