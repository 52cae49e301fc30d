import { describe, expect, it } from '@jest/globals';
import { bindParameters, chooseTexts, storedNames, type GivenParameter } from './parameters.ts';
import type { ParameterDeclaration } from './template.ts';
import { readParameters } from './template-parameters.ts';

const declare = (section: Record<string, unknown>): ReadonlyMap<string, ParameterDeclaration> =>
  readParameters(section);

const give = (values: Readonly<Record<string, string>>): GivenParameter[] =>
  Object.entries(values).map(([ParameterKey, ParameterValue]) => ({
    ParameterKey,
    ParameterValue,
  }));

/** What `Ref` of the parameter P answers when it is given a text. */
function bound(
  declaration: Record<string, unknown>,
  text: string,
  stored = new Map<string, string>(),
) {
  const declarations = declare({ P: declaration });
  const texts = chooseTexts(declarations, give({ P: text }), undefined);
  return bindParameters(declarations, texts, stored).get('P')?.value;
}

describe('chooseTexts', () => {
  const declarations = declare({
    A: { Type: 'String' },
    B: { Type: 'Number', Default: 3 },
    C: { Type: 'String' },
  });

  it('takes what is given, then defaults', () => {
    expect(
      Object.fromEntries(chooseTexts(declarations, give({ A: 'a', C: '' }), undefined)),
    ).toEqual({ A: 'a', B: '3', C: '' });
  });

  it('takes previous values where asked', () => {
    const given = [{ ParameterKey: 'A', UsePreviousValue: true }, ...give({ C: 'new' })];
    const previous = new Map([
      ['A', 'old'],
      ['C', 'old'],
    ]);
    expect(chooseTexts(declarations, given, previous).get('A')).toBe('old');
    expect(chooseTexts(declarations, given, previous).get('C')).toBe('new');
  });

  it.each<[string, GivenParameter[], string]>([
    ['missing values', give({ B: '1' }), 'Parameters: [A, C] must have values'],
    [
      'unknown names',
      give({ A: '', C: '', X: '', Y: '' }),
      'Parameters: [X, Y] do not exist in the template',
    ],
    [
      'a previous value that is not there',
      [{ ParameterKey: 'A', UsePreviousValue: true }, ...give({ C: 'c' })],
      'Cannot specify usePreviousValue as true for a parameter key not in the previous template',
    ],
    [
      'a value beside UsePreviousValue',
      [{ ParameterKey: 'A', ParameterValue: 'x', UsePreviousValue: true }],
      'Cannot specify usePreviousValue as true with non empty value',
    ],
    [
      'a name given twice',
      [...give({ A: '1' }), ...give({ A: '2' })],
      'Parameter A is given more than once',
    ],
  ])('refuses %s', (_, given, message) => {
    expect(() => chooseTexts(declarations, given, undefined)).toThrow(message);
  });
});

describe('bindParameters', () => {
  it('makes lists of list types and leaves the rest text', () => {
    expect(bound({ Type: 'CommaDelimitedList' }, 'a, b ,c')).toEqual(['a', 'b', 'c']);
    expect(bound({ Type: 'List<Number>' }, '1,2')).toEqual(['1', '2']);
    expect(bound({ Type: 'CommaDelimitedList' }, '')).toEqual([]);
    expect(bound({ Type: 'Number' }, '12')).toBe('12');
    expect(
      bound({ Type: 'List<AWS::EC2::Subnet::Id>' }, 'subnet-12345678,subnet-1234567890abcdef0'),
    ).toEqual(['subnet-12345678', 'subnet-1234567890abcdef0']);
  });

  it('reads stored values and checks the form of what is stored', () => {
    const declaration = { Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>' };
    const texts = chooseTexts(declare({ P: declaration }), give({ P: '/ami' }), undefined);
    expect(storedNames(declare({ P: declaration }), texts)).toEqual(['/ami']);
    expect(bound(declaration, '/ami', new Map([['/ami', 'ami-12345678']]))).toBe('ami-12345678');
    expect(() => bound(declaration, '/ami', new Map([['/ami', 'vpc-12345678']]))).toThrow(
      'parameter value vpc-12345678 for parameter name P does not exist',
    );
    expect(
      bound({ Type: 'AWS::SSM::Parameter::Value<List<String>>' }, '/l', new Map([['/l', 'a,b']])),
    ).toEqual(['a', 'b']);
  });

  it.each<[string, Record<string, unknown>, string, string]>([
    [
      'AllowedValues',
      { Type: 'String', AllowedValues: ['a', 'b'] },
      'c',
      "Parameter 'P' must be one of AllowedValues",
    ],
    [
      'AllowedValues of a list',
      { Type: 'CommaDelimitedList', AllowedValues: ['a'] },
      'a,b',
      "Parameter 'P' must be one of AllowedValues",
    ],
    [
      'AllowedPattern, on the whole text',
      { Type: 'String', AllowedPattern: '[a-z]+' },
      'ab1',
      "Parameter 'P' must match pattern [a-z]+",
    ],
    [
      'AllowedPattern of each item',
      { Type: 'CommaDelimitedList', AllowedPattern: 'a|b' },
      'a,c',
      "Parameter 'P' must match pattern a|b",
    ],
    [
      'MinLength',
      { Type: 'String', MinLength: 3 },
      'ab',
      "Parameter 'P' must contain at least 3 characters",
    ],
    [
      'MaxLength',
      { Type: 'String', MaxLength: '2' },
      'abc',
      "Parameter 'P' must contain at most 2 characters",
    ],
    [
      'MinValue',
      { Type: 'Number', MinValue: 3 },
      '2',
      "Parameter 'P' must be a number not less than 3",
    ],
    [
      'MaxValue',
      { Type: 'Number', MaxValue: 3 },
      '3.5',
      "Parameter 'P' must be a number not greater than 3",
    ],
    ['a number', { Type: 'Number' }, 'x', "Parameter 'P' must be a number"],
    ['a number in a list', { Type: 'List<Number>' }, '1,x', "Parameter 'P' must be a number"],
    [
      'a constraint in its own words',
      { Type: 'String', MinLength: 3, ConstraintDescription: 'three letters' },
      'ab',
      'Parameter P failed to satisfy constraint: three letters',
    ],
    [
      'the form of an id',
      { Type: 'AWS::EC2::VPC::Id' },
      'vpc-xyz',
      'parameter value vpc-xyz for parameter name P does not exist',
    ],
    [
      '4096 bytes',
      { Type: 'String' },
      'x'.repeat(4097),
      "Parameter 'P' must contain at most 4096 bytes",
    ],
  ])('checks %s', (_, declaration, text, message) => {
    expect(() => bound(declaration, text)).toThrow(message);
  });
});

describe('readParameters', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['an unknown type', { P: { Type: 'Text' } }, 'Unrecognized parameter type: Text'],
    [
      'a stored number',
      { P: { Type: 'AWS::SSM::Parameter::Value<Number>' } },
      'Unrecognized parameter type',
    ],
    ['no type', { P: {} }, 'Every Parameters object must contain a Type member.'],
    [
      'an unknown attribute',
      { P: { Type: 'String', Foo: 1 } },
      "Invalid template parameter property 'Foo'",
    ],
    ['a name with a dash', { 'P-1': { Type: 'String' } }, 'is non alphanumeric'],
    [
      'a default that is a list',
      { P: { Type: 'String', Default: [] } },
      'Every Default member must be a string',
    ],
  ])('refuses %s', (_, section, message) => {
    expect(() => declare(section)).toThrow(message);
  });
});
