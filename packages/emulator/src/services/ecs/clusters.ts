import type * as client from '@aws-sdk/client-ecs';
import type { ContextValue } from '../../iam/condition-context.ts';
import type { Scope } from '../../world/scope.ts';
import { clusterArn, clusterNameOf, isHere } from './arns.ts';
import { clusterNotFound } from './errors.ts';
import { ecsState, type Cluster } from './state.ts';
import { resourceTagContext } from './tags.ts';

/** A cluster by name or ARN; none means `default`. Inactive ones are found too. */
export const findCluster = (scope: Scope, nameOrArn: string | undefined): Cluster | undefined =>
  isHere(scope, nameOrArn ?? '')
    ? ecsState.in(scope).clusters.get(clusterNameOf(nameOrArn))
    : undefined;

/** @throws AwsError ClusterNotFoundException unless it is active */
export function requireCluster(scope: Scope, nameOrArn: string | undefined): Cluster {
  const found = findCluster(scope, nameOrArn);
  if (found?.status !== 'ACTIVE') throw clusterNotFound();
  return found;
}

/** The ARN of a cluster, whether it exists or not. */
export const arnOfCluster = (scope: Scope, nameOrArn: string | undefined): string =>
  nameOrArn?.startsWith('arn:') === true ? nameOrArn : clusterArn(scope, clusterNameOf(nameOrArn));

/** Source: Service Authorization Reference, ECS, condition key `ecs:cluster`. */
export const clusterContext = (
  scope: Scope,
  nameOrArn: string | undefined,
): Readonly<Record<string, ContextValue>> => ({ 'ecs:cluster': arnOfCluster(scope, nameOrArn) });

export const clusterTagContext = (
  scope: Scope,
  nameOrArn: string | undefined,
): Readonly<Record<string, ContextValue | undefined>> =>
  resourceTagContext(findCluster(scope, nameOrArn)?.tags);

export const newCluster = (
  scope: Scope,
  name: string,
  given: Pick<
    Cluster,
    'settings' | 'configuration' | 'capacityProviders' | 'defaultStrategy' | 'tags'
  >,
): Cluster => ({
  ...given,
  name,
  arn: clusterArn(scope, name),
  status: 'ACTIVE',
  services: new Map(),
  tasks: new Map(),
  instances: new Map(),
  tasksOf: new Map(),
  waiting: new Set(),
  pass: undefined,
});

/** Tasks of a cluster that count as running or pending. */
export const countTasks = (
  cluster: Cluster,
  status: 'running' | 'pending',
  of: { readonly serviceName?: string; readonly instanceId?: string } = {},
): number => {
  let count = 0;
  const ids =
    of.instanceId === undefined
      ? of.serviceName === undefined
        ? cluster.tasks.keys()
        : (cluster.services.get(of.serviceName)?.taskIds ?? [])
      : (cluster.tasksOf.get(of.instanceId) ?? []);
  for (const id of ids) {
    const lastStatus = cluster.tasks.get(id)?.lastStatus;
    const isPending = lastStatus === 'PENDING' || lastStatus === 'PROVISIONING';
    if (status === 'pending' ? isPending : lastStatus === 'RUNNING') count += 1;
  }
  return count;
};

export function describeCluster(
  cluster: Cluster,
  include: readonly client.ClusterField[] = [],
): client.Cluster {
  const instances = [...cluster.instances.values()].filter(({ status }) => status !== 'INACTIVE');
  const services = [...cluster.services.values()].filter(({ status }) => status === 'ACTIVE');
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status: cluster.status,
    registeredContainerInstancesCount: instances.length,
    runningTasksCount: countTasks(cluster, 'running'),
    pendingTasksCount: countTasks(cluster, 'pending'),
    activeServicesCount: services.length,
    statistics: [],
    tags: include.includes('TAGS') ? [...cluster.tags].map(([key, value]) => ({ key, value })) : [],
    settings: include.includes('SETTINGS') ? [...cluster.settings] : [],
    ...(include.includes('CONFIGURATIONS') && cluster.configuration
      ? { configuration: cluster.configuration }
      : {}),
    capacityProviders: [...cluster.capacityProviders],
    defaultCapacityProviderStrategy: cluster.defaultStrategy.map((item) => ({ ...item })),
  };
}
