import { describe, expect, it } from '@jest/globals';
import type { Effect } from './condition.ts';
import { compileConditions } from './condition.ts';
import { conditionOperators } from './condition-operators.ts';
import type { ContextValue } from './condition-context.ts';
import { conditionContext } from './condition-context.ts';
import { MalformedPolicy } from './malformed-policy.ts';

interface Case {
  readonly operator: string;
  readonly expected: unknown;
  readonly actual?: ContextValue;
  readonly effect?: Effect;
  readonly context?: Readonly<Record<string, ContextValue>>;
}

const holds = ({ operator, expected, actual, effect = 'Allow', context = {} }: Case): boolean =>
  compileConditions(
    { [operator]: { 'test:Key': expected } },
    { version: '2012-10-17', effect },
  ).every((test) => test.holds(conditionContext({ 'TEST:key': actual, ...context })));

const topicArn = 'arn:aws:sns:eu-west-1:111111111111:topic';

/** operator, expected by the policy, actual values that match, actual values that do not */
const positive: [string, unknown, ContextValue[], ContextValue[]][] = [
  ['StringEquals', ['red', 'a*'], ['red', 'a*'], ['Red', 'redder', 'ab', '']],
  ['StringEqualsIgnoreCase', 'Red', ['red', 'RED'], ['redder']],
  ['StringLike', ['r?d', 'blue*'], ['red', 'rod', 'blue', 'bluebird'], ['rd', 'Red', 'skyblue']],
  ['NumericEquals', [1, '2.0'], [1, '1.0', 2], [1.5, 'one']],
  ['NumericLessThan', '5', [4, '-5'], [5, 6, 'x']],
  ['NumericLessThanEquals', '5', [4, 5], [5.1]],
  ['NumericGreaterThan', '5', [6, '10'], [5, 4]],
  ['NumericGreaterThanEquals', '5', [5, 6], [4]],
  ['DateEquals', '2026-01-02', ['2026-01-02T00:00:00Z', 1767312000], ['2026-01-03', 'soon']],
  [
    'DateLessThan',
    '2026-01-02T10:00:00Z',
    ['2026-01-02T09:59:59Z', '2026-01-02T10:30+01:00'],
    ['2026-01-02T10:00Z'],
  ],
  [
    'DateLessThanEquals',
    '2026-01-02T10:00:00Z',
    ['2026-01-02T10:00:00.000Z'],
    ['2026-01-02T10:00:01Z'],
  ],
  ['DateGreaterThan', '2020', ['2021', '1767312000'], ['2020-01-01', '2019']],
  ['DateGreaterThanEquals', '2020-05', ['2020-05-01', '2021'], ['2020-04-30']],
  ['Bool', 'true', [true, 'true', 'TRUE'], [false, 'false', 'yes']],
  ['BinaryEquals', 'QmluYXJ5', ['QmluYXJ5'], ['QmluYXJ6', '']],
  [
    'IpAddress',
    ['203.0.113.0/24', '2001:DB8::/32'],
    ['203.0.113.7', '2001:db8:1::5'],
    ['203.0.114.1', '2001:db9::1', '::ffff:203.0.113.7', 'x'],
  ],
  [
    'ArnEquals',
    topicArn.replace('topic', '*'),
    [topicArn],
    [topicArn.replace('sns', 'sqs'), 'topic'],
  ],
  ['ArnLike', 'arn:aws:sns:*:111111111111:t?pic', [topicArn], [topicArn.replace('topic', 'tpic')]],
];

/** Each negated operator and the one whose opposite it is. */
const negated: [string, string][] = [
  ['StringNotEquals', 'StringEquals'],
  ['StringNotEqualsIgnoreCase', 'StringEqualsIgnoreCase'],
  ['StringNotLike', 'StringLike'],
  ['NumericNotEquals', 'NumericEquals'],
  ['DateNotEquals', 'DateEquals'],
  ['NotIpAddress', 'IpAddress'],
  ['ArnNotEquals', 'ArnEquals'],
  ['ArnNotLike', 'ArnLike'],
];

describe.each(positive)('%s %j', (operator, expected, matching, different) => {
  it.each(matching)('holds for %p', (actual) => {
    expect(holds({ operator, expected, actual })).toBe(true);
  });

  it.each(different)('does not hold for %p', (actual) => {
    expect(holds({ operator, expected, actual })).toBe(false);
  });

  it('does not hold when the key is missing, unless asked IfExists', () => {
    expect(holds({ operator, expected })).toBe(false);
    expect(holds({ operator: `${operator}IfExists`, expected })).toBe(true);
  });

  it('compares with IfExists when the key exists', () => {
    expect(holds({ operator: `${operator}IfExists`, expected, actual: different[0]! })).toBe(false);
    expect(holds({ operator: `${operator}IfExists`, expected, actual: matching[0]! })).toBe(true);
  });
});

describe.each(negated)('%s', (operator, opposite) => {
  const [, expected, matching, different] = positive.find(([name]) => name === opposite)!;

  it.each(different)('holds for %p', (actual) => {
    expect(holds({ operator, expected, actual })).toBe(true);
  });

  it.each(matching)('does not hold for %p, also as one of several expected values', (actual) => {
    expect(holds({ operator, expected, actual })).toBe(false);
  });

  it('holds when the key is missing', () => {
    expect(holds({ operator, expected })).toBe(true);
    expect(holds({ operator: `${operator}IfExists`, expected })).toBe(true);
  });
});

it('has tests for every operator', () => {
  const tested = [...positive.map(([name]) => name), ...negated.map(([name]) => name)];
  expect([...conditionOperators.keys()].sort()).toEqual(tested.sort());
});

describe('Null', () => {
  it.each([
    ['true', undefined, true],
    ['true', 'x', false],
    ['false', undefined, false],
    ['false', 'x', true],
    [false, '', true],
    ['true', [], true],
    ['false', [''], false],
    ['false', ['a'], true],
    [['true', 'false'], undefined, true],
  ])('%j with the value %j: %s', (expected, actual, result) => {
    expect(holds({ operator: 'Null', expected, ...(actual === undefined ? {} : { actual }) })).toBe(
      result,
    );
  });
});

describe('set operators', () => {
  it.each([
    ['ForAllValues:StringEquals', ['a', 'b'], true],
    ['ForAllValues:StringEquals', ['a', 'c'], false],
    ['ForAllValues:StringEquals', [], true],
    ['ForAllValues:StringEquals', [''], true],
    ['ForAllValues:StringEquals', 'c', false],
    ['ForAnyValue:StringEquals', ['a', 'c'], true],
    ['ForAnyValue:StringEquals', ['c'], false],
    ['ForAnyValue:StringEquals', [], false],
    ['ForAllValues:StringNotEquals', ['c', 'd'], true],
    ['ForAllValues:StringNotEquals', ['a', 'c'], false],
    ['ForAnyValue:StringNotEquals', ['a', 'c'], true],
    ['ForAnyValue:StringNotEquals', ['a', 'b'], false],
    ['ForAnyValue:StringNotEquals', [''], false],
  ])('%s ["a","b"] with %j: %s', (operator, actual, result) => {
    expect(holds({ operator, expected: ['a', 'b'], actual })).toBe(result);
  });

  it.each([
    ['ForAllValues:StringEquals', true],
    ['ForAllValues:StringNotEquals', true],
    ['ForAnyValue:StringEquals', false],
    ['ForAnyValue:StringNotEquals', false],
    ['ForAnyValue:StringEqualsIfExists', true],
  ])('%s without the key: %s', (operator, result) => {
    expect(holds({ operator, expected: 'a' })).toBe(result);
  });

  it.each([
    ['StringEquals', 'Allow', ['a'], true],
    ['StringEquals', 'Allow', ['a', 'b'], false],
    ['StringEquals', 'Deny', ['a', 'b'], true],
    ['StringEquals', 'Deny', ['b'], false],
    ['StringNotEquals', 'Allow', ['a', 'b'], false],
    ['StringNotEquals', 'Deny', ['a', 'b'], true],
  ] as const)(
    '%s of %s on the list %j goes against the caller: %s',
    (operator, effect, actual, result) => {
      expect(holds({ operator, expected: 'a', effect, actual })).toBe(result);
    },
  );
});

describe('policy variables', () => {
  const context = { 'aws:username': 'Bob' };

  it('substitutes them in text operators', () => {
    const like = { operator: 'StringLike', expected: 'home/${aws:username}/*', context };
    expect(holds({ ...like, actual: 'home/Bob/x' })).toBe(true);
    expect(holds({ ...like, actual: 'home/Eve/x' })).toBe(false);
  });

  it('substitutes a whole ARN in ARN operators and does not match what is none', () => {
    const arn = { operator: 'ArnEquals', expected: '${aws:SourceArn}', actual: topicArn };
    expect(holds({ ...arn, context: { 'aws:SourceArn': topicArn } })).toBe(true);
    expect(holds({ ...arn, context: { 'aws:SourceArn': 'no arn' } })).toBe(false);
  });

  it('compares ${*} as a star', () => {
    expect(holds({ operator: 'StringLike', expected: 'a${*}', actual: 'a*' })).toBe(true);
    expect(holds({ operator: 'StringLike', expected: 'a${*}', actual: 'ab' })).toBe(false);
  });

  it.each([
    ['StringEquals', 'Allow', ['x', '${aws:userid}'], 'x', false],
    ['StringNotEquals', 'Allow', ['x', '${aws:userid}'], 'y', false],
    ['StringNotEquals', 'Allow', '${aws:userid}', undefined, false],
    ['StringEqualsIfExists', 'Allow', '${aws:userid}', undefined, true],
    ['StringEquals', 'Deny', ['x', '${aws:userid}'], 'x', true],
    ['StringNotEquals', 'Deny', ['x', '${aws:userid}'], 'x', false],
    ['StringNotEquals', 'Deny', '${aws:userid}', 'y', false],
  ] as const)(
    '%s of %s with %j, one without value, on %s: %s',
    (operator, effect, expected, actual, result) => {
      expect(
        holds({ operator, effect, expected, ...(actual === undefined ? {} : { actual }) }),
      ).toBe(result);
    },
  );
});

describe('compileConditions', () => {
  it('requires every operator and every key', () => {
    const block = { StringEquals: { 'a:x': '1', 'a:y': '2' }, Bool: { 'a:z': true } };
    const tests = compileConditions(block, { version: '2012-10-17', effect: 'Allow' });
    const values = { 'a:x': '1', 'a:y': '2', 'a:z': true };
    const all = (given: Record<string, ContextValue>) =>
      tests.every((test) => test.holds(conditionContext(values, given)));
    expect(all({})).toBe(true);
    expect(all({ 'a:x': '0' })).toBe(false);
    expect(all({ 'a:y': '0' })).toBe(false);
    expect(all({ 'a:z': false })).toBe(false);
  });

  it.each([
    [{ StringEqual: { 'a:b': 'x' } }, 'unknown condition operator StringEqual'],
    [{ stringequals: { 'a:b': 'x' } }, 'unknown condition operator stringequals'],
    [{ NullIfExists: { 'a:b': 'true' } }, 'unknown condition operator NullIfExists'],
    [{ 'ForSome:StringEquals': { 'a:b': 'x' } }, 'unknown condition operator ForSome:StringEquals'],
    [{ StringEquals: { username: 'x' } }, 'condition key username must be prefaced by a vendor'],
    [{ StringEquals: { 'a:b': [] } }, 'condition key a:b has no values'],
    [
      { StringEquals: { 'a:b': { c: 1 } } },
      'condition key a:b has the value {"c":1}, not a string, number or boolean',
    ],
    [{ StringEquals: 'x' }, 'condition StringEquals must be an object, not "x"'],
    [[], 'condition must be an object, not []'],
    [{ Bool: { 'a:b': 'yes' } }, 'condition value yes is not true or false'],
    [{ Null: { 'a:b': '0' } }, 'condition value 0 is not true or false'],
    [{ NumericEquals: { 'a:b': 'one' } }, 'condition value one is not a number'],
    [{ DateLessThan: { 'a:b': 'tomorrow' } }, 'condition value tomorrow is not a date'],
    [{ DateLessThan: { 'a:b': '2026-13-01' } }, 'condition value 2026-13-01 is not a date'],
    [{ IpAddress: { 'a:b': '*' } }, 'condition value * is not an ip address range'],
    [
      { IpAddress: { 'a:b': '10.0.0.0/33' } },
      'condition value 10.0.0.0/33 is not an ip address range',
    ],
    [{ BinaryEquals: { 'a:b': '??' } }, 'condition value ?? is not base64'],
    [{ ArnLike: { 'a:b': 'role/x' } }, 'role/x is not an arn'],
  ])('refuses %j', (block, message) => {
    expect(() => compileConditions(block, { version: '2012-10-17', effect: 'Allow' })).toThrow(
      new MalformedPolicy(message),
    );
  });
});
