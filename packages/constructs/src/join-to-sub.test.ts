import { describe, expect, it } from '@jest/globals';

import { joinToSub } from './join-to-sub.ts';

const rewrite = (value: unknown): unknown =>
  joinToSub({ Resources: { Thing: { Type: 'AWS::SNS::Topic', Properties: { Value: value } } } })
    .Resources['Thing']?.Properties;

describe('joinToSub', () => {
  it.each([
    [
      'texts and references',
      ['', ['arn:', { Ref: 'AWS::Partition' }, ':x']],
      'arn:${AWS::Partition}:x',
    ],
    ['attributes', ['', [{ 'Fn::GetAtt': ['Role', 'Arn'] }, '/*']], '${Role.Arn}/*'],
    ['a separator', ['/', ['a', { Ref: 'B' }]], 'a/${B}'],
    ['a join in a join', ['', ['a', { 'Fn::Join': ['-', ['b', { Ref: 'C' }]] }]], 'ab-${C}'],
    ['what looks like a reference', ['', ['${a}', { Ref: 'B' }]], '${!a}${B}'],
  ])('writes %s as one text', (_name, join, text) => {
    expect(rewrite([{ 'Fn::Join': join }])).toEqual({ Value: [{ 'Fn::Sub': text }] });
  });

  it.each([
    ['a list that is a reference', ['', { Ref: 'List' }]],
    ['another function among the parts', ['', ['a', { 'Fn::If': ['C', 'b', 'c'] }]]],
  ])('leaves %s as it is', (_name, join) => {
    expect(rewrite({ 'Fn::Join': join })).toEqual({ Value: { 'Fn::Join': join } });
  });
});
