import type { Scope } from '../../world/scope.ts';
import { addServiceEvent, publishDeployment, resolveCauses } from './service-events.ts';
import type { Deployment, Service, Task, TaskDefinition } from './state.ts';

/** `ecs-svc/` and 19 digits, as AWS has them. */
const deploymentId = (scope: Scope): string =>
  `ecs-svc/${String(scope.between('deployment', 1e8, 1e9 - 1))}${String(scope.between('deployment', 1e9, 1e10 - 1))}`;

/** Makes a new primary deployment; the others go on until their tasks are replaced. */
export function beginDeployment(scope: Scope, service: Service, definition: TaskDefinition): void {
  for (const older of service.deployments) older.status = 'ACTIVE';
  const id = deploymentId(scope);
  const deployment: Deployment = {
    id,
    status: 'PRIMARY',
    definition,
    createdAt: scope.date,
    updatedAt: scope.date,
    failedTasks: 0,
    failuresInARow: 0,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment ${id} in progress.`,
  };
  service.deployments = [deployment, ...service.deployments];
  service.isSteady = false;
  // What an older revision could not do says nothing about this one.
  service.startFailures = 0;
  service.pausedUntil = 0;
  resolveCauses(service, '');
  publishDeployment(scope, service, deployment);
}

export const primaryOf = ({ deployments }: Service): Deployment | undefined =>
  deployments.find(({ status }) => status === 'PRIMARY');

/** The deployment that a task belongs to. */
export const deploymentOfTask = (service: Service, task: Task): Deployment | undefined =>
  service.deployments.find(({ id }) => id === task.startedBy);

/** The primary deployment has its tasks and nothing of the others is left. */
export function completeDeployment(scope: Scope, service: Service): void {
  const primary = primaryOf(service);
  if (!primary) return;
  service.deployments = [primary];
  if (primary.rolloutState !== 'IN_PROGRESS') return;
  primary.rolloutState = 'COMPLETED';
  primary.rolloutStateReason = `ECS deployment ${primary.id} completed.`;
  primary.updatedAt = scope.date;
  service.lastCompleted = primary.definition;
  addServiceEvent(scope, service, `(deployment ${primary.id}) deployment completed.`);
  publishDeployment(scope, service, primary);
}

// Source: ECS Developer Guide, "How the Amazon ECS deployment circuit breaker detects failures":
// half the desired count, between 3 and 200.
const breakerShare = 0.5;
const breakerMin = 3;
const breakerMax = 200;

/** Counts a task that did not start; the circuit breaker may end the deployment. */
export function countFailure(scope: Scope, service: Service, task: Task): void {
  const deployment = deploymentOfTask(service, task);
  if (!deployment) return;
  deployment.failedTasks += 1;
  deployment.failuresInARow += 1;
  deployment.updatedAt = scope.date;
  const threshold = Math.min(
    breakerMax,
    Math.max(breakerMin, Math.ceil(service.desiredCount * breakerShare)),
  );
  const { enable, rollback } = service.circuitBreaker;
  if (!enable || deployment.status !== 'PRIMARY') return;
  if (deployment.rolloutState !== 'IN_PROGRESS' || deployment.failuresInARow < threshold) return;
  deployment.rolloutState = 'FAILED';
  deployment.rolloutStateReason = 'ECS deployment circuit breaker: tasks failed to start.';
  addServiceEvent(
    scope,
    service,
    `(deployment ${deployment.id}) deployment failed: tasks failed to start.`,
  );
  publishDeployment(scope, service, deployment);
  if (!rollback || !service.lastCompleted) return;
  addServiceEvent(scope, service, 'rolling back to the last completed deployment.');
  beginDeployment(scope, service, service.lastCompleted);
  const primary = primaryOf(service);
  if (primary)
    primary.rolloutStateReason = `ECS deployment circuit breaker: rolling back to deploymentId ${primary.id}.`;
}
