import type * as client from '@aws-sdk/client-ecs';
import type { Scope } from '../../world/scope.ts';
import { publishServiceEvent } from '../events/publish.ts';
import { arnOfCluster, countTasks } from './clusters.ts';
import type { Cluster, ContainerInstance, Resources, Task } from './state.ts';

/** Ports that ECS keeps for itself. Source: ECS API Reference, PortMapping, "hostPort" */
export const reservedPorts = ['22', '2375', '2376', '51678', '51679', '51680'];

/** The tasks of an instance that have not stopped. */
export function* liveTasksOf(cluster: Cluster, instanceId: string): Generator<Task> {
  for (const id of cluster.tasksOf.get(instanceId) ?? []) {
    const task = cluster.tasks.get(id);
    if (task && task.lastStatus !== 'STOPPED') yield task;
  }
}

/** What is left on an instance for further tasks. */
export function remainingResources(cluster: Cluster, instance: ContainerInstance): Resources {
  let { cpu, memory } = instance.registered;
  const tcpPorts = [...instance.registered.tcpPorts];
  const udpPorts = [...instance.registered.udpPorts];
  for (const { definition } of liveTasksOf(cluster, instance.id)) {
    cpu -= definition.needs.cpu;
    memory -= definition.needs.memory;
    tcpPorts.push(...definition.needs.tcpPorts);
    udpPorts.push(...definition.needs.udpPorts);
  }
  return { cpu, memory, tcpPorts, udpPorts };
}

const asResources = ({ cpu, memory, tcpPorts, udpPorts }: Resources): client.Resource[] => [
  { name: 'CPU', type: 'INTEGER', doubleValue: 0, longValue: 0, integerValue: cpu },
  { name: 'MEMORY', type: 'INTEGER', doubleValue: 0, longValue: 0, integerValue: memory },
  portResource('PORTS', tcpPorts),
  portResource('PORTS_UDP', udpPorts),
];

const portResource = (name: string, ports: readonly string[]): client.Resource => ({
  name,
  type: 'STRINGSET',
  doubleValue: 0,
  longValue: 0,
  integerValue: 0,
  stringSetValue: [...ports],
});

export const describeContainerInstance = (
  cluster: Cluster,
  instance: ContainerInstance,
  include: readonly client.ContainerInstanceField[] = [],
): client.ContainerInstance => ({
  containerInstanceArn: instance.arn,
  ec2InstanceId: instance.ec2InstanceId,
  ...(instance.capacityProvider === undefined
    ? {}
    : { capacityProviderName: instance.capacityProvider }),
  version: instance.version,
  versionInfo: { ...instance.versionInfo },
  remainingResources: asResources(remainingResources(cluster, instance)),
  registeredResources: asResources(instance.registered),
  status: instance.status,
  agentConnected: instance.agentConnected,
  runningTasksCount: countTasks(cluster, 'running', { instanceId: instance.id }),
  pendingTasksCount: countTasks(cluster, 'pending', { instanceId: instance.id }),
  attributes: [...instance.attributes.values()].map((attribute) => ({ ...attribute })),
  registeredAt: instance.registeredAt,
  attachments: [],
  tags: include.includes('TAGS') ? [...instance.tags].map(([key, value]) => ({ key, value })) : [],
});

/**
 * Notes that a container instance has changed, and says so.
 *
 * Source: ECS Developer Guide, "Amazon ECS container instance state change events"
 */
export function containerInstanceChanged(
  scope: Scope,
  cluster: Cluster,
  instance: ContainerInstance,
): void {
  instance.version += 1;
  const described = describeContainerInstance(cluster, instance);
  delete described.tags;
  publishServiceEvent(scope, {
    source: 'aws.ecs',
    detailType: 'ECS Container Instance State Change',
    resources: [instance.arn],
    detail: {
      ...described,
      clusterArn: arnOfCluster(scope, cluster.name),
      accountType: 'EC2',
      updatedAt: scope.date,
    },
  });
}
