import type * as client from '@aws-sdk/client-ecs';
import type { Call } from '../../world/call.ts';
import type { Scope } from '../../world/scope.ts';
import { onlyModelled } from '../../world/only-modelled.ts';
import { paginate } from '../../world/paging.ts';
import { operation, type AccessCheck, type Operation } from '../../world/service.ts';
import { findInstance } from '../ec2/instances.ts';
import { containerInstanceArn, shortName } from './arns.ts';
import { providerOfInstance } from './capacity-provider-groups.ts';
import { clusterCheck } from './cluster-operations.ts';
import { arnOfCluster, clusterContext, findCluster, requireCluster } from './clusters.ts';
import {
  containerInstanceChanged,
  describeContainerInstance,
  liveTasksOf,
} from './container-instances.ts';
import { clientError, invalidParameter, notModelled, notModelledCode } from './errors.ts';
import { readIdentityDocument } from './identity-document.ts';
import { checkedPageSize } from './page-size.ts';
import { addRegistration, registrationOf, removeRegistration } from './registrations.ts';
import type { Cluster, ContainerInstance, Resources } from './state.ts';
import { creationTagChecks, newTags, resourceTagContext } from './tags.ts';
import { wakeScheduler } from './wake.ts';

const describeMax = 100; // ECS API Reference, DescribeContainerInstances: up to 100
const updateMax = 10; // ECS API Reference, UpdateContainerInstancesState: up to 10

export const findContainerInstance = (
  cluster: Cluster | undefined,
  idOrArn: string,
): ContainerInstance | undefined => cluster?.instances.get(shortName(idOrArn));

/** What is checked of a caller on container instances. */
const instanceChecks = (
  call: Call,
  action: string,
  input: { readonly cluster?: string | undefined },
  ids: readonly string[],
): AccessCheck[] =>
  ids.map((id) => {
    const cluster = findCluster(call, input.cluster);
    const name = arnOfCluster(call, input.cluster).split('/').at(-1) ?? '';
    return {
      action: `ecs:${action}`,
      resource: containerInstanceArn(call, name, shortName(id)),
      context: {
        ...clusterContext(call, input.cluster),
        ...resourceTagContext(findContainerInstance(cluster, id)?.tags),
      },
    };
  });

const registerContainerInstance = operation<
  client.RegisterContainerInstanceCommandInput,
  Partial<client.RegisterContainerInstanceCommandOutput>
>({
  authorize: (input, call) => [
    clusterCheck('RegisterContainerInstance')(input, call),
    ...creationTagChecks(
      call,
      containerInstanceArn(call, arnOfCluster(call, input.cluster).split('/').at(-1) ?? '', '*'),
      input.tags,
    ),
  ],
  async run(input, call) {
    onlyModelled(
      input,
      [
        'attributes',
        'cluster',
        'instanceIdentityDocument',
        'instanceIdentityDocumentSignature',
        'tags',
        'totalResources',
        'versionInfo',
      ],
      notModelledCode,
    );
    const cluster = requireCluster(call, input.cluster);
    const identity = readIdentityDocument(
      call,
      input.instanceIdentityDocument,
      input.instanceIdentityDocumentSignature,
    );
    const machine = identity && findInstance(call, identity.instanceId);
    if (machine?.state !== 'running')
      throw clientError('Instance identity document could not be verified.');
    const present = registrationOf(call, machine.id);
    if (present?.cluster === cluster)
      return { containerInstance: describeContainerInstance(cluster, present.instance) };
    if (present)
      throw clientError(`The instance is registered with the cluster ${present.cluster.name}.`);
    const instance = addRegistration(call, cluster, {
      machine,
      registered: readResources(input.totalResources ?? []),
      versionInfo: input.versionInfo ?? {},
      attributes: input.attributes ?? [],
      capacityProvider: await providerOfInstance(call, cluster, machine.id),
      tags: newTags(call, input.tags),
    });
    return { containerInstance: describeContainerInstance(cluster, instance) };
  },
});

function readResources(given: readonly client.Resource[]): Resources {
  const find = (name: string): client.Resource => {
    const found = given.find((resource) => resource.name === name);
    if (!found) throw invalidParameter(`The resource ${name} is missing.`);
    return found;
  };
  return {
    cpu: find('CPU').integerValue ?? 0,
    memory: find('MEMORY').integerValue ?? 0,
    tcpPorts: find('PORTS').stringSetValue ?? [],
    udpPorts: find('PORTS_UDP').stringSetValue ?? [],
  };
}

const deregisterContainerInstance = operation<
  client.DeregisterContainerInstanceCommandInput,
  Partial<client.DeregisterContainerInstanceCommandOutput>
>({
  // Checked on the cluster. Source: Service Authorization Reference, ECS
  authorize: clusterCheck('DeregisterContainerInstance'),
  run(input, call) {
    const cluster = requireCluster(call, input.cluster);
    const instance = findContainerInstance(cluster, input.containerInstance ?? '');
    if (!instance || instance.status === 'INACTIVE')
      throw invalidParameter('Container instance not found.');
    if (input.force !== true && [...liveTasksOf(cluster, instance.id)].length > 0)
      throw invalidParameter('Found running tasks on the instance.');
    removeRegistration(
      call,
      { cluster, instance },
      'Container instance deregistered forcibly by user.',
    );
    return { containerInstance: describeContainerInstance(cluster, instance) };
  },
});

/** Source: ECS API Reference, ListContainerInstances, "status": those that are INACTIVE are never listed */
const listableStatuses: readonly client.ContainerInstanceStatus[] = [
  'ACTIVE',
  'DEREGISTERING',
  'DRAINING',
  'REGISTERING',
  'REGISTRATION_FAILED',
];

const listContainerInstances = operation<
  client.ListContainerInstancesCommandInput,
  Partial<client.ListContainerInstancesCommandOutput>
>({
  authorize: clusterCheck('ListContainerInstances'),
  run(input, call) {
    if (input.filter !== undefined && input.filter !== '')
      throw notModelled('the filter of ListContainerInstances');
    const cluster = requireCluster(call, input.cluster);
    if (input.status !== undefined && !listableStatuses.includes(input.status))
      throw invalidParameter(`Invalid container instance status ${input.status}.`);
    const page = paginate(
      call,
      // Without a status: active and draining ones. Source: ECS API Reference, ListContainerInstances, "status"
      [...cluster.instances.values()].filter(({ status }) =>
        input.status === undefined ? status !== 'INACTIVE' : status === input.status,
      ),
      {
        keyOf: ({ arn }) => arn,
        token: input.nextToken,
        size: checkedPageSize(input.maxResults, 100),
        sizeMax: 100, // ECS API Reference, ListContainerInstances, "maxResults"
        invalidToken: 'InvalidParameterException',
      },
    );
    return {
      containerInstanceArns: page.items.map(({ arn }) => arn),
      ...(page.nextToken === undefined ? {} : { nextToken: page.nextToken }),
    };
  },
});

const missing = (scope: Scope, cluster: Cluster, ids: readonly string[]): client.Failure[] =>
  ids
    .filter((id) => !findContainerInstance(cluster, id))
    .map((id) => ({
      arn: containerInstanceArn(scope, cluster.name, shortName(id)),
      reason: 'MISSING',
    }));

const describeContainerInstances = operation<
  client.DescribeContainerInstancesCommandInput,
  Partial<client.DescribeContainerInstancesCommandOutput>
>({
  authorize: (input, call) =>
    instanceChecks(call, 'DescribeContainerInstances', input, input.containerInstances ?? []),
  run(input, call) {
    const cluster = requireCluster(call, input.cluster);
    const ids = input.containerInstances ?? [];
    if (ids.length === 0) throw invalidParameter('Container instances cannot be empty.');
    if (ids.length > describeMax)
      throw invalidParameter(`instanceIds cannot have more than ${describeMax} elements.`);
    if (input.include?.includes('CONTAINER_INSTANCE_HEALTH') === true)
      throw notModelled('the health of container instances');
    return {
      containerInstances: ids.flatMap((id) => {
        const instance = findContainerInstance(cluster, id);
        return instance ? [describeContainerInstance(cluster, instance, input.include)] : [];
      }),
      failures: missing(call, cluster, ids),
    };
  },
});

const updateContainerInstancesState = operation<
  client.UpdateContainerInstancesStateCommandInput,
  Partial<client.UpdateContainerInstancesStateCommandOutput>
>({
  authorize: (input, call) =>
    instanceChecks(call, 'UpdateContainerInstancesState', input, input.containerInstances ?? []),
  run(input, call) {
    const cluster = requireCluster(call, input.cluster);
    const ids = input.containerInstances ?? [];
    const { status } = input;
    if (status !== 'ACTIVE' && status !== 'DRAINING')
      throw invalidParameter('Container instance status should be one of [ACTIVE,DRAINING]');
    if (ids.length === 0) throw invalidParameter('Container instances cannot be empty.');
    if (ids.length > updateMax)
      throw invalidParameter(`instanceIds cannot have more than ${updateMax} elements.`);
    const found = ids.flatMap((id) => findContainerInstance(cluster, id) ?? []);
    const changeable = found.filter((instance) => instance.status !== 'INACTIVE');
    for (const instance of changeable) setState(call, cluster, instance, status);
    return {
      containerInstances: changeable.map((instance) =>
        describeContainerInstance(cluster, instance),
      ),
      failures: [
        ...missing(call, cluster, ids),
        ...found
          .filter((instance) => instance.status === 'INACTIVE')
          .map(({ arn }) => ({ arn, reason: 'INACTIVE' })),
      ],
    };
  },
});

/** Sets whether an instance takes tasks; draining moves those of services away. */
export function setState(
  scope: Scope,
  cluster: Cluster,
  instance: ContainerInstance,
  status: 'ACTIVE' | 'DRAINING',
): void {
  if (instance.status === status) return;
  instance.status = status;
  containerInstanceChanged(scope, cluster, instance);
  wakeScheduler(scope, cluster);
}

const discoverPollEndpoint = operation<
  client.DiscoverPollEndpointCommandInput,
  Partial<client.DiscoverPollEndpointCommandOutput>
>({
  // No resource-level permission. Source: Service Authorization Reference, ECS
  authorize: () => ({ action: 'ecs:DiscoverPollEndpoint', resource: '*' }),
  run: (_, call) => ({
    endpoint: `https://ecs-a-1.${call.region}.amazonaws.com/`,
    telemetryEndpoint: `https://ecs-t-1.${call.region}.amazonaws.com/`,
  }),
});

export const containerInstanceOperations: Readonly<Record<string, Operation>> = {
  DeregisterContainerInstance: deregisterContainerInstance,
  DescribeContainerInstances: describeContainerInstances,
  DiscoverPollEndpoint: discoverPollEndpoint,
  ListContainerInstances: listContainerInstances,
  RegisterContainerInstance: registerContainerInstance,
  UpdateContainerInstancesState: updateContainerInstancesState,
};
