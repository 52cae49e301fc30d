import type * as client from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { onlyModelled } from '../../world/only-modelled.ts';
import { operation } from '../../world/service.ts';
import { causeTime } from './activities.ts';
import { requestContext, sourceMembers } from './create-group.ts';
import { validationError } from './errors.ts';
import { checkGroup, findGroup, groupCheck, requireGroup } from './group-access.ts';
import { reconcile } from './group-engine.ts';
import { readSettings, settingsMembers } from './group-settings.ts';
import { resolveSource, sourceChecks, type SourceInput } from './launch-source.ts';
import { requireLaunchable } from './require-launchable.ts';
import { activeRefresh, autoScalingState, type Group } from './state.ts';
import { terminateMember } from './terminate-member.ts';

export const updateAutoScalingGroup = operation<
  client.UpdateAutoScalingGroupCommandInput,
  Partial<client.UpdateAutoScalingGroupCommandOutput>
>({
  authorize: (input, call) => [
    groupCheck(call, 'UpdateAutoScalingGroup', input.AutoScalingGroupName, requestContext(input)),
    ...sourceChecks(
      call,
      input,
      input.VPCZoneIdentifier?.split(',') ?? findGroup(call, input.AutoScalingGroupName)?.subnetIds,
    ),
  ],
  async run(input, call) {
    onlyModelled(
      input,
      ['AutoScalingGroupName', ...sourceMembers, ...settingsMembers],
      'ValidationError',
    );
    const group = requireAlive(call, input.AutoScalingGroupName);
    const setsSource = sourceMembers.some((member) => input[member] !== undefined);
    if (setsSource && activeRefresh(group)?.desired)
      // Source: EC2 Auto Scaling User Guide, "How an instance refresh works", the error's own text.
      throw validationError(
        'An active instance refresh with a desired configuration exists. All configuration options derived from the desired configuration are not available for update while the instance refresh is active.',
      );
    const settings = readSettings(call, input, group);
    const source = setsSource ? newSource(call, input, group) : group.source;
    if (setsSource) await requireLaunchable(call, { ...settings, name: group.name }, source);
    if (settings.desiredCapacity !== group.desiredCapacity)
      group.pendingCause = `At ${causeTime(call)} a user request update of AutoScalingGroup constraints to min: ${settings.minSize}, max: ${settings.maxSize}, desired: ${settings.desiredCapacity} changing the desired capacity from ${group.desiredCapacity} to ${settings.desiredCapacity}.`;
    Object.assign(group, settings, { source, backOff: undefined });
    reconcile(call, group);
    return {};
  },
});

const newSource = (call: Call, input: SourceInput, group: Group): Group['source'] =>
  resolveSource(call, input, { current: group.source });

/** @throws AwsError ValidationError, also for a group that is being deleted */
export function requireAlive(call: Call, name: string | undefined): Group {
  const group = requireGroup(call, name);
  if (group.status !== undefined)
    // The message is the one users report.
    throw validationError('The AutoScaling group may not be modified while it is pending delete');
  return group;
}

export const setDesiredCapacity = operation<
  client.SetDesiredCapacityCommandInput,
  Partial<client.SetDesiredCapacityCommandOutput>
>({
  authorize: checkGroup('SetDesiredCapacity'),
  run(input, call) {
    const group = requireAlive(call, input.AutoScalingGroupName);
    const wanted = input.DesiredCapacity ?? 0;
    // Messages as users report them.
    if (wanted > group.maxSize)
      throw validationError(
        `New SetDesiredCapacity value ${wanted} is above max value ${group.maxSize} for the AutoScalingGroup.`,
      );
    if (wanted < group.minSize)
      throw validationError(
        `New SetDesiredCapacity value ${wanted} is below min value ${group.minSize} for the AutoScalingGroup.`,
      );
    if (input.HonorCooldown === true)
      throw validationError('HonorCooldown is not modelled by this emulator');
    if (wanted !== group.desiredCapacity)
      group.pendingCause = `At ${causeTime(call)} a user request explicitly set group desired capacity changing the desired capacity from ${group.desiredCapacity} to ${wanted}.`;
    group.desiredCapacity = wanted;
    reconcile(call, group);
    return {};
  },
});

/** Source: API Reference, DeleteAutoScalingGroup: ForceDelete drops outstanding lifecycle actions. */
export const deleteAutoScalingGroup = operation<
  client.DeleteAutoScalingGroupCommandInput,
  Partial<client.DeleteAutoScalingGroupCommandOutput>
>({
  authorize: checkGroup('DeleteAutoScalingGroup'),
  run(input, call) {
    const group = requireGroup(call, input.AutoScalingGroupName);
    const members = [...group.members.values()];
    if (input.ForceDelete !== true) {
      if (members.some(({ state }) => !state.startsWith('Terminating')))
        throw new AwsError(
          'ResourceInUse',
          'You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) still in the group.',
        );
      if (members.length > 0 || group.launching > 0)
        throw new AwsError(
          'ScalingActivityInProgress',
          'You cannot delete an AutoScalingGroup while there are scaling activities in progress for that group.',
        );
    }
    group.status = 'Delete in progress';
    Object.assign(group, { minSize: 0, maxSize: 0, desiredCapacity: 0, surplus: 0 });
    if (members.length === 0) autoScalingState.in(call).groups.delete(group.name);
    const cause = `At ${causeTime(call)} a user request force deleted AutoScalingGroup changing the desired capacity to 0.`;
    for (const member of members) terminateMember(call, group, member, { cause, isForced: true });
    return {};
  },
});
