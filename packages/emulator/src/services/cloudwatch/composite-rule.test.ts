import { describe, expect, it } from '@jest/globals';
import type { StateValue } from './alarm-evaluation.ts';
import { MalformedRule, parseCompositeRule } from './composite-rule.ts';

const states: Readonly<Record<string, StateValue>> = {
  a: 'ALARM',
  b: 'OK',
  'c d': 'INSUFFICIENT_DATA',
};
const holds = (rule: string): boolean =>
  parseCompositeRule(rule).holds((name) => states[name] ?? 'INSUFFICIENT_DATA');

describe('rules of composite alarms', () => {
  it.each([
    ['ALARM(a)', true],
    ['ALARM("a") AND OK(b)', true],
    ['alarm(b) or INSUFFICIENT_DATA("c d")', true],
    ['NOT ALARM(a) OR FALSE', false],
    ['ALARM(b) AND ALARM(b) OR ALARM(a)', true],
    ['ALARM(b) AND (ALARM(b) OR ALARM(a))', false],
    ['NOT NOT TRUE', true],
    ['ALARM(arn:aws:cloudwatch:eu-west-1:111111111111:alarm:a)', true],
  ])('reads %s', (rule, wanted) => {
    expect(holds(rule)).toBe(wanted);
  });

  it('names its children once', () => {
    expect(parseCompositeRule('ALARM(a) OR (OK("c d") AND ALARM(a))').children).toEqual([
      'a',
      'c d',
    ]);
  });

  it.each([
    '',
    'ALARM a',
    'ALARM(a',
    'ALARM(a) ALARM(b)',
    'BAD(a)',
    'ALARM(a) XOR OK(b)',
    'AND',
    'ALARM()',
  ])('refuses %j', (rule) => {
    expect(() => parseCompositeRule(rule)).toThrow(MalformedRule);
  });
});
