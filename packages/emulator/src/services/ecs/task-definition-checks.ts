import type * as client from '@aws-sdk/client-ecs';
import { onlyModelled } from '../../world/only-modelled.ts';
import { clientError, notModelled, notModelledCode } from './errors.ts';

type Input = client.RegisterTaskDefinitionCommandInput;

const memoryMin = 6; // ECS API Reference, ContainerDefinition, "memory": Docker wants 6 MiB at least
const containersMax = 10; // ECS service quotas: containers in a task definition

/** Members that change what the container sees and nothing that this emulator models are kept as given. */
const containerMembers = [
  'command', 'cpu', 'disableNetworking', 'dnsSearchDomains', 'dnsServers', 'dockerLabels', 'entryPoint', 'environment',
  'essential', 'extraHosts', 'hostname', 'image', 'interactive', 'links', 'linuxParameters', 'logConfiguration', 'memory',
  'memoryReservation', 'mountPoints', 'name', 'portMappings', 'privileged', 'pseudoTerminal', 'readonlyRootFilesystem',
  'startTimeout', 'stopTimeout', 'systemControls', 'ulimits', 'user', 'volumesFrom', 'workingDirectory',
] as const; // prettier-ignore

/**
 * Refuses what AWS refuses and what is not modelled.
 *
 * @throws AwsError ClientException with AWS's own sentences where they are known
 * Source: ECS API Reference, RegisterTaskDefinition and ContainerDefinition
 */
export function checkTaskDefinition(input: Input): void {
  const { family = '', containerDefinitions = [] } = input;
  onlyModelled(
    input,
    [
      'containerDefinitions',
      'cpu',
      'executionRoleArn',
      'family',
      'memory',
      'networkMode',
      'placementConstraints',
      'requiresCompatibilities',
      'runtimePlatform',
      'tags',
      'taskRoleArn',
      'volumes',
    ],
    notModelledCode,
  );
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(family))
    throw clientError('Family contains invalid characters.');
  if (input.requiresCompatibilities?.some((name) => name !== 'EC2') === true)
    throw notModelled('a compatibility other than EC2');
  if (input.networkMode === 'awsvpc') throw notModelled('the network mode awsvpc');
  if (containerDefinitions.length === 0) throw clientError('Container list cannot be empty.');
  if (containerDefinitions.length > containersMax)
    throw clientError(`Too many containers: at most ${containersMax} are allowed.`);
  const names = new Set(containerDefinitions.map(({ name }) => name));
  if (names.size < containerDefinitions.length)
    throw clientError('The container names in a task definition must be unique.');
  if (containerDefinitions.every(({ essential }) => essential === false))
    throw clientError('A task definition must have at least one essential container.');
  for (const container of containerDefinitions) checkContainer(container, input);
  for (const volume of input.volumes ?? []) onlyModelled(volume, ['host', 'name'], notModelledCode);
  if ((input.placementConstraints ?? []).length > 0)
    throw notModelled('a placement constraint of a task definition');
}

function checkContainer(container: client.ContainerDefinition, input: Input): void {
  onlyModelled(container, containerMembers, notModelledCode);
  const { name = '', image = '', memory, memoryReservation } = container;
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(name))
    throw clientError('Container.name should not be null or empty.');
  if (image === '') throw clientError('Container.image should not be null or empty.');
  if (memory === undefined && memoryReservation === undefined && input.memory === undefined)
    throw clientError(
      `Invalid setting for container '${name}'. At least one of 'memory' or 'memoryReservation' must be specified.`,
    );
  for (const value of [memory, memoryReservation])
    if (value !== undefined && value < memoryMin)
      throw clientError(
        `Invalid setting for container '${name}'. The memory must be at least ${memoryMin} MiB.`,
      );
  if (memory !== undefined && memoryReservation !== undefined && memoryReservation > memory)
    throw clientError(
      `Invalid setting for container '${name}'. 'memory' must be greater than 'memoryReservation'.`,
    );
  const driver = container.logConfiguration?.logDriver;
  if (driver === 'awsfirelens') throw notModelled('the log driver awsfirelens');
  if ((container.logConfiguration?.secretOptions ?? []).length > 0)
    throw notModelled('secretOptions');
  if (driver === 'awslogs')
    for (const option of ['awslogs-group', 'awslogs-region'])
      if (container.logConfiguration?.options?.[option] === undefined)
        throw clientError(`Log driver awslogs requires options: ${option}`);
}
