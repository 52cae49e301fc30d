import type * as client from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { onlyModelled } from '../../world/only-modelled.ts';
import { numericKey, paginate } from '../../world/paging.ts';
import { operation, type Operation } from '../../world/service.ts';
import { checkGroup, requireGroup } from './group-access.ts';
import { checkPageSize } from './list-limits.ts';
import { describeRefresh } from './refresh-describe.ts';
import { cancelRefresh, rollBackRefresh } from './refresh-engine.ts';
import { rollbackObstacle } from './refresh-reversible.ts';
import { isCurrent, refreshRuns, type RefreshRun } from './refresh-run.ts';
import { startInstanceRefresh } from './refresh-start.ts';

export { startRefreshes } from './refresh-engine.ts';

const describePageMax = 100; // API Reference, DescribeInstanceRefreshes, MaxRecords: default 50, maximum 100
const describePageDefault = 50;
const historyMs = 42 * 86_400_000; // API Reference, DescribeInstanceRefreshes: the previous six weeks

const describeInstanceRefreshes = operation<
  client.DescribeInstanceRefreshesCommandInput,
  Partial<client.DescribeInstanceRefreshesCommandOutput>
>({
  // Describe actions have no resource-level permissions.
  authorize: () => ({ action: 'autoscaling:DescribeInstanceRefreshes', resource: '*' }),
  run(input, call) {
    const { InstanceRefreshIds: ids = [], MaxRecords: size = describePageDefault } = input;
    const group = requireGroup(call, input.AutoScalingGroupName);
    checkPageSize(size, describePageMax);
    // Newest first; what is begun between two pages does not move the others.
    const newestKey = 1_000_000;
    const shown = group.refreshes
      .map((refresh, index) => ({ refresh, key: newestKey - (group.refreshes.length - index) }))
      .filter(
        ({ refresh }) =>
          (ids.length === 0 || ids.includes(refresh.id)) &&
          refresh.startedAt.getTime() >= call.now - historyMs,
      );
    const page = paginate(call, shown, {
      keyOf: ({ key }) => numericKey(key),
      token: input.NextToken,
      size,
      sizeMax: describePageMax,
      invalidToken: 'InvalidNextToken',
    });
    return {
      InstanceRefreshes: page.items.map(({ refresh }) => describeRefresh(group, refresh)),
      NextToken: page.nextToken,
    };
  },
});

const cancelInstanceRefresh = operation<
  client.CancelInstanceRefreshCommandInput,
  Partial<client.CancelInstanceRefreshCommandOutput>
>({
  authorize: checkGroup('CancelInstanceRefresh'),
  run(input, call) {
    onlyModelled(
      input,
      ['AutoScalingGroupName', 'WaitForTransitioningInstances'],
      'ValidationError',
    );
    const run = requireActive(call, input.AutoScalingGroupName);
    cancelRefresh(call, run, input.WaitForTransitioningInstances ?? true);
    return { InstanceRefreshId: run.refresh.id };
  },
});

/** Source: API Reference, RollbackInstanceRefresh. */
const rollbackInstanceRefresh = operation<
  client.RollbackInstanceRefreshCommandInput,
  Partial<client.RollbackInstanceRefreshCommandOutput>
>({
  authorize: checkGroup('RollbackInstanceRefresh'),
  run(input, call) {
    const run = requireActive(call, input.AutoScalingGroupName);
    const obstacle = obstacleTo(call, run);
    if (obstacle !== undefined)
      throw new AwsError(
        'IrreversibleInstanceRefresh',
        `The instance refresh cannot be rolled back: ${obstacle}`,
      );
    rollBackRefresh(call, run);
    return { InstanceRefreshId: run.refresh.id };
  },
});

function obstacleTo(call: Call, { refresh }: RefreshRun): string | undefined {
  if (!refresh.desired) return 'it has no desired configuration.';
  if (refresh.status === 'RollbackInProgress' || refresh.status === 'Cancelling')
    return `its status is ${refresh.status}.`;
  if (refresh.status === 'Baking' && call.world.settings.rollbackWhileBaking === 'refused')
    return 'its status is Baking.';
  return rollbackObstacle(call, refresh.previous);
}

/** @throws AwsError ActiveInstanceRefreshNotFound */
function requireActive(call: Call, name: string | undefined): RefreshRun {
  const group = requireGroup(call, name);
  const run = refreshRuns.in(call).runs.get(group.arn);
  if (!run || !isCurrent(call, run))
    throw new AwsError(
      'ActiveInstanceRefreshNotFound',
      `No in progress or pending Instance Refresh found for Auto Scaling group ${group.name}`,
    );
  return run;
}

/** Instance refresh of Auto Scaling groups. */
export const refreshOperations: Readonly<Record<string, Operation>> = {
  CancelInstanceRefresh: cancelInstanceRefresh,
  DescribeInstanceRefreshes: describeInstanceRefreshes,
  RollbackInstanceRefresh: rollbackInstanceRefresh,
  StartInstanceRefresh: startInstanceRefresh,
};
