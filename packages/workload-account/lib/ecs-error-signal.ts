import { Aws, Fn, Stack } from 'aws-cdk-lib';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { CfnLogGroup, CfnMetricFilter, CfnResourcePolicy } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

import { allow, policyDocument } from '@golden/constructs/policy.ts';
import { stackSuffix } from '@golden/constructs/stack-suffix.ts';

import { type WorkloadParameters } from './parameters.ts';

const periodSeconds = 300;
const serviceAction = 'ECS Service Action';
/** ECS sends a service action event once per service and cause, so a single one has to be enough for the alarm. */
const serviceActionWeight = 3;

/**
 * What the service says when tasks cannot run on the instances that there are. Throttling, configuration errors and
 * normal draining are not here: no image causes them.
 *
 * Source: ECS Developer Guide, "Amazon ECS service action events".
 */
const serviceEventNames = [
  'SERVICE_TASK_PLACEMENT_FAILURE',
  'SERVICE_DEPLOYMENT_FAILED',
  'SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED',
  // A warning, not an error, and the surest sign of them all.
  'SERVICE_TASK_START_IMPAIRED',
];

/** EC2 has no room, the subnet no address, or the account no quota: no image is to blame. */
const capacityMessages = [
  // Its first letter is large or small.
  '*apacity*',
  '*LimitExceeded*',
  '*CountExceeded*',
  '*quota*',
  '*free addresses*',
];

/** Events of a bad image -> log group -> metric -> alarm. What counts is decided by the patterns of the rules. */
export class EcsErrorSignal extends Construct {
  readonly alarmName: string;
  readonly alarmArn: string;
  readonly logGroupName: string;
  readonly logGroupArn: string;

  constructor(scope: Construct, id: string, parameters: WorkloadParameters) {
    super(scope, id);
    const { conditions, fleet } = parameters;
    // EventBridge delivers to groups with this prefix only; the suffix keeps what an earlier stack left out of the way.
    const ownName = Fn.join('-', [
      'golden',
      parameters.environmentName.valueAsString,
      stackSuffix(),
    ]);
    const name = Fn.join('', ['/aws/events/', ownName]);
    const logGroup = new CfnLogGroup(this, 'Log', {
      logGroupName: name,
      retentionInDays: parameters.logRetentionDays.valueAsNumber,
      resourcePolicyDocument: Fn.conditionIf(
        conditions.makesGroupPolicy.logicalId,
        deliveryPolicy(Fn.join('', [withoutStreams(name), ':*'])),
        Aws.NO_VALUE,
      ),
    });
    this.logGroupName = logGroup.ref;
    this.logGroupArn = logGroup.attrArn;
    const policy = new CfnResourcePolicy(this, 'LogPolicy', {
      policyName: ownName,
      policyDocument: Stack.of(this).toJsonString(deliveryPolicy(logGroup.attrArn)),
    });
    policy.cfnOptions.condition = conditions.makesLogsPolicy;

    this.makeRules(parameters);

    const metric = {
      namespace: Fn.join('/', ['GoldenImages', parameters.environmentName.valueAsString]),
      metricName: 'ecs-errors',
    };
    this.count('ServiceActions', `{ $.detail-type = "${serviceAction}" }`, {
      ...metric,
      value: serviceActionWeight,
    });
    this.count('OtherErrors', `{ $.detail-type != "${serviceAction}" }`, { ...metric, value: 1 });
    const alarm = new CfnAlarm(this, 'Alarm', {
      alarmDescription: 'Tasks or instances fail as on a bad image.',
      ...metric,
      statistic: 'Sum',
      period: periodSeconds,
      evaluationPeriods: 1,
      threshold: fleet.EcsErrorThreshold.valueAsNumber,
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
      // No refresh starts unless the alarm is OK: silence has to be health, and an old error must not stay.
      treatMissingData: 'notBreaching',
    });
    this.alarmName = alarm.ref;
    this.alarmArn = alarm.attrArn;
  }

  private makeRules({ conditions, clusterName, sampleAutoScalingGroup }: WorkloadParameters): void {
    const onlyIf = (condition: { readonly logicalId: string }, value: string) =>
      Fn.conditionIf(condition.logicalId, [value], Aws.NO_VALUE);
    const ofCluster = {
      clusterArn: onlyIf(
        conditions.givesCluster,
        Fn.join('', [
          `arn:${Aws.PARTITION}:ecs:${Aws.REGION}:${Aws.ACCOUNT_ID}:cluster/`,
          clusterName.valueAsString,
        ]),
      ),
    };
    this.collect('Services', 'aws.ecs', serviceAction, {
      eventName: serviceEventNames,
      // An agent that is away for a moment is normal; one that stays away is noticed by the handler. Warnings have no reason.
      reason: [{ 'anything-but': 'AGENT' }, { exists: false }],
      ...ofCluster,
    });
    this.collect('Tasks', 'aws.ecs', 'ECS Task State Change', {
      lastStatus: ['STOPPED'],
      stopCode: ['TaskFailedToStart'],
      launchType: ['EC2'],
      ...ofCluster,
    });
    this.collect('Agents', 'aws.ecs', 'ECS Container Instance State Change', {
      status: ['REGISTRATION_FAILED'],
      ...ofCluster,
    });
    this.collect('Launches', 'aws.autoscaling', 'EC2 Instance Launch Unsuccessful', {
      StatusMessage: [{ 'anything-but': { wildcard: capacityMessages } }],
      // A pattern cannot see tags, so that without a name the launches of every group count.
      AutoScalingGroupName: onlyIf(conditions.givesGroup, sampleAutoScalingGroup.valueAsString),
    });
  }

  private collect(id: string, source: string, detailType: string, detail: object): void {
    new CfnRule(this, id, {
      eventPattern: { source: [source], 'detail-type': [detailType], detail },
      targets: [{ id: 'log', arn: withoutStreams(this.logGroupName) }],
    });
  }

  private count(
    id: string,
    filterPattern: string,
    metric: { readonly namespace: string; readonly metricName: string; readonly value: number },
  ): void {
    new CfnMetricFilter(this, id, {
      logGroupName: this.logGroupName,
      filterPattern,
      metricTransformations: [
        {
          metricNamespace: metric.namespace,
          metricName: metric.metricName,
          metricValue: String(metric.value),
        },
      ],
    });
  }
}

/** The ARN as EventBridge wants it; that of the resource ends in `:*`. */
const withoutStreams = (logGroupName: string): string =>
  Fn.join('', [
    `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:`,
    logGroupName,
  ]);

/**
 * EventBridge writes by the policy of the log group, never by a role.
 *
 * Source: EventBridge User Guide, "Using resource-based policies", CloudWatch Logs permissions.
 */
const deliveryPolicy = (resource: string) =>
  policyDocument([
    allow({
      sid: 'Events',
      principal: { Service: ['events.amazonaws.com', 'delivery.logs.amazonaws.com'] },
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [resource],
    }),
  ]);
