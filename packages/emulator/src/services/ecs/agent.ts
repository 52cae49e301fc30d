import {
  CreateClusterCommand,
  DiscoverPollEndpointCommand,
  RegisterContainerInstanceCommand,
} from '@aws-sdk/client-ecs';
import {
  ecsAgentCapabilities,
  ecsAgentConfiguration,
  unitState,
  type ImageContents,
} from '../../image-model/index.ts';
import type { AssumedRolePrincipal } from '../../iam/principal.ts';
import { AwsError, isAwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import { findInstance, instanceSession } from '../ec2/instances.ts';
import type { Instance } from '../ec2/state.ts';
import { agentMay } from './agent-access.ts';
import { connectAgent } from './agent-connection.ts';
import { arnOfCluster } from './clusters.ts';
import { reservedPorts } from './container-instances.ts';
import { identityDocument, signatureOf } from './identity-document.ts';
import { registeredResources } from './instance-resources.ts';
import { ecsState, type WaitingAgent } from './state.ts';

// AWS states no durations; the agent's container starts and registers within a minute.
const startMsMin = 20_000;
const startMsMax = 60_000;

/**
 * The agent backs off when it is refused. A real one never gives up; here it rests after some hours until something
 * that it waits for is made, so that no timer runs for ever on an instance that cannot come in.
 */
const retrySeconds = [60, 60, 120, 240, 480, 900, 1800, 3600, 3600, 7200];

/** As the packages of the image model. */
const versions = {
  agentVersion: '1.99.1',
  agentHash: '9dd6cbc9',
  dockerVersion: 'DockerVersion: 25.0.8',
};

/** What an instance whose agent's unit runs does after its boot. */
export function startAgent(scope: Scope, instance: Instance): void {
  if (!instance.system || !unitState(instance.system, 'ecs').active) {
    scope.record('agent-not-running', { instanceId: instance.id, imageId: instance.imageId });
    return;
  }
  const { cluster } = ecsAgentConfiguration(instance.system.contents);
  const waiting = { instanceId: instance.id, clusterName: cluster, attempts: 0 };
  ecsState.in(scope).waitingAgents.set(instance.id, waiting);
  schedule(scope, waiting, scope.between('agent-start', startMsMin, startMsMax));
}

/** A cluster has come into being: agents that asked for it are heard. */
export function wakeAgents(scope: Scope, clusterName: string): void {
  for (const waiting of ecsState.in(scope).waitingAgents.values())
    if (waiting.clusterName === clusterName && waiting.attempts > retrySeconds.length)
      schedule(scope, waiting, scope.between('agent-start', startMsMin, startMsMax));
}

function schedule(scope: Scope, waiting: WaitingAgent, delayMs: number): void {
  scope.after(delayMs, `agent of ${waiting.instanceId}`, () => attempt(scope, waiting));
}

async function attempt(scope: Scope, waiting: WaitingAgent): Promise<void> {
  const { waitingAgents } = ecsState.in(scope);
  const instance = findInstance(scope, waiting.instanceId);
  if (instance?.state !== 'running' || waitingAgents.get(waiting.instanceId) !== waiting) return;
  try {
    await register(scope, instance);
    waitingAgents.delete(waiting.instanceId);
  } catch (error) {
    if (!isAwsError(error)) throw error;
    waiting.attempts += 1;
    scope.record('agent-refused', {
      instanceId: instance.id,
      cluster: waiting.clusterName,
      attempt: waiting.attempts,
      code: error.code,
      message: error.message,
    });
    const seconds = retrySeconds[waiting.attempts - 1];
    if (seconds === undefined) waiting.attempts = retrySeconds.length + 1;
    else schedule(scope, waiting, seconds * 1000);
  }
}

async function register(scope: Scope, instance: Instance): Promise<void> {
  const contents = instance.system?.contents;
  if (!contents) return;
  const { cluster, variables } = ecsAgentConfiguration(contents);
  const session = instanceSession(scope, instance);
  if (!session) throw new AwsError('NoCredentialProviders', 'the instance has no instance profile');
  const clusterName = await registerWith(scope, { instance, contents, session, cluster }).catch(
    async (error: unknown) => {
      // Source: RegisterContainerInstance of the agent's ecsclient: only without ECS_CLUSTER it makes the cluster.
      const isUnset = (variables['ECS_CLUSTER'] ?? '') === '';
      if (!isUnset || !isAwsError(error, 'ClusterNotFoundException')) throw error;
      await scope.send(new CreateClusterCommand({ clusterName: cluster }), { as: session });
      return registerWith(scope, { instance, contents, session, cluster });
    },
  );
  await scope.send(
    new DiscoverPollEndpointCommand({ cluster: clusterName, containerInstance: instance.id }),
    { as: session },
  );
  const { registrations } = ecsState.in(scope);
  const id = registrations.get(instance.id)?.id ?? '';
  const resource = scope.arn(`container-instance/${clusterName}/${id}`);
  const context = { 'ecs:cluster': arnOfCluster(scope, clusterName) };
  if (!agentMay(scope, session, { action: 'ecs:Poll', resource, context }))
    throw new AwsError(
      'AccessDeniedException',
      `User: ${session.arn} is not authorized to perform: ecs:Poll on resource: ${resource}`,
    );
  connectAgent(scope, instance.id);
}

/** @returns the name of the cluster */
async function registerWith(
  scope: Scope,
  agent: {
    readonly instance: Instance;
    readonly contents: ImageContents;
    readonly session: AssumedRolePrincipal;
    readonly cluster: string;
  },
): Promise<string> {
  const { instance, contents, session, cluster } = agent;
  const { variables, attributes } = ecsAgentConfiguration(contents);
  const reserved = Number.parseInt(variables['ECS_RESERVED_MEMORY'] ?? '0', 10) || 0;
  const size = registeredResources(instance.instanceType, reserved);
  if (!size)
    throw new AwsError(
      'NotImplemented',
      `the size of the instance type ${instance.instanceType} is not modelled by this emulator`,
    );
  const document = identityDocument(scope, instance);
  const integer = (name: string, integerValue: number) => ({
    name,
    type: 'INTEGER',
    integerValue,
  });
  await scope.send(
    new RegisterContainerInstanceCommand({
      cluster,
      instanceIdentityDocument: document,
      instanceIdentityDocumentSignature: signatureOf(scope, document),
      totalResources: [
        integer('CPU', size.cpu),
        integer('MEMORY', size.memory),
        { name: 'PORTS', type: 'STRINGSET', stringSetValue: reservedPorts },
        { name: 'PORTS_UDP', type: 'STRINGSET', stringSetValue: [] },
      ],
      versionInfo: versions,
      attributes: [
        ...ecsAgentCapabilities(contents).map((name) => ({ name })),
        { name: 'ecs.os-type', value: 'linux' },
        ...Object.entries(attributes).map(([name, value]) => ({ name, value })),
      ],
    }),
    { as: session },
  );
  return cluster;
}
