import type { InstanceRefreshStatus } from '@aws-sdk/client-auto-scaling';
import type { Scope } from '../../world/scope.ts';
import { publishServiceEvent } from '../events/publish.ts';
import type { Group, Refresh } from './state.ts';

/** Source: EC2 Auto Scaling User Guide, "Check the status of an instance refresh". */
const next: Readonly<Record<InstanceRefreshStatus, readonly InstanceRefreshStatus[]>> = {
  Pending: ['InProgress', 'Cancelling', 'RollbackInProgress'],
  InProgress: ['Baking', 'Successful', 'Failed', 'Cancelling', 'RollbackInProgress'],
  Baking: ['Successful', 'Failed', 'Cancelling', 'RollbackInProgress'],
  RollbackInProgress: ['RollbackSuccessful', 'RollbackFailed', 'Cancelling'],
  Cancelling: ['Cancelled'],
  Successful: [],
  Failed: [],
  Cancelled: [],
  RollbackSuccessful: [],
  RollbackFailed: [],
};

/** Source: EC2 Auto Scaling User Guide, "Instance refresh events"; entering `Cancelling` sends none. */
const eventNames: Readonly<Partial<Record<InstanceRefreshStatus, string>>> = {
  InProgress: 'Started',
  Successful: 'Succeeded',
  Failed: 'Failed',
  Cancelled: 'Cancelled',
  Baking: 'Started Baking',
  RollbackInProgress: 'Rollback Started',
  RollbackSuccessful: 'Rollback Succeeded',
  RollbackFailed: 'Rollback Failed',
};

const isTerminal = (status: InstanceRefreshStatus): boolean => next[status].length === 0;

/**
 * Gives a refresh its next status and tells EventBridge.
 *
 * @throws TypeError for a transition that AWS does not make
 */
export function enterStatus(
  scope: Scope,
  group: Group,
  refresh: Refresh,
  change: { readonly status: InstanceRefreshStatus; readonly reason?: string },
): void {
  const { status, reason } = change;
  if (!next[refresh.status].includes(status))
    throw new TypeError(`an instance refresh does not go from ${refresh.status} to ${status}`);
  scope.record('instance-refresh-status', {
    group: group.name,
    refresh: refresh.id,
    from: refresh.status,
    to: status,
    ...(reason === undefined ? {} : { reason }),
  });
  refresh.status = status;
  refresh.statusReason = reason;
  if (isTerminal(status)) refresh.endedAt = scope.date;
  const name = eventNames[status];
  if (name !== undefined) publishRefreshEvent(scope, group, refresh, { name });
}

/**
 * Sends one of a refresh's events.
 *
 * Source: EC2 Auto Scaling User Guide, "Instance refresh events": source `aws.autoscaling`, the group's ARN as resource.
 *
 * @param event.detail members beside the two that every event has; AWS gives numbers as strings
 */
export function publishRefreshEvent(
  scope: Scope,
  group: Group,
  refresh: Refresh,
  event: { readonly name: string; readonly detail?: Readonly<Record<string, string>> },
): void {
  publishServiceEvent(scope, {
    source: 'aws.autoscaling',
    detailType: `EC2 Auto Scaling Instance Refresh ${event.name}`,
    resources: [group.arn],
    detail: {
      InstanceRefreshId: refresh.id,
      AutoScalingGroupName: group.name,
      ...event.detail,
    },
  });
}
