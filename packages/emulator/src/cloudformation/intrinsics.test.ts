import { describe, expect, it } from '@jest/globals';
import { evaluateConditions } from './conditions.ts';
import { KnownLater, noValue, type Names } from './expression-values.ts';
import { evaluate } from './intrinsics.ts';
import { validationError } from './validation-error.ts';

const values: Readonly<Record<string, unknown>> = {
  Stage: 'prod',
  Zones: ['a', 'b', 'c'],
  'AWS::Region': 'eu-west-1',
  'AWS::NoValue': noValue,
  Queue: 'queue-1',
  Later: new KnownLater('Later'),
};

const names = (conditions: Readonly<Record<string, boolean>> = {}): Names => ({
  ref(name) {
    if (!(name in values)) throw validationError(`no ${name}`);
    return values[name];
  },
  attribute: (logicalId, attribute) =>
    logicalId === 'Later' ? new KnownLater('Later', attribute) : `${logicalId}'s ${attribute}`,
  condition: (name) => conditions[name] === true,
  mapping: (name, first, second) => `${name}/${first}/${second}`,
  imported: (name) => `imported ${name}`,
});

const result = (expression: unknown): unknown => evaluate(expression, names({ IsProd: true }));

describe('evaluate', () => {
  it.each<[string, unknown, unknown]>([
    ['Ref', { Ref: 'Stage' }, 'prod'],
    ['a Ref of a list', { Ref: 'Zones' }, ['a', 'b', 'c']],
    ['Fn::GetAtt as a list', { 'Fn::GetAtt': ['Queue', 'Arn'] }, "Queue's Arn"],
    ['Fn::GetAtt as text with dots', { 'Fn::GetAtt': 'Db.Endpoint.Port' }, "Db's Endpoint.Port"],
    ['an attribute by Ref', { 'Fn::GetAtt': ['Queue', { Ref: 'Stage' }] }, "Queue's prod"],
    ['Fn::Join over a list', { 'Fn::Join': ['-', { Ref: 'Zones' }] }, 'a-b-c'],
    ['Fn::Join of numbers', { 'Fn::Join': ['', ['a', 1, true]] }, 'a1true'],
    ['Fn::Split', { 'Fn::Split': ['/', 'a/b'] }, ['a', 'b']],
    ['Fn::Select by text', { 'Fn::Select': ['1', { Ref: 'Zones' }] }, 'b'],
    ['Fn::Base64', { 'Fn::Base64': 'hi' }, 'aGk='],
    ['Fn::FindInMap', { 'Fn::FindInMap': ['M', { Ref: 'Stage' }, 'x'] }, 'M/prod/x'],
    ['Fn::ImportValue', { 'Fn::ImportValue': { 'Fn::Sub': 'n-${Stage}' } }, 'imported n-prod'],
    ['Fn::If', { 'Fn::If': ['IsProd', 'yes', { Ref: 'Unknown' }] }, 'yes'],
    [
      'Fn::Sub',
      { 'Fn::Sub': '${Stage}.${AWS::Region}.${Queue.Arn}' },
      "prod.eu-west-1.Queue's Arn",
    ],
    ['a literal in Fn::Sub', { 'Fn::Sub': '${!Stage} $x ${Stage}' }, '${Stage} $x prod'],
    [
      'the map of Fn::Sub first',
      { 'Fn::Sub': ['${Stage}-${X}', { Stage: 's', X: { Ref: 'Queue' } }] },
      's-queue-1',
    ],
    [
      'plain data that looks like a condition',
      { Condition: 'x', Ref: 'y' },
      { Condition: 'x', Ref: 'y' },
    ],
  ])('evaluates %s', (_, expression, expected) => {
    expect(result(expression)).toEqual(expected);
  });

  it('leaves out what comes to AWS::NoValue, in objects and lists', () => {
    const drop = { Ref: 'AWS::NoValue' };
    expect(
      result({ A: drop, B: [1, drop, 2], C: { 'Fn::If': ['No', 'x', drop] }, D: { E: drop } }),
    ).toEqual({ B: [1, 2], D: {} });
    expect(result({ 'Fn::Join': [',', ['a', drop, 'b']] })).toBe('a,b');
  });

  it.each<[string, unknown]>([
    ['Fn::Sub', { 'Fn::Sub': 'x-${Later}' }],
    ['Fn::Join', { 'Fn::Join': ['', ['x', { Ref: 'Later' }]] }],
    ['Fn::Split and Fn::Select', { 'Fn::Select': [3, { 'Fn::Split': [':', { Ref: 'Later' }] }] }],
    ['Fn::Base64', { 'Fn::Base64': { Ref: 'Later' } }],
  ])('keeps a value that is not known yet through %s', (_, expression) => {
    expect(result(expression)).toEqual(new KnownLater('Later'));
  });

  it.each<[string, unknown, string]>([
    [
      'an index out of range',
      { 'Fn::Select': [3, ['a']] },
      'cannot select nonexistent value at index 3',
    ],
    ['a negative index', { 'Fn::Select': [-1, ['a']] }, 'requires an integer index'],
    [
      'an index by Fn::Sub',
      { 'Fn::Select': [{ 'Fn::Sub': '1' }, ['a', 'b']] },
      'supports only Ref and Fn::FindInMap',
    ],
    [
      'a key by Fn::Sub',
      { 'Fn::FindInMap': ['M', { 'Fn::Sub': 'a' }, 'b'] },
      'supports only Ref and Fn::FindInMap',
    ],
    ['a list in Fn::Sub', { 'Fn::Sub': '${Zones}' }, 'Fn::Sub requires a string'],
    ['a bad name in Fn::Sub', { 'Fn::Sub': '${a b}' }, 'variable names in Fn::Sub syntax'],
    [
      'Fn::Join without a list',
      { 'Fn::Join': [',', 'a'] },
      'every Fn::Join object requires two parameters',
    ],
    [
      'Fn::GetAtt without an attribute',
      { 'Fn::GetAtt': ['Queue'] },
      'requires two non-empty parameters',
    ],
    [
      'Fn::If without a name',
      { 'Fn::If': [{ Ref: 'x' }, 1, 2] },
      'first element being a condition',
    ],
    ['a condition function', { 'Fn::Equals': [1, 1] }, 'cannot be used outside of conditions'],
    ['Fn::Cidr', { 'Fn::Cidr': ['10.0.0.0/16', 2, 8] }, 'Fn::Cidr is not modelled'],
    ['Fn::GetAZs', { 'Fn::GetAZs': '' }, 'Fn::GetAZs is not modelled'],
    ['Fn::Transform', { 'Fn::Transform': {} }, 'Fn::Transform is not modelled'],
    ['Fn::ForEach', { 'Fn::ForEach::Loop': [] }, 'Fn::ForEach::Loop is not modelled'],
    ['an unknown function', { 'Fn::Foo': 1 }, 'Fn::Foo is not an intrinsic function'],
    ['a function beside other members', { 'Fn::Sub': 'a', B: 1 }, 'must have no other member'],
  ])('refuses %s', (_, expression, message) => {
    expect(() => result(expression)).toThrow(message);
  });
});

describe('evaluateConditions', () => {
  const conditionsOf = (section: Record<string, unknown>): Record<string, boolean> =>
    Object.fromEntries(evaluateConditions(new Map(Object.entries(section)), names()));

  it('combines conditions in any order', () => {
    expect(
      conditionsOf({
        Both: { 'Fn::And': [{ Condition: 'IsProd' }, { 'Fn::Not': [{ Condition: 'IsTest' }] }] },
        IsProd: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] },
        IsTest: { 'Fn::Equals': [{ 'Fn::Sub': '${Stage}' }, 'test'] },
        Either: { 'Fn::Or': [{ Condition: 'IsTest' }, { 'Fn::Equals': [1, '1'] }] },
      }),
    ).toEqual({ Both: true, IsProd: true, IsTest: false, Either: true });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['an unknown condition', { A: { Condition: 'B' } }, 'Unresolved condition dependency B'],
    [
      'a circle',
      { A: { 'Fn::Not': [{ Condition: 'B' }] }, B: { 'Fn::Not': [{ Condition: 'A' }] } },
      'Circular dependency between conditions: [A, B]',
    ],
    ['plain text', { A: 'true' }, 'can only be boolean operations'],
    ['one operand', { A: { 'Fn::And': [{ 'Fn::Equals': [1, 1] }] } }, 'at least 2 and at most 10'],
    ['a list', { A: { 'Fn::Equals': [{ Ref: 'Zones' }, 'a'] } }, 'requires a list of 2 string'],
  ])('refuses %s', (_, section, message) => {
    expect(() => conditionsOf(section)).toThrow(message);
  });
});
