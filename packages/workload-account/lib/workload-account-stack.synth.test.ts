import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { joinToSub } from '@golden/constructs/join-to-sub.ts';
import { synthTemplate, templateText } from '@golden/constructs/synth-template.ts';
import { listed, viewTemplate } from '@golden/constructs/template-view.ts';

import { handlerCode } from './handler-code.ts';
import { starReasons } from './star-reasons.ts';
import { WorkloadAccountStack } from './workload-account-stack.ts';

const synth = () =>
  joinToSub(
    synthTemplate((app) => new WorkloadAccountStack(app, 'workload-account', { handlerCode })),
  );
const template = synth();
const text = templateText(template, 0);
const { resources, ofType, theOnly, statements } = viewTemplate(template);

describe('the workload template', () => {
  it('fits into a StackSet as it is: at most 51,200 bytes of ASCII', () => {
    // CreateStackSet, TemplateBody.
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(51_200);
    expect(text).toMatch(/^[\x20-\x7e]*\n$/);
    expect(text).not.toContain('{{resolve:');
  });

  it('needs nothing but itself: no bootstrap, asset, custom resource, transform or nested stack', () => {
    expect(Object.keys(template).sort()).toEqual([
      'Conditions',
      'Description',
      'Metadata',
      'Outputs',
      'Parameters',
      'Resources',
    ]);
    expect(text).not.toMatch(
      /cdk-hnb|aws:cdk|AWS::CDK|Custom::|AWS::CloudFormation::(?!Interface)/,
    );
  });

  it('has nothing that costs or asks in each account: no topic, key, queue or alarm action', () => {
    const types = new Set(Object.values(resources).map(({ Type }) => Type));
    expect([...types].sort()).toEqual([
      'AWS::CloudWatch::Alarm',
      'AWS::Events::Rule',
      'AWS::IAM::Role',
      'AWS::Lambda::Function',
      'AWS::Lambda::Permission',
      'AWS::Logs::LogGroup',
      'AWS::Logs::MetricFilter',
      'AWS::Logs::ResourcePolicy',
    ]);
    expect(theOnly('AWS::CloudWatch::Alarm').Properties).not.toHaveProperty('AlarmActions');
  });

  it('comes out the same from the same sources', () => {
    expect(templateText(synth(), 0)).toBe(text);
  });

  it('has the parts that it had when somebody last looked', () => {
    const withoutCode = JSON.parse(text, (key, value: unknown) =>
      key === 'ZipFile' ? '(made by synth)' : value,
    ) as unknown;
    expect(withoutCode).toMatchSnapshot();
  });

  const version = spawnSync('cfn-lint', ['--version'], { encoding: 'utf8' });
  const whereCfnLintIs = version.status === 0 ? it : it.skip;
  whereCfnLintIs('draws no word from cfn-lint', () => {
    const folder = mkdtempSync(join(tmpdir(), 'cfn-lint-'));
    try {
      const file = join(folder, 'workload-account.template.json');
      writeFileSync(file, text);
      const { stdout, stderr } = spawnSync('cfn-lint', [file], { encoding: 'utf8' });
      expect(`${stdout}${stderr}`).toBe('');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the names in the workload template', () => {
  it('are fixed only where the infra account has to know them', () => {
    const named = Object.entries(resources).flatMap(([id, { Properties }]) =>
      Object.entries(Properties)
        .filter(([key]) => ['RoleName', 'FunctionName', 'AlarmName', 'Name'].includes(key))
        // A permission names its function by reference.
        .filter(([, value]) => !JSON.stringify(value).startsWith('{"Ref"'))
        .map(([key, value]) => [id, key, value]),
    );
    expect(named).toEqual([
      [
        'WorkloadHandlerFunction',
        'FunctionName',
        { 'Fn::Sub': 'golden-${EnvironmentName}-handler' },
      ],
      ['InvokerRole', 'RoleName', { 'Fn::Sub': 'golden-${EnvironmentName}-invoker' }],
    ]);
  });

  it('do not collide with another Region: what is global and named is made at home only', () => {
    for (const [id, { Properties, Condition }] of ofType('AWS::IAM::Role'))
      expect({ id, isNamed: 'RoleName' in Properties, Condition }).toEqual({
        id,
        isNamed: Condition === 'IsHome',
        Condition,
      });
    expect(template['Conditions']).toMatchObject({
      IsHome: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, { Ref: 'HomeRegion' }] },
    });
    // Nothing may depend on a role that is not there in other Regions.
    const { InvokerRole, ...others } = resources;
    expect(InvokerRole).toBeDefined();
    expect(JSON.stringify([others, template['Outputs']])).not.toMatch(/"InvokerRole[".]/);
  });

  it('do not collide with what a deleted stack left', () => {
    for (const key of ['LogGroupName', 'PolicyName'] as const)
      for (const { Properties } of [resources['EcsErrorsLog']!, resources['EcsErrorsLogPolicy']!])
        if (key in Properties)
          expect(JSON.stringify(Properties[key])).toContain('{"Ref":"AWS::StackId"}');
  });
});

describe('the policies of the workload template', () => {
  it('say why, wherever a statement is for all resources', () => {
    const forAll = statements
      .filter(({ Resource }) => listed(Resource).includes('*'))
      .map(({ Sid }) => Sid);
    expect(forAll).toEqual(Object.keys(starReasons));
  });

  it('use no managed policy and allow no action by a wildcard', () => {
    expect(text).not.toMatch(/ManagedPolicyArns|:policy\//);
    for (const { Action } of statements) expect(listed(Action).join()).not.toContain('*');
  });

  it('write nothing without a scope: every statement that changes something has one', () => {
    const reads = /^(?:autoscaling|ec2|cloudwatch|logs|ecs):(?:Describe|List|Get)/;
    const writes = statements.filter(
      ({ Action }) => !listed(Action).every((one) => reads.test(one)),
    );
    const unscoped = writes.filter(
      ({ Resource, Condition, Principal }) =>
        Principal === undefined &&
        Condition === undefined &&
        listed(Resource).some((one) => JSON.stringify(one).endsWith('/*"}')),
    );
    expect(unscoped).toEqual([]);
  });

  it('let the handler move enrolled groups only, and keep its memory in tags of its own', () => {
    const bySid = new Map(statements.map((statement) => [statement.Sid, statement]));
    const isEnrolled = { 'autoscaling:ResourceTag/golden:line': { Ref: 'EnvironmentName' } };
    const none = { Ref: 'AWS::NoValue' };
    expect(bySid.get('MoveGroups')?.Condition).toEqual({
      'Fn::If': ['GivesGroup', none, { StringEquals: isEnrolled }],
    });
    expect(bySid.get('RememberLastGood')?.Condition).toEqual({
      'ForAllValues:StringEquals': {
        'aws:TagKeys': [
          'golden:last-good',
          'golden:rollout',
          'golden:before',
          'golden:cluster',
          'golden:rollback',
        ],
      },
      StringEquals: { 'Fn::If': ['GivesGroup', none, isEnrolled] },
    });
    for (const sid of ['MoveGroups', 'RememberLastGood'])
      expect(JSON.stringify(bySid.get(sid)?.Resource)).toMatch(
        /:autoScalingGroup:\*:autoScalingGroupName\/",\{"Fn::If":\["GivesGroup",\{"Ref":"SampleAutoScalingGroup"\},"\*"\]/,
      );
  });

  it('let the handler speak on one bus only, that of its line in the infra account', () => {
    const speaking = statements.filter(({ Action }) => listed(Action).includes('events:PutEvents'));
    expect(speaking).toHaveLength(1);
    const bus = {
      'Fn::Sub':
        'arn:${AWS::Partition}:events:${HomeRegion}:${InfraAccount}:event-bus/golden-${EnvironmentName}',
    };
    expect(listed(speaking[0]?.Resource)).toEqual([bus]);
    expect(theOnly('AWS::Lambda::Function').Properties).toMatchObject({
      Environment: { Variables: { INFRA_BUS_ARN: bus } },
    });
  });

  it('pass roles to EC2 only', () => {
    const passing = statements.filter(({ Action }) => listed(Action).includes('iam:PassRole'));
    expect(passing).toHaveLength(1);
    expect(passing[0]?.Condition).toEqual({
      StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' },
    });
  });

  it('trust one role of one account of one organization, for one function name', () => {
    const { AssumeRolePolicyDocument, Policies } = resources['InvokerRole']!.Properties;
    expect(AssumeRolePolicyDocument).toMatchObject({
      Statement: [
        {
          Principal: { AWS: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${InfraAccount}:root' } },
          Action: 'sts:AssumeRole',
          Condition: {
            ArnEquals: { 'aws:PrincipalArn': { Ref: 'ReachAccountRoleArn' } },
            StringEquals: { 'aws:PrincipalOrgID': { Ref: 'AWSOrgID' } },
          },
        },
      ],
    });
    expect(Policies).toMatchObject([
      {
        PolicyDocument: {
          Statement: [
            {
              Action: ['lambda:InvokeFunction'],
              Resource: [
                {
                  'Fn::Sub':
                    'arn:${AWS::Partition}:lambda:*:${AWS::AccountId}:function:golden-${EnvironmentName}-handler',
                },
              ],
            },
          ],
        },
      },
    ]);
  });
});

describe('the function of the workload template', () => {
  const { Properties } = theOnly('AWS::Lambda::Function');

  it('runs on nodejs24.x and arm64 for at most five minutes and logs JSON to its own group', () => {
    expect(Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      Timeout: 300,
      MemorySize: 512,
      LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: 'WorkloadHandlerLog' } },
    });
    expect(resources['WorkloadHandlerLog']?.Properties).toEqual({
      RetentionInDays: { Ref: 'LogRetentionDays' },
    });
  });

  it('is small: every account carries it inline, and room is left in the template', () => {
    expect(handlerCode('workload').length).toBeLessThanOrEqual(30_900);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(51_100);
  });

  it('has nothing outside its bundle but the AWS SDK and Node itself', () => {
    const required = [...handlerCode('workload').matchAll(/require\('([^']+)'\)/g)];
    expect(required.length).toBeGreaterThan(0);
    for (const [, module] of required) expect(module).toMatch(/^(@aws-sdk\/client-|node:)/);
  });
});
