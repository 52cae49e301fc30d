import {
  AutoScalingClient,
  CancelInstanceRefreshCommand,
  CreateOrUpdateTagsCommand,
  RollbackInstanceRefreshCommand,
  StartInstanceRefreshCommand,
  UpdateAutoScalingGroupCommand,
  paginateDescribeAutoScalingGroups,
  paginateDescribeInstanceRefreshes,
} from '@aws-sdk/client-auto-scaling';
import type {
  AutoScalingGroup,
  InstanceRefresh as AwsRefresh,
  LaunchTemplateSpecification,
  MixedInstancesPolicy,
} from '@aws-sdk/client-auto-scaling';
import { groupTags, refreshStatuses } from '../model/group.ts';
import type { Group, InstanceRefresh, RefreshStatus, TemplateReference } from '../model/group.ts';
import type { GoodVersion } from '../model/last-good.ts';
import { clientOptions } from './client-options.ts';
import { orExpected } from './error-codes.ts';
import { allPages } from './pages.ts';

/** A group with what AWS wants back whole when its launch template versions change. */
export interface LoadedGroup extends Group {
  mixedPolicy: MixedInstancesPolicy | undefined;
}

export interface RefreshPlan {
  /** The version of each launch template to move to. */
  versions: readonly Pick<GoodVersion, 'templateId' | 'version'>[];
  /** The alarm that takes it back, and how long it is watched afterwards; none for a way back. */
  guard: { alarmName: string; bakeSeconds: number } | undefined;
  warmupSeconds: number;
  /** Percentages of the group; undefined leaves the group's own bounds in force. */
  healthy: { min: number; max: number } | undefined;
}

export interface AutoScalingPort {
  /** Groups that are named, or else those whose tag enrols them in the line. */
  enrolled(by: { groupName: string } | { line: string }): Promise<LoadedGroup[]>;
  /** The newest refreshes of a group, newest first. */
  refreshes(group: string): Promise<InstanceRefresh[]>;
  /** Saves numbers on the group; nothing is replaced by that. */
  saveVersions(group: LoadedGroup, versions: RefreshPlan['versions']): Promise<void>;
  tag(group: string, tags: Readonly<Record<string, string>>): Promise<void>;
  /** @returns the id of the refresh; undefined when another one was first */
  startRefresh(group: LoadedGroup, plan: RefreshPlan): Promise<string | undefined>;
  /** @returns `ended` when no refresh is active any more, `irreversible` when AWS does not take this one back */
  rollBack(group: string): Promise<'begun' | 'ended' | 'irreversible'>;
  cancel(group: string): Promise<'begun' | 'ended'>;
}

const refreshesKept = 10;

export const autoScalingClientIn = (region: string): AutoScalingClient =>
  new AutoScalingClient(clientOptions(region));

export const makeAutoScaling = (client: AutoScalingClient): AutoScalingPort => ({
  enrolled: async (by) => {
    const request =
      'groupName' in by
        ? { AutoScalingGroupNames: [by.groupName] }
        : { Filters: [{ Name: `tag:${groupTags.line}`, Values: [by.line] }] };
    const groups = await allPages(
      paginateDescribeAutoScalingGroups({ client }, { MaxRecords: 100, ...request }),
      (page) => page.AutoScalingGroups,
    );
    return groups.map(readGroup).sort((a, b) => (a.name < b.name ? -1 : 1));
  },

  refreshes: async (group) => {
    const request = { AutoScalingGroupName: group, MaxRecords: refreshesKept };
    const found = await allPages(
      paginateDescribeInstanceRefreshes({ client }, request),
      (page) => page.InstanceRefreshes,
      { itemsMax: refreshesKept },
    );
    return found.map(readRefresh);
  },

  saveVersions: async (group, versions) => {
    await client.send(
      new UpdateAutoScalingGroupCommand({
        AutoScalingGroupName: group.name,
        ...configurationWith(group, versions),
      }),
    );
  },

  tag: async (group, tags) => {
    await client.send(
      new CreateOrUpdateTagsCommand({
        Tags: Object.entries(tags).map(([Key, Value]) => ({
          ResourceId: group,
          ResourceType: 'auto-scaling-group',
          Key,
          Value,
          PropagateAtLaunch: false,
        })),
      }),
    );
  },

  startRefresh: async (group, { versions, guard, warmupSeconds, healthy }) => {
    const command = new StartInstanceRefreshCommand({
      AutoScalingGroupName: group.name,
      DesiredConfiguration: configurationWith(group, versions),
      Preferences: {
        SkipMatching: true,
        InstanceWarmup: warmupSeconds,
        // The default of both is to wait for an hour and then to fail.
        ScaleInProtectedInstances: 'Refresh',
        StandbyInstances: 'Ignore',
        MinHealthyPercentage: healthy?.min,
        MaxHealthyPercentage: healthy?.max,
        ...(guard && {
          AutoRollback: true,
          AlarmSpecification: { Alarms: [guard.alarmName] },
          BakeTime: guard.bakeSeconds,
        }),
      },
    });
    const started = await orExpected(client.send(command), {
      InstanceRefreshInProgress: undefined,
    });
    return started && (started.InstanceRefreshId ?? '');
  },

  rollBack: async (group) => {
    const command = new RollbackInstanceRefreshCommand({ AutoScalingGroupName: group });
    const refused = await orExpected(client.send(command), {
      ActiveInstanceRefreshNotFound: 'ended',
      IrreversibleInstanceRefresh: 'irreversible',
    } as const);
    return typeof refused === 'string' ? refused : 'begun';
  },

  cancel: async (group) => {
    const command = new CancelInstanceRefreshCommand({ AutoScalingGroupName: group });
    const refused = await orExpected(client.send(command), {
      ActiveInstanceRefreshNotFound: 'ended',
    } as const);
    return typeof refused === 'string' ? refused : 'begun';
  },
});

/**
 * The group's whole launch configuration with other versions. A specification is named by its id alone, since id and name
 * together are refused.
 */
const configurationWith = (
  { mixedPolicy, templates }: LoadedGroup,
  versions: RefreshPlan['versions'],
):
  | { LaunchTemplate: LaunchTemplateSpecification }
  | { MixedInstancesPolicy: MixedInstancesPolicy } => {
  const at = (templateId: string | undefined): LaunchTemplateSpecification => {
    const version = versions.find((candidate) => candidate.templateId === templateId)?.version;
    if (version === undefined) throw new TypeError(`no version of ${templateId ?? 'a template'}`);
    return { LaunchTemplateId: templateId, Version: String(version) };
  };
  if (!mixedPolicy) return { LaunchTemplate: at(templates[0]?.templateId) };
  const main = mixedPolicy.LaunchTemplate;
  const overrides = main?.Overrides ?? [];
  return {
    MixedInstancesPolicy: {
      ...mixedPolicy,
      LaunchTemplate: {
        LaunchTemplateSpecification: at(main?.LaunchTemplateSpecification?.LaunchTemplateId),
        // An empty list is sent as an empty word, of which AWS says nothing.
        ...(overrides.length > 0 && {
          Overrides: overrides.map(({ LaunchTemplateSpecification: own, ...override }) => ({
            ...override,
            ...(own && { LaunchTemplateSpecification: at(own.LaunchTemplateId) }),
          })),
        }),
      },
    },
  };
};

const readGroup = (group: AutoScalingGroup): LoadedGroup => {
  const policy = group.MixedInstancesPolicy;
  const overrides = policy?.LaunchTemplate?.Overrides ?? [];
  const references = [
    policy ? policy.LaunchTemplate?.LaunchTemplateSpecification : group.LaunchTemplate,
    ...overrides.map(({ LaunchTemplateSpecification }) => LaunchTemplateSpecification),
  ].flatMap(readReference);
  const templates = references.filter(
    ({ templateId, version }, index) =>
      references.findIndex(
        (other) => other.templateId === templateId && other.version === version,
      ) === index,
  );
  const isSeveral = new Set(templates.map(({ templateId }) => templateId)).size < templates.length;
  return {
    name: group.AutoScalingGroupName ?? '',
    size: group.DesiredCapacity ?? 0,
    launch:
      templates.length === 0
        ? 'launch-configuration'
        : overrides.some(({ InstanceRequirements }) => InstanceRequirements)
          ? 'attribute-based-selection'
          : overrides.some(({ ImageId }) => ImageId)
            ? 'image-overrides'
            : isSeveral
              ? 'mixed-versions'
              : 'templates',
    templates,
    mixedPolicy: policy,
    instances: (group.Instances ?? []).map(({ InstanceId, LifecycleState, LaunchTemplate }) => ({
      instanceId: InstanceId ?? '',
      lifecycleState: LifecycleState ?? '',
      launchedFrom: LaunchTemplate?.LaunchTemplateId
        ? { templateId: LaunchTemplate.LaunchTemplateId, version: Number(LaunchTemplate.Version) }
        : undefined,
    })),
    tags: Object.fromEntries((group.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
    suspendedProcesses: (group.SuspendedProcesses ?? []).map(
      ({ ProcessName }) => ProcessName ?? '',
    ),
    warmupSeconds: group.DefaultInstanceWarmup ?? group.HealthCheckGracePeriod ?? 0,
    hasMaintenancePolicy: group.InstanceMaintenancePolicy?.MinHealthyPercentage !== undefined,
    isBeingDeleted: group.Status !== undefined,
    serviceLinkedRoleArn: group.ServiceLinkedRoleARN ?? '',
  };
};

const readReference = (
  specification: LaunchTemplateSpecification | undefined,
): TemplateReference[] =>
  specification?.LaunchTemplateId === undefined
    ? []
    : // A specification without a version means the default one.
      [
        {
          templateId: specification.LaunchTemplateId,
          version: specification.Version ?? '$Default',
        },
      ];

const isStatus = (status: string | undefined): status is RefreshStatus =>
  refreshStatuses.some((known) => known === status);

const readRefresh = (refresh: AwsRefresh): InstanceRefresh => {
  const { Status: status, DesiredConfiguration: desired } = refresh;
  // AWS may invent a status; what is not known to have ended goes on.
  const known = isStatus(status) ? status : 'InProgress';
  return {
    id: refresh.InstanceRefreshId ?? '',
    status: known,
    statusReason: refresh.StatusReason ?? '',
    percentageComplete: refresh.PercentageComplete ?? 0,
    endedAtMs: refresh.EndTime?.getTime(),
    desired: readReference(
      desired?.LaunchTemplate ??
        desired?.MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification,
    )[0],
    rollbackReason: refresh.RollbackDetails?.RollbackReason,
  };
};
