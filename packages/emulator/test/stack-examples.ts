import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { StackFixture } from './stack-fixture.ts';

export const widget = (properties: object = {}, attributes: object = {}) => ({
  Type: 'Test::Widget::Item',
  Properties: { Size: 1, ...properties },
  ...attributes,
});
export const parameter = (properties: object, attributes: object = {}) => ({
  Type: 'AWS::SSM::Parameter',
  Properties: { Type: 'String', Value: 'v', ...properties },
  ...attributes,
});

export const chain = {
  Parameters: { Prefix: { Type: 'String', Default: '/app' } },
  Resources: {
    Second: parameter({
      Name: { 'Fn::Sub': '${Prefix}/second' },
      Value: { 'Fn::Sub': '${First}|${First.Value}|${AWS::StackName}' },
    }),
    First: parameter({ Name: { 'Fn::Sub': '${Prefix}/first' }, Tags: { own: 'x' } }),
  },
  Outputs: { Out: { Value: { Ref: 'Second' }, Description: 'the second' } },
};

export const ssmOf = (fixture: StackFixture) => fixture.client(SSMClient);
export const valueOf = async (fixture: StackFixture, Name: string): Promise<string | undefined> => {
  const { Parameter } = await ssmOf(fixture).send(new GetParameterCommand({ Name }));
  return Parameter?.Value;
};
export const since = (lines: readonly string[], first: string): string[] =>
  lines.slice(lines.findIndex((line) => line.startsWith(first)));
