import {
  DescribeInstancesCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
  type Tag,
  type _InstanceType,
} from '@aws-sdk/client-ec2';
import type * as client from '@aws-sdk/client-imagebuilder';
import type { AssumedRolePrincipal } from '../../iam/principal.ts';
import { isAwsError } from '../../world/aws-error.ts';
import { Call } from '../../world/call.ts';
import { ec2Arn } from '../ec2/arns.ts';
import { findInstance, instanceSession } from '../ec2/instances.ts';
import type { Instance } from '../ec2/state.ts';
import { pause, pauseBetween, roleOf, type Build } from './build-context.ts';
import { BuildFailure, executionFailed } from './build-failure.ts';

const statePollMs = 15_000;
const statePollsMax = 80; // 20 minutes; EC2 takes one
const agentPollMs = 30_000;
// AWS names no time; reports of builds without an agent speak of about half an hour.
const agentWaitMaxMs = 30 * 60_000;
const agentStartMs = [20_000, 60_000] as const;

/** Types that Image Builder would pick from; AWS does not say which. */
const standardTypes = { x86_64: 'm5.large', arm64: 'm6g.large' } as const;

/** The tags by which Image Builder's role recognizes what it made. Source: IB User Guide, service-linked roles. */
export const serviceTags = (build: Build): Record<string, string> => ({
  CreatedBy: 'EC2 Image Builder',
  Ec2ImageBuilderArn: build.image.arn,
});

export const toTagList = (tags: Readonly<Record<string, string>>): Tag[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

export interface LaunchOptions {
  readonly imageId: string;
  readonly architecture: string | undefined;
  readonly purpose: 'Build' | 'Test';
  readonly executionId: string;
  readonly mappings: readonly client.InstanceBlockDeviceMapping[];
}

/**
 * Starts an instance as the infrastructure configuration wants it and waits until Systems Manager reaches it.
 *
 * @throws BuildFailure with the reason of EC2, or because the agent never registers
 */
export async function launchInstance(build: Build, options: LaunchOptions): Promise<Instance> {
  const instance = await run(build, options);
  await untilRunning(build, instance, options.executionId);
  await untilAgentRegistered(build, instance, options.executionId);
  return instance;
}

async function run(build: Build, options: LaunchOptions): Promise<Instance> {
  const { scope, image } = build;
  const { settings } = image.infrastructure;
  const tags = toTagList({
    ...settings.resourceTags,
    ...serviceTags(build),
    Name: `${options.purpose} instance for ${image.name}`,
  });
  const standard = options.architecture === 'arm64' ? standardTypes.arm64 : standardTypes.x86_64;
  const metadata = settings.instanceMetadataOptions;
  try {
    const { Instances } = await scope.send(
      new RunInstancesCommand({
        ImageId: options.imageId,
        MinCount: 1,
        MaxCount: 1,
        InstanceType: (settings.instanceTypes?.[0] ?? standard) as _InstanceType,
        SubnetId: settings.subnetId,
        SecurityGroupIds: settings.securityGroupIds && [...settings.securityGroupIds],
        KeyName: settings.keyPair,
        IamInstanceProfile: { Name: settings.instanceProfileName },
        MetadataOptions: metadata && {
          HttpTokens: metadata.httpTokens === 'required' ? 'required' : 'optional',
          HttpPutResponseHopLimit: metadata.httpPutResponseHopLimit,
        },
        BlockDeviceMappings: toEc2Mappings(options.mappings),
        TagSpecifications: [
          { ResourceType: 'instance', Tags: tags },
          { ResourceType: 'volume', Tags: tags },
        ],
        ClientToken: options.executionId,
      }),
      { as: roleOf(build) },
    );
    const instance = findInstance(scope, Instances?.[0]?.InstanceId ?? '');
    if (!instance) throw new TypeError('RunInstances answered without an instance');
    build.instances.add(instance.id);
    return instance;
  } catch (error) {
    if (isAwsError(error))
      throw executionFailed(image, options.executionId, { message: error.message });
    throw error;
  }
}

const toEc2Mappings = (mappings: readonly client.InstanceBlockDeviceMapping[]) =>
  mappings.length === 0
    ? undefined
    : mappings.map(({ deviceName, ebs }) => ({
        DeviceName: deviceName,
        Ebs: ebs && {
          Encrypted: ebs.encrypted,
          DeleteOnTermination: ebs.deleteOnTermination,
          Iops: ebs.iops,
          KmsKeyId: ebs.kmsKeyId,
          VolumeSize: ebs.volumeSize,
          VolumeType: ebs.volumeType,
          Throughput: ebs.throughput,
        },
      }));

async function untilRunning(build: Build, instance: Instance, executionId: string): Promise<void> {
  for (let poll = 0; poll < statePollsMax; poll += 1) {
    await pause(build, statePollMs);
    const { Reservations } = await build.scope.send(
      new DescribeInstancesCommand({ InstanceIds: [instance.id] }),
      { as: roleOf(build) },
    );
    const described = Reservations?.[0]?.Instances?.[0];
    if (described?.State?.Name === 'running') return;
    if (described?.State?.Name !== 'pending')
      throw executionFailed(build.image, executionId, {
        message: described?.StateReason?.Message ?? `instance ${instance.id} did not start`,
      });
  }
  throw executionFailed(build.image, executionId, {
    status: 'TimedOut',
    message: `Step timed out while waiting for instance ${instance.id} to run`,
  });
}

/** What the agent needs, besides its registration. Source: Systems Manager User Guide, "ec2messages, ssmmessages". */
const channelActions = [
  'ssmmessages:CreateControlChannel',
  'ssmmessages:CreateDataChannel',
  'ssmmessages:OpenControlChannel',
  'ssmmessages:OpenDataChannel',
  'ec2messages:AcknowledgeMessage',
  'ec2messages:DeleteMessage',
  'ec2messages:FailMessage',
  'ec2messages:GetEndpoint',
  'ec2messages:GetMessages',
  'ec2messages:SendReply',
];

/** Source of the message: IB User Guide, "Troubleshoot Image Builder issues", and users' reports. */
async function untilAgentRegistered(
  build: Build,
  instance: Instance,
  executionId: string,
): Promise<void> {
  await pauseBetween(build, 'agent-start', agentStartMs);
  const deadline = build.scope.now + agentWaitMaxMs;
  while (build.scope.now < deadline) {
    const missing = missingAgentRight(build, instance);
    if (missing === undefined) {
      build.scope.record('agent-registered', { instanceId: instance.id });
      return;
    }
    build.scope.record('agent-refused', { instanceId: instance.id, action: missing });
    await pause(build, agentPollMs);
  }
  throw executionFailed(build.image, executionId, {
    status: 'TimedOut',
    message: `Step timed out while step is verifying the SSM Agent availability on the target instance(s). SSM Agent on Instances: [${instance.id}] are not functioning. Please refer to Automation Service Troubleshooting Guide for more diagnosis details.`,
  });
}

/** The first action of the agent that the instance's role may not do; undefined when it registers. */
function missingAgentRight(build: Build, instance: Instance): string | undefined {
  const session = sessionOrNone(build, instance);
  if (!session) return 'sts:AssumeRole';
  const { scope } = build;
  const call = new Call({
    world: scope.world,
    account: scope.account,
    region: scope.region,
    service: 'ssm',
    caller: session,
    requestId: '',
    operationName: 'UpdateInstanceInformation',
    via: [],
  });
  const mayRegister = call.allows({
    action: 'ssm:UpdateInstanceInformation',
    resource: ec2Arn(scope, 'instance', instance.id),
    context: { 'ssm:SourceInstanceARN': ec2Arn(scope, 'instance', instance.id) },
  });
  if (!mayRegister) return 'ssm:UpdateInstanceInformation';
  return channelActions.find((action) => !call.allows({ action, resource: '*' }));
}

function sessionOrNone(build: Build, instance: Instance): AssumedRolePrincipal | undefined {
  try {
    return instanceSession(build.scope, instance);
  } catch (error) {
    if (isAwsError(error)) return undefined;
    throw error;
  }
}

/** @throws BuildFailure when the instance has lost its role */
export function requireSession(build: Build, instance: Instance): AssumedRolePrincipal {
  const session = sessionOrNone(build, instance);
  if (!session) throw new BuildFailure(`the instance ${instance.id} has no role any more`);
  return session;
}

/** Ends instances; one that is gone or may not be ended is noted and left. */
export async function terminate(build: Build, instanceIds: readonly string[]): Promise<void> {
  for (const id of instanceIds) {
    build.instances.delete(id);
    try {
      await build.scope.send(new TerminateInstancesCommand({ InstanceIds: [id] }), {
        as: roleOf(build),
      });
    } catch (error) {
      if (!isAwsError(error)) throw error;
      build.scope.record('instance-left-running', { instanceId: id, error: error.message });
    }
  }
}
