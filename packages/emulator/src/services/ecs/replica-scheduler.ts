import type { Scope } from '../../world/scope.ts';
import { completeDeployment, primaryOf } from './deployments.ts';
import type { PlacementRound } from './placement.ts';
import { addServiceEvent, publishServiceAction, resolveCauses } from './service-events.ts';
import { complainOfPlacement, placeWaitingTask, startServiceTask } from './start-service-task.ts';
import { ecsState, type Cluster, type Deployment, type Service, type Task } from './state.ts';
import { failToPlace, provisioningMsMax, stopTask } from './task-lifecycle.ts';
import { wakeScheduler } from './wake.ts';

/** The tasks of a service, told apart by what becomes of them. */
interface Census {
  /** Of the primary deployment, where they can stay. */
  readonly wanted: readonly Task[];
  /** Of older deployments or on instances that drain. */
  readonly unwanted: readonly Task[];
  readonly stopping: readonly Task[];
}

function takeCensus(cluster: Cluster, service: Service, primary: Deployment): Census {
  const wanted: Task[] = [];
  const unwanted: Task[] = [];
  const stopping: Task[] = [];
  for (const id of service.taskIds) {
    const task = cluster.tasks.get(id);
    if (!task || task.lastStatus === 'STOPPED') continue;
    const drains = cluster.instances.get(task.instanceId ?? '')?.status === 'DRAINING';
    if (task.desiredStatus === 'STOPPED') stopping.push(task);
    else if (task.startedBy === primary.id && !drains) wanted.push(task);
    else unwanted.push(task);
  }
  return { wanted, unwanted, stopping };
}

export const isRunning = ({ lastStatus }: Task): boolean => lastStatus === 'RUNNING';

/** ECS API Reference, DeploymentConfiguration: a task without health checks counts as healthy after 40 seconds. */
const healthyAfterMs = 40_000;

/** Whether a task counts towards the minimum healthy percent. */
export const isHealthy = (scope: Scope, { lastStatus, startedAt }: Task): boolean =>
  lastStatus === 'RUNNING' &&
  startedAt !== undefined &&
  scope.now - startedAt.getTime() >= healthyAfterMs;

/** Source: ECS Developer Guide, "Stopped tasks error messages" */
export const schedulerStop = (service: Service) =>
  ({
    code: 'ServiceSchedulerInitiated',
    reason: `Scaling activity initiated by (deployment ${primaryOf(service)?.id ?? ''})`,
  }) as const;

/**
 * One look at a service with a desired count.
 *
 * Source: ECS API Reference, DeploymentConfiguration (minimum and maximum percent) and UpdateContainerInstancesState (the
 * same for draining: pending tasks stop at once, running ones as the percentages allow)
 */
export function scheduleReplicas(
  scope: Scope,
  cluster: Cluster,
  service: Service,
  round: PlacementRound,
): void {
  const primary = primaryOf(service);
  if (!primary) return;
  placeWaiting(scope, cluster, service, { primary, round });
  const census = takeCensus(cluster, service, primary);
  stopUnwanted(scope, cluster, service, census);
  stopSurplus(scope, cluster, service, census);
  startMissing(scope, cluster, service, { primary, round, census });
  settle(scope, cluster, service, primary);
}

function placeWaiting(
  scope: Scope,
  cluster: Cluster,
  service: Service,
  { primary, round }: { readonly primary: Deployment; readonly round: PlacementRound },
): void {
  for (const task of takeCensus(cluster, service, primary).wanted) {
    if (task.lastStatus !== 'PROVISIONING') continue;
    const failure = placeWaitingTask(scope, cluster, service, { task, deployment: primary, round });
    if (!failure) continue;
    const age = scope.now - task.createdAt.getTime();
    if (age < provisioningMsMax) continue;
    complainOfPlacement(scope, service, failure, task.capacityProvider);
    failToPlace(scope, cluster, task, failure.reason);
  }
}

/** Stops tasks that are not wanted any more, as many at a time as the minimum of healthy ones allows. */
export function stopUnwanted(
  scope: Scope,
  cluster: Cluster,
  service: Service,
  { wanted, unwanted }: Pick<Census, 'wanted' | 'unwanted'>,
): void {
  const minimum = Math.ceil((service.desiredCount * service.minimumHealthyPercent) / 100);
  const healthy = wanted.filter((task) => isHealthy(scope, task));
  let spare = healthy.length + unwanted.filter(isRunning).length - minimum;
  let stopped = 0;
  for (const task of unwanted)
    if (!isRunning(task) || spare-- > 0) {
      stopTask(scope, cluster, task, schedulerStop(service));
      stopped += 1;
    }
  sayStopped(scope, service, stopped);
  if (stopped < unwanted.length) lookWhenHealthy(scope, cluster, wanted);
}

/** Old tasks wait for new ones to be healthy, which no event tells. */
function lookWhenHealthy(scope: Scope, cluster: Cluster, tasks: readonly Task[]): void {
  const young = tasks.filter((task) => isRunning(task) && !isHealthy(scope, task));
  const starts = young.map(({ startedAt }) => startedAt?.getTime() ?? scope.now);
  if (starts.length > 0)
    scope.after(
      Math.min(...starts) + healthyAfterMs - scope.now,
      `health in ${cluster.name}`,
      () => {
        wakeScheduler(scope, cluster);
      },
    );
}

/** Source: ECS Developer Guide, "How Amazon ECS places tasks": scale-in keeps the Availability Zones even */
function stopSurplus(scope: Scope, cluster: Cluster, service: Service, { wanted }: Census): void {
  const surplus = wanted.length - service.desiredCount;
  if (surplus <= 0) return;
  const zoneOf = (task: Task): string =>
    cluster.instances.get(task.instanceId ?? '')?.attributes.get('ecs.availability-zone')?.value ??
    '';
  let rest = [...wanted];
  for (let count = 0; count < surplus; count += 1) {
    const waiting = rest.filter((task) => !isRunning(task));
    const perZone = new Map<string, number>();
    for (const task of rest) perZone.set(zoneOf(task), (perZone.get(zoneOf(task)) ?? 0) + 1);
    const most = Math.max(...perZone.values());
    const candidates =
      waiting.length > 0 ? waiting : rest.filter((task) => perZone.get(zoneOf(task)) === most);
    const task = candidates.at(-1);
    if (!task) return;
    stopTask(scope, cluster, task, schedulerStop(service));
    rest = rest.filter((other) => other !== task);
  }
  sayStopped(scope, service, surplus);
}

export function sayStopped(scope: Scope, service: Service, count: number): void {
  if (count === 0) return;
  service.isSteady = false;
  addServiceEvent(scope, service, `has stopped ${count} running tasks.`);
  publishServiceAction(scope, service, { eventType: 'INFO', eventName: 'TASKS_STOPPED' });
}

function startMissing(
  scope: Scope,
  cluster: Cluster,
  service: Service,
  {
    primary,
    round,
    census,
  }: { readonly primary: Deployment; readonly round: PlacementRound; readonly census: Census },
): void {
  const { wanted, unwanted, stopping } = census;
  if (primary.rolloutState === 'FAILED' || scope.now < service.pausedUntil) return;
  const maximum = Math.floor((service.desiredCount * service.maximumPercent) / 100);
  const room = maximum - wanted.length - unwanted.length - stopping.length;
  const missing = Math.min(service.desiredCount - wanted.length, room);
  let started = 0;
  while (
    started < missing &&
    startServiceTask(scope, cluster, service, { deployment: primary, round })
  )
    started += 1;
  if (started === 0) return;
  service.isSteady = false;
  addServiceEvent(scope, service, `has started ${started} tasks.`);
}

/** A service is steady when what it wants runs and nothing else does. */
function settle(scope: Scope, cluster: Cluster, service: Service, primary: Deployment): void {
  const { wanted, unwanted, stopping } = takeCensus(cluster, service, primary);
  const isSteady =
    wanted.length === service.desiredCount &&
    wanted.every(isRunning) &&
    unwanted.length === 0 &&
    stopping.length === 0;
  becomeSteady(scope, service, isSteady);
}

/** Notes whether a service is steady; the first time that it is again is said. */
export function becomeSteady(scope: Scope, service: Service, isSteady: boolean): void {
  if (!isSteady || service.isSteady) {
    service.isSteady = isSteady;
    return;
  }
  service.isSteady = true;
  resolveCauses(service, '');
  completeDeployment(scope, service);
  addServiceEvent(scope, service, 'has reached a steady state.');
  publishServiceAction(scope, service, { eventType: 'INFO', eventName: 'SERVICE_STEADY_STATE' });
  for (const { capacityProvider } of service.strategy) {
    const provider = ecsState.in(scope).capacityProviders.get(capacityProvider);
    if (provider)
      publishServiceAction(scope, service, {
        eventType: 'INFO',
        eventName: 'CAPACITY_PROVIDER_STEADY_STATE',
        capacityProviderArns: [provider.arn],
      });
  }
}
