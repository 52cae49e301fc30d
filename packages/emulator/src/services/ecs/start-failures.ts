import type { Scope } from '../../world/scope.ts';
import { countFailure, deploymentOfTask } from './deployments.ts';
import { complain, resolveCauses } from './service-events.ts';
import type { Cluster, Task } from './state.ts';
import { wakeScheduler } from './wake.ts';

/** AWS states no number for "repeatedly"; three in a row is the least that the circuit breaker counts, too. */
const impairedAfter = 3;
const pauseMsFirst = 15_000;
/** Source: ECS Developer Guide, "Service throttle logic": pauses grow to a maximum of 27 minutes */
const pauseMsMax = 27 * 60 * 1000;

const impairedCause = 'start-impaired';

/** What the scheduler makes of a task that runs, or stopped without ever running. */
export function noteTaskChange(scope: Scope, cluster: Cluster, task: Task): void {
  const service = cluster.services.get(task.serviceName ?? '');
  if (!service) return;
  if (task.lastStatus === 'RUNNING') {
    service.startFailures = 0;
    service.pausedUntil = 0;
    const deployment = deploymentOfTask(service, task);
    if (deployment) deployment.failuresInARow = 0;
    resolveCauses(service, impairedCause);
    return;
  }
  if (task.stopCode !== 'TaskFailedToStart') return;
  countFailure(scope, service, task);
  service.startFailures += 1;
  if (service.startFailures < impairedAfter) return;
  const pauseMs = Math.min(
    pauseMsMax,
    pauseMsFirst * 2 ** Math.min(20, service.startFailures - impairedAfter),
  );
  service.pausedUntil = scope.now + pauseMs;
  scope.after(pauseMs, `end the pause of ${service.name}`, () => {
    wakeScheduler(scope, cluster);
  });
  complain(scope, service, impairedCause, {
    eventType: 'WARN',
    eventName: 'SERVICE_TASK_START_IMPAIRED',
    message: 'is unable to consistently start tasks successfully.',
  });
}
