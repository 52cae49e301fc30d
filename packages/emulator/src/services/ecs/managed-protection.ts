import { SetInstanceProtectionCommand } from '@aws-sdk/client-auto-scaling';
import { isAwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import { groupNameOf } from './capacity-provider-groups.ts';
import { liveTasksOf } from './container-instances.ts';
import { ownRole } from './own-role.ts';
import type { CapacityProvider, Cluster, ContainerInstance } from './state.ts';

const perCallMax = 50; // EC2 Auto Scaling API Reference, SetInstanceProtection: up to 50 instances

/**
 * Protects instances with tasks from scale-in and takes the protection off the others.
 *
 * Source: ECS Developer Guide, "Control the instances Amazon ECS terminates": daemon tasks do not count
 */
export async function tendProtection(
  scope: Scope,
  cluster: Cluster,
  provider: CapacityProvider,
): Promise<void> {
  if (provider.managedTerminationProtection !== 'ENABLED') return;
  const changes = new Map<boolean, ContainerInstance[]>();
  for (const instance of cluster.instances.values()) {
    if (instance.capacityProvider !== provider.name || instance.status !== 'ACTIVE') continue;
    const isBusy = [...liveTasksOf(cluster, instance.id)].some(({ isDaemon }) => !isDaemon);
    if (instance.protectionWanted === isBusy) continue;
    changes.set(isBusy, [...(changes.get(isBusy) ?? []), instance]);
  }
  for (const [wanted, instances] of changes)
    for (let from = 0; from < instances.length; from += perCallMax)
      await setProtection(scope, provider, wanted, instances.slice(from, from + perCallMax));
}

async function setProtection(
  scope: Scope,
  provider: CapacityProvider,
  wanted: boolean,
  instances: readonly ContainerInstance[],
): Promise<void> {
  try {
    await scope.send(
      new SetInstanceProtectionCommand({
        AutoScalingGroupName: groupNameOf(provider.groupArn),
        InstanceIds: instances.map(({ ec2InstanceId }) => ec2InstanceId),
        ProtectedFromScaleIn: wanted,
      }),
      { as: ownRole(scope) },
    );
    for (const instance of instances) instance.protectionWanted = wanted;
  } catch (error) {
    if (!isAwsError(error)) throw error;
    // One instance that is not in service yet, or not any more, fails them all.
    scope.record('managed-protection-failed', { provider: provider.name, code: error.code });
    const [first, ...others] = instances;
    if (!first || others.length === 0) return;
    for (const instance of instances) await setProtection(scope, provider, wanted, [instance]);
  }
}
