import type {
  InstanceRequirements,
  InstancesDistribution,
  RefreshPreferences,
  InstanceRefreshStatus,
  ScaleInProtectedInstances,
  StandbyInstances,
} from '@aws-sdk/client-auto-scaling';
import type { Timer } from '../../world/scheduler.ts';
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
  /** Attribute-based selection instead of a type. */
  readonly requirements: InstanceRequirements | undefined;
  readonly imageId: string | undefined;
}

/** What a group launches its instances from. */
export type LaunchSource =
  | { readonly kind: 'template'; readonly template: TemplateReference }
  | {
      readonly kind: 'mixed';
      readonly template: TemplateReference;
      readonly overrides: readonly Override[];
      readonly distribution: InstancesDistribution;
    }
  /** A launch configuration, the older way; it has no versions. */
  | { readonly kind: 'configuration'; readonly name: string };

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

/** An instance that waits at a lifecycle hook. */
export interface HookWait {
  readonly hook: LifecycleHook;
  readonly token: string;
  /** Milliseconds since 1970; no heartbeat goes beyond. */
  readonly endsAtLatest: number;
  timer: Timer;
  readonly done: (result: 'CONTINUE' | 'ABANDON', reason: string) => void;
}

/** An instance of a group. */
export interface Member {
  readonly instanceId: string;
  state: MemberState;
  health: 'Healthy' | 'Unhealthy';
  isProtectedFromScaleIn: boolean;
  readonly instanceType: string;
  readonly availabilityZone: string;
  /** The template and the *number* that it was launched from; aliases are resolved at launch. */
  readonly launchedFrom: TemplateReference | undefined;
  /** Set where it was launched from a launch configuration instead. */
  readonly launchConfiguration: string | undefined;
  readonly imageId: string;
  /** Its image is that of an override, not the template's. */
  readonly hasOverriddenImage?: boolean;
  readonly launchedAt: number;
  /** When it first became InService, milliseconds since 1970. */
  inServiceAt: number | undefined;
  /** The launch or termination that goes on. */
  activity: Activity | undefined;
  /** By name of the hook. */
  readonly waits: Map<string, HookWait>;
}

export interface Activity {
  readonly id: string;
  readonly startedAt: Date;
  endedAt: Date | undefined;
  readonly cause: string;
  description: string;
  status: string;
  statusMessage: string | undefined;
  progress: number;
  readonly details: string;
}

export interface LifecycleHook {
  readonly name: string;
  readonly transition:
    'autoscaling:EC2_INSTANCE_LAUNCHING' | 'autoscaling:EC2_INSTANCE_TERMINATING';
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
  readonly preferences: RefreshPreferences & {
    readonly MinHealthyPercentage: number;
    readonly InstanceWarmup: number;
    readonly SkipMatching: boolean;
    readonly AutoRollback: boolean;
    readonly ScaleInProtectedInstances: ScaleInProtectedInstances;
    readonly StandbyInstances: StandbyInstances;
    readonly BakeTime: number;
  };
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
    { readonly minHealthyPercentage: number; readonly maxHealthyPercentage: number } | undefined;
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
  /** Launches that were begun and of which EC2 has told no instance id yet. */
  launching: number;
  /** A look at the numbers is due already. */
  isBalanceDue: boolean;
  /** After failed launches from a source: when the next one is tried. */
  backOff:
    | {
        readonly source: LaunchSource;
        readonly failures: number;
        /** Milliseconds since 1970. */
        readonly until: number;
        /** A timer for it is set. */
        isRetryDue: boolean;
      }
    | undefined;
  /** Why the numbers are about to change, for the next activity's cause. */
  pendingCause: string | undefined;
}

/** A launch configuration: what RunInstances gets. */
export interface LaunchConfiguration {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: Date;
  readonly imageId: string;
  readonly instanceType: string;
  readonly securityGroupIds: readonly string[];
  readonly instanceProfile: string | undefined;
  readonly userData: string | undefined;
  readonly keyName: string | undefined;
}

/** What an account has in a Region, by name. */
export const autoScalingState = defineState('autoscaling', 'regional', () => ({
  groups: new Map<string, Group>(),
  launchConfigurations: new Map<string, LaunchConfiguration>(),
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
