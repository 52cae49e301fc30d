import * as client from '@aws-sdk/client-ecs';
import type {
  Deployment,
  Properties,
  Provisioned,
  ResourceProvider,
} from '../../cloudformation/provider.ts';
import { AwsError, isAwsError } from '../../world/aws-error.ts';
import { changeTags, inputOf, tagListOf, textOf, unlessGone } from './resource-input.ts';

const nameLengthMax = 255; // ECS API Reference, CreateService, "serviceName"
const pollMs = 15_000;
/** Source: CloudFormation, AWS::ECS::Service: it waits three hours for the service to stabilize */
const stabilizationMsMax = 3 * 3600 * 1000;

async function find(deployment: Deployment, arn: string): Promise<client.Service | undefined> {
  const { services: [found] = [] } = await deployment.call(
    new client.DescribeServicesCommand({ cluster: clusterOf(arn), services: [arn] }),
  );
  return found;
}

/** `…:service/<cluster>/<name>` */
const clusterOf = (arn: string): string => arn.split('/').at(-2) ?? '';

const isStable = ({ deployments = [], runningCount, desiredCount }: client.Service): boolean =>
  deployments.length === 1 &&
  deployments[0]?.rolloutState === 'COMPLETED' &&
  runningCount === desiredCount;

const hasFailed = ({ deployments = [] }: client.Service): boolean =>
  deployments.some(({ rolloutState }) => rolloutState === 'FAILED');

/** @throws AwsError when the service does not become steady in time, or its circuit breaker ends the deployment */
async function stabilize(deployment: Deployment, arn: string): Promise<void> {
  for (const endsAt = deployment.now + stabilizationMsMax; deployment.now < endsAt;) {
    const service = await find(deployment, arn);
    if (service && isStable(service)) return;
    if (service && hasFailed(service))
      throw new AwsError(
        'NotStabilized',
        "Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'.",
      );
    await deployment.world.scheduler.sleep(pollMs);
  }
  throw new AwsError('NotStabilized', `the service ${arn} did not stabilize in time`);
}

async function remove(deployment: Deployment, arn: string): Promise<void> {
  const cluster = clusterOf(arn);
  await unlessGone(
    deployment.call(new client.DeleteServiceCommand({ cluster, service: arn, force: true })),
  );
  for (const endsAt = deployment.now + stabilizationMsMax; deployment.now < endsAt;) {
    const found = await find(deployment, arn).catch((error: unknown) => {
      if (isAwsError(error, 'ClusterNotFoundException')) return undefined;
      throw error;
    });
    if (!found || found.status === 'INACTIVE') return;
    await deployment.world.scheduler.sleep(pollMs);
  }
  throw new AwsError('NotStabilized', `the service ${arn} is still there`);
}

const provisioned = (arn: string): Provisioned => ({
  physicalId: arn,
  attributes: { ServiceArn: arn, Name: arn.split('/').at(-1) ?? '' },
});

const changeable = [
  'AvailabilityZoneRebalancing',
  'CapacityProviderStrategy',
  'DeploymentConfiguration',
  'DesiredCount',
  'PlacementConstraints',
  'TaskDefinition',
];
const createOnly = [
  'Cluster',
  'DeploymentController',
  'EnableECSManagedTags',
  'LaunchType',
  'PropagateTags',
  'SchedulingStrategy',
  'ServiceName',
];

/** The type calls the list of strategies by another name than the operations do. */
const withStrategy = (properties: Properties): Record<string, unknown> =>
  properties['PlacementStrategies'] === undefined
    ? {}
    : { placementStrategy: properties['PlacementStrategies'] };

/** Source: CloudFormation resource type AWS::ECS::Service; load balancers, registries and volumes are not modelled. */
export const serviceResource: ResourceProvider = {
  type: 'AWS::ECS::Service',
  properties: [...changeable, ...createOnly, 'PlacementStrategies', 'Tags'],
  required: [],
  createOnly,
  attributes: ['Name', 'ServiceArn'],
  async create(properties, deployment) {
    const isDaemon = properties['SchedulingStrategy'] === 'DAEMON';
    const given = inputOf('CreateService', properties, [...changeable, ...createOnly], {
      ...withStrategy(properties),
      serviceName:
        textOf(properties['ServiceName']) ?? deployment.generateName({ lengthMax: nameLengthMax }),
      // Source: AWS::ECS::Service, "DesiredCount": 1 for new services that name none
      ...(isDaemon || properties['DesiredCount'] !== undefined ? {} : { desiredCount: 1 }),
      tags: tagListOf(deployment, properties['Tags']),
    });
    const { service } = await deployment.call(
      new client.CreateServiceCommand(given as unknown as client.CreateServiceCommandInput),
    );
    const arn = service?.serviceArn ?? '';
    try {
      await stabilize(deployment, arn);
    } catch (error) {
      // What does not stabilize is taken away by the roll-back.
      await remove(deployment, arn);
      throw error;
    }
    return provisioned(arn);
  },
  async update(properties, deployment, { physicalId, previous }) {
    const changesStrategy =
      JSON.stringify(properties['CapacityProviderStrategy']) !==
      JSON.stringify(previous['CapacityProviderStrategy']);
    const { CapacityProviderStrategy: strategy, ...rest } = properties;
    const given = inputOf('UpdateService', rest, changeable, {
      ...withStrategy(properties),
      cluster: clusterOf(physicalId),
      service: physicalId,
      ...(changesStrategy
        ? { capacityProviderStrategy: strategy ?? [], forceNewDeployment: true }
        : {}),
    });
    await deployment.call(
      new client.UpdateServiceCommand(given as unknown as client.UpdateServiceCommandInput),
    );
    await changeTags(deployment, physicalId, { properties, previous });
    await stabilize(deployment, physicalId);
    return provisioned(physicalId);
  },
  delete: (physicalId, deployment) => remove(deployment, physicalId),
};
