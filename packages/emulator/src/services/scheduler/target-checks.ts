import type { Target } from '@aws-sdk/client-scheduler';
import { splitArn } from '../../iam/arn-match.ts';
import { refuseUnmodelled } from '../../world/refuse-unmodelled.ts';
import type { Scope } from '../../world/scope.ts';
import { validation } from './group-operations.ts';
import type { ScheduleTarget } from './state.ts';

/** The templated targets that this emulator invokes. */
export type TargetKind = 'lambda' | 'sqs' | 'sns' | 'event-bus';

const kinds: readonly (readonly [kind: TargetKind, pattern: RegExp])[] = [
  ['lambda', /^arn:aws:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]+(:[A-Za-z0-9_$-]+)?$/],
  ['sqs', /^arn:aws:sqs:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,80}(\.fifo)?$/],
  ['sns', /^arn:aws:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]+$/],
  ['event-bus', /^arn:aws:events:[a-z0-9-]+:\d{12}:event-bus\/[A-Za-z0-9._-]+$/],
];

export const targetKind = (arn: string): TargetKind | undefined =>
  kinds.find(([, pattern]) => pattern.test(arn))?.[0];

// EventBridge Scheduler API reference, Target and RetryPolicy.
const inputBytesMax = 262_144;
const retryAttemptsMax = 185;
const eventAgeSecondsMin = 60;
const eventAgeSecondsMax = 86_400;

/** @throws AwsError ValidationException, also for what AWS invokes and this emulator does not */
export function requireTarget(scope: Scope, target: Target): ScheduleTarget {
  const { Arn = '', RoleArn = '' } = target;
  if (Arn.startsWith('arn:aws:scheduler:::'))
    throw validation(`universal targets such as ${Arn} are not modelled by this emulator`);
  const kind = targetKind(Arn);
  if (!kind) throw validation(`targets such as ${Arn} are not modelled by this emulator`);
  if (splitArn(Arn)?.[3] !== scope.region)
    throw validation(`targets in other Regions such as ${Arn} are not modelled by this emulator`);
  refuseUnmodelled(
    target,
    [
      'EcsParameters',
      'EventBridgePutEventsV2Parameters',
      'EventBridgePutRawEventsParameters',
      'KinesisParameters',
      'SageMakerPipelineParameters',
    ],
    'ValidationException',
  );
  checkParameters(kind, target);
  checkInput(kind, target.Input);
  checkFailureHandling(target);
  return { ...target, Arn, RoleArn };
}

function checkParameters(kind: TargetKind, target: Target): void {
  const { EventBridgeParameters: event, SqsParameters: sqs, Arn = '' } = target;
  if ((kind === 'event-bus') !== (event !== undefined))
    throw validation('EventBridgeParameters is required for event buses and for them only.');
  if (event?.Source?.startsWith('aws.') === true)
    throw validation('EventBridgeParameters.Source must not start with aws.');
  if (sqs && kind !== 'sqs') throw validation('SqsParameters is for SQS queues only.');
  if (Arn.endsWith('.fifo') && !sqs?.MessageGroupId)
    throw validation('MessageGroupId must be specified for a FIFO queue.');
}

function checkInput(kind: TargetKind, input: string | undefined): void {
  if (input === undefined) return;
  if (input === '' || Buffer.byteLength(input) > inputBytesMax)
    throw validation(`Input has 1 to ${inputBytesMax} bytes.`);
  if (kind !== 'lambda' && kind !== 'event-bus') return;
  try {
    JSON.parse(input);
  } catch {
    throw validation('Input is not well-formed JSON.');
  }
}

function checkFailureHandling({ DeadLetterConfig: dead, RetryPolicy: policy }: Target): void {
  if (dead?.Arn !== undefined && (targetKind(dead.Arn) !== 'sqs' || dead.Arn.endsWith('.fifo')))
    throw validation(`The dead-letter queue ${dead.Arn} is not a standard SQS queue.`);
  const { MaximumRetryAttempts: attempts = 0, MaximumEventAgeInSeconds: age = eventAgeSecondsMax } =
    policy ?? {};
  if (!(attempts >= 0 && attempts <= retryAttemptsMax))
    throw validation(`MaximumRetryAttempts must be from 0 to ${retryAttemptsMax}.`);
  if (!(age >= eventAgeSecondsMin && age <= eventAgeSecondsMax))
    throw validation(
      `MaximumEventAgeInSeconds must be from ${eventAgeSecondsMin} to ${eventAgeSecondsMax}.`,
    );
}
