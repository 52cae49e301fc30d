import type * as client from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../world/aws-error.ts';
import { unmodelled, validationError } from './errors.ts';
import type { Group, LifecycleHook } from './state.ts';

const hooksMax = 50; // EC2 Auto Scaling User Guide, "Quotas": lifecycle hooks per group
const heartbeatSecondsMin = 30; // API Reference, PutLifecycleHook, HeartbeatTimeout: 30 to 7200 seconds
const heartbeatSecondsMax = 7200;
const heartbeatSecondsDefault = 3600;

/**
 * A hook as PutLifecycleHook or the creation of a group gives it; an update keeps what it leaves out.
 *
 * @throws AwsError ValidationError
 */
export function readHook(
  input: client.PutLifecycleHookType | client.LifecycleHookSpecification,
  before?: LifecycleHook,
): LifecycleHook {
  const name = input.LifecycleHookName ?? '';
  if (input.NotificationTargetARN !== undefined && input.NotificationTargetARN !== '')
    throw unmodelled('NotificationTargetARN');
  if (input.RoleARN !== undefined) throw unmodelled('RoleARN');
  const transition = input.LifecycleTransition ?? before?.transition;
  if (
    transition !== 'autoscaling:EC2_INSTANCE_LAUNCHING' &&
    transition !== 'autoscaling:EC2_INSTANCE_TERMINATING'
  )
    throw validationError(`Invalid lifecycle transition: ${transition ?? 'none'}`);
  const heartbeat =
    input.HeartbeatTimeout ?? before?.heartbeatTimeoutSeconds ?? heartbeatSecondsDefault;
  if (heartbeat < heartbeatSecondsMin || heartbeat > heartbeatSecondsMax)
    throw validationError(
      `Heartbeat timeout must be between ${heartbeatSecondsMin} and ${heartbeatSecondsMax} seconds.`,
    );
  const result = input.DefaultResult ?? before?.defaultResult ?? 'ABANDON';
  if (result !== 'CONTINUE' && result !== 'ABANDON')
    throw validationError(`Lifecycle action result must be CONTINUE or ABANDON, not ${result}`);
  return {
    name,
    transition,
    heartbeatTimeoutSeconds: heartbeat,
    defaultResult: result,
    notificationMetadata: input.NotificationMetadata ?? before?.notificationMetadata,
  };
}

/** @throws AwsError LimitExceeded */
export function putHook(group: Group, hook: LifecycleHook): void {
  if (!group.hooks.has(hook.name) && group.hooks.size >= hooksMax)
    throw new AwsError(
      'LimitExceeded',
      `You have exceeded the limit of ${hooksMax} lifecycle hooks for the group ${group.name}.`,
    );
  group.hooks.set(hook.name, hook);
}
