import type * as client from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { onlyModelled } from '../../world/only-modelled.ts';
import { operation } from '../../world/service.ts';
import { serviceLinkedRole } from '../iam/service-session.ts';
import { findLinkedRole, serviceLinkedRoleCheck } from '../iam/service-linked-roles.ts';
import { causeTime } from './activities.ts';
import { validationError } from './errors.ts';
import { groupArn, groupCheck, requestTags, type Context } from './group-access.ts';
import { reconcile } from './group-engine.ts';
import {
  defaultSettings,
  readSettings,
  settingsMembers,
  type SettingsInput,
} from './group-settings.ts';
import { putTags, readTags } from './group-tags.ts';
import { putHook, readHook } from './hook-input.ts';
import {
  resolveSource,
  sourceChecks,
  specifiedVersion,
  type SourceInput,
} from './launch-source.ts';
import { requireLaunchable } from './require-launchable.ts';
import { autoScalingService } from './service-role.ts';
import { autoScalingState, type Group } from './state.ts';

const groupsMax = 500; // EC2 Auto Scaling User Guide, "Quotas": groups per Region

export const sourceMembers = [
  'LaunchTemplate',
  'MixedInstancesPolicy',
  'LaunchConfigurationName',
] as const satisfies readonly (keyof SourceInput)[];

/** Keys of requests that make or change a group. Source: Service Authorization Reference, EC2 Auto Scaling. */
export const requestContext = (input: SettingsInput & SourceInput): Context => ({
  'autoscaling:MinSize': input.MinSize,
  'autoscaling:MaxSize': input.MaxSize,
  'autoscaling:LaunchConfigurationName': input.LaunchConfigurationName,
  'autoscaling:LaunchTemplateVersionSpecified': specifiedVersion(input),
  'autoscaling:VPCZoneIdentifiers': input.VPCZoneIdentifier?.split(','),
});

/**
 * A new group is judged by the tags that it will have.
 *
 * Source: EC2 Auto Scaling User Guide, "Tags for security", "Launch template support", the sample policies.
 */
const futureTags = (tags: readonly client.Tag[] | undefined): Context =>
  Object.fromEntries(
    (tags ?? []).map(({ Key = '', Value = '' }) => [`autoscaling:ResourceTag/${Key}`, Value]),
  );

export const createAutoScalingGroup = operation<
  client.CreateAutoScalingGroupCommandInput,
  Partial<client.CreateAutoScalingGroupCommandOutput>
>({
  authorize: (input, call) => [
    groupCheck(call, 'CreateAutoScalingGroup', input.AutoScalingGroupName, {
      ...requestContext(input),
      ...requestTags(input.Tags),
      ...futureTags(input.Tags),
    }),
    ...sourceChecks(call, input, input.VPCZoneIdentifier?.split(',')),
    ...(findLinkedRole(call, autoScalingService)
      ? []
      : [serviceLinkedRoleCheck(call, autoScalingService)]),
  ],
  async run(input, call) {
    onlyModelled(
      input,
      [
        'AutoScalingGroupName',
        'Tags',
        'LifecycleHookSpecificationList',
        ...sourceMembers,
        ...settingsMembers,
      ],
      'ValidationError',
    );
    const group = newGroup(call, input);
    await requireLaunchable(call, group, group.source);
    serviceLinkedRole(call, autoScalingService, { create: true });
    autoScalingState.in(call).groups.set(group.name, group);
    reconcile(call, group);
    return {};
  },
});

function newGroup(call: Call, input: client.CreateAutoScalingGroupCommandInput): Group {
  const name = input.AutoScalingGroupName ?? '';
  requireFreeName(call, name);
  const settings = readSettings(call, input, defaultSettings);
  const group: Group = {
    name,
    arn: groupArn(call, call.uuid('group'), name),
    createdAt: call.date,
    ...settings,
    source: resolveSource(call, input),
    serviceLinkedRoleArn: `arn:aws:iam::${call.account}:role/aws-service-role/${autoScalingService}/AWSServiceRoleForAutoScaling`,
    tags: new Map(),
    suspended: new Map(),
    hooks: new Map(),
    members: new Map(),
    activities: [],
    refreshes: [],
    surplus: 0,
    status: undefined,
    launching: 0,
    isBalanceDue: false,
    backOff: undefined,
    pendingCause: `At ${causeTime(call)} a user request created an AutoScalingGroup changing the desired capacity from 0 to ${settings.desiredCapacity}.`,
  };
  putTags(group.tags, readTags(call, input.Tags));
  for (const hook of input.LifecycleHookSpecificationList ?? []) putHook(group, readHook(hook));
  return group;
}

/** Source: API Reference, CreateAutoScalingGroup, AutoScalingGroupName: 1 to 255 ASCII characters without a colon. */
function requireFreeName(call: Call, name: string): void {
  if (!/^[ -9;-~]{1,255}$/.test(name))
    throw validationError(`Invalid Auto Scaling group name: '${name}'`);
  const { groups } = autoScalingState.in(call);
  if (groups.has(name))
    throw new AwsError(
      'AlreadyExists',
      `AutoScalingGroup by this name already exists - A group with the name ${name} already exists`,
    );
  if (groups.size >= groupsMax)
    throw new AwsError('LimitExceeded', 'You have exceeded your limit of Auto Scaling groups.');
}
