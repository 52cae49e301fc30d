import type * as client from '@aws-sdk/client-ecs';
import { onlyModelled } from '../../world/only-modelled.ts';
import { clientError, invalidParameter, notModelled, notModelledCode } from './errors.ts';
import { checkConstraints, checkStrategies } from './placement-constraints.ts';
import type { Service } from './state.ts';

type Scheduling = Service['scheduling'];

interface DeploymentSettings {
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  readonly circuitBreaker: { readonly enable: boolean; readonly rollback: boolean };
}

/** Source: ECS API Reference, DeploymentConfiguration: the defaults of services with a count and of daemons */
const defaults: Readonly<Record<Scheduling, DeploymentSettings>> = {
  REPLICA: {
    minimumHealthyPercent: 100,
    maximumPercent: 200,
    circuitBreaker: { enable: false, rollback: false },
  },
  DAEMON: {
    minimumHealthyPercent: 0,
    maximumPercent: 100,
    circuitBreaker: { enable: false, rollback: false },
  },
};

/** @throws AwsError for a deployment configuration that AWS refuses or that is not modelled */
export function readDeploymentConfiguration(
  given: client.DeploymentConfiguration | undefined,
  scheduling: Scheduling,
  present: DeploymentSettings = defaults[scheduling],
): DeploymentSettings {
  const configuration = given ?? {};
  onlyModelled(
    configuration,
    ['deploymentCircuitBreaker', 'maximumPercent', 'minimumHealthyPercent', 'strategy'],
    notModelledCode,
  );
  if (configuration.strategy !== undefined && configuration.strategy !== 'ROLLING')
    throw notModelled(`the deployment strategy ${configuration.strategy}`);
  const breaker = configuration.deploymentCircuitBreaker;
  if (breaker) onlyModelled(breaker, ['enable', 'rollback'], notModelledCode);
  const settings = {
    minimumHealthyPercent: configuration.minimumHealthyPercent ?? present.minimumHealthyPercent,
    maximumPercent: configuration.maximumPercent ?? present.maximumPercent,
    circuitBreaker: breaker
      ? { enable: breaker.enable === true, rollback: breaker.rollback === true }
      : present.circuitBreaker,
  };
  const { minimumHealthyPercent: minimum, maximumPercent: maximum } = settings;
  if (minimum < 0 || maximum < 100 || minimum > maximum)
    throw invalidParameter(
      `minimumHealthyPercent ${minimum} and maximumPercent ${maximum} do not fit together`,
    );
  if (scheduling === 'DAEMON' && maximum !== 100)
    throw invalidParameter('The maximumPercent of a daemon service must be 100.');
  return settings;
}

/** Without empty lists and switches that are off: those say nothing. */
export const withoutEmpty = <I extends object>(input: I): I =>
  Object.fromEntries(
    Object.entries(input).filter(
      ([, value]) => value !== false && !(Array.isArray(value) && value.length === 0),
    ),
  ) as I;

const modelled = [
  'availabilityZoneRebalancing',
  'capacityProviderStrategy',
  'clientToken',
  'cluster',
  'deploymentConfiguration',
  'deploymentController',
  'desiredCount',
  'enableECSManagedTags',
  'launchType',
  'placementConstraints',
  'placementStrategy',
  'propagateTags',
  'schedulingStrategy',
  'serviceName',
  'tags',
  'taskDefinition',
] as const;

/** @throws AwsError for what CreateService refuses whatever the cluster */
export function checkNewService(input: client.CreateServiceCommandInput): void {
  onlyModelled(withoutEmpty(input), modelled, notModelledCode);
  checkShared(input);
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(input.serviceName ?? ''))
    throw invalidParameter('Invalid service name.');
  if (input.taskDefinition === undefined) throw clientError('TaskDefinition must be specified.');
  if (input.deploymentController !== undefined && input.deploymentController.type !== 'ECS')
    throw notModelled('a deployment controller other than ECS');
  const isDaemon = input.schedulingStrategy === 'DAEMON';
  if (isDaemon && input.desiredCount !== undefined)
    throw invalidParameter('The daemon scheduling strategy does not support a desired count.');
  if (isDaemon && (input.placementStrategy ?? []).length > 0)
    throw invalidParameter('The daemon scheduling strategy does not support placement strategies.');
  if (!isDaemon && input.desiredCount === undefined)
    throw invalidParameter('The desired count must be specified.');
}

/** @throws AwsError for what UpdateService refuses whatever the service */
export function checkServiceUpdate(input: client.UpdateServiceCommandInput): void {
  onlyModelled(
    withoutEmpty(input),
    [
      'availabilityZoneRebalancing',
      'capacityProviderStrategy',
      'cluster',
      'deploymentConfiguration',
      'desiredCount',
      'forceNewDeployment',
      'placementConstraints',
      'placementStrategy',
      'service',
      'taskDefinition',
    ],
    notModelledCode,
  );
  checkShared(input);
}

function checkShared(
  input: Pick<
    client.CreateServiceCommandInput,
    'availabilityZoneRebalancing' | 'desiredCount' | 'placementConstraints' | 'placementStrategy'
  >,
): void {
  if (input.availabilityZoneRebalancing === 'ENABLED')
    throw notModelled('Availability Zone rebalancing');
  checkConstraints(input.placementConstraints);
  checkStrategies(input.placementStrategy);
  if (input.desiredCount !== undefined && (input.desiredCount < 0 || input.desiredCount > countMax))
    throw invalidParameter(`The desired count must be between 0 and ${countMax}.`);
}

const countMax = 5_000; // ECS service quotas: tasks per service
