import type { Scope } from '../../world/scope.ts';
import { capacityProviderArn } from './arns.ts';
import { chooseProvider } from './choose-provider.ts';
import type { PlacementFailure, PlacementRound } from './placement.ts';
import { defaultStrategies } from './placement-constraints.ts';
import { complain, resolveCauses } from './service-events.ts';
import {
  ecsState,
  type Cluster,
  type ContainerInstance,
  type Deployment,
  type Service,
  type Task,
} from './state.ts';
import { createTask, placeTask } from './task-lifecycle.ts';
import { roleProblem } from './task-roles.ts';

const placementCause = 'placement';

/** Source: ECS Developer Guide, "Service event messages": what the scheduler says of the nearest instance */
const explanation = ({ reason, instances }: PlacementFailure): string => {
  const closest = instances[0]?.id ?? '';
  switch (reason) {
    case 'NO ACTIVE INSTANCES':
      return 'No Container Instances were found in your cluster.';
    case 'EMPTY CAPACITY PROVIDER':
      return 'No Container Instances were found in your capacity provider.';
    case 'AGENT':
      return `The closest matching (container-instance ${closest}) encountered error "AGENT".`;
    case 'ATTRIBUTE':
      return `The closest matching (container-instance ${closest}) is missing an attribute required by your task.`;
    case 'RESOURCE:CPU':
      return `The closest matching (container-instance ${closest}) has insufficient CPU units available.`;
    case 'RESOURCE:MEMORY':
      return `The closest matching (container-instance ${closest}) has insufficient memory available.`;
    case 'RESOURCE:PORTS':
      return `The closest matching (container-instance ${closest}) is already using a port required by your task.`;
    default:
      return `The closest matching (container-instance ${closest}) encountered error "${reason}".`;
  }
};

/** Says that there is no room, once a cause. */
export function complainOfPlacement(
  scope: Scope,
  service: Service,
  failure: PlacementFailure,
  capacityProvider: string | undefined,
): void {
  complain(scope, service, `${placementCause}:${failure.reason}`, {
    eventType: 'ERROR',
    eventName: 'SERVICE_TASK_PLACEMENT_FAILURE',
    message: `was unable to place a task because no container instance met all of its requirements. Reason: ${explanation(failure)}`,
    reason: failure.reason,
    ...(failure.instances.length > 0
      ? { containerInstanceArns: failure.instances.map(({ arn }) => arn) }
      : {}),
    ...(capacityProvider === undefined
      ? {}
      : { capacityProviderArns: [capacityProviderArn(scope, capacityProvider)] }),
  });
}

const placementRequest = (service: Service, deployment: Deployment, provider?: string) => ({
  definition: deployment.definition,
  group: `service:${service.name}`,
  constraints: service.constraints,
  strategies: service.placement.length > 0 ? service.placement : defaultStrategies,
  capacityProvider: provider,
});

/**
 * Starts one task of a service's deployment, if there is room.
 *
 * @param only the instance of a daemon
 * @returns whether it did
 */
export function startServiceTask(
  scope: Scope,
  cluster: Cluster,
  service: Service,
  start: {
    readonly deployment: Deployment;
    readonly round: PlacementRound;
    readonly only?: ContainerInstance;
  },
): boolean {
  const { deployment, round, only } = start;
  if (!rolesAreUsable(scope, service, deployment)) return false;
  const provider = only ? undefined : chooseProvider(cluster, service, deployment);
  const placement = round.place({
    ...placementRequest(service, deployment, provider),
    ...(only ? { only } : {}),
  });
  const isElastic =
    provider !== undefined &&
    ecsState.in(scope).capacityProviders.get(provider)?.managedScaling.status === 'ENABLED';
  if ('failure' in placement && !isElastic) {
    complainOfPlacement(scope, service, placement.failure, provider);
    return false;
  }
  if ('instance' in placement) resolveCauses(service, placementCause);
  createTask(
    scope,
    cluster,
    {
      definition: deployment.definition,
      group: `service:${service.name}`,
      serviceName: service.name,
      isDaemon: service.scheduling === 'DAEMON',
      startedBy: deployment.id,
      capacityProvider:
        provider ??
        (only ?? ('instance' in placement ? placement.instance : undefined))?.capacityProvider,
      tags: taskTags(cluster, service, deployment),
    },
    'instance' in placement ? placement.instance : undefined,
  );
  return true;
}

/** Tries to find room for a task that waits for capacity. */
export function placeWaitingTask(
  scope: Scope,
  cluster: Cluster,
  service: Service,
  waiting: { readonly task: Task; readonly deployment: Deployment; readonly round: PlacementRound },
): PlacementFailure | undefined {
  const { task, deployment, round } = waiting;
  const placement = round.place(placementRequest(service, deployment, task.capacityProvider));
  if ('failure' in placement) return placement.failure;
  resolveCauses(service, placementCause);
  placeTask(scope, cluster, task, placement.instance);
  return undefined;
}

/** Source: ECS API Reference, CreateService, "propagateTags" and "enableECSManagedTags" */
function taskTags(cluster: Cluster, service: Service, deployment: Deployment): Map<string, string> {
  const own =
    service.propagateTags === 'SERVICE'
      ? service.tags
      : service.propagateTags === 'TASK_DEFINITION'
        ? deployment.definition.tags
        : [];
  return new Map([
    ...own,
    ...(service.enableManagedTags
      ? [
          ['aws:ecs:clusterName', cluster.name] as const,
          ['aws:ecs:serviceName', service.name] as const,
        ]
      : []),
  ]);
}

function rolesAreUsable(scope: Scope, service: Service, { definition }: Deployment): boolean {
  const cause = 'configuration';
  const problem = roleProblem(scope, definition);
  if (problem === undefined) {
    resolveCauses(service, cause);
    return true;
  }
  complain(scope, service, cause, {
    eventType: 'ERROR',
    eventName: 'SERVICE_TASK_CONFIGURATION_FAILURE',
    message: `failed to launch a task with (error ${problem})`,
    reason: 'ROLE',
  });
  return false;
}
