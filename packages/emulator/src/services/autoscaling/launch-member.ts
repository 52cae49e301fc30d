import { RunInstancesCommand, type Instance as Ec2Instance } from '@aws-sdk/client-ec2';
import { AwsError, isAwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import { findInstance } from '../ec2/instances.ts';
import { beginActivity, causeTime, endActivity } from './activities.ts';
import { chooseLocation, type Location } from './choose-instances.ts';
import { launchFailures } from './group-watches.ts';
import { dropWaits, hooksFor, waitAtHooks } from './hook-waits.ts';
import { launchRequest, type LaunchRequest } from './launch-request.ts';
import { locationsOf } from './locations.ts';
import { ownRole, viaAutoScaling } from './service-role.ts';
import { effectiveSource, type Activity, type Group, type Member } from './state.ts';
import { enterState, isLeaving, terminateMember } from './terminate-member.ts';

// AWS states no figures; it tries again by itself, ever less often.
const backOffMsMin = 20_000;
const backOffMsMax = 900_000;

/**
 * Launches one instance as the group now says.
 *
 * @returns whether EC2 took it; a refusal is an activity, an event and the begin of a back-off
 * Source: EC2 Auto Scaling User Guide, "Verify a scaling activity", "Troubleshoot Amazon EC2 Auto Scaling"
 */
export async function launchMember(scope: Scope, group: Group, cause: string): Promise<boolean> {
  const source = effectiveSource(group);
  const staying = [...group.members.values()].filter((member) => !isLeaving(member));
  const location = chooseLocation(locationsOf(scope, group), staying);
  const activity = beginActivity(scope, group, {
    cause,
    description: 'Launching a new EC2 instance',
    status: 'PreInService',
    where: location ?? { subnetId: undefined, availabilityZone: group.availabilityZones[0] ?? '' },
  });
  try {
    if (!location)
      throw new AwsError(
        'ValidationError',
        `The subnet ID '${group.subnetIds.join(',')}' does not exist`,
      );
    const { instance, request } = await run(
      scope,
      group,
      launchRequest(scope, group, source),
      location,
    );
    addMember(scope, group, { instance, request, activity });
    return true;
  } catch (error) {
    if (!isAwsError(error)) throw error;
    const message = `${error.message.replace(/\.?$/, '.')} Launching EC2 instance failed.`;
    endActivity(scope, group, activity, {
      kind: 'Launch',
      failure: message,
      instanceId: undefined,
    });
    noteFailure(scope, group, message);
    return false;
  }
}

/** The first request that EC2 takes; if it takes none, the refusal of the first one counts. */
async function run(
  scope: Scope,
  group: Group,
  requests: readonly LaunchRequest[],
  location: Location,
): Promise<{ readonly instance: Ec2Instance; readonly request: LaunchRequest }> {
  let refusal: AwsError | undefined;
  for (const request of requests) {
    try {
      const { Instances: [instance] = [] } = await scope.send(
        new RunInstancesCommand({
          ...request.input,
          MinCount: 1,
          MaxCount: 1,
          ClientToken: scope.uuid('launch-token'),
          ...(location.subnetId === undefined
            ? { Placement: { AvailabilityZone: location.availabilityZone } }
            : { SubnetId: location.subnetId }),
          TagSpecifications: [{ ResourceType: 'instance', Tags: launchTags(group) }],
        }),
        { as: ownRole(scope), via: viaAutoScaling },
      );
      if (instance) return { instance, request };
    } catch (error) {
      if (!isAwsError(error)) throw error;
      refusal ??= error;
    }
  }
  throw (
    refusal ??
    new AwsError('ValidationError', 'No instance types match the attributes of the group.')
  );
}

/** Source: EC2 Auto Scaling User Guide, "Tag Auto Scaling groups and instances". */
const launchTags = (group: Group): { Key: string; Value: string }[] => [
  { Key: 'aws:autoscaling:groupName', Value: group.name },
  ...[...group.tags.values()]
    .filter(({ propagateAtLaunch }) => propagateAtLaunch)
    .map(({ key, value }) => ({ Key: key, Value: value })),
];

function addMember(
  scope: Scope,
  group: Group,
  given: {
    readonly instance: Ec2Instance;
    readonly request: LaunchRequest;
    readonly activity: Activity;
  },
): void {
  const { instance, request, activity } = given;
  const member: Member = {
    instanceId: instance.InstanceId ?? '',
    state: 'Pending',
    health: 'Healthy',
    isProtectedFromScaleIn: group.newInstancesProtectedFromScaleIn,
    instanceType: instance.InstanceType ?? '',
    availabilityZone: instance.Placement?.AvailabilityZone ?? '',
    launchedFrom: request.launchedFrom,
    launchConfiguration: request.launchConfiguration,
    imageId: instance.ImageId ?? '',
    hasOverriddenImage: request.launchedFrom !== undefined && request.input.ImageId !== undefined,
    launchedAt: scope.now,
    inServiceAt: undefined,
    activity,
    waits: new Map(),
  };
  activity.description = `Launching a new EC2 instance: ${member.instanceId}`;
  activity.progress = 30;
  group.members.set(member.instanceId, member);
  enterState(scope, group, member, 'Pending');
}

/** The next launch from the same source waits; another source is tried at once. */
function noteFailure(scope: Scope, group: Group, message: string): void {
  const source = effectiveSource(group);
  const failures = (group.backOff?.source === source ? group.backOff.failures : 0) + 1;
  const delayMs = Math.min(backOffMsMax, backOffMsMin * 2 ** Math.min(failures - 1, 10));
  group.backOff = { source, failures, until: scope.now + delayMs, isRetryDue: false };
  launchFailures.tell(scope, { group, message });
}

/** EC2 says that a pending instance runs: it goes through the launching hooks, then into service. */
export function memberRuns(scope: Scope, group: Group, member: Member): void {
  if (member.state !== 'Pending') return;
  const hooks = hooksFor(group, 'autoscaling:EC2_INSTANCE_LAUNCHING');
  if (hooks.length === 0) {
    enterService(scope, group, member);
    return;
  }
  if (member.activity) member.activity.status = 'MidLifecycleAction';
  enterState(scope, group, member, 'Pending:Wait');
  waitAtHooks(scope, { group, member, hooks }, (result, reason) => {
    if (result === 'ABANDON') abandon(scope, group, { member, reason });
    else {
      enterState(scope, group, member, 'Pending:Proceed');
      enterService(scope, group, member);
    }
  });
}

/** The launch activity of an instance ends well; instances that come back from standby have none. */
function enterService(scope: Scope, group: Group, member: Member): void {
  const { activity } = member;
  member.activity = undefined;
  member.inServiceAt ??= scope.now;
  group.backOff = undefined;
  if (activity)
    endActivity(scope, group, activity, {
      kind: 'Launch',
      failure: undefined,
      instanceId: member.instanceId,
    });
  enterState(scope, group, member, 'InService');
}

function abandon(
  scope: Scope,
  group: Group,
  { member, reason }: { readonly member: Member; readonly reason: string },
): void {
  failLaunch(scope, group, {
    member,
    message: `Instance failed to complete user's Lifecycle Action: ${reason}`,
    isAbandoned: true,
  });
  terminateMember(scope, group, member, {
    cause: `At ${causeTime(scope)} an instance was taken out of service in response to a launch failure.`,
  });
}

/**
 * EC2 has ended an instance before it came into service.
 *
 * Source of the message: EC2 Auto Scaling User Guide, "Troubleshoot: AMI issues", and users' reports of encrypted
 * volumes whose key cannot be used.
 */
export function memberDiedAtLaunch(scope: Scope, group: Group, member: Member): void {
  const reason = findInstance(scope, member.instanceId)?.stateReason?.message ?? 'unknown';
  dropWaits(member);
  failLaunch(scope, group, {
    member,
    message: `Instance became unhealthy while waiting for instance to be in InService state. Termination Reason: ${reason}`,
  });
  group.members.delete(member.instanceId);
  enterState(scope, group, member, 'Terminated');
}

function failLaunch(
  scope: Scope,
  group: Group,
  {
    member,
    message,
    isAbandoned = false,
  }: { readonly member: Member; readonly message: string; readonly isAbandoned?: boolean },
): void {
  const { activity } = member;
  member.activity = undefined;
  if (activity)
    endActivity(scope, group, activity, {
      kind: 'Launch',
      failure: message,
      instanceId: member.instanceId,
      isAbandoned,
    });
  noteFailure(scope, group, message);
}
