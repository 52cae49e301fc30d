import { CreateLogGroupCommand, CreateLogStreamCommand } from '@aws-sdk/client-cloudwatch-logs';
import type * as client from '@aws-sdk/client-ecs';
import {
  dockerConfiguration,
  type DockerConfiguration,
  type System,
} from '../../image-model/index.ts';
import type { AssumedRolePrincipal } from '../../iam/principal.ts';
import { isAwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import { findInstance, instanceSession } from '../ec2/instances.ts';
import type { Instance } from '../ec2/state.ts';
import { serviceSession } from '../iam/service-session.ts';
import { agentMay } from './agent-access.ts';
import { arnOfCluster } from './clusters.ts';
import type { ContainerInstance, Task } from './state.ts';
import { tasksPrincipal } from './task-roles.ts';

/** Why a container cannot start. */
export interface StartProblem {
  readonly container: string;
  readonly reason: string;
}

/**
 * What keeps a task from starting on an instance: how the image set up Docker, and what its log driver needs. That images
 * can be pulled and programs run is taken for granted.
 */
export async function startProblem(
  scope: Scope,
  task: Task,
  place: ContainerInstance,
): Promise<StartProblem | undefined> {
  const machine = findInstance(scope, place.ec2InstanceId);
  if (!machine?.system) return undefined;
  const docker = dockerOf(machine.system);
  for (const { definition, runtimeId } of task.containers) {
    const reason =
      privilegeProblem(definition, docker) ??
      (await logProblem(scope, { task, machine, definition, docker, runtimeId }));
    if (reason !== undefined) return { container: definition.name ?? '', reason };
  }
  return undefined;
}

/** Nothing runs scripts on an instance after its boot, so its configuration is read once. */
const configurations = new WeakMap<System, DockerConfiguration>();

function dockerOf(system: System): DockerConfiguration {
  const known = configurations.get(system) ?? dockerConfiguration(system.contents);
  configurations.set(system, known);
  return known;
}

/** Source: docs.docker.com, "Isolate containers with a user namespace", known limitations. */
const privilegeProblem = (
  { privileged }: client.ContainerDefinition,
  { options }: DockerConfiguration,
): string | undefined =>
  privileged === true && options['userns-remap'] !== undefined
    ? 'CannotCreateContainerError: Error response from daemon: privileged mode is incompatible with user namespaces. You must run the container in the host namespace when running privileged mode'
    : undefined;

interface Start {
  readonly task: Task;
  readonly machine: Instance;
  readonly definition: client.ContainerDefinition;
  readonly docker: DockerConfiguration;
  readonly runtimeId: string;
}

const cannotStart = (why: string): string =>
  `CannotStartContainerError: Error response from daemon: failed to initialize logging driver: ${why}`;

/** What a driver wants to be told. Source: docs.docker.com, "Configure logging drivers", the page of each driver */
const wantedOptions: Readonly<Record<string, readonly string[]>> = {
  awslogs: ['awslogs-group'],
  gelf: ['gelf-address'],
  splunk: ['splunk-url', 'splunk-token'],
};

async function logProblem(scope: Scope, start: Start): Promise<string | undefined> {
  const { definition, docker } = start;
  const own = definition.logConfiguration;
  const driver = own?.logDriver ?? docker.logDriver;
  const options = own ? (own.options ?? {}) : daemonOptions(docker);
  const missing = wantedOptions[driver]?.find((name) => options[name] === undefined);
  if (missing !== undefined)
    return cannotStart(`must specify a value for log opt '${missing}' for the driver ${driver}`);
  if (driver === 'awslogs') return streamProblem(scope, start, options);
  const isLocalFluentd = options['fluentd-address'] === undefined;
  if (driver === 'fluentd' && isLocalFluentd && options['fluentd-async'] !== 'true')
    return cannotStart('dial tcp 127.0.0.1:24224: connect: connection refused');
  if (driver === 'gcplogs')
    return cannotStart('unable to connect or authenticate with Google Cloud Logging');
  return undefined;
}

function daemonOptions({ options }: DockerConfiguration): Record<string, string> {
  const given = options['log-opts'];
  return typeof given === 'object' && given !== null
    ? Object.fromEntries(Object.entries(given).map(([key, value]) => [key, String(value)]))
    : {};
}

/**
 * Makes the log stream of a container, as the driver does when it starts.
 *
 * Source: ECS Developer Guide, "Send Amazon ECS logs to CloudWatch": with the execution role, if there is one, else
 * with the instance's role
 */
async function streamProblem(
  scope: Scope,
  { task, machine, definition, runtimeId }: Start,
  options: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  // A world without CloudWatch Logs says nothing about it.
  if (!scope.world.services.some(({ name }) => name === 'logs')) return undefined;
  const prefix = options['awslogs-stream-prefix'];
  const logGroupName = options['awslogs-group'];
  const logStreamName =
    options['awslogs-stream'] ??
    (prefix === undefined ? runtimeId : `${prefix}/${definition.name ?? ''}/${task.id}`);
  const region = options['awslogs-region'] ?? scope.region;
  try {
    const session = roleOfAgent(scope, task, machine);
    if (!session) return cannotStart('NoCredentialProviders: no valid providers in chain');
    const as = { as: session, region };
    if (options['awslogs-create-group'] === 'true')
      await scope.send(new CreateLogGroupCommand({ logGroupName }), as).catch(unlessExists);
    await scope
      .send(new CreateLogStreamCommand({ logGroupName, logStreamName }), as)
      .catch(unlessExists);
    return undefined;
  } catch (error) {
    if (!isAwsError(error)) throw error;
    return cannotStart(`failed to create Cloudwatch log stream: ${error.code}: ${error.message}`);
  }
}

function unlessExists(error: unknown): void {
  if (!isAwsError(error, 'ResourceAlreadyExistsException')) throw error;
}

const roleOfAgent = (
  scope: Scope,
  task: Task,
  machine: Instance,
): AssumedRolePrincipal | undefined => {
  const roleArn = task.definition.input.executionRoleArn;
  return roleArn === undefined
    ? instanceSession(scope, machine)
    : serviceSession(scope, { roleArn, service: tasksPrincipal, sessionName: task.id });
};

/** Whether ECS hears what becomes of tasks on an instance: without `ecs:SubmitTaskStateChange` they stay PENDING. */
export function mayReport(scope: Scope, place: ContainerInstance): boolean {
  const machine = findInstance(scope, place.ec2InstanceId);
  const session = machine && sessionOf(scope, machine);
  return (
    session !== undefined &&
    agentMay(scope, session, {
      action: 'ecs:SubmitTaskStateChange',
      resource: arnOfCluster(scope, place.clusterName),
    })
  );
}

function sessionOf(scope: Scope, machine: Instance): AssumedRolePrincipal | undefined {
  try {
    return instanceSession(scope, machine);
  } catch (error) {
    if (!isAwsError(error)) throw error;
    return undefined;
  }
}
