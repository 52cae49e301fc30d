import type { Scope } from '../../world/scope.ts';
import { findInstance } from '../ec2/instances.ts';
import { causeTime } from './activities.ts';
import { memberChanges } from './group-watches.ts';
import type { Group, Member } from './state.ts';
import { terminateMember } from './terminate-member.ts';

// AWS checks periodically and states no figure; users see minutes at most.
const checkMsMin = 10_000;
const checkMsMax = 60_000;

const runs = (scope: Scope, member: Member): boolean =>
  findInstance(scope, member.instanceId)?.state === 'running';

/** Looks at an instance at the next health check. */
export function checkSoon(scope: Scope, group: Group, member: Member): void {
  const place = scope.at({});
  const delayMs = place.between('health-check', checkMsMin, checkMsMax);
  place.after(delayMs, `health of ${member.instanceId}`, () => {
    check(place, group, member);
  });
}

/**
 * One health check: an instance that does not run is unhealthy, an unhealthy one is replaced.
 *
 * Source: EC2 Auto Scaling User Guide, "Health checks", "Suspend and resume processes": instances in standby are not
 * checked.
 */
function check(scope: Scope, group: Group, member: Member): void {
  if (group.members.get(member.instanceId) !== member || member.state !== 'InService') return;
  const isDead = !runs(scope, member);
  if (isDead && member.health === 'Healthy' && !group.suspended.has('HealthCheck')) {
    member.health = 'Unhealthy';
    memberChanges.tell(scope, { group, member });
  }
  if (member.health === 'Healthy') return;
  if (group.suspended.has('ReplaceUnhealthy') || group.suspended.has('Terminate')) return;
  const reason = isDead
    ? 'an EC2 health check indicating it has been terminated or stopped.'
    : 'a user health-check.';
  terminateMember(scope, group, member, {
    cause: `At ${causeTime(scope)} an instance was taken out of service in response to ${reason}`,
  });
}

/** Whatever was left undone while a process was suspended. */
export function checkAll(scope: Scope, group: Group): void {
  for (const member of group.members.values())
    if (member.health === 'Unhealthy' || !runs(scope, member)) checkSoon(scope, group, member);
}
