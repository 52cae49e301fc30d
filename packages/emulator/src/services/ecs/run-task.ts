import type * as client from '@aws-sdk/client-ecs';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { onlyModelled } from '../../world/only-modelled.ts';
import { operation, type AccessCheck } from '../../world/service.ts';
import { nextProvider } from './choose-provider.ts';
import { clusterContext, requireCluster } from './clusters.ts';
import { findContainerInstance } from './container-instance-operations.ts';
import { containerInstanceArn, shortName, taskArn } from './arns.ts';
import { clientError, invalidParameter, notModelled, notModelledCode } from './errors.ts';
import { PlacementRound, type PlacementRequest } from './placement.ts';
import { checkConstraints, checkStrategies, defaultStrategies } from './placement-constraints.ts';
import { withoutEmpty } from './service-settings.ts';
import { ecsState, type Cluster, type ContainerInstance, type TaskDefinition } from './state.ts';
import { providerContext, readLaunch } from './strategies.ts';
import { creationTagChecks, newTags, requestTagContext, resourceTagContext } from './tags.ts';
import { findTaskDefinition, referenceArn, requireRunnable } from './task-definition-lookup.ts';
import { createTask } from './task-lifecycle.ts';
import { roleProblem } from './task-roles.ts';
import { describeTask } from './tasks.ts';
import { wakeScheduler } from './wake.ts';

const tasksMax = 10; // ECS API Reference, RunTask, "count" and StartTask, "containerInstances": up to 10
/** Source: ECS Developer Guide, "Amazon ECS capacity providers": tasks in PROVISIONING per cluster */
const provisioningMax = 500;

/** Source: Service Authorization Reference, ECS: the task definition is the resource */
const runChecks = (
  call: Call,
  action: string,
  input: Pick<
    client.RunTaskCommandInput,
    'cluster' | 'taskDefinition' | 'tags' | 'capacityProviderStrategy'
  >,
): AccessCheck[] => {
  const text = input.taskDefinition ?? '';
  const cluster = clusterContext(call, input.cluster);
  return [
    {
      action: `ecs:${action}`,
      resource: referenceArn(call, text),
      context: {
        ...cluster,
        ...providerContext(call, input.capacityProviderStrategy),
        ...requestTagContext(input.tags),
        ...resourceTagContext(findTaskDefinition(call, text)?.tags),
      },
    },
    ...creationTagChecks(
      call,
      taskArn(call, String(cluster['ecs:cluster']).split('/').at(-1) ?? '', '*'),
      input.tags,
    ),
  ];
};

interface Launch {
  readonly cluster: Cluster;
  readonly definition: TaskDefinition;
  readonly request: Omit<PlacementRequest, 'capacityProvider'>;
  readonly input: client.RunTaskCommandInput;
}

/** @throws AwsError for what cannot be started wherever */
function readRequest(call: Call, input: client.RunTaskCommandInput): Launch {
  checkConstraints(input.placementConstraints);
  checkStrategies(input.placementStrategy);
  checkOverrides(input.overrides);
  const cluster = requireCluster(call, input.cluster);
  const definition = requireRunnable(call, input.taskDefinition ?? '');
  const problem = roleProblem(call, definition);
  if (problem !== undefined) throw clientError(problem);
  const strategies = input.placementStrategy ?? [];
  return {
    cluster,
    definition,
    input,
    request: {
      definition,
      group: input.group ?? `family:${definition.family}`,
      constraints: input.placementConstraints ?? [],
      strategies: strategies.length > 0 ? strategies : defaultStrategies,
    },
  };
}

function checkOverrides(overrides: client.TaskOverride | undefined): void {
  if (!overrides) return;
  onlyModelled(withoutEmpty(overrides), ['containerOverrides'], notModelledCode);
  for (const container of overrides.containerOverrides ?? [])
    onlyModelled(container, ['command', 'environment', 'name'], notModelledCode);
}

const startTask = (
  call: Call,
  { cluster, definition, request, input }: Launch,
  place: {
    readonly instance: ContainerInstance | undefined;
    readonly capacityProvider: string | undefined;
  },
): client.Task =>
  describeTask(
    call,
    cluster,
    createTask(
      call,
      cluster,
      {
        definition,
        group: request.group,
        startedBy: input.startedBy,
        capacityProvider: place.capacityProvider,
        overrides: input.overrides,
        tags: newTags(call, input.tags),
        wishes: request,
      },
      place.instance,
    ),
    ['TAGS'],
  );

export const runTask = operation<client.RunTaskCommandInput, Partial<client.RunTaskCommandOutput>>({
  authorize: (input, call) => runChecks(call, 'RunTask', input),
  run(input, call) {
    onlyModelled(
      withoutEmpty(input),
      [
        'capacityProviderStrategy',
        'clientToken',
        'cluster',
        'count',
        'group',
        'launchType',
        'overrides',
        'placementConstraints',
        'placementStrategy',
        'startedBy',
        'tags',
        'taskDefinition',
      ],
      notModelledCode,
    );
    const { count = 1 } = input;
    if (count < 1 || count > tasksMax)
      throw invalidParameter(`count must be between 1 and ${tasksMax}.`);
    const launch = readRequest(call, input);
    const known = knownTasks(call, launch);
    if (known) return { tasks: [...known], failures: [] };
    const result = runTasks(call, launch, count);
    const taskIds = result.tasks.map(({ taskArn = '' }) => shortName(taskArn));
    if (input.clientToken !== undefined)
      ecsState.in(call).tokens.set(tokenOf(launch), { request: requestOf(launch.input), taskIds });
    wakeScheduler(call, launch.cluster);
    return result;
  },
});

const tokenOf = ({ cluster, input }: Launch): string =>
  `run-task/${cluster.name}/${input.clientToken ?? ''}`;

const requestOf = (input: client.RunTaskCommandInput): string => JSON.stringify(input);

/**
 * The tasks of an earlier call with the same client token, which SDK clients make for every call.
 *
 * @throws AwsError ConflictException when that call was another one
 */
function knownTasks(call: Call, launch: Launch): readonly client.Task[] | undefined {
  const { cluster, input } = launch;
  const earlier = ecsState.in(call).tokens.get(tokenOf(launch));
  if (input.clientToken === undefined || !earlier) return undefined;
  if (earlier.request !== requestOf(input))
    throw new AwsError(
      'ConflictException',
      'The client token was used before with other parameters.',
      { details: { resourceIds: earlier.taskIds.map((id) => taskArn(call, cluster.name, id)) } },
    );
  return earlier.taskIds.flatMap((id) => {
    const task = cluster.tasks.get(id);
    return task ? [describeTask(call, cluster, task, ['TAGS'])] : [];
  });
}

function runTasks(
  call: Call,
  launch: Launch,
  count: number,
): { readonly tasks: client.Task[]; readonly failures: client.Failure[] } {
  const { cluster, input } = launch;
  const { strategy } = readLaunch(cluster, input);
  const isEmpty = ![...cluster.instances.values()].some(({ status }) => status !== 'INACTIVE');
  if (isEmpty && strategy.length === 0)
    throw invalidParameter('No Container Instances were found in your cluster.');
  const round = new PlacementRound(cluster);
  const tasks: client.Task[] = [];
  const failures: client.Failure[] = [];
  const counts = new Map<string, number>();
  for (let index = 0; index < count; index += 1) {
    const capacityProvider = nextProvider(strategy, (name) => counts.get(name) ?? 0);
    counts.set(capacityProvider ?? '', (counts.get(capacityProvider ?? '') ?? 0) + 1);
    const placement = round.place({ ...launch.request, capacityProvider });
    const provider = ecsState.in(call).capacityProviders.get(capacityProvider ?? '');
    const mayWait =
      provider?.managedScaling.status === 'ENABLED' && cluster.waiting.size < provisioningMax;
    const instance = 'instance' in placement ? placement.instance : undefined;
    if (instance || mayWait)
      tasks.push(
        startTask(call, launch, {
          instance,
          capacityProvider: capacityProvider ?? instance?.capacityProvider,
        }),
      );
    else if ('failure' in placement) failures.push(...describeFailure(placement.failure));
  }
  return { tasks, failures };
}

/** One failure an instance, as RunTask has them. Source: ECS API Reference, "API failure reasons" */
const describeFailure = ({
  reason,
  instances,
}: {
  readonly reason: string;
  readonly instances: readonly ContainerInstance[];
}): client.Failure[] =>
  instances.length === 0 ? [{ reason }] : instances.map(({ arn }) => ({ arn, reason }));

export const startTaskOperation = operation<
  client.StartTaskCommandInput,
  Partial<client.StartTaskCommandOutput>
>({
  authorize: (input, call) => runChecks(call, 'StartTask', input),
  run(input, call) {
    onlyModelled(
      withoutEmpty(input),
      [
        'cluster',
        'containerInstances',
        'group',
        'overrides',
        'startedBy',
        'tags',
        'taskDefinition',
      ],
      notModelledCode,
    );
    const { containerInstances: ids = [], ...rest } = input;
    if (ids.length === 0) throw invalidParameter('Container instances cannot be empty.');
    if (ids.length > tasksMax)
      throw invalidParameter(`Container instances cannot have more than ${tasksMax} elements.`);
    const launch = readRequest(call, rest);
    const round = new PlacementRound(launch.cluster);
    const tasks: client.Task[] = [];
    const failures: client.Failure[] = [];
    for (const id of ids) {
      const only = findContainerInstance(launch.cluster, id);
      const arn = containerInstanceArn(call, launch.cluster.name, shortName(id));
      if (only?.status !== 'ACTIVE') {
        if (only?.status === 'DRAINING') throw notModelled('StartTask on an instance that drains');
        failures.push({ arn, reason: only ? 'INACTIVE' : 'MISSING' });
        continue;
      }
      const placement = round.place({ ...launch.request, only });
      if ('instance' in placement)
        tasks.push(
          startTask(call, launch, { instance: only, capacityProvider: only.capacityProvider }),
        );
      else failures.push({ arn, reason: placement.failure.reason });
    }
    return { tasks, failures };
  },
});
