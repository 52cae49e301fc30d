import { TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { isAwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import { findInstance } from '../ec2/instances.ts';
import { beginActivity, endActivity } from './activities.ts';
import { memberChanges } from './group-watches.ts';
import { dropWaits, hooksFor, waitAtHooks } from './hook-waits.ts';
import { ownRole, viaAutoScaling } from './service-role.ts';
import type { Activity, Group, Member, MemberState } from './state.ts';

// AWS states no figure; EC2's own refusals (throttling, a missing role) are tried again within minutes.
const retryMs = 60_000;

export function enterState(scope: Scope, group: Group, member: Member, state: MemberState): void {
  member.state = state;
  scope.record('member', { group: group.name, instanceId: member.instanceId, state });
  memberChanges.tell(scope, { group, member });
}

const leaving: readonly MemberState[] = [
  'Terminating',
  'Terminating:Wait',
  'Terminating:Proceed',
  'Terminated',
  'Detaching',
  'Detached',
];

export const isLeaving = ({ state }: Member): boolean => leaving.includes(state);

/**
 * Takes an instance out of service and terminates it, by way of the group's termination hooks where it had come into
 * service. The group keeps its target, so that its numbers are made good afterwards. An instance that is on its way
 * out already is left alone.
 *
 * @param options.cause the whole sentence for the activity, e.g. `At ... an instance was taken out of service ...`
 * @param options.isForced without hooks, as when a group is deleted with its instances
 * Source: EC2 Auto Scaling User Guide, "Instance lifecycle", "How lifecycle hooks work": whatever the result of a
 * termination hook, the instance is terminated.
 */
export function terminateMember(
  scope: Scope,
  group: Group,
  member: Member,
  options: { readonly cause: string; readonly isForced?: boolean },
): void {
  if (options.isForced === true && isLeaving(member)) {
    if (member.state !== 'Terminating:Wait') return;
    dropWaits(member);
    enterState(scope, group, member, 'Terminating:Proceed');
    proceed(scope, group, member);
    return;
  }
  if (isLeaving(member)) return;
  dropWaits(member);
  if (member.activity)
    Object.assign(member.activity, { status: 'Cancelled', progress: 100, endedAt: scope.date });
  member.activity = beginTermination(scope, group, member, options.cause);
  enterState(scope, group, member, 'Terminating');
  const hooks =
    options.isForced === true || member.inServiceAt === undefined
      ? []
      : hooksFor(group, 'autoscaling:EC2_INSTANCE_TERMINATING');
  if (hooks.length === 0) {
    proceed(scope, group, member);
    return;
  }
  member.activity.status = 'MidLifecycleAction';
  enterState(scope, group, member, 'Terminating:Wait');
  waitAtHooks(scope, { group, member, hooks }, () => {
    enterState(scope, group, member, 'Terminating:Proceed');
    proceed(scope, group, member);
  });
}

const beginTermination = (scope: Scope, group: Group, member: Member, cause: string): Activity =>
  beginActivity(scope, group, {
    cause,
    description: `Terminating EC2 instance: ${member.instanceId}`,
    status: 'InProgress',
    where: {
      subnetId: findInstance(scope, member.instanceId)?.subnetId,
      availabilityZone: member.availabilityZone,
    },
  });

function proceed(scope: Scope, group: Group, member: Member): void {
  const place = scope.at({});
  place.after(0, `terminate ${member.instanceId}`, () => terminate(place, group, member));
}

async function terminate(scope: Scope, group: Group, member: Member): Promise<void> {
  try {
    await scope.send(new TerminateInstancesCommand({ InstanceIds: [member.instanceId] }), {
      as: ownRole(scope),
      via: viaAutoScaling,
    });
  } catch (error) {
    if (!isAwsError(error)) throw error;
    if (error.code !== 'InvalidInstanceID.NotFound') {
      retry(scope, group, { member, message: error.message });
      return;
    }
  }
  const instance = findInstance(scope, member.instanceId);
  if (!instance || instance.state === 'terminated') memberTerminated(scope, group, member);
}

function retry(
  scope: Scope,
  group: Group,
  { member, message }: { readonly member: Member; readonly message: string },
): void {
  const { activity } = member;
  if (activity)
    endActivity(scope, group, activity, {
      kind: 'Terminate',
      failure: message,
      instanceId: member.instanceId,
    });
  scope.after(retryMs, `terminate ${member.instanceId} again`, () => {
    if (group.members.get(member.instanceId) !== member) return undefined;
    member.activity = beginTermination(scope, group, member, activity?.cause ?? '');
    return terminate(scope, group, member);
  });
}

/** EC2 has terminated an instance that was on its way out: it is no member any more. */
export function memberTerminated(scope: Scope, group: Group, member: Member): void {
  if (group.members.get(member.instanceId) !== member) return;
  dropWaits(member);
  group.members.delete(member.instanceId);
  if (member.activity)
    endActivity(scope, group, member.activity, {
      kind: 'Terminate',
      failure: undefined,
      instanceId: member.instanceId,
    });
  enterState(scope, group, member, 'Terminated');
}
