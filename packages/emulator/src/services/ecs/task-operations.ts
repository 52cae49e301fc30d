import type * as client from '@aws-sdk/client-ecs';
import type { Call } from '../../world/call.ts';
import { paginate } from '../../world/paging.ts';
import { operation, type AccessCheck, type Operation } from '../../world/service.ts';
import { containerInstanceArn, shortName, taskArn } from './arns.ts';
import { arnOfCluster, clusterContext, findCluster, requireCluster } from './clusters.ts';
import { findContainerInstance } from './container-instance-operations.ts';
import { invalidParameter, notModelled, serviceNotFound } from './errors.ts';
import { checkedPageSize } from './page-size.ts';
import { runTask, startTaskOperation } from './run-task.ts';
import type { Task } from './state.ts';
import { resourceTagContext } from './tags.ts';
import { stopTask } from './task-lifecycle.ts';
import { describeTask } from './tasks.ts';

const describeMax = 100; // ECS API Reference, DescribeTasks: up to 100

const taskCheck = (
  call: Call,
  action: string,
  cluster: string | undefined,
  task: string,
): AccessCheck => ({
  action: `ecs:${action}`,
  resource: taskArn(call, arnOfCluster(call, cluster).split('/').at(-1) ?? '', shortName(task)),
  context: {
    ...clusterContext(call, cluster),
    ...resourceTagContext(findCluster(call, cluster)?.tasks.get(shortName(task))?.tags),
  },
});

const stopTaskOperation = operation<
  client.StopTaskCommandInput,
  Partial<client.StopTaskCommandOutput>
>({
  authorize: (input, call) => taskCheck(call, 'StopTask', input.cluster, input.task ?? ''),
  run(input, call) {
    const cluster = requireCluster(call, input.cluster);
    const task = cluster.tasks.get(shortName(input.task ?? ''));
    if (!task) throw invalidParameter('The referenced task was not found.');
    stopTask(call, cluster, task, {
      code: 'UserInitiated',
      reason: input.reason ?? 'Task stopped by user',
    });
    return { task: describeTask(call, cluster, task, ['TAGS']) };
  },
});

const describeTasks = operation<
  client.DescribeTasksCommandInput,
  Partial<client.DescribeTasksCommandOutput>
>({
  authorize: (input, call) =>
    (input.tasks ?? []).map((task) => taskCheck(call, 'DescribeTasks', input.cluster, task)),
  run(input, call) {
    const cluster = requireCluster(call, input.cluster);
    const ids = input.tasks ?? [];
    if (ids.length === 0) throw invalidParameter('Tasks cannot be empty.');
    if (ids.length > describeMax)
      throw invalidParameter(`Tasks cannot have more than ${describeMax} elements.`);
    const found = ids.map((id) => ({ id, task: cluster.tasks.get(shortName(id)) }));
    return {
      tasks: found.flatMap(({ task }) =>
        task ? [describeTask(call, cluster, task, input.include)] : [],
      ),
      failures: found.flatMap(({ id, task }) =>
        task ? [] : [{ arn: taskArn(call, cluster.name, shortName(id)), reason: 'MISSING' }],
      ),
    };
  },
});

const listTasks = operation<client.ListTasksCommandInput, Partial<client.ListTasksCommandOutput>>({
  // The resource is the container instance, where one is named. Source: Service Authorization Reference, ECS
  authorize: (input, call) => ({
    action: 'ecs:ListTasks',
    resource:
      input.containerInstance === undefined
        ? '*'
        : containerInstanceArn(
            call,
            arnOfCluster(call, input.cluster).split('/').at(-1) ?? '',
            shortName(input.containerInstance),
          ),
    context: clusterContext(call, input.cluster),
  }),
  run(input, call) {
    if (input.daemonName !== undefined) throw notModelled('daemonName');
    const cluster = requireCluster(call, input.cluster);
    const { containerInstance, serviceName, desiredStatus = 'RUNNING' } = input;
    if (desiredStatus === 'PENDING')
      throw invalidParameter('No task has the desired status PENDING.');
    if (serviceName !== undefined && !cluster.services.has(shortName(serviceName)))
      throw serviceNotFound();
    const instance =
      containerInstance === undefined
        ? undefined
        : findContainerInstance(cluster, containerInstance);
    if (containerInstance !== undefined && !instance)
      throw invalidParameter('Container instance not found.');
    const matches = (task: Task): boolean =>
      task.desiredStatus === desiredStatus &&
      (!instance || task.instanceId === instance.id) &&
      (serviceName === undefined || task.serviceName === shortName(serviceName)) &&
      (input.family === undefined || task.definition.family === input.family) &&
      (input.startedBy === undefined || task.startedBy === input.startedBy) &&
      (input.launchType === undefined || input.launchType === 'EC2');
    const page = paginate(call, [...cluster.tasks.values()].filter(matches), {
      keyOf: ({ arn }) => arn,
      token: input.nextToken,
      size: checkedPageSize(input.maxResults, 100),
      sizeMax: 100, // ECS API Reference, ListTasks, "maxResults"
      invalidToken: 'InvalidParameterException',
    });
    return {
      taskArns: page.items.map(({ arn }) => arn),
      ...(page.nextToken === undefined ? {} : { nextToken: page.nextToken }),
    };
  },
});

export const taskOperations: Readonly<Record<string, Operation>> = {
  DescribeTasks: describeTasks,
  ListTasks: listTasks,
  RunTask: runTask,
  StartTask: startTaskOperation,
  StopTask: stopTaskOperation,
};
