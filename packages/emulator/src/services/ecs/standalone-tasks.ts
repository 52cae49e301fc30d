import type { Scope } from '../../world/scope.ts';
import type { PlacementRound } from './placement.ts';
import type { Cluster } from './state.ts';
import { failToPlace, placeTask, provisioningMsMax } from './task-lifecycle.ts';

/** Finds room for tasks of RunTask that wait for the capacity of a capacity provider. */
export function placeStandaloneTasks(scope: Scope, cluster: Cluster, round: PlacementRound): void {
  for (const id of [...cluster.waiting]) {
    const task = cluster.tasks.get(id);
    if (!task || task.serviceName !== undefined) continue;
    const placement = round.place({
      definition: task.definition,
      group: task.group,
      capacityProvider: task.capacityProvider,
      ...task.wishes,
    });
    if ('instance' in placement) placeTask(scope, cluster, task, placement.instance);
    else if (scope.now - task.createdAt.getTime() >= provisioningMsMax)
      failToPlace(scope, cluster, task, placement.failure.reason);
  }
}
