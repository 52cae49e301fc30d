import { describe, expect, it } from '@jest/globals';

import { dropRedundantDependencies } from './drop-redundant-dependencies.ts';

const aTemplate = (resource: { DependsOn?: string | string[]; Properties?: unknown }) => ({
  Resources: { Thing: { Type: 'AWS::SNS::Topic', ...resource } },
});

describe('dropRedundantDependencies', () => {
  it.each([
    ['Ref', { Ref: 'Other' }],
    ['Fn::GetAtt', { 'Fn::GetAtt': ['Other', 'Arn'] }],
    ['Fn::GetAtt in its short form', { 'Fn::GetAtt': 'Other.Arn' }],
    ['Fn::Sub', { 'Fn::Sub': 'arn:${AWS::Partition}:${Other.Arn}/x' }],
    ['Fn::Sub with variables', { 'Fn::Sub': ['${Other}', {}] }],
  ])('drops what a %s below the properties says already', (_name, reference) => {
    const template = aTemplate({
      DependsOn: 'Other',
      Properties: { Deep: [{ Value: reference }] },
    });
    expect(dropRedundantDependencies(template).Resources['Thing']).not.toHaveProperty('DependsOn');
  });

  it('keeps the dependencies that nothing else says', () => {
    const template = aTemplate({
      DependsOn: ['Other', 'Third'],
      Properties: { Value: { Ref: 'Other' } },
    });
    expect(dropRedundantDependencies(template).Resources['Thing']).toHaveProperty('DependsOn', [
      'Third',
    ]);
  });

  it('leaves a resource without dependencies as it is', () => {
    const template = aTemplate({ Properties: { Value: { Ref: 'Other' } } });
    expect(dropRedundantDependencies(template)).toEqual(template);
  });
});
