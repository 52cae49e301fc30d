import type * as client from '@aws-sdk/client-auto-scaling';
import { paginate } from '../../world/paging.ts';
import { operation } from '../../world/service.ts';
import { validationError } from './errors.ts';
import { describeSource } from './launch-source.ts';
import { checkListLength, checkPageSize } from './list-limits.ts';
import { autoScalingState, type Group, type Member } from './state.ts';

const groupPageMax = 100; // API Reference, DescribeAutoScalingGroups, MaxRecords: default 50, maximum 100
const groupPageDefault = 50;
const instancePageMax = 50; // API Reference, DescribeAutoScalingInstances, MaxRecords: default and maximum 50
const instanceIdsMax = 50; // API Reference, DescribeAutoScalingInstances, InstanceIds

export const describeAutoScalingGroups = operation<
  client.DescribeAutoScalingGroupsCommandInput,
  Partial<client.DescribeAutoScalingGroupsCommandOutput>
>({
  // Describe actions have no resource-level permissions.
  authorize: () => ({ action: 'autoscaling:DescribeAutoScalingGroups', resource: '*' }),
  run(input, call) {
    const names = input.AutoScalingGroupNames ?? [];
    checkPageSize(input.MaxRecords, groupPageMax);
    // API Reference, DescribeAutoScalingGroups: up to 50 names, or as many as MaxRecords says.
    checkListLength('AutoScalingGroupNames', names, input.MaxRecords ?? groupPageDefault);
    const found = [...autoScalingState.in(call).groups.values()].filter(
      (group) =>
        (names.length === 0 || names.includes(group.name)) &&
        (input.Filters ?? []).every((filter) => passes(group, filter)),
    );
    const page = paginate(call, found, {
      keyOf: ({ name }) => name,
      token: input.NextToken,
      size: input.MaxRecords ?? groupPageDefault,
      sizeMax: groupPageMax,
      invalidToken: 'InvalidNextToken',
    });
    return {
      AutoScalingGroups: page.items.map((group) =>
        describeGroup(group, { hasInstances: input.IncludeInstances !== false }),
      ),
      NextToken: page.nextToken,
    };
  },
});

/** Source: API Reference, DescribeAutoScalingGroups, Filters. */
function passes(group: Group, { Name: name = '', Values: values = [] }: client.Filter): boolean {
  const tags = [...group.tags.values()];
  if (name === 'tag-key') return tags.some(({ key }) => values.includes(key));
  if (name === 'tag-value') return tags.some(({ value }) => values.includes(value));
  if (!name.startsWith('tag:')) throw validationError(`Filter type ${name} is not correct`);
  const tag = group.tags.get(name.slice('tag:'.length));
  return tag !== undefined && values.includes(tag.value);
}

function describeGroup(
  group: Group,
  { hasInstances }: { readonly hasInstances: boolean },
): client.AutoScalingGroup {
  const policy = group.instanceMaintenancePolicy;
  return {
    AutoScalingGroupName: group.name,
    AutoScalingGroupARN: group.arn,
    ...describeSource(group.source),
    MinSize: group.minSize,
    MaxSize: group.maxSize,
    DesiredCapacity: group.desiredCapacity,
    DefaultCooldown: group.defaultCooldownSeconds,
    DefaultInstanceWarmup: group.defaultInstanceWarmupSeconds,
    AvailabilityZones: [...group.availabilityZones],
    LoadBalancerNames: [],
    TargetGroupARNs: [],
    HealthCheckType: group.healthCheckType,
    HealthCheckGracePeriod: group.healthCheckGracePeriodSeconds,
    Instances: hasInstances ? [...group.members.values()].map(describeMember) : undefined,
    CreatedTime: group.createdAt,
    SuspendedProcesses: [...group.suspended].map(([ProcessName, SuspensionReason]) => ({
      ProcessName,
      SuspensionReason,
    })),
    VPCZoneIdentifier: group.subnetIds.join(','),
    EnabledMetrics: [],
    Status: group.status,
    Tags: describeTags(group),
    TerminationPolicies: [...group.terminationPolicies],
    NewInstancesProtectedFromScaleIn: group.newInstancesProtectedFromScaleIn,
    ServiceLinkedRoleARN: group.serviceLinkedRoleArn,
    CapacityRebalance: group.capacityRebalance,
    InstanceMaintenancePolicy: policy && {
      MinHealthyPercentage: policy.minHealthyPercentage,
      MaxHealthyPercentage: policy.maxHealthyPercentage,
    },
    TrafficSources: [],
  };
}

export const describeTags = (group: Group): client.TagDescription[] =>
  [...group.tags.values()].map(({ key, value, propagateAtLaunch }) => ({
    ResourceId: group.name,
    ResourceType: 'auto-scaling-group',
    Key: key,
    Value: value,
    PropagateAtLaunch: propagateAtLaunch,
  }));

const describeMember = (member: Member): client.Instance => ({
  InstanceId: member.instanceId,
  InstanceType: member.instanceType,
  AvailabilityZone: member.availabilityZone,
  LifecycleState: member.state,
  HealthStatus: member.health,
  ProtectedFromScaleIn: member.isProtectedFromScaleIn,
  LaunchConfigurationName: member.launchConfiguration,
  LaunchTemplate: member.launchedFrom && {
    LaunchTemplateId: member.launchedFrom.id,
    LaunchTemplateName: member.launchedFrom.name,
    Version: member.launchedFrom.version,
  },
  // Source: API Reference, Instance, ImageId: shown where the template does not say which image it is.
  ImageId: member.hasOverriddenImage === true ? member.imageId : undefined,
});

export const describeAutoScalingInstances = operation<
  client.DescribeAutoScalingInstancesCommandInput,
  Partial<client.DescribeAutoScalingInstancesCommandOutput>
>({
  authorize: () => ({ action: 'autoscaling:DescribeAutoScalingInstances', resource: '*' }),
  run(input, call) {
    const asked = input.InstanceIds ?? [];
    checkPageSize(input.MaxRecords, instancePageMax);
    checkListLength('InstanceIds', asked, instanceIdsMax);
    const found = [...autoScalingState.in(call).groups.values()].flatMap((group) =>
      [...group.members.values()]
        .filter(({ instanceId }) => asked.length === 0 || asked.includes(instanceId))
        .map((member) => ({ group, member })),
    );
    const page = paginate(call, found, {
      keyOf: ({ member }) => member.instanceId,
      token: input.NextToken,
      size: input.MaxRecords,
      sizeMax: instancePageMax,
      invalidToken: 'InvalidNextToken',
    });
    return {
      AutoScalingInstances: page.items.map(({ group, member }) => ({
        ...describeMember(member),
        AutoScalingGroupName: group.name,
        // Source: API Reference, AutoScalingInstanceDetails: in capitals here.
        HealthStatus: member.health.toUpperCase(),
      })),
      NextToken: page.nextToken,
    };
  },
});
