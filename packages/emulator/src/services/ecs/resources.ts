import * as client from '@aws-sdk/client-ecs';
import type { Deployment, Properties, ResourceProvider } from '../../cloudformation/provider.ts';
import { AwsError, isAwsError } from '../../world/aws-error.ts';
import { isRecord } from '../../wire/scalars.ts';
import { changeTags, inputOf, tagListOf, textOf, unlessGone } from './resource-input.ts';
import { serviceResource } from './service-resource.ts';

const nameLengthMax = 255; // ECS API Reference, names of clusters, families and capacity providers

const provisionedCluster = (deployment: Deployment, name: string) => ({
  physicalId: name,
  attributes: { Arn: deployment.arn(`cluster/${name}`, { service: 'ecs' }) },
});

async function putProviders(
  deployment: Deployment,
  cluster: string,
  properties: Properties,
): Promise<void> {
  const given = inputOf(
    'PutClusterCapacityProviders',
    properties,
    ['CapacityProviders', 'DefaultCapacityProviderStrategy'],
    {
      cluster,
      ...(properties['CapacityProviders'] === undefined ? { capacityProviders: [] } : {}),
      ...(properties['DefaultCapacityProviderStrategy'] === undefined
        ? { defaultCapacityProviderStrategy: [] }
        : {}),
    },
  );
  await deployment.call(
    new client.PutClusterCapacityProvidersCommand(
      given as unknown as client.PutClusterCapacityProvidersCommandInput,
    ),
  );
}

const namesProviders = (properties: Properties): boolean =>
  properties['CapacityProviders'] !== undefined ||
  properties['DefaultCapacityProviderStrategy'] !== undefined;

/** `ClusterSettings` is `settings` in the operations. */
const settingsOf = (properties: Properties): Record<string, unknown> =>
  properties['ClusterSettings'] === undefined ? {} : { settings: properties['ClusterSettings'] };

/** Source: CloudFormation resource type AWS::ECS::Cluster; Service Connect is not modelled. */
const cluster: ResourceProvider = {
  type: 'AWS::ECS::Cluster',
  properties: [
    'CapacityProviders',
    'ClusterName',
    'ClusterSettings',
    'Configuration',
    'DefaultCapacityProviderStrategy',
    'Tags',
  ],
  required: [],
  createOnly: ['ClusterName'],
  attributes: ['Arn'],
  async create(properties, deployment) {
    const clusterName =
      textOf(properties['ClusterName']) ?? deployment.generateName({ lengthMax: nameLengthMax });
    const input = inputOf('CreateCluster', properties, ['Configuration'], {
      ...settingsOf(properties),
      clusterName,
      tags: tagListOf(deployment, properties['Tags']),
    });
    await refuseExisting(deployment, clusterName);
    await deployment.call(new client.CreateClusterCommand(input));
    if (namesProviders(properties)) await putProviders(deployment, clusterName, properties);
    return provisionedCluster(deployment, clusterName);
  },
  async update(properties, deployment, { physicalId, previous }) {
    const input = inputOf('UpdateCluster', properties, ['Configuration'], {
      ...settingsOf(properties),
      cluster: physicalId,
    });
    await deployment.call(
      new client.UpdateClusterCommand(input as unknown as client.UpdateClusterCommandInput),
    );
    if (namesProviders(properties) || namesProviders(previous))
      await putProviders(deployment, physicalId, properties);
    const made = provisionedCluster(deployment, physicalId);
    await changeTags(deployment, made.attributes.Arn, { properties, previous });
    return made;
  },
  delete: (physicalId, deployment) => unlessGone(removeCluster(deployment, physicalId)),
};

// Instances that are terminated are deregistered a little later; AWS does not say how long its handler waits for that.
const removalPollMs = 15_000;
const removalPollsMax = 12;

async function removeCluster(deployment: Deployment, name: string): Promise<void> {
  for (let poll = 1; ; poll += 1)
    try {
      await deployment.call(new client.DeleteClusterCommand({ cluster: name }));
      return;
    } catch (error) {
      const isUsed = isAwsError(error) && error.code.startsWith('ClusterContains');
      if (!isUsed || poll >= removalPollsMax) throw error;
      await deployment.world.scheduler.sleep(removalPollMs);
    }
}

/** CreateCluster answers with the cluster that is there already; CloudFormation does not take that for its own. */
async function refuseExisting(deployment: Deployment, name: string): Promise<void> {
  const { clusters = [] } = await deployment.call(
    new client.DescribeClustersCommand({ clusters: [name] }),
  );
  if (clusters.some(({ status }) => status === 'ACTIVE'))
    throw new AwsError(
      'AlreadyExists',
      `Resource of type 'AWS::ECS::Cluster' with identifier '${name}' already exists.`,
    );
}

const definitionProperties = [
  'ContainerDefinitions',
  'Cpu',
  'ExecutionRoleArn',
  'Family',
  'Memory',
  'NetworkMode',
  'PlacementConstraints',
  'RequiresCompatibilities',
  'RuntimePlatform',
  'TaskRoleArn',
  'Volumes',
];

/** Source: CloudFormation resource type AWS::ECS::TaskDefinition: every change but tags makes a new revision. */
const taskDefinition: ResourceProvider = {
  type: 'AWS::ECS::TaskDefinition',
  properties: [...definitionProperties, 'Tags'],
  required: [],
  createOnly: definitionProperties,
  attributes: ['TaskDefinitionArn'],
  async create(properties, deployment) {
    const input = inputOf('RegisterTaskDefinition', properties, definitionProperties, {
      family: textOf(properties['Family']) ?? familyOf(deployment),
      tags: tagListOf(deployment, properties['Tags']),
    });
    const { taskDefinition: made } = await deployment.call(
      new client.RegisterTaskDefinitionCommand(
        input as unknown as client.RegisterTaskDefinitionCommandInput,
      ),
    );
    const arn = made?.taskDefinitionArn ?? '';
    return { physicalId: arn, attributes: { TaskDefinitionArn: arn } };
  },
  async update(properties, deployment, { physicalId, previous }) {
    await changeTags(deployment, physicalId, { properties, previous });
    return { physicalId, attributes: { TaskDefinitionArn: physicalId } };
  },
  delete: (physicalId, deployment) =>
    unlessGone(
      deployment.call(new client.DeregisterTaskDefinitionCommand({ taskDefinition: physicalId })),
      ['ClientException'],
    ),
};

/** Stack names may have characters that families do not. */
const familyOf = (deployment: Deployment): string =>
  deployment.generateName({ lengthMax: nameLengthMax }).replaceAll(/[^A-Za-z0-9_-]/g, '');

const providerOf = (properties: Properties): Readonly<Record<string, unknown>> => {
  const provider = properties['AutoScalingGroupProvider'];
  return isRecord(provider) ? provider : {};
};

/** Source: CloudFormation resource type AWS::ECS::CapacityProvider */
const capacityProvider: ResourceProvider = {
  type: 'AWS::ECS::CapacityProvider',
  properties: ['AutoScalingGroupProvider', 'Name', 'Tags'],
  required: ['AutoScalingGroupProvider'],
  createOnly: ['Name'],
  attributes: [],
  async create(properties, deployment) {
    const name =
      textOf(properties['Name']) ?? deployment.generateName({ lengthMax: nameLengthMax });
    const input = inputOf('CreateCapacityProvider', properties, ['AutoScalingGroupProvider'], {
      name,
      tags: tagListOf(deployment, properties['Tags']),
    });
    await deployment.call(
      new client.CreateCapacityProviderCommand(
        input as unknown as client.CreateCapacityProviderCommandInput,
      ),
    );
    return { physicalId: name, attributes: {} };
  },
  async update(properties, deployment, { physicalId, previous }) {
    const { AutoScalingGroupArn: group, ...provider } = providerOf(properties);
    if (group !== providerOf(previous)['AutoScalingGroupArn'])
      throw new AwsError(
        'InvalidRequest',
        'another Auto Scaling group for a capacity provider is not modelled by this emulator',
      );
    const input = inputOf('UpdateCapacityProvider', {}, [], {
      name: physicalId,
      autoScalingGroupProvider: provider,
    });
    await deployment.call(
      new client.UpdateCapacityProviderCommand(
        input as unknown as client.UpdateCapacityProviderCommandInput,
      ),
    );
    const arn = deployment.arn(`capacity-provider/${physicalId}`, { service: 'ecs' });
    await changeTags(deployment, arn, { properties, previous });
    return { physicalId, attributes: {} };
  },
  delete: async (physicalId, deployment) => {
    const { capacityProviders: [found] = [] } = await deployment.call(
      new client.DescribeCapacityProvidersCommand({ capacityProviders: [physicalId] }),
    );
    if (found?.status !== 'ACTIVE') return;
    await deployment.call(
      new client.DeleteCapacityProviderCommand({ capacityProvider: physicalId }),
    );
  },
};

/** Source: CloudFormation resource type AWS::ECS::ClusterCapacityProviderAssociations */
const associations: ResourceProvider = {
  type: 'AWS::ECS::ClusterCapacityProviderAssociations',
  properties: ['CapacityProviders', 'Cluster', 'DefaultCapacityProviderStrategy'],
  required: ['Cluster', 'DefaultCapacityProviderStrategy'],
  createOnly: ['Cluster'],
  attributes: [],
  async create(properties, deployment) {
    const name = textOf(properties['Cluster']) ?? '';
    await putProviders(deployment, name, properties);
    return { physicalId: name, attributes: {} };
  },
  async update(properties, deployment, { physicalId }) {
    await putProviders(deployment, physicalId, properties);
    return { physicalId, attributes: {} };
  },
  delete: (physicalId, deployment) => unlessGone(putProviders(deployment, physicalId, {})),
};

export const ecsResources: readonly ResourceProvider[] = [
  associations,
  capacityProvider,
  cluster,
  serviceResource,
  taskDefinition,
];
