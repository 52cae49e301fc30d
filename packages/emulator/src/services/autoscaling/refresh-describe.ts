import type { InstanceRefresh } from '@aws-sdk/client-auto-scaling';
import { describeSource } from './launch-source.ts';
import type { Group, LaunchSource, Refresh } from './state.ts';

/**
 * A refresh as DescribeInstanceRefreshes shows it. Progress details come only with a warm pool, which no group has here.
 *
 * Source: API Reference, InstanceRefresh.
 */
export function describeRefresh(group: Group, refresh: Refresh): InstanceRefresh {
  const { rollback, desired } = refresh;
  return {
    InstanceRefreshId: refresh.id,
    AutoScalingGroupName: group.name,
    Status: refresh.status,
    StatusReason: refresh.statusReason,
    StartTime: refresh.startedAt,
    EndTime: refresh.endedAt,
    PercentageComplete: refresh.percentageComplete,
    InstancesToUpdate: refresh.instancesToUpdate,
    Preferences: refresh.preferences,
    DesiredConfiguration: desired && describeDesired(desired),
    RollbackDetails: rollback && {
      RollbackReason: rollback.reason,
      RollbackStartTime: rollback.startedAt,
      PercentageCompleteOnRollback: rollback.percentageComplete,
      InstancesToUpdateOnRollback: rollback.instancesToUpdate,
    },
    Strategy: 'Rolling',
  };
}

function describeDesired(desired: LaunchSource): InstanceRefresh['DesiredConfiguration'] {
  const { LaunchTemplate, MixedInstancesPolicy } = describeSource(desired);
  return { LaunchTemplate, MixedInstancesPolicy };
}
