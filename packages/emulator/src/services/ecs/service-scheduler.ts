import type { Scope } from '../../world/scope.ts';
import { scheduleDaemons } from './daemon-scheduler.ts';
import { PlacementRound } from './placement.ts';
import { scheduleReplicas, schedulerStop } from './replica-scheduler.ts';
import { resolveCauses } from './service-events.ts';
import type { Cluster, Service } from './state.ts';
import { stopTask } from './task-lifecycle.ts';
import { placeStandaloneTasks } from './standalone-tasks.ts';

/** A deleted service stays visible for a while. Source: ECS API Reference, DeleteService: it may be cleaned up later */
const inactiveVisibleMs = 3600 * 1000;

/** One look at everything that the cluster's schedulers keep. */
export function runSchedulers(scope: Scope, cluster: Cluster): void {
  const round = new PlacementRound(cluster);
  const services = [...cluster.services.values()];
  // Daemons are first to start on an instance.
  for (const service of services)
    if (service.status === 'ACTIVE' && service.scheduling === 'DAEMON')
      scheduleDaemons(scope, cluster, service, round);
  for (const service of services)
    if (service.status === 'ACTIVE' && service.scheduling === 'REPLICA')
      scheduleReplicas(scope, cluster, service, round);
  for (const service of services)
    if (service.status === 'DRAINING') drainService(scope, cluster, service);
  placeStandaloneTasks(scope, cluster, round);
}

function drainService(scope: Scope, cluster: Cluster, service: Service): void {
  for (const id of service.taskIds) {
    const task = cluster.tasks.get(id);
    if (task) stopTask(scope, cluster, task, schedulerStop(service));
  }
  if (service.taskIds.size > 0) return;
  service.status = 'INACTIVE';
  service.deployments = [];
  resolveCauses(service, '');
  scope.after(inactiveVisibleMs, `forget the service ${service.name}`, () => {
    if (cluster.services.get(service.name) === service) cluster.services.delete(service.name);
  });
}
