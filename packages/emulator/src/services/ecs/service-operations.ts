import type * as client from '@aws-sdk/client-ecs';
import type { Call } from '../../world/call.ts';
import { paginate } from '../../world/paging.ts';
import { operation, type AccessCheck, type Operation } from '../../world/service.ts';
import { serviceArn } from './arns.ts';
import { clusterContext, findCluster, requireCluster } from './clusters.ts';
import { beginDeployment, primaryOf } from './deployments.ts';
import { invalidParameter, notModelled, serviceNotActive } from './errors.ts';
import { ensureOwnRole } from './own-role.ts';
import { checkedPageSize } from './page-size.ts';
import {
  checkNewService,
  checkServiceUpdate,
  readDeploymentConfiguration,
} from './service-settings.ts';
import { arnOfService, describeService, findService, requireService } from './services.ts';
import { ecsState, type Cluster, type Service } from './state.ts';
import { providerContext, readLaunch, readStrategy } from './strategies.ts';
import { creationTagChecks, newTags, requestTagContext, resourceTagContext } from './tags.ts';
import { referenceArn, requireRunnable } from './task-definition-lookup.ts';
import { wakeScheduler } from './wake.ts';

const describeMax = 10; // ECS API Reference, DescribeServices: up to 10

/** What is checked of a caller on a service. */
const serviceCheck = (
  call: Call,
  action: string,
  input: {
    readonly cluster?: string | undefined;
    readonly taskDefinition?: string | undefined;
    readonly capacityProviderStrategy?: readonly client.CapacityProviderStrategyItem[] | undefined;
  },
  service: string,
): AccessCheck => ({
  action: `ecs:${action}`,
  resource: arnOfService(call, input.cluster, service),
  context: {
    ...clusterContext(call, input.cluster),
    ...providerContext(call, input.capacityProviderStrategy),
    'ecs:task-definition':
      input.taskDefinition === undefined ? undefined : referenceArn(call, input.taskDefinition),
    ...resourceTagContext(findService(findCluster(call, input.cluster), service)?.tags),
  },
});

const createService = operation<
  client.CreateServiceCommandInput,
  Partial<client.CreateServiceCommandOutput>
>({
  authorize: (input, call) => {
    const check = serviceCheck(call, 'CreateService', input, input.serviceName ?? '');
    return [
      { ...check, context: { ...check.context, ...requestTagContext(input.tags) } },
      ...creationTagChecks(call, check.resource, input.tags),
    ];
  },
  run(input, call) {
    checkNewService(input);
    const cluster = requireCluster(call, input.cluster);
    const name = input.serviceName ?? '';
    const { tokens } = ecsState.in(call);
    const token = input.clientToken && `${cluster.name}/${name}/${input.clientToken}`;
    const request = JSON.stringify(input);
    const existing = cluster.services.get(name);
    if (existing?.status === 'ACTIVE' && token && tokens.get(token)?.request === request)
      return { service: describeService(cluster, existing, ['TAGS']) };
    if (existing?.status === 'ACTIVE')
      throw invalidParameter('Creation of service was not idempotent.');
    if (existing?.status === 'DRAINING')
      throw invalidParameter('Unable to Start a service that is still Draining.');
    ensureOwnRole(call);
    const service = newService(call, cluster, input);
    cluster.services.set(name, service);
    if (token) tokens.set(token, { request, taskIds: [] });
    beginDeployment(call, service, requireRunnable(call, input.taskDefinition ?? ''));
    wakeScheduler(call, cluster);
    return { service: describeService(cluster, service, ['TAGS']) };
  },
});

function newService(
  call: Call,
  cluster: Cluster,
  input: client.CreateServiceCommandInput,
): Service {
  requireRunnable(call, input.taskDefinition ?? '');
  const scheduling = input.schedulingStrategy ?? 'REPLICA';
  const name = input.serviceName ?? '';
  return {
    name,
    arn: serviceArn(call, cluster.name, name),
    clusterName: cluster.name,
    status: 'ACTIVE',
    scheduling,
    desiredCount: input.desiredCount ?? 0,
    ...readLaunch(cluster, input),
    ...readDeploymentConfiguration(input.deploymentConfiguration, scheduling),
    constraints: input.placementConstraints ?? [],
    placement: input.placementStrategy ?? [],
    createdAt: call.date,
    createdBy: call.caller.kind === 'service' ? call.caller.service : call.caller.arn,
    enableManagedTags: input.enableECSManagedTags === true,
    propagateTags: input.propagateTags ?? 'NONE',
    deployments: [],
    lastCompleted: undefined,
    events: [],
    taskIds: new Set(),
    tags: newTags(call, input.tags),
    isSteady: false,
    said: new Map(),
    repeatTimer: undefined,
    startFailures: 0,
    pausedUntil: 0,
  };
}

const updateService = operation<
  client.UpdateServiceCommandInput,
  Partial<client.UpdateServiceCommandOutput>
>({
  authorize: (input, call) => serviceCheck(call, 'UpdateService', input, input.service ?? ''),
  run(input, call) {
    checkServiceUpdate(input);
    const cluster = requireCluster(call, input.cluster);
    const service = requireService(cluster, input.service ?? '');
    if (service.status !== 'ACTIVE') throw serviceNotActive();
    if (service.scheduling === 'DAEMON' && input.desiredCount !== undefined)
      throw invalidParameter('The daemon scheduling strategy does not support a desired count.');
    const present = primaryOf(service)?.definition;
    const definition =
      input.taskDefinition === undefined ? present : requireRunnable(call, input.taskDefinition);
    const settings = readDeploymentConfiguration(
      input.deploymentConfiguration,
      service.scheduling,
      service,
    );
    const strategy = input.capacityProviderStrategy;
    if (strategy && service.launchType !== undefined)
      throw notModelled('a capacity provider strategy in place of a launch type');
    if (strategy && input.forceNewDeployment !== true)
      throw invalidParameter(
        'When a capacity provider strategy is updated, forceNewDeployment must be true.',
      );
    if (strategy) service.strategy = readStrategy(strategy, cluster.capacityProviders);
    Object.assign(service, settings);
    service.constraints = input.placementConstraints ?? service.constraints;
    service.placement = input.placementStrategy ?? service.placement;
    if (input.desiredCount !== undefined && input.desiredCount !== service.desiredCount) {
      service.desiredCount = input.desiredCount;
      service.isSteady = false;
    }
    if (definition && (input.forceNewDeployment === true || definition !== present))
      beginDeployment(call, service, definition);
    wakeScheduler(call, cluster);
    return { service: describeService(cluster, service, ['TAGS']) };
  },
});

const deleteService = operation<
  client.DeleteServiceCommandInput,
  Partial<client.DeleteServiceCommandOutput>
>({
  authorize: (input, call) => serviceCheck(call, 'DeleteService', input, input.service ?? ''),
  run(input, call) {
    const cluster = requireCluster(call, input.cluster);
    const service = requireService(cluster, input.service ?? '');
    if (service.status !== 'ACTIVE') throw serviceNotActive();
    if (service.scheduling === 'REPLICA' && service.desiredCount > 0 && input.force !== true)
      throw invalidParameter('The service cannot be stopped while it is scaled above 0.');
    service.status = 'DRAINING';
    service.desiredCount = 0;
    wakeScheduler(call, cluster);
    return { service: describeService(cluster, service) };
  },
});

const describeServices = operation<
  client.DescribeServicesCommandInput,
  Partial<client.DescribeServicesCommandOutput>
>({
  authorize: (input, call) =>
    (input.services ?? []).map((name) =>
      serviceCheck(call, 'DescribeServices', { cluster: input.cluster }, name),
    ),
  run(input, call) {
    const cluster = requireCluster(call, input.cluster);
    const names = input.services ?? [];
    if (names.length === 0) throw invalidParameter('Services cannot be empty.');
    if (names.length > describeMax)
      throw invalidParameter(`Services cannot have more than ${describeMax} elements.`);
    const found = names.map((name) => ({ name, service: findService(cluster, name) }));
    return {
      services: found.flatMap(({ service }) =>
        service ? [describeService(cluster, service, input.include)] : [],
      ),
      failures: found.flatMap(({ name, service }) =>
        service ? [] : [{ arn: arnOfService(call, input.cluster, name), reason: 'MISSING' }],
      ),
    };
  },
});

const listServices = operation<
  client.ListServicesCommandInput,
  Partial<client.ListServicesCommandOutput>
>({
  // No resource-level permission, but the cluster. Source: Service Authorization Reference, ECS
  authorize: (input, call) => ({
    action: 'ecs:ListServices',
    resource: '*',
    context: clusterContext(call, input.cluster),
  }),
  run(input, call) {
    const cluster = requireCluster(call, input.cluster);
    const matching = [...cluster.services.values()].filter(
      (service) =>
        service.status !== 'INACTIVE' &&
        (input.launchType === undefined || service.launchType === input.launchType) &&
        (input.schedulingStrategy === undefined || service.scheduling === input.schedulingStrategy),
    );
    const page = paginate(call, matching, {
      keyOf: ({ arn }) => arn,
      token: input.nextToken,
      size: checkedPageSize(input.maxResults, 100) ?? 10, // ECS API Reference, ListServices, "maxResults": 10 by default
      sizeMax: 100, // ECS API Reference, ListServices, "maxResults"
      invalidToken: 'InvalidParameterException',
    });
    return {
      serviceArns: page.items.map(({ arn }) => arn),
      ...(page.nextToken === undefined ? {} : { nextToken: page.nextToken }),
    };
  },
});

export const serviceOperations: Readonly<Record<string, Operation>> = {
  CreateService: createService,
  DeleteService: deleteService,
  DescribeServices: describeServices,
  ListServices: listServices,
  UpdateService: updateService,
};
