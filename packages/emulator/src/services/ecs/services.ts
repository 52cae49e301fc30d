import type * as client from '@aws-sdk/client-ecs';
import type { Scope } from '../../world/scope.ts';
import { serviceArn, shortName } from './arns.ts';
import { arnOfCluster, countTasks, findCluster } from './clusters.ts';
import { primaryOf } from './deployments.ts';
import { serviceNotFound } from './errors.ts';
import type { Cluster, Deployment, Service } from './state.ts';

export const findService = (cluster: Cluster | undefined, nameOrArn: string): Service | undefined =>
  cluster?.services.get(shortName(nameOrArn));

/** @throws AwsError ServiceNotFoundException */
export function requireService(cluster: Cluster, nameOrArn: string): Service {
  const found = findService(cluster, nameOrArn);
  if (!found) throw serviceNotFound();
  return found;
}

/** The ARN of a service, whether it exists or not. */
export const arnOfService = (
  scope: Scope,
  cluster: string | undefined,
  nameOrArn: string,
): string =>
  findService(findCluster(scope, cluster), nameOrArn)?.arn ??
  serviceArn(scope, arnOfCluster(scope, cluster).split('/').at(-1) ?? '', shortName(nameOrArn));

const launchOf = (service: Service) =>
  service.launchType === undefined
    ? { capacityProviderStrategy: service.strategy.map((item) => ({ ...item })) }
    : { launchType: service.launchType };

function describeDeployment(
  cluster: Cluster,
  service: Service,
  deployment: Deployment,
): client.Deployment {
  let running = 0;
  let pending = 0;
  for (const id of service.taskIds) {
    const task = cluster.tasks.get(id);
    if (task?.startedBy !== deployment.id) continue;
    if (task.lastStatus === 'RUNNING') running += 1;
    else if (task.lastStatus !== 'STOPPED') pending += 1;
  }
  return {
    id: deployment.id,
    status: deployment.status,
    taskDefinition: deployment.definition.arn,
    desiredCount: deployment.status === 'PRIMARY' ? service.desiredCount : running + pending,
    runningCount: running,
    pendingCount: pending,
    failedTasks: deployment.failedTasks,
    createdAt: deployment.createdAt,
    updatedAt: deployment.updatedAt,
    ...launchOf(service),
    rolloutState: deployment.rolloutState,
    rolloutStateReason: deployment.rolloutStateReason,
  };
}

export const describeService = (
  cluster: Cluster,
  service: Service,
  include: readonly client.ServiceField[] = [],
): client.Service => ({
  serviceArn: service.arn,
  serviceName: service.name,
  clusterArn: cluster.arn,
  loadBalancers: [],
  serviceRegistries: [],
  status: service.status,
  desiredCount: service.desiredCount,
  runningCount: countTasks(cluster, 'running', { serviceName: service.name }),
  pendingCount: countTasks(cluster, 'pending', { serviceName: service.name }),
  ...launchOf(service),
  taskDefinition: primaryOf(service)?.definition.arn ?? service.lastCompleted?.arn ?? '',
  deploymentConfiguration: {
    deploymentCircuitBreaker: { ...service.circuitBreaker },
    maximumPercent: service.maximumPercent,
    minimumHealthyPercent: service.minimumHealthyPercent,
  },
  deployments: service.deployments.map((deployment) =>
    describeDeployment(cluster, service, deployment),
  ),
  events: [...service.events],
  createdAt: service.createdAt,
  createdBy: service.createdBy,
  placementConstraints: [...service.constraints],
  placementStrategy: [...service.placement],
  schedulingStrategy: service.scheduling,
  deploymentController: { type: 'ECS' },
  enableECSManagedTags: service.enableManagedTags,
  propagateTags: service.propagateTags,
  enableExecuteCommand: false,
  availabilityZoneRebalancing: 'DISABLED',
  ...(include.includes('TAGS')
    ? { tags: [...service.tags].map(([key, value]) => ({ key, value })) }
    : {}),
});
