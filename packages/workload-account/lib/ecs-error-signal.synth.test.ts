import { describe, expect, it } from '@jest/globals';

import { synthTemplate } from '@golden/constructs/synth-template.ts';
import { viewTemplate } from '@golden/constructs/template-view.ts';

import { WorkloadAccountStack } from './workload-account-stack.ts';

const { resources, ofType, theOnly } = viewTemplate(
  synthTemplate(
    (app) =>
      new WorkloadAccountStack(app, 'workload-account', { handlerCode: () => 'exports.handler=0' }),
  ),
);

const patternOf = (id: string): unknown => resources[id]?.Properties['EventPattern'];
const ofCluster = {
  'Fn::If': [
    'GivesCluster',
    [
      {
        'Fn::Join': [
          '',
          [
            'arn:',
            { Ref: 'AWS::Partition' },
            ':ecs:',
            { Ref: 'AWS::Region' },
            ':',
            { Ref: 'AWS::AccountId' },
            ':cluster/',
            { Ref: 'ClusterName' },
          ],
        ],
      },
    ],
    { Ref: 'AWS::NoValue' },
  ],
};

describe('the rules for ECS errors', () => {
  it.each([
    [
      'EcsErrorsServices',
      'ECS Service Action',
      {
        eventName: [
          'SERVICE_TASK_PLACEMENT_FAILURE',
          'SERVICE_DEPLOYMENT_FAILED',
          'SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED',
          'SERVICE_TASK_START_IMPAIRED',
        ],
        reason: [{ 'anything-but': 'AGENT' }, { exists: false }],
      },
    ],
    [
      'EcsErrorsTasks',
      'ECS Task State Change',
      { lastStatus: ['STOPPED'], stopCode: ['TaskFailedToStart'], launchType: ['EC2'] },
    ],
    ['EcsErrorsAgents', 'ECS Container Instance State Change', { status: ['REGISTRATION_FAILED'] }],
  ])('%s takes what a bad image causes, of the cluster if one is given', (id, type, detail) => {
    expect(patternOf(id)).toEqual({
      source: ['aws.ecs'],
      'detail-type': [type],
      detail: { ...detail, clusterArn: ofCluster },
    });
  });

  it('take failed launches unless EC2 had no room or the account no quota', () => {
    expect(patternOf('EcsErrorsLaunches')).toEqual({
      source: ['aws.autoscaling'],
      'detail-type': ['EC2 Instance Launch Unsuccessful'],
      detail: {
        StatusMessage: [
          {
            'anything-but': {
              wildcard: [
                '*apacity*',
                '*LimitExceeded*',
                '*CountExceeded*',
                '*quota*',
                '*free addresses*',
              ],
            },
          },
        ],
        AutoScalingGroupName: {
          'Fn::If': ['GivesGroup', [{ Ref: 'SampleAutoScalingGroup' }], { Ref: 'AWS::NoValue' }],
        },
      },
    });
  });

  it('write to the log group by its policy, without a role', () => {
    const rules = ofType('AWS::Events::Rule').filter(([id]) => id.startsWith('EcsErrors'));
    expect(rules).toHaveLength(4);
    for (const [, { Properties }] of rules)
      expect(Properties['Targets']).toEqual([
        {
          Id: 'log',
          Arn: {
            'Fn::Join': [
              '',
              [
                'arn:',
                { Ref: 'AWS::Partition' },
                ':logs:',
                { Ref: 'AWS::Region' },
                ':',
                { Ref: 'AWS::AccountId' },
                ':log-group:',
                { Ref: 'EcsErrorsLog' },
              ],
            ],
          },
        },
      ]);
  });
});

describe('the policy of the log group', () => {
  it('is one of the account, of the group, or left to somebody else', () => {
    expect(theOnly('AWS::Logs::ResourcePolicy').Condition).toBe('MakesLogsPolicy');
    const { LogGroupName, ResourcePolicyDocument } = resources['EcsErrorsLog']!.Properties;
    expect(JSON.stringify(LogGroupName)).toMatch(/^\{"Fn::Join":\["",\["\/aws\/events\/"/);
    expect(ResourcePolicyDocument).toMatchObject({
      'Fn::If': [
        'MakesGroupPolicy',
        {
          Statement: [
            {
              Principal: { Service: ['events.amazonaws.com', 'delivery.logs.amazonaws.com'] },
              Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
            },
          ],
        },
        { Ref: 'AWS::NoValue' },
      ],
    });
  });
});

describe('the alarm on ECS errors', () => {
  it('counts a service action three times, since ECS reports it once, and anything else once', () => {
    const counted = ofType('AWS::Logs::MetricFilter').map(([, { Properties }]) => [
      Properties['FilterPattern'],
      (Properties['MetricTransformations'] as { MetricValue: string }[])[0]?.MetricValue,
    ]);
    expect(counted).toEqual([
      ['{ $.detail-type = "ECS Service Action" }', '3'],
      ['{ $.detail-type != "ECS Service Action" }', '1'],
    ]);
  });

  it('adds up five minutes and takes silence for health', () => {
    const [filter] = ofType('AWS::Logs::MetricFilter');
    const [metric] = filter?.[1].Properties['MetricTransformations'] as {
      MetricName: string;
      MetricNamespace: unknown;
    }[];
    expect(theOnly('AWS::CloudWatch::Alarm').Properties).toMatchObject({
      MetricName: metric?.MetricName,
      Namespace: metric?.MetricNamespace,
      Statistic: 'Sum',
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: { Ref: 'EcsErrorThreshold' },
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    });
  });

  it('calls the handler when it goes off, and only then', () => {
    expect(patternOf('LateRollbackRule')).toEqual({
      source: ['aws.cloudwatch'],
      'detail-type': ['CloudWatch Alarm State Change'],
      resources: [{ 'Fn::GetAtt': ['EcsErrorsAlarm', 'Arn'] }],
      detail: { state: { value: ['ALARM'] } },
    });
    expect(theOnly('AWS::Lambda::Permission').Properties).toMatchObject({
      Principal: 'events.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': ['LateRollbackRule', 'Arn'] },
      FunctionName: { Ref: 'WorkloadHandlerFunction' },
    });
  });
});
