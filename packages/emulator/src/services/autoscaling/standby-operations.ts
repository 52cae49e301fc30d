import type * as client from '@aws-sdk/client-auto-scaling';
import type { Call } from '../../world/call.ts';
import { operation } from '../../world/service.ts';
import { beginActivity, causeTime } from './activities.ts';
import { describeActivity } from './describe-activity.ts';
import { validationError } from './errors.ts';
import { checkGroup, requireGroup } from './group-access.ts';
import { reconcile } from './group-engine.ts';
import { checkSoon } from './health-checks.ts';
import { requireMembers, decrement } from './instance-operations.ts';
import type { Activity, Group, Member } from './state.ts';
import { enterState } from './terminate-member.ts';

// AWS states no figure; without a load balancer to drain it is a matter of seconds.
const moveMs = 5_000;

interface Move {
  readonly group: Group;
  readonly member: Member;
  readonly description: string;
  readonly what: string;
}

/** Moves an instance from one state to another one, as an activity of some seconds. */
function move(
  call: Call,
  { group, member, description, what }: Move,
  end: (member: Member) => void,
): Activity {
  const activity = beginActivity(call, group, {
    cause: `At ${causeTime(call)} instance ${member.instanceId} was ${what} in response to a user request.`,
    description: `${description}: ${member.instanceId}`,
    status: 'InProgress',
    where: { subnetId: undefined, availabilityZone: member.availabilityZone },
  });
  activity.progress = 50;
  call.after(moveMs, `${description} ${member.instanceId}`, () => {
    activity.status = 'Successful';
    activity.progress = 100;
    activity.endedAt = call.date;
    // It may have been terminated in between.
    if (group.members.get(member.instanceId) === member) end(member);
  });
  return activity;
}

function requireState(members: readonly Member[], state: Member['state']): void {
  const other = members.find((member) => member.state !== state);
  if (other) throw validationError(`The instance ${other.instanceId} is not in ${state}.`);
}

export const enterStandby = operation<
  client.EnterStandbyCommandInput,
  Partial<client.EnterStandbyCommandOutput>
>({
  authorize: checkGroup('EnterStandby'),
  run(input, call) {
    const group = requireGroup(call, input.AutoScalingGroupName);
    const members = requireMembers(group, input.InstanceIds);
    requireState(members, 'InService');
    if (input.ShouldDecrementDesiredCapacity === true) decrement(group, members.length);
    const activities = members.map((member) => {
      const activity = move(
        call,
        { group, member, description: 'Moving EC2 instance to Standby', what: 'moved to standby' },
        () => {
          if (member.state === 'EnteringStandby') enterState(call, group, member, 'Standby');
        },
      );
      enterState(call, group, member, 'EnteringStandby');
      return activity;
    });
    reconcile(call, group);
    return { Activities: activities.map((activity) => describeActivity(group, activity)) };
  },
});

/** Source: API Reference, ExitStandby: the desired capacity grows by the instances that come back. */
export const exitStandby = operation<
  client.ExitStandbyCommandInput,
  Partial<client.ExitStandbyCommandOutput>
>({
  authorize: checkGroup('ExitStandby'),
  run(input, call) {
    const group = requireGroup(call, input.AutoScalingGroupName);
    const members = requireMembers(group, input.InstanceIds);
    requireState(members, 'Standby');
    // Source: User Guide, "Suspend and resume processes", the effect on standby instances.
    if (group.suspended.has('Launch'))
      throw validationError(
        'Instances cannot leave Standby while the Launch process is suspended.',
      );
    if (group.desiredCapacity + members.length > group.maxSize)
      throw validationError(
        `The group's maximum size of ${group.maxSize} does not allow ${members.length} more instances in service.`,
      );
    group.desiredCapacity += members.length;
    const activities = members.map((member) => {
      const activity = move(
        call,
        {
          group,
          member,
          description: 'Moving EC2 instance out of Standby',
          what: 'moved out of standby',
        },
        () => {
          if (member.state !== 'Pending') return;
          enterState(call, group, member, 'InService');
          checkSoon(call, group, member);
        },
      );
      enterState(call, group, member, 'Pending');
      return activity;
    });
    reconcile(call, group);
    return { Activities: activities.map((activity) => describeActivity(group, activity)) };
  },
});

export const detachInstances = operation<
  client.DetachInstancesCommandInput,
  Partial<client.DetachInstancesCommandOutput>
>({
  authorize: checkGroup('DetachInstances'),
  run(input, call) {
    const group = requireGroup(call, input.AutoScalingGroupName);
    const members = requireMembers(group, input.InstanceIds);
    const other = members.find(({ state }) => state !== 'InService' && state !== 'Standby');
    if (other) throw validationError(`The instance ${other.instanceId} is not in InService.`);
    const serving = members.filter(({ state }) => state === 'InService').length;
    if (input.ShouldDecrementDesiredCapacity === true) decrement(group, serving);
    const activities = members.map((member) => {
      const activity = move(
        call,
        { group, member, description: 'Detaching EC2 instance', what: 'detached' },
        () => {
          group.members.delete(member.instanceId);
          enterState(call, group, member, 'Detached');
        },
      );
      enterState(call, group, member, 'Detaching');
      return activity;
    });
    reconcile(call, group);
    return { Activities: activities.map((activity) => describeActivity(group, activity)) };
  },
});
