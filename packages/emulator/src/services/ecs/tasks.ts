import type * as client from '@aws-sdk/client-ecs';
import type { Scope } from '../../world/scope.ts';
import { publishServiceEvent } from '../events/publish.ts';
import { arnOfCluster } from './clusters.ts';
import type { Cluster, Task, TaskContainer } from './state.ts';

const describeContainer = (
  task: Task,
  container: TaskContainer,
): client.Container & { readonly name: string } => {
  const { definition } = container;
  return {
    containerArn: container.arn,
    taskArn: task.arn,
    name: definition.name ?? '',
    ...(definition.image === undefined ? {} : { image: definition.image }),
    lastStatus: container.lastStatus,
    ...(container.lastStatus === 'PENDING' ? {} : { runtimeId: container.runtimeId }),
    ...(container.exitCode === undefined ? {} : { exitCode: container.exitCode }),
    ...(container.reason === undefined ? {} : { reason: container.reason }),
    networkBindings: [],
    networkInterfaces: [],
    healthStatus: 'UNKNOWN',
    cpu: String(definition.cpu ?? 0),
    ...(definition.memory === undefined ? {} : { memory: String(definition.memory) }),
    ...(definition.memoryReservation === undefined
      ? {}
      : { memoryReservation: String(definition.memoryReservation) }),
  };
};

const launchTypeOf = (task: Task): Pick<client.Task, 'launchType' | 'capacityProviderName'> => ({
  launchType: 'EC2',
  ...(task.capacityProvider === undefined ? {} : { capacityProviderName: task.capacityProvider }),
});

export function describeTask(
  scope: Scope,
  cluster: Cluster,
  task: Task,
  include: readonly client.TaskField[] = [],
): client.Task {
  const instance = cluster.instances.get(task.instanceId ?? '');
  const zone = instance?.attributes.get('ecs.availability-zone')?.value;
  const { needs } = task.definition;
  return {
    taskArn: task.arn,
    taskDefinitionArn: task.definition.arn,
    clusterArn: arnOfCluster(scope, cluster.name),
    ...(instance ? { containerInstanceArn: instance.arn } : {}),
    ...(zone === undefined ? {} : { availabilityZone: zone }),
    ...launchTypeOf(task),
    group: task.group,
    ...(task.startedBy === undefined ? {} : { startedBy: task.startedBy }),
    lastStatus: task.lastStatus,
    desiredStatus: task.desiredStatus,
    containers: task.containers.map((container) => describeContainer(task, container)),
    overrides: { containerOverrides: [], inferenceAcceleratorOverrides: [], ...task.overrides },
    cpu: String(needs.cpu),
    memory: String(needs.memory),
    enableExecuteCommand: false,
    attachments: [],
    attributes: [],
    healthStatus: 'UNKNOWN',
    version: task.version,
    createdAt: task.createdAt,
    ...(instance ? { connectivity: 'CONNECTED' as const, connectivityAt: task.createdAt } : {}),
    ...dated(task),
    ...(task.stopCode === undefined ? {} : { stopCode: task.stopCode }),
    ...(task.stoppedReason === undefined ? {} : { stoppedReason: task.stoppedReason }),
    tags: include.includes('TAGS') ? [...task.tags].map(([key, value]) => ({ key, value })) : [],
  };
}

const dated = (task: Task): Partial<client.Task> => ({
  ...(task.pullStartedAt ? { pullStartedAt: task.pullStartedAt } : {}),
  ...(task.pullStoppedAt ? { pullStoppedAt: task.pullStoppedAt } : {}),
  ...(task.startedAt ? { startedAt: task.startedAt } : {}),
  ...(task.stoppingAt ? { stoppingAt: task.stoppingAt } : {}),
  ...(task.stoppedAt ? { stoppedAt: task.stoppedAt } : {}),
});

/**
 * Notes that a task has changed, and says so.
 *
 * Source: ECS Developer Guide, "Amazon ECS task state change events": tags and health are not part of it.
 */
export function taskChanged(scope: Scope, cluster: Cluster, task: Task): void {
  task.version += 1;
  const described = describeTask(scope, cluster, task);
  delete described.tags;
  delete described.healthStatus;
  publishServiceEvent(scope, {
    source: 'aws.ecs',
    detailType: 'ECS Task State Change',
    resources: [task.arn],
    detail: {
      ...described,
      containers: described.containers?.map((container) => ({
        ...container,
        healthStatus: undefined,
      })),
      updatedAt: scope.date,
    },
  });
}
