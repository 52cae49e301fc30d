import { describe, expect, it } from '@jest/globals';
import {
  GetTemplateCommand,
  GetTemplateSummaryCommand,
  InsufficientCapabilitiesException,
  ValidateTemplateCommand,
  type CreateStackCommandInput,
} from '@aws-sdk/client-cloudformation';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { stackFixture } from '../../../test/stack-fixture.ts';
import { parameter } from '../../../test/stack-examples.ts';

describe('what is refused before anything is made', () => {
  const R = parameter({});
  it.each<[string, object, string, Partial<CreateStackCommandInput>?]>([
    [
      'an unknown type',
      { Resources: { R, X: { Type: 'AWS::Foo::Bar' } } },
      'Template format error: Unrecognized resource types: [AWS::Foo::Bar]',
    ],
    [
      'a nested stack',
      { Resources: { X: { Type: 'AWS::CloudFormation::Stack' } } },
      'nested stacks are not modelled',
    ],
    [
      'a custom resource',
      { Resources: { X: { Type: 'Custom::Thing' } } },
      'custom resources (Custom::Thing) are not modelled',
    ],
    [
      'an unresolved Ref',
      { Resources: { R: parameter({ Value: { Ref: 'X' } }) } },
      'Template format error: Unresolved resource dependencies [X] in the Resources block of the template',
    ],
    [
      'an unresolved DependsOn',
      { Resources: { R: parameter({}, { DependsOn: 'X' }) } },
      'Unresolved resource dependencies [X] in the Resources block',
    ],
    [
      'an unresolved output',
      { Resources: { R }, Outputs: { O: { Value: { Ref: 'X' } } } },
      'Unresolved resource dependencies [X] in the Outputs block',
    ],
    [
      'an unknown attribute',
      { Resources: { R, S: parameter({ Value: { 'Fn::GetAtt': 'R.Arn' } }) } },
      'Template error: resource R does not support attribute type Arn in Fn::GetAtt',
    ],
    [
      'a circle',
      {
        Resources: { A: parameter({ Value: { Ref: 'B' } }), B: parameter({ Value: { Ref: 'A' } }) },
      },
      'Circular dependency between resources: [A, B]',
    ],
    [
      'a resource in a condition',
      { Conditions: { C: { 'Fn::Equals': [{ Ref: 'R' }, ''] } }, Resources: { R } },
      'Unresolved dependencies [R]. Cannot reference resources in the Conditions block',
    ],
    [
      'an unknown condition',
      { Resources: { R: parameter({}, { Condition: 'C' }) } },
      'Unresolved condition dependency C in the Resources block',
    ],
    [
      'a resource that the conditions leave out',
      {
        Conditions: { No: { 'Fn::Equals': [1, 2] } },
        Resources: { R: parameter({}, { Condition: 'No' }), S: parameter({ Value: { Ref: 'R' } }) },
      },
      'Unresolved resource dependencies [R]',
    ],
    [
      'an unknown mapping key',
      {
        Mappings: { M: { a: { b: 'c' } } },
        Resources: { R: parameter({ Value: { 'Fn::FindInMap': ['M', 'a', 'x'] } }) },
      },
      'Unable to get mapping for M::a::x',
    ],
    [
      'a missing parameter',
      { Parameters: { P: { Type: 'String' } }, Resources: { R } },
      'Parameters: [P] must have values',
    ],
    [
      'a missing stored parameter',
      {
        Parameters: { P: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/none' } },
        Resources: { R },
      },
      'Unable to fetch parameters [/none] from parameter store for this account.',
    ],
    [
      'a missing dynamic reference',
      { Resources: { R: parameter({ Value: '{{resolve:ssm:/none}}' }) } },
      'Parameters: [ssm:/none] cannot be found.',
    ],
    [
      'an unknown export',
      { Resources: { R: parameter({ Value: { 'Fn::ImportValue': 'x' } }) } },
      'No export named x found.',
    ],
    [
      'a reserved tag',
      { Resources: { R } },
      'aws: prefixed tag key names are not allowed for external use.',
      { Tags: [{ Key: 'aws:x', Value: 'x' }] },
    ],
    [
      'two ways to fail',
      { Resources: { R } },
      'either DisableRollback or OnFailure, but not both',
      { OnFailure: 'DELETE', DisableRollback: true },
    ],
    [
      'a stack policy',
      { Resources: { R } },
      'the parameter StackPolicyBody is not modelled',
      { StackPolicyBody: '{}' },
    ],
    [
      'a time limit',
      { Resources: { R } },
      'the parameter TimeoutInMinutes is not modelled',
      { TimeoutInMinutes: 5 },
    ],
    [
      'notifications',
      { Resources: { R } },
      'the parameter NotificationARNs is not modelled',
      { NotificationARNs: ['arn:aws:sns:eu-west-1:111111111111:t'] },
    ],
    [
      'no template',
      { Resources: { R } },
      'Either Template URL or Template Body must be specified.',
      { TemplateBody: undefined },
    ],
    [
      'a template that is too long',
      { Resources: { R }, Metadata: { x: 'x'.repeat(51_200) } },
      'Member must have length less than or equal to 51200',
    ],
  ])('refuses %s', async (_, template, message, input = {}) => {
    const fixture = stackFixture();
    await expect(fixture.create('s', template, input)).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining(message),
    });
    await expect(fixture.describe('s')).rejects.toThrow('does not exist');
  });

  it('wants an acknowledgement for types that give permissions', async () => {
    const fixture = stackFixture();
    const named = { Resources: { R: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'r' } } } };
    const unnamed = { Resources: { R: { Type: 'AWS::IAM::Role' } } };
    await expect(fixture.create('s', unnamed)).rejects.toMatchObject({
      message: 'Requires capabilities : [CAPABILITY_IAM]',
    });
    const refused = fixture.create('s', named, { Capabilities: ['CAPABILITY_IAM'] });
    await expect(refused).rejects.toBeInstanceOf(InsufficientCapabilitiesException);
    await expect(refused).rejects.toThrow('Requires capabilities : [CAPABILITY_NAMED_IAM]');
    await fixture.create('a', unnamed, { Capabilities: ['CAPABILITY_NAMED_IAM'] });
    await fixture.create('b', named, { Capabilities: ['CAPABILITY_NAMED_IAM'] });
  });

  it('validates and sums up a template in YAML', async () => {
    const { cfn } = stackFixture();
    const TemplateBody = `
Description: hello
Parameters:
  Size: { Type: Number, Default: 3, AllowedValues: [3, 4] }
  Secret: { Type: String, NoEcho: true }
Resources:
  W: { Type: Test::Widget::Item, Properties: { Size: !Ref Size } }
  R: { Type: AWS::IAM::Role }
`;
    expect(await cfn.send(new ValidateTemplateCommand({ TemplateBody }))).toMatchObject({
      Description: 'hello',
      Parameters: [
        { ParameterKey: 'Size', DefaultValue: '3', NoEcho: false },
        { ParameterKey: 'Secret', NoEcho: true },
      ],
      Capabilities: ['CAPABILITY_IAM'],
      CapabilitiesReason: 'The following resource(s) require capabilities: [AWS::IAM::Role]',
    });
    expect(await cfn.send(new GetTemplateSummaryCommand({ TemplateBody }))).toMatchObject({
      ResourceTypes: ['Test::Widget::Item', 'AWS::IAM::Role'],
      Parameters: [
        { ParameterType: 'Number', ParameterConstraints: { AllowedValues: ['3', '4'] } },
        { ParameterType: 'String' },
      ],
    });
  });
});

describe('parameters of a stack', () => {
  it('reads stored values, resolves dynamic references and hides what must not be echoed', async () => {
    const fixture = stackFixture();
    const ssm = fixture.client(SSMClient);
    await ssm.send(new PutParameterCommand({ Name: '/in', Value: 'stored', Type: 'String' }));
    const template = {
      Parameters: {
        Stored: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/in' },
        Secret: { Type: 'String', NoEcho: true },
        List: { Type: 'CommaDelimitedList', Default: 'a, b' },
      },
      Conditions: { IsLong: { 'Fn::Equals': [{ 'Fn::Select': [1, { Ref: 'List' }] }, 'b'] } },
      Resources: {
        P: parameter({
          Name: '/out',
          Value: {
            'Fn::Join': [
              '|',
              [
                { Ref: 'Stored' },
                { Ref: 'Secret' },
                { 'Fn::Join': ['', { Ref: 'List' }] },
                '{{resolve:ssm:/in}}',
                { 'Fn::If': ['IsLong', { Ref: 'AWS::Region' }, { Ref: 'AWS::NoValue' }] },
              ],
            ],
          },
          Description: { 'Fn::If': ['IsLong', { Ref: 'AWS::NoValue' }, 'short'] },
        }),
      },
    };
    const stack = await fixture.deploy('s', template, {
      Parameters: [{ ParameterKey: 'Secret', ParameterValue: 'hush' }],
    });
    expect(stack.Parameters).toEqual([
      { ParameterKey: 'Stored', ParameterValue: '/in', ResolvedValue: 'stored' },
      { ParameterKey: 'Secret', ParameterValue: '****' },
      { ParameterKey: 'List', ParameterValue: 'a, b' },
    ]);
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: '/out' }));
    expect(Parameter?.Value).toBe('stored|hush|ab|stored|eu-west-1');
    const { TemplateBody } = await fixture.cfn.send(new GetTemplateCommand({ StackName: 's' }));
    expect(TemplateBody).toBe(JSON.stringify(template));
  });
});
