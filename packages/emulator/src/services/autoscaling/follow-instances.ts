import type { Scope } from '../../world/scope.ts';
import { instanceChanges } from '../ec2/instance-changes.ts';
import { reconcile } from './group-engine.ts';
import { launchFailures, memberChanges } from './group-watches.ts';
import { checkSoon } from './health-checks.ts';
import { memberDiedAtLaunch, memberRuns } from './launch-member.ts';
import { autoScalingState, type Group, type Member } from './state.ts';
import { isLeaving, memberTerminated } from './terminate-member.ts';

/** The group of an instance, and what it is there. */
export function findMember(
  scope: Scope,
  instanceId: string,
): { readonly group: Group; readonly member: Member } | undefined {
  for (const group of autoScalingState.in(scope).groups.values()) {
    const member = group.members.get(instanceId);
    if (member) return { group, member };
  }
  return undefined;
}

/** Lets the groups of a world follow what EC2 does with their instances. */
export function followInstances(root: Scope): void {
  instanceChanges.follow(root, (where, { id, state }) => {
    const scope = where.at({ service: 'autoscaling' });
    const found = findMember(scope, id);
    if (!found) return;
    const { group, member } = found;
    switch (state) {
      case 'pending':
        return;
      case 'running':
        memberRuns(scope, group, member);
        return;
      case 'shutting-down':
        if (member.state === 'InService') checkSoon(scope, group, member);
        return;
      case 'terminated':
        gone(scope, group, member);
        return;
      default:
        state satisfies never;
    }
  });
  memberChanges.follow(root, (scope, { group }) => {
    if (group.status !== undefined && group.members.size === 0)
      autoScalingState.in(scope).groups.delete(group.name);
    else reconcile(scope, group);
  });
  launchFailures.follow(root, (scope, { group }) => {
    reconcile(scope, group);
  });
}

function gone(scope: Scope, group: Group, member: Member): void {
  // One that comes back from standby is pending too, but that is no launch.
  if (member.state.startsWith('Pending') && member.inServiceAt === undefined)
    memberDiedAtLaunch(scope, group, member);
  else if (member.state === 'Terminating' || member.state === 'Terminating:Proceed')
    memberTerminated(scope, group, member);
  else if (!isLeaving(member)) checkSoon(scope, group, member);
}
