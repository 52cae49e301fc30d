import type * as client from '@aws-sdk/client-ecs';
import type { Resources } from './state.ts';

type Input = client.RegisterTaskDefinitionCommandInput;

const old = (name: string): string => `com.amazonaws.ecs.capability.${name}`;
const recent = (name: string): string => `ecs.capability.${name}`;
const remoteApi = (minor: number): string => old(`docker-remote-api.1.${minor}`);

const isEcrImage = (image: string | undefined): boolean =>
  /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com\//.test(image ?? '');

/**
 * The attributes that a container instance must have for a task definition, as RegisterTaskDefinition computes them.
 *
 * Source: ECS Developer Guide, "Task definition parameters" and the agent's agent_capability.go, which names the
 * counterpart of each; the API versions of Docker are those that the answers of AWS show.
 */
export function requiredAttributes(input: Input): client.Attribute[] {
  const found = new Set<string>();
  const hasRole = input.executionRoleArn !== undefined;
  for (const container of input.containerDefinitions ?? []) {
    found.add(remoteApi(container.memoryReservation === undefined ? 18 : 21));
    const driver = container.logConfiguration?.logDriver;
    if (driver !== undefined) {
      found.add(old(`logging-driver.${driver}`));
      found.add(remoteApi(19));
    }
    if (driver === 'awslogs' && hasRole) found.add(recent('execution-role-awslogs'));
    if (container.privileged === true) found.add(old('privileged-container'));
    if (isEcrImage(container.image)) {
      found.add(old('ecr-auth'));
      if (hasRole) found.add(recent('execution-role-ecr-pull'));
    }
  }
  if (input.taskRoleArn !== undefined)
    found.add(old(input.networkMode === 'host' ? 'task-iam-role-network-host' : 'task-iam-role'));
  if (input.cpu !== undefined || input.memory !== undefined)
    found.add(recent('task-cpu-mem-limit'));
  return [...found].sort().map((name) => ({ name }));
}

/**
 * What a task takes of its instance: its own size, or the sum over its containers, of soft limits where there are any.
 *
 * Source: ECS API Reference, ContainerDefinition, "memory" and "memoryReservation"
 */
export function neededResources(input: Input): Resources {
  const containers = input.containerDefinitions ?? [];
  const sum = (of: (container: client.ContainerDefinition) => number): number =>
    containers.reduce((total, container) => total + of(container), 0);
  const ports = (protocol: string): string[] =>
    containers.flatMap(({ portMappings = [] }) =>
      portMappings.flatMap((mapping) => {
        const port =
          input.networkMode === 'host'
            ? (mapping.hostPort ?? mapping.containerPort ?? 0)
            : (mapping.hostPort ?? 0);
        // Port 0 lets Docker choose one.
        return port > 0 && (mapping.protocol ?? 'tcp') === protocol ? [String(port)] : [];
      }),
    );
  return {
    cpu: input.cpu === undefined ? sum(({ cpu = 0 }) => cpu) : cpuUnits(input.cpu),
    memory:
      input.memory === undefined
        ? sum(({ memory = 0, memoryReservation = memory }) => memoryReservation)
        : mebibytes(input.memory),
    tcpPorts: ports('tcp'),
    udpPorts: ports('udp'),
  };
}

/** `1024` or `1 vCPU`. Source: ECS API Reference, RegisterTaskDefinition, "cpu" */
const cpuUnits = (text: string): number =>
  /vcpu/i.test(text) ? Number.parseFloat(text) * 1024 : Number.parseFloat(text);

/** `1024` or `1 GB`. Source: ECS API Reference, RegisterTaskDefinition, "memory" */
const mebibytes = (text: string): number =>
  /gb/i.test(text) ? Number.parseFloat(text) * 1024 : Number.parseFloat(text);
