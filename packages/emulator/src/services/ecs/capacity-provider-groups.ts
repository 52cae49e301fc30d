import {
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
  type AutoScalingGroup,
} from '@aws-sdk/client-auto-scaling';
import type { Scope } from '../../world/scope.ts';
import { ownRole } from './own-role.ts';
import { ecsState, type CapacityProvider, type Cluster } from './state.ts';

/** `…autoScalingGroup:<id>:autoScalingGroupName/<name>`, or the name itself, which ECS takes as well. */
export const groupNameOf = (arnOrName: string): string =>
  arnOrName.split(':autoScalingGroupName/').at(-1) ?? '';

/**
 * The Auto Scaling group of a capacity provider as ECS sees it.
 *
 * @throws AwsError when ECS may not look
 */
export async function describeGroup(
  scope: Scope,
  arnOrName: string,
): Promise<AutoScalingGroup | undefined> {
  const { AutoScalingGroups = [] } = await scope.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [groupNameOf(arnOrName)] }),
    { as: ownRole(scope) },
  );
  return AutoScalingGroups[0];
}

/** The active capacity providers of a cluster. */
export const providersOf = (scope: Scope, cluster: Cluster): readonly CapacityProvider[] =>
  cluster.capacityProviders.flatMap((name) => {
    const found = ecsState.in(scope).capacityProviders.get(name);
    return found?.status === 'ACTIVE' ? [found] : [];
  });

/**
 * The capacity provider whose group an instance belongs to when it registers.
 *
 * Source: ECS Developer Guide, "Amazon ECS capacity providers for EC2": instances that were registered before the group
 * had its capacity provider may not be associated with it; here they never are
 */
export async function providerOfInstance(
  scope: Scope,
  cluster: Cluster,
  instanceId: string,
): Promise<string | undefined> {
  const providers = providersOf(scope, cluster);
  if (providers.length === 0) return undefined;
  const { AutoScalingInstances = [] } = await scope.send(
    new DescribeAutoScalingInstancesCommand({ InstanceIds: [instanceId] }),
    { as: ownRole(scope) },
  );
  const groupName = AutoScalingInstances[0]?.AutoScalingGroupName;
  return providers.find(({ groupArn }) => groupNameOf(groupArn) === groupName)?.name;
}
