import type { Scope } from '../../world/scope.ts';
import { defineState } from '../../world/state.ts';
import type { Cluster } from './state.ts';

/** How soon the schedulers look after something has changed. AWS states no latency; changes within it count as one. */
const passDelayMs = 1_000;

type Pass = (scope: Scope, cluster: Cluster) => void | Promise<void>;

/** Set when a world is made; what changes a cluster knows no more of its schedulers than this. */
export const schedulerPass = defineState(
  'ecs-scheduler-pass',
  'global',
  (): { run: Pass | undefined } => ({ run: undefined }),
);

/** Something that a scheduler of the cluster looks at has changed. */
export function wakeScheduler(scope: Scope, cluster: Cluster): void {
  cluster.pass ??= scope.after(passDelayMs, `schedulers of ${cluster.name}`, () => {
    cluster.pass = undefined;
    return schedulerPass.in(scope).run?.(scope, cluster);
  });
}
