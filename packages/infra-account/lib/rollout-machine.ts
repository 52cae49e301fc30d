import { Aws, Fn } from 'aws-cdk-lib';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

import { acknowledge } from '@golden/constructs/acknowledge.ts';
import { type HandlerFunction } from '@golden/constructs/handler-function.ts';
import { allow, type Statement } from '@golden/constructs/policy.ts';
import { ServiceRole } from '@golden/constructs/service-role.ts';
import { stackSuffix } from '@golden/constructs/stack-suffix.ts';

import { allowEverywhere } from './allow-everywhere.ts';
import { arnPlaceholder, type StepFunction } from './invoke-task.ts';
import { type InfraParameters } from './parameters.ts';
import { type PayloadBucket, rolloutPrefix } from './payload-bucket.ts';
import { rolloutDefinition } from './rollout-definition.ts';
import { rolloutArn, rolloutMachineName } from './rollout-names.ts';

interface RolloutMachineProps {
  readonly parameters: InfraParameters;
  readonly bucket: PayloadBucket;
  readonly functions: Readonly<Record<StepFunction, HandlerFunction>>;
}

/** The state machine that takes an image through the fleet: one execution per image. */
export class RolloutMachine extends Construct {
  readonly arn: string;
  readonly logGroupName: string;

  constructor(scope: Construct, id: string, props: RolloutMachineProps) {
    super(scope, id);
    const { parameters } = props;
    const line = parameters.environmentName.valueAsString;
    const logGroup = new CfnLogGroup(this, 'Log', {
      // Below this prefix the one policy that allows services to deliver logs never grows over its limit.
      logGroupName: Fn.join('', ['/aws/vendedlogs/states/golden-', line, '-', stackSuffix()]),
      retentionInDays: parameters.logRetentionDays.valueAsNumber,
    });
    const role = new ServiceRole(this, 'Execution', {
      service: 'states.amazonaws.com',
      description: 'Runs the rollouts of the line',
      trustConditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      statements: machineStatements(props),
    });
    const machine = new CfnStateMachine(this, 'StateMachine', {
      stateMachineName: rolloutMachineName(parameters),
      stateMachineType: 'STANDARD',
      roleArn: role.arn,
      definitionString: Fn.sub(JSON.stringify(rolloutDefinition), substitutions(props)),
      loggingConfiguration: {
        level: 'ERROR',
        includeExecutionData: false,
        destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: logGroup.attrArn } }],
      },
    });
    acknowledge(machine, {
      'AwsSolutions-SF1':
        'Errors are logged. The history of an execution has every event with its data for 90 days, and what a rollout did is in the state table; a second copy of every event of thousands of children costs much and is read by nobody.',
      'AwsSolutions-SF2':
        'A rollout waits for hours and days: the history says where, and a trace would say nothing more.',
    });
    this.arn = machine.ref;
    this.logGroupName = logGroup.ref;
  }
}

/** What the placeholders of the definition stand for. */
const substitutions = ({ parameters, bucket, functions }: RolloutMachineProps) => ({
  Partition: Aws.PARTITION,
  ListsBucket: bucket.bucketName,
  RolloutConcurrency: parameters.rollout.concurrency.valueAsString,
  ...Object.fromEntries(
    Object.entries(functions).map(([name, { arn }]) => [arnPlaceholder(name as StepFunction), arn]),
  ),
});

const machineStatements = ({ parameters, bucket, functions }: RolloutMachineProps): Statement[] => [
  allow({
    sid: 'InvokeSteps',
    actions: ['lambda:InvokeFunction'],
    resources: Object.values(functions).map(({ arn }) => arn),
  }),
  allow({
    sid: 'ReadLists',
    actions: ['s3:GetObject'],
    resources: [bucket.objects(rolloutPrefix)],
    wildcardReason: 'Keys begin with the id of a rollout that is still to come.',
  }),
  // The children of a Distributed Map are executions of the machine itself.
  allow({
    sid: 'StartChildren',
    actions: ['states:StartExecution'],
    resources: [rolloutArn(parameters, { kind: 'stateMachine', rest: '' })],
  }),
  allow({
    sid: 'FollowChildren',
    actions: ['states:DescribeExecution', 'states:StopExecution'],
    resources: [
      rolloutArn(parameters, { kind: 'execution', rest: ':*' }),
      // As the children of a labelled map are named: <machine>/<label>:<name>.
      rolloutArn(parameters, { kind: 'execution', rest: '/*:*' }),
    ],
    wildcardReason: 'All executions of one state machine and the children of its maps.',
  }),
  allowEverywhere({
    sid: 'DeliverLogs',
    actions: [
      'logs:CreateLogDelivery',
      'logs:GetLogDelivery',
      'logs:UpdateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:DescribeResourcePolicies',
      'logs:DescribeLogGroups',
    ],
  }),
];
