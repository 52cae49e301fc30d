import type { Scope } from '../../world/scope.ts';
import { containerInstanceArn } from './arns.ts';
import { liveTasksOf } from './container-instances.ts';
import { primaryOf } from './deployments.ts';
import type { PlacementRound } from './placement.ts';
import { isMember } from './placement-constraints.ts';
import {
  becomeSteady,
  isRunning,
  stopUnwanted,
  sayStopped,
  schedulerStop,
} from './replica-scheduler.ts';
import { addServiceEvent, publishServiceAction } from './service-events.ts';
import { startServiceTask } from './start-service-task.ts';
import type { Cluster, ContainerInstance, Deployment, Service, Task } from './state.ts';
import { stopTask } from './task-lifecycle.ts';

/**
 * One look at a service that runs one task on each active instance.
 *
 * Source: ECS Developer Guide, "Amazon ECS services", daemon scheduling: daemons start first on an instance and stop
 * last on one that drains
 */
export function scheduleDaemons(
  scope: Scope,
  cluster: Cluster,
  service: Service,
  round: PlacementRound,
): void {
  const primary = primaryOf(service);
  if (!primary) return;
  const hosts = [...cluster.instances.values()].filter(
    (instance) => instance.status === 'ACTIVE' && isMember(instance, service.constraints),
  );
  updateDesiredCount(scope, service, hosts.length);
  const tasks = [...service.taskIds].flatMap((id) => cluster.tasks.get(id) ?? []);
  stopOutOfPlace(scope, cluster, service, { tasks, hosts });
  replaceOld(scope, cluster, service, { tasks, primary });
  const occupied = new Set(
    tasks.filter(({ lastStatus }) => lastStatus !== 'STOPPED').map(({ instanceId }) => instanceId),
  );
  const isPaused = scope.now < service.pausedUntil || primary.rolloutState === 'FAILED';
  const free = hosts.filter(({ id, agentConnected }) => agentConnected && !occupied.has(id));
  const started = isPaused
    ? 0
    : free.filter((only) =>
        startServiceTask(scope, cluster, service, { deployment: primary, round, only }),
      ).length;
  if (started > 0) {
    service.isSteady = false;
    addServiceEvent(scope, service, `has started ${started} tasks.`);
  }
  const isSteady =
    started === 0 &&
    hosts.every(({ id }) =>
      tasks.some(
        (task) => task.instanceId === id && isRunning(task) && task.startedBy === primary.id,
      ),
    ) &&
    tasks.every(({ desiredStatus }) => desiredStatus === 'RUNNING');
  becomeSteady(scope, service, isSteady);
}

function updateDesiredCount(scope: Scope, service: Service, count: number): void {
  if (service.desiredCount === count) return;
  service.desiredCount = count;
  // Source: "Amazon ECS service action events": sent when the scheduler computes another count, not for a user's.
  publishServiceAction(scope, service, {
    eventType: 'INFO',
    eventName: 'SERVICE_DESIRED_COUNT_UPDATED',
  });
}

interface Placed {
  readonly tasks: readonly Task[];
  readonly hosts: readonly ContainerInstance[];
}

/** Daemons on an instance that drains stay until the other tasks there are gone. */
function stopOutOfPlace(
  scope: Scope,
  cluster: Cluster,
  service: Service,
  { tasks, hosts }: Placed,
): void {
  const ids = new Set(hosts.map(({ id }) => id));
  let stopped = 0;
  for (const task of tasks) {
    if (task.desiredStatus === 'STOPPED' || ids.has(task.instanceId ?? '')) continue;
    const others = [...liveTasksOf(cluster, task.instanceId ?? '')].some(
      ({ isDaemon }) => !isDaemon,
    );
    if (others) continue;
    if (cluster.instances.get(task.instanceId ?? '')?.status === 'ACTIVE')
      sayViolated(scope, service, task);
    stopTask(scope, cluster, task, schedulerStop(service));
    stopped += 1;
  }
  sayStopped(scope, service, stopped);
}

/** Source: ECS Developer Guide, "Amazon ECS service action events": a daemon where its constraints are not met any more. */
function sayViolated(scope: Scope, service: Service, { instanceId = '' }: Task): void {
  publishServiceAction(scope, service, {
    eventType: 'ERROR',
    eventName: 'SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED',
    containerInstanceArns: [containerInstanceArn(scope, service.clusterName, instanceId)],
  });
}

/** A daemon's new revision takes the place of the old one, which stops first. */
function replaceOld(
  scope: Scope,
  cluster: Cluster,
  service: Service,
  { tasks, primary }: { readonly tasks: readonly Task[]; readonly primary: Deployment },
): void {
  const live = tasks.filter(({ desiredStatus }) => desiredStatus === 'RUNNING');
  stopUnwanted(scope, cluster, service, {
    wanted: live.filter(({ startedBy }) => startedBy === primary.id),
    unwanted: live.filter(({ startedBy }) => startedBy !== primary.id),
  });
}
