import { Fn } from 'aws-cdk-lib';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnMetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

import { type FanOut } from './fan-out.ts';
import { type FailureQueue } from './failure-queue.ts';
import { type InfraParameters } from './parameters.ts';
import { type PayloadQueue } from './payload-queue.ts';
import { type ReachAccount } from './reach-account.ts';
import { type RevokeImage } from './revoke-image.ts';
import { type RolloutFunctions } from './rollout-functions.ts';
import { type StartBuild } from './start-build.ts';

const periodSeconds = 300;
/** A message that waits this long has failed several times: taking one takes seconds. */
const oldestMessageMaxSeconds = 1800;

/** Every alarm of the infra account, by the name of its runbook, with what it says. */
export const alarmSentences = {
  'start-build-errors': 'start-build ended with an error; its message is tried again.',
  'fan-out-errors': 'fan-out ended with an error; its event is tried again.',
  'reach-account-errors':
    'reach-account ended with an error instead of an answer about its target.',
  'payload-dead-letters': 'A payload was given up after all attempts; it is not built.',
  'payload-waits': 'A payload has been waiting for half an hour; those behind it wait too.',
  'trigger-failures': 'An upload or the daily question could not be put into the payload queue.',
  'fan-out-failures': 'The outcome of a build was not recorded.',
  'image-region-missing':
    'Image Builder reported an image without the AMI of a distribution Region; nothing is moved there.',
  'recipe-not-resolved':
    'Image Builder started an older recipe than the one just made; that build was cancelled.',
  'rollout-halted': 'A rollout stopped before it reached the whole fleet.',
  'rollout-failed': 'The execution of a rollout failed; the rollout has no end yet.',
  'rollout-aborted': 'Somebody stopped the execution of a rollout; the rollout has no end yet.',
  'rollout-timed-out': 'The execution of a rollout ran for a year; the rollout has no end yet.',
  'revoke-image-errors': 'revoke-image ended with an error; its event is tried again.',
  'revoke-image-failures':
    'A group went back after its refresh had ended, and the image was not revoked.',
  'finish-rollout-errors':
    'finish-rollout ended with an error; it is tried again for hours, and until it is done the rollout has no end and keeps the line.',
  'steer-target-errors': 'steer-target ended with an error; its step is tried again.',
} as const;

export type AlarmName = keyof typeof alarmSentences;

/** An execution that did not end by itself leaves the same behind, however that came. */
const sharedRunbooks: Partial<Record<AlarmName, AlarmName>> = {
  'rollout-aborted': 'rollout-failed',
  'rollout-timed-out': 'rollout-failed',
};

export const runbook = (name: AlarmName): string =>
  `docs/runbooks/${sharedRunbooks[name] ?? name}.md`;

interface AlarmsProps {
  readonly parameters: InfraParameters;
  readonly noticesArn: string;
  readonly startBuild: StartBuild;
  readonly fanOut: FanOut;
  readonly reachAccount: ReachAccount;
  readonly queue: PayloadQueue;
  readonly triggerFailures: FailureQueue;
  readonly rolloutMachineArn: string;
  readonly rolloutFunctions: RolloutFunctions;
  readonly revokeImage: RevokeImage;
}

interface Metric {
  readonly namespace: string;
  readonly metricName: string;
  readonly statistic: 'Sum' | 'Maximum';
  readonly dimensions?: { readonly name: string; readonly value: string }[];
  readonly threshold: number;
}

/** Alarms that tell people through the notices topic; each names the runbook that says what to do. */
export class Alarms extends Construct {
  readonly arns: string[] = [];
  private readonly props: AlarmsProps;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.props = props;
    const { startBuild, fanOut, reachAccount, queue, triggerFailures } = props;
    this.alarm('start-build-errors', functionErrors(startBuild.handler.functionName));
    this.alarm('fan-out-errors', functionErrors(fanOut.handler.functionName));
    this.alarm('reach-account-errors', functionErrors(reachAccount.handler.functionName));
    this.alarm('payload-dead-letters', visibleMessages(queue.deadLetterQueueName));
    this.alarm('payload-waits', {
      namespace: 'AWS/SQS',
      metricName: 'ApproximateAgeOfOldestMessage',
      statistic: 'Maximum',
      dimensions: [{ name: 'QueueName', value: queue.queueName }],
      threshold: oldestMessageMaxSeconds,
    });
    this.alarm('trigger-failures', visibleMessages(triggerFailures.queueName));
    this.alarm('fan-out-failures', visibleMessages(fanOut.failures.queueName));
    this.alarm(
      'image-region-missing',
      this.loggedCode('image-region-missing', fanOut.handler.logGroupName),
    );
    this.alarm(
      'recipe-not-resolved',
      this.loggedCode('recipe-not-resolved', startBuild.handler.logGroupName),
    );
    this.watchRollouts();
  }

  /**
   * What a function of the rollout cannot do for good ends the rollout, which is seen here. Two have an alarm of their own: the
   * steps of a single target end quietly, and the end itself is tried for hours before its execution fails.
   */
  private watchRollouts(): void {
    const { revokeImage, rolloutFunctions, rolloutMachineArn } = this.props;
    const { 'finish-rollout': finishRollout, 'steer-target': steerTarget } = rolloutFunctions;
    this.alarm('rollout-halted', this.loggedCode('rollout-halted', finishRollout.logGroupName));
    this.alarm('rollout-failed', executions(rolloutMachineArn, 'ExecutionsFailed'));
    this.alarm('rollout-aborted', executions(rolloutMachineArn, 'ExecutionsAborted'));
    this.alarm('rollout-timed-out', executions(rolloutMachineArn, 'ExecutionsTimedOut'));
    this.alarm('revoke-image-errors', functionErrors(revokeImage.handler.functionName));
    this.alarm('revoke-image-failures', visibleMessages(revokeImage.failures.queueName));
    this.alarm('finish-rollout-errors', functionErrors(finishRollout.functionName));
    this.alarm('steer-target-errors', functionErrors(steerTarget.functionName));
  }

  private alarm(name: AlarmName, metric: Metric): void {
    const alarm = new CfnAlarm(this, constructId(name), {
      alarmDescription: `${alarmSentences[name]} Runbook: ${runbook(name)}`,
      namespace: metric.namespace,
      metricName: metric.metricName,
      statistic: metric.statistic,
      ...(metric.dimensions === undefined ? {} : { dimensions: metric.dimensions }),
      period: periodSeconds,
      evaluationPeriods: 1,
      threshold: metric.threshold,
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
      treatMissingData: 'notBreaching',
      alarmActions: [this.props.noticesArn],
    });
    this.arns.push(alarm.attrArn);
  }

  /** Counts the log lines that carry a code; the metric belongs to the line. */
  private loggedCode(code: AlarmName, logGroupName: string): Metric {
    const namespace = Fn.join('/', [
      'GoldenImages',
      this.props.parameters.environmentName.valueAsString,
    ]);
    new CfnMetricFilter(this, `${constructId(code)}Filter`, {
      logGroupName,
      filterPattern: `"${code}"`,
      metricTransformations: [{ metricNamespace: namespace, metricName: code, metricValue: '1' }],
    });
    return { namespace, metricName: code, statistic: 'Sum', threshold: 1 };
  }
}

const functionErrors = (functionName: string): Metric => ({
  namespace: 'AWS/Lambda',
  metricName: 'Errors',
  statistic: 'Sum',
  dimensions: [{ name: 'FunctionName', value: functionName }],
  threshold: 1,
});

const executions = (stateMachineArn: string, metricName: string): Metric => ({
  namespace: 'AWS/States',
  metricName,
  statistic: 'Sum',
  dimensions: [{ name: 'StateMachineArn', value: stateMachineArn }],
  threshold: 1,
});

const visibleMessages = (queueName: string): Metric => ({
  namespace: 'AWS/SQS',
  metricName: 'ApproximateNumberOfMessagesVisible',
  statistic: 'Maximum',
  dimensions: [{ name: 'QueueName', value: queueName }],
  threshold: 1,
});

/** `fan-out-errors` -> `FanOutErrors`. */
const constructId = (name: AlarmName): string =>
  name.replaceAll(/(?:^|-)([a-z])/g, (_match, letter: string) => letter.toUpperCase());
