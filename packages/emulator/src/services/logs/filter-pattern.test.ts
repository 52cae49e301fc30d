import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseFilterPattern } from './filter-pattern.ts';
import { MalformedPattern } from './malformed-pattern.ts';

const matches = (pattern: string, event: unknown): boolean =>
  parseFilterPattern(pattern).match(typeof event === 'string' ? event : JSON.stringify(event)) !==
  undefined;

describe('patterns of terms', () => {
  it.each([
    ['', 'anything', true],
    ['ERROR', '[ERROR] A fatal exception has occurred', true],
    ['ERROR', 'Exiting with ERRORCODE: -1', true],
    ['error', '[ERROR] case counts', false],
    ['ERROR -Exiting', 'Exiting with ERRORCODE: -1', false],
    ['"ERROR" -"Exiting"', '[ERROR] fatal', true],
    ['ERROR Exception', '[ERROR] Caught IllegalArgumentException', true],
    ['ERROR Exception', '[ERROR] nothing else', false],
    ['"a \\"b\\" c"', 'x a "b" c y', true],
    ['?ERROR ?WARN', 'WARN message', true],
    ['?ERROR ?WARN', 'INFO message', false],
    ['?ERROR INFO', 'INFO message', true],
    ['"detail-code"', '{"message":"detail-code"}', true],
  ])('%j on %j', (pattern, event, wanted) => {
    expect(matches(pattern, event)).toBe(wanted);
  });

  it.each(['detail-code', '"open', 'a:b', '%ERR.*%'])('refuses %j', (pattern) => {
    expect(() => parseFilterPattern(pattern)).toThrow(MalformedPattern);
  });

  it('finds any quoted text that an event contains', () => {
    const text = fc.string({ minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(text, text, text, (before, term, after) => {
        const quoted = `"${term.replaceAll(/[\\"]/g, '\\$&')}"`;
        return matches(quoted, before + term + after);
      }),
    );
  });
});

/** The events of the documentation's examples. */
const trail = {
  eventType: 'UpdateTrail',
  sourceIPAddress: '111.111.111.111',
  arrayKey: ['value', 'another value'],
  objectList: [
    { name: 'a', id: 1 },
    { name: 'b', id: 2 },
  ],
  SomeObject: null,
  ThisFlag: true,
};
const people = {
  user: { id: 1, email: 'John.Stiles@example.com' },
  users: [
    { id: 2, email: 'John.Doe@example.com' },
    { id: 3, email: 'Jane.Doe@example.com' },
  ],
  actions: ['GET', 'PUT', 'DELETE'],
  coordinates: [
    [0, 1, 2],
    [4, 5, 6],
  ],
};

describe('patterns of JSON', () => {
  it.each([
    ['{ $.eventType = "UpdateTrail" }', true],
    ['{ $.eventType = UpdateTrail }', true],
    ['{ $.eventType = "updateTrail" }', false],
    ['{ $.eventType = "*Trail" }', true],
    ['{ $.eventType = Up*ail }', true],
    ['{ $.sourceIPAddress != 123.123.* }', true],
    ['{ $.sourceIPAddress != 111.* }', false],
    ['{ $.arrayKey[0] = "value" }', true],
    ['{ $.objectList[1].id = 2 }', true],
    ['{ $.objectList[1].id = 2.0 }', true],
    ['{ $.objectList[1].id != 2 }', false],
    ['{ $.SomeObject IS NULL }', true],
    ['{ $.eventType IS NULL }', false],
    ['{ $.SomeOtherObject IS NULL }', false],
    ['{ $.SomeOtherObject NOT EXISTS }', true],
    ['{ $.SomeObject NOT EXISTS }', false],
    ['{ $.ThisFlag IS TRUE }', true],
    ['{ $.ThisFlag IS FALSE }', false],
    ['{ $.arrayKey = value }', false],
    ['{ $.arrayKey != value }', false],
    ['{ $.Missing != value }', false],
    ['{ $.objectList[0].id < 10e-1 }', false],
    ['{ $.objectList[0].id <= +1 }', true],
    ['{ $.eventType > 3 }', false],
  ])('%s', (pattern, wanted) => {
    expect(matches(pattern, trail)).toBe(wanted);
  });

  it.each([
    ['{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }', true],
    ['{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }', false],
    [
      '{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch && $.actions[2] = nomatch }',
      true,
    ],
    [
      '{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch) && $.actions[2] = nomatch }',
      false,
    ],
  ])('lets AND bind tighter than OR: %s', (pattern, wanted) => {
    expect(matches(pattern, people)).toBe(wanted);
  });

  it('reads names with hyphens, also in brackets', () => {
    const event = { 'detail-type': 'ECS Service Action', detail: { eventType: 'WARN', 'a.b': 1 } };
    expect(
      matches(
        '{ ($.detail-type = "ECS Service Action") && (($.detail.eventType = "ERROR") || ($.detail.eventType = "WARN")) }',
        event,
      ),
    ).toBe(true);
    expect(matches("{ $.detail['a.b'] = 1 }", event)).toBe(true);
  });

  it('never matches what is not JSON', () => {
    expect(matches('{ $.a NOT EXISTS }', 'plain text')).toBe(false);
    expect(matches('{ $.a NOT EXISTS }', '{broken')).toBe(false);
    expect(matches('{ $.a NOT EXISTS }', {})).toBe(true);
  });

  it.each([
    '{ $.a }',
    '{ a = 1 }',
    '{ $.a = }',
    '{ $.a = 1',
    '{ $.a == 1 }',
    '{ ($.a = 1 }',
    '{ $.a = b@c }',
    '{ $.a > "1" }',
    '{ $.a > x }',
    '{ $. = 1 }',
    '{ $.a[*] = 1 }',
    '{ $.a = %x% }',
    '{ $.a = 1 $.b = 2 }',
    '{}',
  ])('refuses %s', (pattern) => {
    expect(() => parseFilterPattern(pattern)).toThrow(MalformedPattern);
  });
});

describe('patterns of fields', () => {
  const line = '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534';

  it.each([
    ['[ip, user, username, timestamp, request, status_code, bytes > 1000]', true],
    ['[ip, user, username, timestamp, request, status_code = 200, bytes]', false],
    ['[ip, user, username, timestamp, request, status_code = 4*, bytes]', true],
    ['[ip, user, username, timestamp, request = *html*, status_code = 4*, bytes]', true],
    [
      '[ip, user, username, timestamp, request, status_code = 4* && status_code != 403, bytes]',
      true,
    ],
    [
      '[ip, user, username, timestamp, request, status_code = 200 || status_code = 404, bytes]',
      true,
    ],
    ['[ip, user, username]', false],
    ['[..., status_code, bytes]', true],
    ['[ip, user, ...]', true],
    ['[ip = 127.*, ..., bytes < 1000]', false],
  ])('%s', (pattern, wanted) => {
    expect(matches(pattern, line)).toBe(wanted);
  });

  it('hands out the fields by name and position', () => {
    const { match } = parseFilterPattern('[..., request=*.html*, status_code=4*,]');
    expect(match(line)?.extracted).toEqual({
      $1: '127.0.0.1',
      $2: '-',
      $3: 'frank',
      $4: '10/Oct/2000:13:25:15 -0700',
      $request: 'GET /index.html HTTP/1.0',
      $status_code: '404',
      $7: '1534',
    });
  });

  it.each(['[a, ..., b, ...]', '[a', '[a >]', '[= 3]'])('refuses %s', (pattern) => {
    expect(() => parseFilterPattern(pattern)).toThrow(MalformedPattern);
  });
});
