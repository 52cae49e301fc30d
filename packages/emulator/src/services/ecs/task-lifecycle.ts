import type * as client from '@aws-sdk/client-ecs';
import type { Scope } from '../../world/scope.ts';
import { defineWatch } from '../../world/watch.ts';
import { taskArn } from './arns.ts';
import { mayReport, startProblem, type StartProblem } from './start-problem.ts';
import type {
  Cluster,
  ContainerInstance,
  PlacementWishes,
  Tags,
  Task,
  TaskDefinition,
} from './state.ts';
import { taskChanged } from './tasks.ts';
import { wakeScheduler } from './wake.ts';
import { whenConnected } from './when-connected.ts';

// AWS states no durations: the agent hears of a task, pulls its images, creates and starts its containers.
const receiveMsMin = 500;
const receiveMsMax = 2_000;
const pullMsMin = 2_000;
const pullMsMax = 12_000;
// Most programs end soon after SIGTERM; after the stop timeout, 30 seconds, Docker kills them.
const stopMsMin = 1_000;
const stopMsMax = 10_000;
/** Source: ECS API Reference, DescribeTasks: stopped tasks are shown for at least one hour. */
const stoppedVisibleMs = 3600 * 1000;

/** AWS states no time after which a task without capacity fails. */
export const provisioningMsMax = 15 * 60 * 1000;

/** A task has begun to run or has stopped; told after the change. */
export const taskChanges = defineWatch<{ readonly cluster: Cluster; readonly task: Task }>(
  'ecs-tasks',
);

interface TaskRequest {
  readonly definition: TaskDefinition;
  readonly group: string;
  readonly serviceName?: string | undefined;
  readonly isDaemon?: boolean;
  readonly startedBy?: string | undefined;
  readonly capacityProvider?: string | undefined;
  readonly overrides?: client.TaskOverride | undefined;
  readonly tags: Tags;
  readonly wishes?: PlacementWishes;
}

/** Makes a task, on an instance or still without one. */
export function createTask(
  scope: Scope,
  cluster: Cluster,
  request: TaskRequest,
  instance: ContainerInstance | undefined,
): Task {
  const id = scope.hex('task', 32);
  const arn = taskArn(scope, cluster.name, id);
  const task: Task = {
    id,
    arn,
    clusterName: cluster.name,
    definition: request.definition,
    instanceId: undefined,
    capacityProvider: request.capacityProvider,
    group: request.group,
    serviceName: request.serviceName,
    isDaemon: request.isDaemon === true,
    startedBy: request.startedBy,
    overrides: request.overrides ?? {},
    containers: request.definition.containers.map((definition) => ({
      definition,
      arn: scope.arn(`container/${cluster.name}/${id}/${scope.uuid('container')}`),
      lastStatus: 'PENDING',
      exitCode: undefined,
      reason: undefined,
      runtimeId: scope.hex('container', 64),
    })),
    lastStatus: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    version: 0,
    createdAt: scope.date,
    pullStartedAt: undefined,
    pullStoppedAt: undefined,
    startedAt: undefined,
    stoppingAt: undefined,
    stoppedAt: undefined,
    stopCode: undefined,
    stoppedReason: undefined,
    tags: request.tags,
    wishes: request.wishes ?? { constraints: [], strategies: [] },
  };
  cluster.tasks.set(id, task);
  if (request.serviceName !== undefined) cluster.services.get(request.serviceName)?.taskIds.add(id);
  if (instance) placeTask(scope, cluster, task, instance);
  else waitForCapacity(scope, cluster, task);
  return task;
}

/** A task that no instance has room for waits for its capacity provider, though not for ever. */
function waitForCapacity(scope: Scope, cluster: Cluster, task: Task): void {
  cluster.waiting.add(task.id);
  taskChanged(scope, cluster, task);
  scope.after(provisioningMsMax, `capacity for ${task.id}`, () => {
    if (cluster.waiting.has(task.id)) wakeScheduler(scope, cluster);
  });
}

/** Gives a task its instance; the agent there starts it. */
export function placeTask(
  scope: Scope,
  cluster: Cluster,
  task: Task,
  instance: ContainerInstance,
): void {
  cluster.waiting.delete(task.id);
  task.instanceId = instance.id;
  task.lastStatus = 'PENDING';
  const onInstance = cluster.tasksOf.get(instance.id) ?? new Set();
  onInstance.add(task.id);
  cluster.tasksOf.set(instance.id, onInstance);
  taskChanged(scope, cluster, task);
  // What the agent is told and what it reports waits until it is connected.
  const step = (delayMs: number, label: string, act: () => unknown): void => {
    scope.after(delayMs, label, () =>
      whenConnected(scope, instance, label, () => (isStarting(task) ? act() : undefined)),
    );
  };
  step(scope.between('task-receive', receiveMsMin, receiveMsMax), `pull ${task.id}`, () => {
    task.pullStartedAt = scope.date;
    step(scope.between('task-pull', pullMsMin, pullMsMax), `start ${task.id}`, async () => {
      task.pullStoppedAt = scope.date;
      const problem = await startProblem(scope, task, instance);
      whenConnected(scope, instance, `report ${task.id}`, () => {
        if (!isStarting(task)) return;
        if (!mayReport(scope, instance)) scope.record('task-state-refused', { task: task.arn });
        else if (problem) failToStart(scope, cluster, task, problem);
        else run(scope, cluster, task);
      });
    });
  });
}

const isStarting = (task: Task): boolean =>
  task.lastStatus === 'PENDING' && task.desiredStatus === 'RUNNING';

function run(scope: Scope, cluster: Cluster, task: Task): void {
  task.lastStatus = 'RUNNING';
  task.startedAt = scope.date;
  for (const container of task.containers) container.lastStatus = 'RUNNING';
  changed(scope, cluster, task);
}

/** Source: ECS Developer Guide, "Stopped tasks error messages". */
function failToStart(scope: Scope, cluster: Cluster, task: Task, problem: StartProblem): void {
  const failed = task.containers.find(({ definition }) => definition.name === problem.container);
  if (failed) failed.reason = problem.reason;
  task.desiredStatus = 'STOPPED';
  task.stopCode = 'TaskFailedToStart';
  task.stoppedReason = 'Task failed to start';
  end(scope, cluster, task);
}

/** Asks for a task to stop; it takes the time that its containers take. */
export function stopTask(
  scope: Scope,
  cluster: Cluster,
  task: Task,
  why: { readonly code: client.TaskStopCode; readonly reason: string },
): void {
  if (task.desiredStatus === 'STOPPED') return;
  task.desiredStatus = 'STOPPED';
  task.stopCode = why.code;
  task.stoppedReason = why.reason;
  task.stoppingAt = scope.date;
  if (task.instanceId === undefined) {
    end(scope, cluster, task);
    return;
  }
  taskChanged(scope, cluster, task);
  const label = `stop ${task.id}`;
  scope.after(scope.between('task-stop', stopMsMin, stopMsMax), label, () => {
    // Without its agent a task cannot be stopped; it goes with its instance.
    const instance = cluster.instances.get(task.instanceId ?? '');
    if (!instance) return undefined;
    return whenConnected(scope, instance, label, () => {
      if (task.lastStatus === 'STOPPED') return;
      for (const container of task.containers)
        if (container.lastStatus === 'RUNNING') container.exitCode = 0;
      end(scope, cluster, task);
    });
  });
}

/** A task whose instance is gone. Source: ECS Developer Guide, "Stopped tasks error messages": host terminated */
export function loseTask(scope: Scope, cluster: Cluster, task: Task, reason: string): void {
  if (task.lastStatus === 'STOPPED') return;
  if (task.desiredStatus === 'RUNNING') {
    task.desiredStatus = 'STOPPED';
    task.stopCode = 'TerminationNotice';
    task.stoppedReason = reason;
    task.stoppingAt = scope.date;
  }
  end(scope, cluster, task);
}

function end(scope: Scope, cluster: Cluster, task: Task): void {
  task.lastStatus = 'STOPPED';
  task.stoppedAt = scope.date;
  for (const container of task.containers) container.lastStatus = 'STOPPED';
  cluster.waiting.delete(task.id);
  cluster.tasksOf.get(task.instanceId ?? '')?.delete(task.id);
  changed(scope, cluster, task);
  if (task.serviceName !== undefined)
    cluster.services.get(task.serviceName)?.taskIds.delete(task.id);
  scope.after(stoppedVisibleMs, `forget ${task.id}`, () => cluster.tasks.delete(task.id));
}

function changed(scope: Scope, cluster: Cluster, task: Task): void {
  taskChanged(scope, cluster, task);
  taskChanges.tell(scope, { cluster, task });
  wakeScheduler(scope, cluster);
}

/** A task without an instance that nothing has room for. */
export function failToPlace(scope: Scope, cluster: Cluster, task: Task, reason: string): void {
  task.desiredStatus = 'STOPPED';
  task.stopCode = 'TaskFailedToStart';
  task.stoppedReason = reason;
  end(scope, cluster, task);
}
