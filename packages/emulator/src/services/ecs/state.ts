import type * as client from '@aws-sdk/client-ecs';
import type { Timer } from '../../world/scheduler.ts';
import { defineState } from '../../world/state.ts';

export type Tags = Map<string, string>;

export interface StrategyItem {
  readonly capacityProvider: string;
  readonly weight: number;
  readonly base: number;
}

export interface TaskDefinition {
  readonly arn: string;
  readonly family: string;
  readonly revision: number;
  status: 'ACTIVE' | 'INACTIVE';
  /** As registered. */
  readonly input: client.RegisterTaskDefinitionCommandInput;
  readonly containers: readonly client.ContainerDefinition[];
  /** Attributes that a container instance must have. */
  readonly requiresAttributes: readonly client.Attribute[];
  /** What one task takes of its instance. */
  readonly needs: Resources;
  readonly registeredAt: Date;
  readonly registeredBy: string;
  deregisteredAt: Date | undefined;
  readonly tags: Tags;
}

/** CPU units, MiB and host ports. */
export interface Resources {
  readonly cpu: number;
  readonly memory: number;
  readonly tcpPorts: readonly string[];
  readonly udpPorts: readonly string[];
}

export interface ContainerInstance {
  readonly id: string;
  readonly arn: string;
  readonly clusterName: string;
  readonly ec2InstanceId: string;
  /** The Auto Scaling group's capacity provider, when the cluster has one for it. */
  capacityProvider: string | undefined;
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  agentConnected: boolean;
  /** When an agent that has lost its connection for a moment will have it again, in virtual milliseconds. */
  backAt: number | undefined;
  version: number;
  readonly versionInfo: client.VersionInfo;
  readonly registered: Resources;
  /** By name. */
  readonly attributes: Map<string, client.Attribute>;
  readonly registeredAt: Date;
  readonly tags: Tags;
  /** What was last asked of its group, so that nothing is asked twice. */
  protectionWanted: boolean | undefined;
}

export interface TaskContainer {
  readonly definition: client.ContainerDefinition;
  readonly arn: string;
  lastStatus: string;
  exitCode: number | undefined;
  reason: string | undefined;
  readonly runtimeId: string;
}

type TaskStatus = 'PROVISIONING' | 'PENDING' | 'RUNNING' | 'DEACTIVATING' | 'STOPPED';

export interface Task {
  readonly id: string;
  readonly arn: string;
  readonly clusterName: string;
  readonly definition: TaskDefinition;
  /** Undefined until it is placed. */
  instanceId: string | undefined;
  readonly capacityProvider: string | undefined;
  /** `service:x` or `family:x`, or what RunTask said. */
  readonly group: string;
  /** The name of its service. */
  readonly serviceName: string | undefined;
  readonly isDaemon: boolean;
  readonly startedBy: string | undefined;
  readonly overrides: client.TaskOverride;
  readonly containers: readonly TaskContainer[];
  lastStatus: TaskStatus;
  desiredStatus: 'RUNNING' | 'STOPPED';
  version: number;
  readonly createdAt: Date;
  pullStartedAt: Date | undefined;
  pullStoppedAt: Date | undefined;
  startedAt: Date | undefined;
  stoppingAt: Date | undefined;
  stoppedAt: Date | undefined;
  stopCode: client.TaskStopCode | undefined;
  stoppedReason: string | undefined;
  readonly tags: Tags;
  /** What RunTask said of its place, for as long as it waits for capacity. */
  readonly wishes: PlacementWishes;
}

export interface PlacementWishes {
  readonly constraints: readonly client.PlacementConstraint[];
  readonly strategies: readonly client.PlacementStrategy[];
}

export interface Deployment {
  readonly id: string;
  status: 'PRIMARY' | 'ACTIVE';
  readonly definition: TaskDefinition;
  readonly createdAt: Date;
  updatedAt: Date;
  failedTasks: number;
  /** Failures since the last task that ran: what the circuit breaker counts. */
  failuresInARow: number;
  rolloutState: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';
  rolloutStateReason: string;
}

export interface Service {
  readonly name: string;
  readonly arn: string;
  readonly clusterName: string;
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  readonly scheduling: 'REPLICA' | 'DAEMON';
  desiredCount: number;
  readonly launchType: 'EC2' | undefined;
  strategy: readonly StrategyItem[];
  minimumHealthyPercent: number;
  maximumPercent: number;
  circuitBreaker: { readonly enable: boolean; readonly rollback: boolean };
  constraints: readonly client.PlacementConstraint[];
  placement: readonly client.PlacementStrategy[];
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly enableManagedTags: boolean;
  readonly propagateTags: client.PropagateTags;
  /** The primary one first. */
  deployments: Deployment[];
  /** What a circuit breaker goes back to. */
  lastCompleted: TaskDefinition | undefined;
  /** Newest first. */
  events: client.ServiceEvent[];
  /** Live tasks and those that stop. */
  readonly taskIds: Set<string>;
  readonly tags: Tags;
  isSteady: boolean;
  /** Events of a cause are left out until it is gone or six hours have passed: cause -> when it was last said. */
  readonly said: Map<string, number>;
  repeatTimer: Timer | undefined;
  /** Failures to start since the last task that ran, and until when no new one is tried. */
  startFailures: number;
  pausedUntil: number;
}

export interface Cluster {
  readonly name: string;
  readonly arn: string;
  status: 'ACTIVE' | 'INACTIVE';
  settings: readonly client.ClusterSetting[];
  configuration: client.ClusterConfiguration | undefined;
  capacityProviders: readonly string[];
  defaultStrategy: readonly StrategyItem[];
  readonly tags: Tags;
  readonly services: Map<string, Service>;
  readonly tasks: Map<string, Task>;
  /** Active and draining ones, and for a while those that were deregistered. */
  readonly instances: Map<string, ContainerInstance>;
  /** The instance's tasks that have not stopped. */
  readonly tasksOf: Map<string, Set<string>>;
  /** Tasks that wait for the capacity of a capacity provider. */
  readonly waiting: Set<string>;
  /** A pass of the scheduler is due. */
  pass: Timer | undefined;
}

export interface CapacityProvider {
  readonly name: string;
  readonly arn: string;
  status: 'ACTIVE' | 'INACTIVE';
  readonly groupArn: string;
  managedScaling: client.ManagedScaling;
  managedTerminationProtection: client.ManagedTerminationProtection;
  managedDraining: client.ManagedDraining;
  updateStatus: client.CapacityProviderUpdateStatus | undefined;
  readonly tags: Tags;
  /** A look at what its group should have is due. */
  pass: Timer | undefined;
  /** The number of instances that was last found to be needed. */
  lastNeeded: number | undefined;
  /** Since when fewer instances than there are would do. */
  lowSince: number | undefined;
}

/** An agent that runs on an instance and is not registered (yet). */
export interface WaitingAgent {
  readonly instanceId: string;
  readonly clusterName: string;
  attempts: number;
}

export const ecsState = defineState('ecs', 'regional', () => ({
  clusters: new Map<string, Cluster>(),
  /** By family; the index is the revision less one. */
  families: new Map<string, TaskDefinition[]>(),
  capacityProviders: new Map<string, CapacityProvider>(),
  waitingAgents: new Map<string, WaitingAgent>(),
  /** EC2 instance id -> cluster name and container instance id. */
  registrations: new Map<string, { readonly clusterName: string; readonly id: string }>(),
  /** EC2 instances that wait at the managed draining hook of their group. */
  leaving: new Map<string, { readonly groupName: string; readonly token: string }>(),
  /** Client tokens of RunTask and CreateService. */
  tokens: new Map<string, { readonly request: string; readonly taskIds: readonly string[] }>(),
}));
