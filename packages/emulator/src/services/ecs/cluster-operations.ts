import type * as client from '@aws-sdk/client-ecs';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { onlyModelled } from '../../world/only-modelled.ts';
import { paginate } from '../../world/paging.ts';
import { operation, type Operation } from '../../world/service.ts';
import { wakeAgents } from './agent.ts';
import {
  arnOfCluster,
  clusterTagContext,
  describeCluster,
  findCluster,
  newCluster,
  requireCluster,
} from './clusters.ts';
import { checkName, defaultClusterName } from './arns.ts';
import { invalidParameter, notModelledCode } from './errors.ts';
import { ensureOwnRole } from './own-role.ts';
import { checkedPageSize } from './page-size.ts';
import { ecsState, type Cluster } from './state.ts';
import { creationTagChecks, newTags, requestTagContext } from './tags.ts';

const describeMax = 100; // ECS API Reference, DescribeClusters: up to 100

/** What is checked of a caller on a cluster. */
export const clusterCheck =
  (action: string) => (input: { readonly cluster?: string | undefined }, call: Call) => ({
    action: `ecs:${action}`,
    resource: arnOfCluster(call, input.cluster),
    context: clusterTagContext(call, input.cluster),
  });

const settingNames: readonly (string | undefined)[] = ['containerInsights'];

function checkSettings(settings: readonly client.ClusterSetting[] | undefined): void {
  for (const { name, value } of settings ?? [])
    if (!settingNames.includes(name) || !/^(enabled|disabled|enhanced)$/.test(value ?? ''))
      throw invalidParameter(`Invalid cluster setting ${name ?? ''}: ${value ?? ''}`);
}

const defaultSettings: readonly client.ClusterSetting[] = [
  { name: 'containerInsights', value: 'disabled' },
];

const createCluster = operation<
  client.CreateClusterCommandInput,
  Partial<client.CreateClusterCommandOutput>
>({
  authorize: (input, call) => {
    const resource = arnOfCluster(call, input.clusterName);
    return [
      { action: 'ecs:CreateCluster', resource, context: requestTagContext(input.tags) },
      ...creationTagChecks(call, resource, input.tags),
    ];
  },
  run(input, call) {
    onlyModelled(input, ['clusterName', 'configuration', 'settings', 'tags'], notModelledCode);
    const name = input.clusterName ?? defaultClusterName;
    checkName(name, 'cluster');
    checkSettings(input.settings);
    // The role is made if the caller may; without it the cluster is made all the same.
    ensureOwnRole(call);
    const { clusters } = ecsState.in(call);
    const existing = clusters.get(name);
    if (existing?.status === 'ACTIVE') return { cluster: describeCluster(existing) };
    const cluster = newCluster(call, name, {
      settings: input.settings ?? defaultSettings,
      configuration: input.configuration,
      capacityProviders: [],
      defaultStrategy: [],
      tags: newTags(call, input.tags),
    });
    clusters.set(name, cluster);
    wakeAgents(call, name);
    return { cluster: describeCluster(cluster, ['TAGS', 'SETTINGS']) };
  },
});

const describeClusters = operation<
  client.DescribeClustersCommandInput,
  Partial<client.DescribeClustersCommandOutput>
>({
  authorize: (input, call) =>
    (input.clusters ?? [defaultClusterName]).map((cluster) =>
      clusterCheck('DescribeClusters')({ cluster }, call),
    ),
  run(input, call) {
    const names = input.clusters ?? [defaultClusterName];
    if (names.length > describeMax)
      throw invalidParameter(`Clusters cannot have more than ${describeMax} elements.`);
    const found = names.map((name) => ({ name, cluster: findCluster(call, name) }));
    return {
      clusters: found.flatMap(({ cluster }) =>
        cluster ? [describeCluster(cluster, input.include)] : [],
      ),
      failures: found.flatMap(({ name, cluster }) =>
        cluster ? [] : [{ arn: arnOfCluster(call, name), reason: 'MISSING' }],
      ),
    };
  },
});

const listClusters = operation<
  client.ListClustersCommandInput,
  Partial<client.ListClustersCommandOutput>
>({
  // No resource-level permission. Source: Service Authorization Reference, ECS
  authorize: () => ({ action: 'ecs:ListClusters', resource: '*' }),
  run(input, call) {
    const active = [...ecsState.in(call).clusters.values()].filter(
      ({ status }) => status === 'ACTIVE',
    );
    const page = paginate(call, active, {
      keyOf: ({ arn }) => arn,
      token: input.nextToken,
      size: checkedPageSize(input.maxResults, 100),
      sizeMax: 100, // ECS API Reference, ListClusters, "maxResults"
      invalidToken: 'InvalidParameterException',
    });
    return {
      clusterArns: page.items.map(({ arn }) => arn),
      ...(page.nextToken === undefined ? {} : { nextToken: page.nextToken }),
    };
  },
});

const updateCluster = operation<
  client.UpdateClusterCommandInput,
  Partial<client.UpdateClusterCommandOutput>
>({
  authorize: clusterCheck('UpdateCluster'),
  run(input, call) {
    onlyModelled(input, ['cluster', 'configuration', 'settings'], notModelledCode);
    const cluster = requireCluster(call, input.cluster);
    checkSettings(input.settings);
    if (input.settings) cluster.settings = input.settings;
    if (input.configuration) cluster.configuration = input.configuration;
    return { cluster: describeCluster(cluster, ['SETTINGS', 'CONFIGURATIONS', 'TAGS']) };
  },
});

const updateClusterSettings = operation<
  client.UpdateClusterSettingsCommandInput,
  Partial<client.UpdateClusterSettingsCommandOutput>
>({
  authorize: clusterCheck('UpdateClusterSettings'),
  run(input, call) {
    const cluster = requireCluster(call, input.cluster);
    checkSettings(input.settings);
    cluster.settings = input.settings ?? cluster.settings;
    return { cluster: describeCluster(cluster, ['SETTINGS']) };
  },
});

const deleteCluster = operation<
  client.DeleteClusterCommandInput,
  Partial<client.DeleteClusterCommandOutput>
>({
  authorize: clusterCheck('DeleteCluster'),
  run(input, call) {
    const cluster = requireCluster(call, input.cluster);
    refuseWhileInUse(cluster);
    cluster.status = 'INACTIVE';
    cluster.capacityProviders = [];
    cluster.defaultStrategy = [];
    return { cluster: describeCluster(cluster) };
  },
});

/** Source: ECS API Reference, DeleteCluster, errors */
function refuseWhileInUse(cluster: Cluster): void {
  if ([...cluster.services.values()].some(({ status }) => status === 'ACTIVE'))
    throw new AwsError(
      'ClusterContainsServicesException',
      'The Cluster cannot be deleted while Services are active.',
    );
  if ([...cluster.instances.values()].some(({ status }) => status !== 'INACTIVE'))
    throw new AwsError(
      'ClusterContainsContainerInstancesException',
      'The Cluster cannot be deleted while Container Instances are active or draining.',
    );
  if ([...cluster.tasks.values()].some(({ lastStatus }) => lastStatus !== 'STOPPED'))
    throw new AwsError(
      'ClusterContainsTasksException',
      'The Cluster cannot be deleted while Tasks are active.',
    );
}

export const clusterOperations: Readonly<Record<string, Operation>> = {
  CreateCluster: createCluster,
  DeleteCluster: deleteCluster,
  DescribeClusters: describeClusters,
  ListClusters: listClusters,
  UpdateCluster: updateCluster,
  UpdateClusterSettings: updateClusterSettings,
};
