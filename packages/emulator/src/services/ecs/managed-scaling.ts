import { UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import { isAwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import { describeGroup, groupNameOf } from './capacity-provider-groups.ts';
import { liveTasksOf } from './container-instances.ts';
import { ownRole } from './own-role.ts';
import type { CapacityProvider, Cluster, Resources, Task } from './state.ts';

// Source: AWS Containers Blog, "Deep dive on Amazon ECS cluster auto scaling": the metric comes once a minute; one high
// value scales out, fifteen low ones scale in.
const metricMsMin = 60_000;
const metricMsMax = 90_000;
const scaleInAfterMs = 15 * 60 * 1000;

/** Looks at what a capacity provider's group should have once the metric has been taken. */
export function tendScaling(scope: Scope, cluster: Cluster, provider: CapacityProvider): void {
  if (provider.managedScaling.status !== 'ENABLED') return;
  const needed = instancesNeeded(cluster, provider);
  if (provider.pass || needed === provider.lastNeeded) return;
  provider.lastNeeded = needed;
  lookLater(scope, cluster, provider, scope.between('scaling', metricMsMin, metricMsMax));
}

function lookLater(
  scope: Scope,
  cluster: Cluster,
  provider: CapacityProvider,
  delayMs: number,
): void {
  provider.pass = scope.after(delayMs, `managed scaling of ${provider.name}`, async () => {
    provider.pass = undefined;
    try {
      await scale(scope, cluster, provider);
    } catch (error) {
      if (!isAwsError(error)) throw error;
      scope.record('managed-scaling-failed', { provider: provider.name, code: error.code });
    }
  });
}

/**
 * Sets the desired capacity that the target asks for. AWS does it by way of a target tracking policy and its alarms; here
 * ECS does it itself, which comes to the same numbers.
 */
async function scale(scope: Scope, cluster: Cluster, provider: CapacityProvider): Promise<void> {
  const isActive =
    provider.status === 'ACTIVE' && cluster.capacityProviders.includes(provider.name);
  const group = isActive ? await describeGroup(scope, provider.groupArn) : undefined;
  if (!group) return;
  const needed = instancesNeeded(cluster, provider);
  provider.lastNeeded = needed;
  const { targetCapacity, maximumScalingStepSize, minimumScalingStepSize } =
    provider.managedScaling;
  const { MinSize = 0, MaxSize = 0, DesiredCapacity = 0 } = group;
  const wanted = Math.ceil((needed * 100) / (targetCapacity ?? 100));
  const step = Math.max(minimumScalingStepSize ?? 1, wanted - DesiredCapacity);
  const limited =
    wanted > DesiredCapacity
      ? DesiredCapacity + Math.min(step, maximumScalingStepSize ?? step)
      : wanted;
  const next = Math.max(MinSize, Math.min(MaxSize, limited));
  if (next >= DesiredCapacity) provider.lowSince = undefined;
  if (next === DesiredCapacity) return;
  if (next < DesiredCapacity) {
    provider.lowSince ??= scope.now;
    const dueMs = provider.lowSince + scaleInAfterMs - scope.now;
    if (dueMs > 0) {
      lookLater(scope, cluster, provider, dueMs);
      return;
    }
    provider.lowSince = undefined;
  }
  await scope.send(
    new UpdateAutoScalingGroupCommand({
      AutoScalingGroupName: groupNameOf(provider.groupArn),
      DesiredCapacity: next,
    }),
    { as: ownRole(scope) },
  );
  scope.record('managed-scaling', { provider: provider.name, from: DesiredCapacity, to: next });
}

/** Instances that run tasks, and as many as the waiting ones need. Daemon tasks do not count. */
function instancesNeeded(cluster: Cluster, provider: CapacityProvider): number {
  const own = [...cluster.instances.values()].filter(
    ({ capacityProvider, status }) => capacityProvider === provider.name && status === 'ACTIVE',
  );
  const busy = own.filter(({ id }) => [...liveTasksOf(cluster, id)].some((task) => !task.isDaemon));
  const waiting = [...cluster.waiting].flatMap((id) => {
    const task = cluster.tasks.get(id);
    return task?.capacityProvider === provider.name ? [task] : [];
  });
  return busy.length + binsFor(waiting, own[0]?.registered);
}

/** First fit, largest first; where no instance shows the size, one for all. */
function binsFor(tasks: readonly Task[], size: Resources | undefined): number {
  if (tasks.length === 0) return 0;
  if (!size) return 1;
  const bins: { cpu: number; memory: number }[] = [];
  const needs = tasks
    .map(({ definition }) => definition.needs)
    .sort((a, b) => b.memory - a.memory || b.cpu - a.cpu);
  for (const { cpu, memory } of needs) {
    const bin = bins.find((candidate) => candidate.cpu >= cpu && candidate.memory >= memory);
    if (bin) {
      bin.cpu -= cpu;
      bin.memory -= memory;
    } else bins.push({ cpu: size.cpu - cpu, memory: size.memory - memory });
  }
  return bins.length;
}
