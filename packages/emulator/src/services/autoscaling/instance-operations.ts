import type * as client from '@aws-sdk/client-auto-scaling';
import type { Call } from '../../world/call.ts';
import type { Scope } from '../../world/scope.ts';
import { operation, type AccessCheck } from '../../world/service.ts';
import { causeTime } from './activities.ts';
import { describeActivity } from './describe-activity.ts';
import { instanceNotFound, unmodelled, validationError } from './errors.ts';
import { findMember } from './follow-instances.ts';
import { checkGroup, groupCheck, requireGroup } from './group-access.ts';
import { reconcile } from './group-engine.ts';
import { memberChanges } from './group-watches.ts';
import { checkSoon } from './health-checks.ts';
import { checkListLength } from './list-limits.ts';
import type { Group, Member } from './state.ts';
import { isLeaving, terminateMember } from './terminate-member.ts';

export interface Found {
  readonly group: Group;
  readonly member: Member;
}

/** @throws AwsError ValidationError */
function requireMember(scope: Scope, instanceId: string | undefined): Found {
  const found = findMember(scope, instanceId ?? '');
  if (!found) throw instanceNotFound(instanceId ?? '');
  return found;
}

/** The check on the group that an instance is in. */
const checkInstance =
  (action: string) =>
  (input: { readonly InstanceId?: string | undefined }, call: Call): AccessCheck =>
    groupCheck(call, action, findMember(call, input.InstanceId ?? '')?.group.name ?? '*');

// API Reference, InstanceIds of DetachInstances, EnterStandby and ExitStandby; SetInstanceProtection
const movedMax = 20;
const protectedMax = 50;

/**
 * The instances of a group that a request names.
 *
 * @throws AwsError ValidationError for one that is not in the group, or for too many
 */
export function requireMembers(
  group: Group,
  ids: readonly string[] | undefined,
  idsMax: number = movedMax,
): readonly Member[] {
  if (!ids || ids.length === 0) throw validationError('Instance IDs are required.');
  checkListLength('InstanceIds', ids, idsMax);
  return ids.map((id) => {
    const member = group.members.get(id);
    if (!member)
      throw validationError(`The instance ${id} is not part of Auto Scaling group ${group.name}.`);
    return member;
  });
}

/**
 * Source: API Reference, TerminateInstanceInAutoScalingGroup; protected instances can be terminated so. The message of
 * the refusal is the one users report.
 */
export const terminateInstanceInAutoScalingGroup = operation<
  client.TerminateInstanceInAutoScalingGroupCommandInput,
  Partial<client.TerminateInstanceInAutoScalingGroupCommandOutput>
>({
  authorize: checkInstance('TerminateInstanceInAutoScalingGroup'),
  run(input, call) {
    if (input.InstanceIds !== undefined) throw unmodelled('InstanceIds');
    if (input.AutoScalingGroupName !== undefined) throw unmodelled('AutoScalingGroupName');
    const { group, member } = requireMember(call, input.InstanceId);
    if (isLeaving(member))
      throw validationError(
        `Instance ${member.instanceId} is in ${member.state} state and cannot be terminated.`,
      );
    const decrements = input.ShouldDecrementDesiredCapacity === true;
    const from = group.desiredCapacity;
    if (decrements) decrement(group, 1);
    terminateMember(call, group, member, {
      cause: `At ${causeTime(call)} instance ${member.instanceId} was taken out of service in response to a user request${decrements ? `, shrinking the capacity from ${from} to ${group.desiredCapacity}` : ''}.`,
    });
    reconcile(call, group);
    return { Activity: member.activity && describeActivity(group, member.activity) };
  },
});

/** @throws AwsError ValidationError below the group's minimum; the message is the one users report */
export function decrement(group: Group, count: number): void {
  if (group.desiredCapacity - count < group.minSize)
    throw validationError(
      `Currently, desiredSize equals minSize (${group.minSize}). Terminating instance without replacement will violate group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower group's min size.`,
    );
  group.desiredCapacity -= count;
}

export const setInstanceProtection = operation<
  client.SetInstanceProtectionCommandInput,
  Partial<client.SetInstanceProtectionCommandOutput>
>({
  authorize: checkGroup('SetInstanceProtection'),
  run(input, call) {
    const group = requireGroup(call, input.AutoScalingGroupName);
    const members = requireMembers(group, input.InstanceIds, protectedMax);
    for (const member of members)
      if (isLeaving(member))
        throw validationError(
          `The instance ${member.instanceId} is not in InService, EnteringStandby or Standby.`,
        );
    for (const member of members) {
      member.isProtectedFromScaleIn = input.ProtectedFromScaleIn === true;
      memberChanges.tell(call, { group, member });
    }
    return {};
  },
});

/** Source: API Reference, SetInstanceHealth: the grace period counts unless the request says otherwise. */
export const setInstanceHealth = operation<
  client.SetInstanceHealthCommandInput,
  Partial<client.SetInstanceHealthCommandOutput>
>({
  authorize: checkInstance('SetInstanceHealth'),
  run(input, call) {
    const { group, member } = requireMember(call, input.InstanceId);
    const health = input.HealthStatus;
    if (health !== 'Healthy' && health !== 'Unhealthy')
      throw validationError(`Invalid health status ${health ?? ''}: Healthy or Unhealthy`);
    const graceEndsAt =
      (member.inServiceAt ?? call.now) + group.healthCheckGracePeriodSeconds * 1000;
    const isInGrace = input.ShouldRespectGracePeriod !== false && call.now < graceEndsAt;
    if (health === 'Unhealthy' && isInGrace) return {};
    member.health = health;
    memberChanges.tell(call, { group, member });
    if (health === 'Unhealthy') checkSoon(call, group, member);
    return {};
  },
});
