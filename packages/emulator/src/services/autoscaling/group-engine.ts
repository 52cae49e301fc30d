import type { Scope } from '../../world/scope.ts';
import { causeTime } from './activities.ts';
import { chooseVictims } from './choose-instances.ts';
import { launchMember } from './launch-member.ts';
import { wakeRefresh } from './refresh-run.ts';
import { autoScalingState, effectiveSource, type Group, type Member } from './state.ts';
import { isLeaving, terminateMember } from './terminate-member.ts';

export { launchFailures, lifecycleActions, memberChanges } from './group-watches.ts';
export { requireLaunchable } from './require-launchable.ts';
export { describeSource, isOnSource, resolveSource, sourceChecks } from './launch-source.ts';
export { terminateMember } from './terminate-member.ts';

// AWS states no figures; a change of numbers shows as an activity within seconds.
const balanceMsMin = 1_000;
const balanceMsMax = 5_000;

/** Instances that fill places of the desired capacity. Source: User Guide, "Temporarily remove instances": standby ones do not. */
export const holdsPlace = (member: Member): boolean =>
  !isLeaving(member) && member.state !== 'Standby' && member.state !== 'EnteringStandby';

const isThere = (scope: Scope, group: Group): boolean =>
  autoScalingState.in(scope).groups.get(group.name) === group;

/**
 * Sees to it that a group has as many instances as it should have. Call it after anything that changes numbers; what
 * has to be done is done a few seconds later, once for all calls until then.
 */
export function reconcile(scope: Scope, group: Group): void {
  if (group.isBalanceDue) return;
  group.isBalanceDue = true;
  const place = scope.at({ service: 'autoscaling' });
  const delayMs = place.between('balance', balanceMsMin, balanceMsMax);
  place.after(delayMs, `balance ${group.name}`, async () => {
    group.isBalanceDue = false;
    await balance(place, group);
    wakeRefresh(place, group);
  });
}

async function balance(scope: Scope, group: Group): Promise<void> {
  if (!isThere(scope, group) || group.status !== undefined) return;
  const members = [...group.members.values()].filter(holdsPlace);
  const lacking = group.desiredCapacity + group.surplus - members.length - group.launching;
  if (lacking > 0) await scaleOut(scope, group, lacking);
  else if (lacking < 0) scaleIn(scope, group, members, -lacking);
  else group.pendingCause = undefined;
}

/** One refused launch ends the attempt: the others would be refused for the same reason. */
async function scaleOut(scope: Scope, group: Group, count: number): Promise<void> {
  if (group.suspended.has('Launch')) return;
  const { backOff } = group;
  if (backOff?.source === effectiveSource(group) && backOff.until > scope.now) {
    if (backOff.isRetryDue) return;
    backOff.isRetryDue = true;
    scope.after(backOff.until - scope.now, `retry ${group.name}`, () => {
      reconcile(scope, group);
    });
    return;
  }
  const before = [...group.members.values()].filter(holdsPlace).length;
  const cause = causeOf(
    scope,
    group,
    `an instance was started in response to a difference between desired and actual capacity, increasing the capacity from ${before} to ${before + count}.`,
  );
  group.launching += count;
  let open = count;
  try {
    for (; open > 0; open -= 1) {
      // What is launched is a member when the call returns; it must not count twice in between.
      if (!(await launchMember(scope, group, cause))) break;
      group.launching -= 1;
    }
  } finally {
    group.launching -= open;
  }
  reconcile(scope, group);
}

function scaleIn(scope: Scope, group: Group, members: readonly Member[], count: number): void {
  if (group.suspended.has('Terminate')) return;
  const victims = chooseVictims(members, count, group.terminationPolicies);
  if (victims.length === 0) return;
  const cause = causeOf(
    scope,
    group,
    `an instance was taken out of service in response to a difference between desired and actual capacity, shrinking the capacity from ${members.length} to ${members.length - victims.length}.`,
  );
  for (const member of victims)
    terminateMember(scope, group, member, {
      cause: `${cause}  At ${causeTime(scope)} instance ${member.instanceId} was selected for termination.`,
    });
}

/** Source: users' reports of causes: first what was asked for, then what the group does about it. */
function causeOf(scope: Scope, group: Group, what: string): string {
  const asked = group.pendingCause;
  group.pendingCause = undefined;
  return [...(asked === undefined ? [] : [asked]), `At ${causeTime(scope)} ${what}`].join('  ');
}
