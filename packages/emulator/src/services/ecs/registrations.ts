import type * as client from '@aws-sdk/client-ecs';
import type { Scope } from '../../world/scope.ts';
import type { Instance } from '../ec2/state.ts';
import { containerInstanceArn } from './arns.ts';
import { containerInstanceChanged, liveTasksOf } from './container-instances.ts';
import {
  ecsState,
  type Cluster,
  type ContainerInstance,
  type Resources,
  type Tags,
} from './state.ts';
import { loseTask } from './task-lifecycle.ts';
import { wakeScheduler } from './wake.ts';

/** Deregistered instances are forgotten after this time. AWS: "no longer discoverable" after a short while. */
const inactiveVisibleMs = 3600 * 1000;

interface Registration {
  readonly cluster: Cluster;
  readonly instance: ContainerInstance;
}

/** The container instance that an EC2 instance is registered as. */
export function registrationOf(scope: Scope, ec2InstanceId: string): Registration | undefined {
  const { registrations, clusters } = ecsState.in(scope);
  const place = registrations.get(ec2InstanceId);
  const cluster = place && clusters.get(place.clusterName);
  const instance = cluster?.instances.get(place?.id ?? '');
  return cluster && instance ? { cluster, instance } : undefined;
}

/** Takes an EC2 instance into a cluster. */
export function addRegistration(
  scope: Scope,
  cluster: Cluster,
  options: {
    readonly machine: Instance;
    readonly registered: Resources;
    readonly versionInfo: client.VersionInfo;
    readonly attributes: readonly client.Attribute[];
    readonly capacityProvider: string | undefined;
    readonly tags: Tags;
  },
): ContainerInstance {
  const { machine } = options;
  const id = scope.hex('container-instance', 32);
  const instance: ContainerInstance = {
    id,
    arn: containerInstanceArn(scope, cluster.name, id),
    clusterName: cluster.name,
    ec2InstanceId: machine.id,
    capacityProvider: options.capacityProvider,
    status: 'ACTIVE',
    agentConnected: false,
    backAt: undefined,
    version: 0,
    versionInfo: options.versionInfo,
    registered: options.registered,
    attributes: new Map(
      [...options.attributes, ...placeAttributes(machine)].map((attribute) => [
        attribute.name ?? '',
        attribute,
      ]),
    ),
    registeredAt: scope.date,
    tags: options.tags,
    protectionWanted: undefined,
  };
  cluster.instances.set(id, instance);
  ecsState.in(scope).registrations.set(machine.id, { clusterName: cluster.name, id });
  containerInstanceChanged(scope, cluster, instance);
  return instance;
}

/** Source: ECS Developer Guide, "Amazon ECS container instance attributes" */
const placeAttributes = (machine: Instance): client.Attribute[] => [
  { name: 'ecs.ami-id', value: machine.imageId },
  { name: 'ecs.availability-zone', value: machine.availabilityZone },
  { name: 'ecs.instance-type', value: machine.instanceType },
  { name: 'ecs.os-type', value: 'linux' },
  { name: 'ecs.os-family', value: 'LINUX' },
  { name: 'ecs.cpu-architecture', value: machine.architecture },
  { name: 'ecs.vpc-id', value: machine.vpcId },
  { name: 'ecs.subnet-id', value: machine.subnetId },
];

/** Takes a container instance out of its cluster, and its tasks with it. */
export function removeRegistration(
  scope: Scope,
  { cluster, instance }: Registration,
  tasksReason: string,
): void {
  if (instance.status === 'INACTIVE') return;
  instance.status = 'INACTIVE';
  instance.agentConnected = false;
  instance.backAt = undefined;
  ecsState.in(scope).registrations.delete(instance.ec2InstanceId);
  for (const task of [...liveTasksOf(cluster, instance.id)])
    loseTask(scope, cluster, task, tasksReason);
  cluster.tasksOf.delete(instance.id);
  containerInstanceChanged(scope, cluster, instance);
  scope.after(inactiveVisibleMs, `forget ${instance.id}`, () =>
    cluster.instances.delete(instance.id),
  );
  wakeScheduler(scope, cluster);
}
