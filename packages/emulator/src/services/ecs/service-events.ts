import type { Scope } from '../../world/scope.ts';
import { publishServiceEvent } from '../events/publish.ts';
import { arnOfCluster } from './clusters.ts';
import type { Deployment, Service } from './state.ts';
import { wakeScheduler } from './wake.ts';
import { ecsState } from './state.ts';

/** Source: ECS Developer Guide, "Amazon ECS service action events" */
type ServiceEventName =
  | 'SERVICE_STEADY_STATE'
  | 'TASKS_STOPPED'
  | 'SERVICE_DESIRED_COUNT_UPDATED'
  | 'CAPACITY_PROVIDER_STEADY_STATE'
  | 'SERVICE_TASK_START_IMPAIRED'
  | 'SERVICE_TASK_PLACEMENT_FAILURE'
  | 'SERVICE_TASK_CONFIGURATION_FAILURE'
  | 'SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED';

interface ServiceAction {
  readonly eventType: 'INFO' | 'WARN' | 'ERROR';
  readonly eventName: ServiceEventName;
  readonly reason?: string;
  readonly containerInstanceArns?: readonly string[];
  readonly capacityProviderArns?: readonly string[];
}

/** Events in the answer of DescribeServices. Source: ECS Developer Guide, "Service event messages": the last 100 */
const eventsMax = 100;

/** Source: the same page: an event is not repeated until its cause is resolved or six hours have passed. */
const repeatAfterMs = 6 * 3600 * 1000;

/** Adds a line to the events that DescribeServices shows. */
export function addServiceEvent(scope: Scope, service: Service, message: string): void {
  service.events.unshift({
    id: scope.uuid('service-event'),
    createdAt: scope.date,
    message: `(service ${service.name}) ${message}`,
  });
  service.events.length = Math.min(service.events.length, eventsMax);
}

export function publishServiceAction(scope: Scope, service: Service, action: ServiceAction): void {
  publishServiceEvent(scope, {
    source: 'aws.ecs',
    detailType: 'ECS Service Action',
    resources: [service.arn],
    detail: {
      ...action,
      clusterArn: arnOfCluster(scope, service.clusterName),
      createdAt: scope.date,
    },
  });
}

/**
 * Says something that is wrong, unless it was said in the last six hours and its cause has not gone since.
 *
 * @param cause what the events are told apart by
 */
export function complain(
  scope: Scope,
  service: Service,
  cause: string,
  { message, ...action }: ServiceAction & { readonly message: string },
): void {
  const last = service.said.get(cause);
  if (last !== undefined && scope.now - last < repeatAfterMs) return;
  service.said.set(cause, scope.now);
  addServiceEvent(scope, service, message);
  publishServiceAction(scope, service, action);
  // The scheduler tries on; the next time that anybody hears of it is then.
  if (service.repeatTimer) service.repeatTimer.cancelled = true;
  service.repeatTimer = scope.after(repeatAfterMs, `repeat events of ${service.name}`, () => {
    service.repeatTimer = undefined;
    const cluster = ecsState.in(scope).clusters.get(service.clusterName);
    if (cluster && service.said.size > 0) wakeScheduler(scope, cluster);
  });
}

/** The causes whose names begin so are gone. */
export function resolveCauses(service: Service, prefix: string): void {
  for (const cause of [...service.said.keys()])
    if (cause.startsWith(prefix)) service.said.delete(cause);
  if (service.said.size > 0 || !service.repeatTimer) return;
  service.repeatTimer.cancelled = true;
  service.repeatTimer = undefined;
}

/** Source: ECS Developer Guide, "Amazon ECS service deployment state change events" */
export function publishDeployment(scope: Scope, service: Service, deployment: Deployment): void {
  const failed = deployment.rolloutState === 'FAILED';
  publishServiceEvent(scope, {
    source: 'aws.ecs',
    detailType: 'ECS Deployment State Change',
    resources: [service.arn],
    detail: {
      eventType: failed ? 'ERROR' : 'INFO',
      eventName: `SERVICE_DEPLOYMENT_${deployment.rolloutState}`,
      clusterArn: arnOfCluster(scope, service.clusterName),
      deploymentId: deployment.id,
      updatedAt: scope.date,
      reason: deployment.rolloutStateReason,
    },
  });
}
