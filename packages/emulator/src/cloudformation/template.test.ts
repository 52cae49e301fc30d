import { describe, expect, it } from '@jest/globals';
import { inDependencyOrder } from './graph.ts';
import { dynamicReferences, withDynamicValues } from './dynamic-references.ts';
import { referencesOf } from './references.ts';
import { readTemplate } from './template.ts';
import { parseTemplateText } from './template-text.ts';

describe('parseTemplateText', () => {
  it('reads YAML with short forms as the JSON with the long ones', () => {
    const yaml = `
AWSTemplateFormatVersion: 2010-09-09
A: !Ref B
C: !GetAtt D.E.F
G: !GetAtt [D, E]
H: !Sub "x-\${B}"
I: !Sub
  - "\${X}"
  - X: !Select [0, !Split [",", !Ref B]]
J: !If [K, !Ref AWS::NoValue, { L: !Base64 m }]
N:
  !FindInMap [O, !Ref "AWS::Region", P]
Q: !Not [!Equals [!Condition R, yes]]
S: !Ref 12
T: 2012-10-17
U: !Join
  - ""
  - - a
    - !ImportValue b
V: |
  line
`;
    expect(parseTemplateText(yaml)).toEqual({
      AWSTemplateFormatVersion: '2010-09-09',
      A: { Ref: 'B' },
      C: { 'Fn::GetAtt': ['D', 'E.F'] },
      G: { 'Fn::GetAtt': ['D', 'E'] },
      H: { 'Fn::Sub': 'x-${B}' },
      I: {
        'Fn::Sub': ['${X}', { X: { 'Fn::Select': [0, { 'Fn::Split': [',', { Ref: 'B' }] }] } }],
      },
      J: { 'Fn::If': ['K', { Ref: 'AWS::NoValue' }, { L: { 'Fn::Base64': 'm' } }] },
      N: { 'Fn::FindInMap': ['O', { Ref: 'AWS::Region' }, 'P'] },
      Q: { 'Fn::Not': [{ 'Fn::Equals': [{ Condition: 'R' }, true] }] },
      S: { Ref: '12' },
      T: '2012-10-17',
      U: { 'Fn::Join': ['', ['a', { 'Fn::ImportValue': 'b' }]] },
      V: 'line\n',
    });
  });

  it.each([
    ['{"a": }', 'JSON not well-formed. (line 1,'],
    ['a: b: c', 'YAML not well-formed. (line 1, column 4)'],
    ['a: 1\na: 2', 'YAML not well-formed'],
    ['a: &x 1\nb: *x', 'YAML aliases are not allowed'],
    ['a: !foo x', 'unresolved tag !foo'],
  ])('refuses %j', (text, message) => {
    expect(() => parseTemplateText(text)).toThrow(message);
  });
});

const read = (template: object) => readTemplate(JSON.stringify(template));
const Resources = { R: { Type: 'T' } };

describe('readTemplate', () => {
  it('fills in defaults and keeps what is written', () => {
    const { resources, outputs } = read({
      Resources: {
        A: {
          Type: 'T',
          DependsOn: 'B',
          DeletionPolicy: 'Retain',
          Metadata: { m: 1 },
          UpdatePolicy: {},
        },
        B: { Type: 'T', Properties: { x: 1 }, UpdateReplacePolicy: 'Retain' },
      },
      Outputs: { O: { Value: 'v', Export: { Name: 'n' } } },
    });
    expect(resources.get('A')).toMatchObject({
      dependsOn: ['B'],
      deletionPolicy: 'Retain',
      updateReplacePolicy: 'Delete',
      properties: {},
      metadata: { m: 1 },
    });
    expect(resources.get('B')).toMatchObject({
      deletionPolicy: 'Delete',
      updateReplacePolicy: 'Retain',
    });
    expect(outputs.get('O')).toMatchObject({ value: 'v', exportName: 'n' });
  });

  it.each<[string, object, string]>([
    ['an unknown section', { Resources, Foo: {} }, 'Invalid template property or properties [Foo]'],
    [
      'Transform',
      { Resources, Transform: 'AWS::Serverless-2016-10-31' },
      'the template section Transform is not modelled',
    ],
    ['Rules', { Resources, Rules: {} }, 'the template section Rules is not modelled'],
    [
      'another version',
      { Resources, AWSTemplateFormatVersion: '2020' },
      'is not a supported value',
    ],
    ['no resources', { Description: 'x' }, 'At least one Resources member must be defined.'],
    [
      '501 resources',
      {
        Resources: Object.fromEntries(
          Array.from({ length: 501 }, (_, i) => [`R${i}`, { Type: 'T' }]),
        ),
      },
      'Number of resources, 501, is greater than maximum allowed, 500',
    ],
    [
      'a resource without type',
      { Resources: { R: {} } },
      '[/Resources/R] Every Resources object must contain a Type member.',
    ],
    [
      'an unknown attribute',
      { Resources: { R: { Type: 'T', Foo: 1 } } },
      "Invalid template resource property 'Foo'",
    ],
    [
      'a name with a dash',
      { Resources: { 'R-1': { Type: 'T' } } },
      'Resource name R-1 is non alphanumeric.',
    ],
    [
      'null',
      { Resources: { R: { Type: 'T', Properties: { a: [null] } } } },
      "[/Resources/R/Properties/a/0] 'null' values are not allowed in templates",
    ],
    [
      'Snapshot',
      { Resources: { R: { Type: 'T', DeletionPolicy: 'Snapshot' } } },
      'DeletionPolicy Snapshot of resource R is not modelled',
    ],
    [
      'an unknown policy',
      { Resources: { R: { Type: 'T', UpdateReplacePolicy: 'Keep' } } },
      'Unrecognized UpdateReplacePolicy "Keep"',
    ],
    [
      'an UpdatePolicy',
      { Resources: { R: { Type: 'T', UpdatePolicy: { a: 1 } } } },
      'the attribute UpdatePolicy of resource R is not modelled',
    ],
    ['an output without value', { Resources, Outputs: { O: {} } }, 'must contain a Value object'],
    ['a flat mapping', { Resources, Mappings: { M: { a: 'b' } } }, 'must be a map of maps'],
    [
      'a long description',
      { Resources, Description: 'x'.repeat(1025) },
      "'Description' length is greater than 1024.",
    ],
    ['a list', [], 'unsupported structure'],
  ])('refuses %s', (_, template, message) => {
    expect(() => read(template)).toThrow(message);
  });
});

describe('referencesOf', () => {
  const expression = {
    a: { 'Fn::Sub': ['${X}${B.C.D}${E}', { X: { Ref: 'F' } }] },
    b: { 'Fn::If': ['Cond', { Ref: 'G' }, { 'Fn::GetAtt': ['H', 'I'] }] },
    c: { Condition: 'NotAReference' },
  };
  const namesOf = (choose?: () => boolean): string[] =>
    referencesOf(expression, choose).map(({ kind, name }) => `${kind} ${name}`);

  it('finds both branches, or the one that counts', () => {
    expect(namesOf()).toEqual([
      'attribute B',
      'ref E',
      'ref F',
      'condition Cond',
      'ref G',
      'attribute H',
    ]);
    expect(namesOf(() => false)).toEqual([
      'attribute B',
      'ref E',
      'ref F',
      'condition Cond',
      'attribute H',
    ]);
  });
});

describe('inDependencyOrder', () => {
  const order = (graph: Record<string, string[]>): string[] =>
    inDependencyOrder(
      Object.entries(graph).map(([id, dependencies]) => ({ id, dependencies })),
    ).map(({ id }) => id);

  it('puts dependencies first and keeps the order otherwise', () => {
    expect(order({ A: ['C'], B: [], C: ['D', 'Elsewhere'], D: [] })).toEqual(['B', 'D', 'C', 'A']);
  });

  it('names the nodes of a circle, not those around it', () => {
    expect(() => order({ A: [], B: ['A', 'C'], C: ['B'], D: ['C'] })).toThrow(
      'Circular dependency between resources: [B, C]',
    );
    expect(() => order({ A: ['A'] })).toThrow('Circular dependency between resources: [A]');
  });
});

describe('dynamic references', () => {
  it('are found anywhere and replaced in their places', () => {
    const value = {
      a: ['x {{resolve:ssm:/a/b}} y', 1],
      b: '{{resolve:ssm:c}}{{resolve:ssm:/a/b}}',
    };
    expect(dynamicReferences(value)).toEqual(['/a/b', 'c']);
    const values = new Map([
      ['/a/b', 'B'],
      ['c', 'C'],
    ]);
    expect(withDynamicValues(value, values)).toEqual({ a: ['x B y', 1], b: 'CB' });
  });

  it.each([
    ['{{resolve:secretsmanager:x}}', 'is not modelled by this emulator'],
    ['{{resolve:ssm-secure:x}}', 'is not modelled by this emulator'],
    ['{{resolve:ssm:a:3}}', 'the version in {{resolve:ssm:a:3}} is not modelled'],
    ['{{resolve:ssm:a b}}', 'Incorrect format is used in the following SSM reference'],
  ])('refuses %s', (text, message) => {
    expect(() => dynamicReferences({ a: text })).toThrow(message);
  });
});
