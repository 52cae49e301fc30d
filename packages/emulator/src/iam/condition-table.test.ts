import { describe, expect, it } from '@jest/globals';
import { compileConditions } from './condition.ts';
import { conditionContext, type ContextValue } from './condition-context.ts';
import { conditionOperators } from './condition-operators.ts';

/** One operator as the User Guide describes it: what the policy says, what then matches, and what does not. */
interface Row {
  readonly expected: string | readonly string[];
  readonly yes: readonly string[];
  readonly no: readonly string[];
  /** Whether a request without the key matches. */
  readonly missing: 'yes' | 'no';
}

const arn = 'arn:aws:sns:eu-west-1:111111111111:topic';

// IAM User Guide, "IAM JSON policy elements: Condition operators", section by section.
const rows: Readonly<Record<string, Row>> = {
  StringEquals: { expected: ['a', 'b*'], yes: ['a', 'b*'], no: ['A', 'ba', ''], missing: 'no' },
  StringNotEquals: { expected: ['a', 'b'], yes: ['A', 'c'], no: ['a', 'b'], missing: 'yes' },
  StringEqualsIgnoreCase: { expected: 'aB', yes: ['ab', 'AB'], no: ['abc'], missing: 'no' },
  StringNotEqualsIgnoreCase: { expected: 'aB', yes: ['abc'], no: ['ab', 'AB'], missing: 'yes' },
  StringLike: { expected: ['a*c', '?'], yes: ['abc', 'ac', 'x'], no: ['aC', 'xy'], missing: 'no' },
  StringNotLike: { expected: 'a*c', yes: ['aC', 'b'], no: ['abc', 'ac'], missing: 'yes' },
  NumericEquals: { expected: '10', yes: ['10', '10.0'], no: ['11', 'ten'], missing: 'no' },
  NumericNotEquals: { expected: '10', yes: ['11'], no: ['10'], missing: 'yes' },
  NumericLessThan: { expected: '10', yes: ['9.5', '-1'], no: ['10', '11'], missing: 'no' },
  NumericLessThanEquals: { expected: '10', yes: ['10', '9'], no: ['10.1'], missing: 'no' },
  NumericGreaterThan: { expected: '10', yes: ['10.1'], no: ['10', '9'], missing: 'no' },
  NumericGreaterThanEquals: { expected: '10', yes: ['10', '11'], no: ['9'], missing: 'no' },
  DateEquals: {
    expected: '2026-01-02T00:00:00Z',
    yes: ['2026-01-02', '1767312000', '2026-01-02T01:00:00+01:00'],
    no: ['2026-01-03'],
    missing: 'no',
  },
  DateNotEquals: {
    expected: '2026-01-02',
    yes: ['2026-01-03'],
    no: ['2026-01-02'],
    missing: 'yes',
  },
  DateLessThan: { expected: '2026-01-02', yes: ['2026-01-01'], no: ['2026-01-02'], missing: 'no' },
  DateLessThanEquals: {
    expected: '2026-01-02',
    yes: ['2026-01-02'],
    no: ['2026-01-03'],
    missing: 'no',
  },
  DateGreaterThan: {
    expected: '2026-01-02',
    yes: ['2026-01-03'],
    no: ['2026-01-02'],
    missing: 'no',
  },
  DateGreaterThanEquals: {
    expected: '2026-01-02',
    yes: ['2026-01-02'],
    no: ['2026-01-01'],
    missing: 'no',
  },
  Bool: { expected: 'true', yes: ['true', 'True'], no: ['false'], missing: 'no' },
  BinaryEquals: { expected: 'QUJD', yes: ['QUJD'], no: ['QUJE'], missing: 'no' },
  IpAddress: {
    expected: ['203.0.113.0/24', '2001:db8::/32'],
    yes: ['203.0.113.9', '2001:db8::1'],
    no: ['203.0.114.1', '2001:db9::1'],
    missing: 'no',
  },
  NotIpAddress: {
    expected: '203.0.113.0/24',
    yes: ['203.0.114.1'],
    no: ['203.0.113.9'],
    missing: 'yes',
  },
  ArnEquals: {
    expected: 'arn:aws:sns:*:111111111111:top*',
    yes: [arn],
    no: ['arn:aws:sqs:eu-west-1:111111111111:topic', 'topic'],
    missing: 'no',
  },
  ArnLike: {
    expected: 'arn:aws:sns:eu-west-?:111111111111:topic',
    yes: [arn],
    no: [`${arn}:x`],
    missing: 'no',
  },
  ArnNotEquals: { expected: arn, yes: [`${arn}2`], no: [arn], missing: 'yes' },
  ArnNotLike: {
    expected: 'arn:aws:sns:*:*:*',
    yes: ['arn:aws:sqs:eu-west-1:111111111111:q'],
    no: [arn],
    missing: 'yes',
  },
};

function holds(operator: string, expected: Row['expected'], value: ContextValue | undefined) {
  const [test] = compileConditions(
    { [operator]: { 'test:Key': expected } },
    { version: '2012-10-17', effect: 'Allow' },
  );
  return test?.holds(conditionContext({ 'test:key': value })) === true ? 'yes' : 'no';
}

it('has a row for every operator that the evaluator knows', () => {
  expect(Object.keys(rows).toSorted()).toEqual([...conditionOperators.keys()].toSorted());
});

describe.each(Object.entries(rows))('%s', (operator, { expected, yes, no, missing }) => {
  const one = yes[0] ?? '';
  const other = no[0] ?? '';

  it('compares a single value', () => {
    expect(yes.map((value) => holds(operator, expected, value))).toEqual(yes.map(() => 'yes'));
    expect(no.map((value) => holds(operator, expected, value))).toEqual(no.map(() => 'no'));
  });

  it('has its own answer without the key, and yes with IfExists', () => {
    expect(holds(operator, expected, undefined)).toBe(missing);
    expect(holds(`${operator}IfExists`, expected, undefined)).toBe('yes');
    expect(holds(`${operator}IfExists`, expected, one)).toBe('yes');
    expect(holds(`${operator}IfExists`, expected, other)).toBe('no');
  });

  it('asks all values of the request with ForAllValues, and none is as good', () => {
    const ask = (value: ContextValue | undefined) =>
      holds(`ForAllValues:${operator}`, expected, value);
    expect([ask([one]), ask([one, one])]).toEqual(['yes', 'yes']);
    expect([ask([one, other]), ask([other])]).toEqual(['no', 'no']);
    expect([ask(undefined), ask([]), ask([''])]).toEqual(['yes', 'yes', 'yes']);
  });

  it('asks for one value of the request with ForAnyValue, and none is not enough', () => {
    const ask = (value: ContextValue | undefined) =>
      holds(`ForAnyValue:${operator}`, expected, value);
    expect([ask([one]), ask([other, one])]).toEqual(['yes', 'yes']);
    expect([ask([other]), ask([other, other])]).toEqual(['no', 'no']);
    expect([ask(undefined), ask([]), ask([''])]).toEqual(['no', 'no', 'no']);
  });

  it('takes IfExists behind a set operator', () => {
    expect(holds(`ForAnyValue:${operator}IfExists`, expected, undefined)).toBe('yes');
    expect(holds(`ForAnyValue:${operator}IfExists`, expected, [other])).toBe('no');
    expect(holds(`ForAllValues:${operator}IfExists`, expected, [one])).toBe('yes');
  });
});

describe('Null', () => {
  it.each<[string, ContextValue | undefined, 'yes' | 'no']>([
    ['true', undefined, 'yes'],
    ['true', [], 'yes'],
    ['true', [''], 'yes'],
    ['true', 'a', 'no'],
    ['true', ['a'], 'no'],
    ['false', undefined, 'no'],
    ['false', 'a', 'yes'],
    ['false', ['a'], 'yes'],
  ])('%s answers for the value %j: %s', (expected, value, answer) => {
    expect(holds('Null', expected, value)).toBe(answer);
  });

  it('takes neither IfExists nor a set operator', () => {
    for (const operator of ['NullIfExists', 'ForAllValues:Null', 'ForAnyValue:Null'])
      expect(() => holds(operator, 'true', 'a')).toThrow(`unknown condition operator ${operator}`);
  });
});
