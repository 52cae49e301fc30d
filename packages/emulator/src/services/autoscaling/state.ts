import type {
  InstancesDistribution,
  RefreshPreferences,
  InstanceRefreshStatus,
} from '@aws-sdk/client-auto-scaling';
import { defineState } from '../../world/state.ts';

/** A launch template as a group or an override names it; the version is kept as it was given, `$Latest` too. */
export interface TemplateReference {
  readonly id: string;
  readonly name: string;
  readonly version: string;
}

/** One entry of a mixed-instances policy's overrides. */
export interface Override {
  readonly instanceType: string | undefined;
  readonly weightedCapacity: string | undefined;
  readonly template: TemplateReference | undefined;
}

/** What a group launches its instances from. */
export type LaunchSource =
  | { readonly kind: 'template'; readonly template: TemplateReference }
  | {
      readonly kind: 'mixed';
      readonly template: TemplateReference;
      readonly overrides: readonly Override[];
      readonly distribution: InstancesDistribution;
    };

/** Source: EC2 Auto Scaling User Guide, "Instance lifecycle". */
export type MemberState =
  | 'Pending'
  | 'Pending:Wait'
  | 'Pending:Proceed'
  | 'InService'
  | 'Terminating'
  | 'Terminating:Wait'
  | 'Terminating:Proceed'
  | 'Terminated'
  | 'EnteringStandby'
  | 'Standby'
  | 'Detaching'
  | 'Detached';

/** An instance of a group. */
export interface Member {
  readonly instanceId: string;
  state: MemberState;
  health: 'Healthy' | 'Unhealthy';
  isProtectedFromScaleIn: boolean;
  readonly instanceType: string;
  readonly availabilityZone: string;
  /** The template and the *number* that it was launched from; aliases are resolved at launch. */
  readonly launchedFrom: TemplateReference;
  readonly imageId: string;
  readonly launchedAt: number;
  /** When it first became InService, milliseconds since 1970. */
  inServiceAt: number | undefined;
}

export interface Activity {
  readonly id: string;
  readonly startedAt: Date;
  endedAt: Date | undefined;
  readonly cause: string;
  readonly description: string;
  status: string;
  statusMessage: string | undefined;
  progress: number;
  readonly details: string;
}

export interface LifecycleHook {
  readonly name: string;
  readonly transition: 'autoscaling:EC2_INSTANCE_LAUNCHING' | 'autoscaling:EC2_INSTANCE_TERMINATING';
  readonly heartbeatTimeoutSeconds: number;
  readonly defaultResult: 'CONTINUE' | 'ABANDON';
  readonly notificationMetadata: string | undefined;
}

export interface GroupTag {
  readonly key: string;
  readonly value: string;
  readonly propagateAtLaunch: boolean;
}

/** One instance refresh, from Pending to its terminal status. */
export interface Refresh {
  readonly id: string;
  status: InstanceRefreshStatus;
  statusReason: string | undefined;
  readonly startedAt: Date;
  endedAt: Date | undefined;
  percentageComplete: number;
  instancesToUpdate: number;
  readonly preferences: Required<
    Pick<
      RefreshPreferences,
      | 'MinHealthyPercentage'
      | 'InstanceWarmup'
      | 'SkipMatching'
      | 'AutoRollback'
      | 'ScaleInProtectedInstances'
      | 'StandbyInstances'
      | 'BakeTime'
    >
  > &
    RefreshPreferences;
  /** Undefined: the group's own configuration as it is. */
  readonly desired: LaunchSource | undefined;
  /** What the group had saved when the refresh began: where a rollback goes. */
  readonly previous: LaunchSource;
  rollback:
    | {
        readonly reason: string;
        readonly startedAt: Date;
        percentageComplete: number;
        instancesToUpdate: number;
      }
    | undefined;
}

export interface Group {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: Date;
  minSize: number;
  maxSize: number;
  desiredCapacity: number;
  /** What is saved on the group; a refresh changes it only when it succeeds. */
  source: LaunchSource;
  defaultCooldownSeconds: number;
  defaultInstanceWarmupSeconds: number | undefined;
  healthCheckType: string;
  healthCheckGracePeriodSeconds: number;
  subnetIds: readonly string[];
  availabilityZones: readonly string[];
  terminationPolicies: readonly string[];
  newInstancesProtectedFromScaleIn: boolean;
  instanceMaintenancePolicy:
    | { readonly minHealthyPercentage: number; readonly maxHealthyPercentage: number }
    | undefined;
  capacityRebalance: boolean;
  maxInstanceLifetimeSeconds: number | undefined;
  serviceLinkedRoleArn: string;
  /** By key. */
  readonly tags: Map<string, GroupTag>;
  /** Name of the suspended process -> why. */
  readonly suspended: Map<string, string>;
  /** By name. */
  readonly hooks: Map<string, LifecycleHook>;
  /** By instance id, in the order of launch; terminated ones are gone. */
  readonly members: Map<string, Member>;
  /** Newest first. */
  readonly activities: Activity[];
  /** Newest first; the active one, if any, is the first. */
  readonly refreshes: Refresh[];
  /** Instances that a refresh wants above the desired capacity for the time being (launch before terminate). */
  surplus: number;
  status: 'Delete in progress' | undefined;
}

/** Groups of an account in a Region, by name. */
export const autoScalingState = defineState('autoscaling', 'regional', () => ({
  groups: new Map<string, Group>(),
}));

const ended: readonly InstanceRefreshStatus[] = [
  'Successful',
  'Failed',
  'Cancelled',
  'RollbackSuccessful',
  'RollbackFailed',
];

/** The refresh that is going on, rolling back and cancelling included. */
export const activeRefresh = ({ refreshes }: Group): Refresh | undefined =>
  refreshes[0] && !ended.includes(refreshes[0].status) ? refreshes[0] : undefined;

/**
 * What instances are launched from now: an active refresh's desired configuration also for scale-outs, the previous one
 * again while it rolls back.
 */
export function effectiveSource(group: Group): LaunchSource {
  const refresh = activeRefresh(group);
  if (!refresh?.desired) return group.source;
  return refresh.rollback ? refresh.previous : refresh.desired;
}
