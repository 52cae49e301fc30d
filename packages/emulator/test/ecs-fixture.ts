import {
  CreateLaunchTemplateVersionCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeContainerInstancesCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  paginateListContainerInstances,
  paginateListTasks,
  type ContainerDefinition,
  type ContainerInstance,
  type CreateServiceCommandInput,
  type RegisterTaskDefinitionCommandInput,
  type Service,
  type Task,
} from '@aws-sdk/client-ecs';
import {
  AddRoleToInstanceProfileCommand,
  AttachRolePolicyCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import { ecs } from '../src/services/ecs/operations.ts';
import type { ServiceDefinition } from '../src/world/service.ts';
import type { WorldSettings } from '../src/world/world.ts';
import { minutes, scalingFixture, type ScalingFixture } from './scaling-fixture.ts';

export { minutes, seconds } from './scaling-fixture.ts';

/** The name of the role and the instance profile that instances of the fixture have. */
export const nodeRole = 'ecs-node';

/** An account with a network, a cluster `blue` and a role for its instances. */
export interface EcsFixture extends ScalingFixture {
  readonly ecs: ECSClient;
  readonly iam: IAMClient;
  /** Launches instances whose user data names the cluster `blue`; nothing has run yet. */
  readonly launch: (
    count: number,
    input?: Partial<RunInstancesCommandInput> & { readonly script?: string },
  ) => Promise<readonly string[]>;
  /** The same, and runs until they are registered. */
  readonly addNodes: (
    count: number,
    input?: Partial<RunInstancesCommandInput> & { readonly script?: string },
  ) => Promise<readonly string[]>;
  readonly terminate: (...instanceIds: readonly string[]) => Promise<void>;
  /** Container instances of `blue`, in the order of their registration. */
  readonly nodes: (status?: 'ACTIVE' | 'DRAINING') => Promise<ContainerInstance[]>;
  readonly node: (instanceId: string) => Promise<ContainerInstance | undefined>;
  /** A revision with one container of 128 MiB. */
  readonly register: (
    family: string,
    container?: Partial<ContainerDefinition>,
    input?: Partial<RegisterTaskDefinitionCommandInput>,
  ) => Promise<string>;
  /** A service of `blue` with two tasks of the family of its name, which is registered unless the input names one. */
  readonly createService: (
    name: string,
    input?: Partial<CreateServiceCommandInput>,
  ) => Promise<void>;
  readonly service: (name: string) => Promise<Service>;
  /** Runs until a service has one deployment and all its tasks run. */
  readonly settleService: (name: string, limitMs?: number) => Promise<Service>;
  readonly tasks: (name: string, desiredStatus?: 'RUNNING' | 'STOPPED') => Promise<Task[]>;
  /** Names and reasons of the service actions published so far. */
  readonly actions: () => readonly string[];
  /** A template of the group that joins `blue`; the number of its version. */
  readonly nodeTemplate: (script?: string) => Promise<string>;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
export const joinBlue = '#!/bin/bash\necho ECS_CLUSTER=blue >> /etc/ecs/ecs.config\n';

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** What a service says of itself in its events. */
export const detailOf = (
  event: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> => (isRecord(event['detail']) ? event['detail'] : {});

async function makeNodeRole(iam: IAMClient): Promise<void> {
  await iam.send(
    new CreateRoleCommand({
      RoleName: nodeRole,
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { Service: 'ec2.amazonaws.com' },
        },
      }),
    }),
  );
  await iam.send(
    new AttachRolePolicyCommand({
      RoleName: nodeRole,
      PolicyArn: 'arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role',
    }),
  );
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: nodeRole }));
  await iam.send(
    new AddRoleToInstanceProfileCommand({ InstanceProfileName: nodeRole, RoleName: nodeRole }),
  );
}

export async function ecsFixture(
  others: readonly ServiceDefinition[] = [],
  settings: Partial<WorldSettings> = {},
): Promise<EcsFixture> {
  const given = await scalingFixture([ecs, ...others], settings);
  const client = given.client(ECSClient);
  const iam = given.client(IAMClient);
  await makeNodeRole(iam);
  await given.spread();
  await client.send(new CreateClusterCommand({ clusterName: 'blue' }));
  const cluster = 'blue';

  const nodes: EcsFixture['nodes'] = async (status) => {
    const found: ContainerInstance[] = [];
    const pages = paginateListContainerInstances(
      { client },
      { cluster, ...(status === undefined ? {} : { status }) },
    );
    for await (const { containerInstanceArns: containerInstances = [] } of pages)
      if (containerInstances.length > 0)
        found.push(
          ...((
            await client.send(
              new DescribeContainerInstancesCommand({ cluster, containerInstances }),
            )
          ).containerInstances ?? []),
        );
    return found.sort((a, b) => Number(a.registeredAt) - Number(b.registeredAt));
  };
  const launch: EcsFixture['launch'] = async (count, { script = joinBlue, ...input } = {}) => {
    const { Instances = [] } = await given.ec2.send(
      new RunInstancesCommand({
        ImageId: given.imageId,
        InstanceType: 't3.small',
        SubnetId: given.subnetIds[0],
        MinCount: count,
        MaxCount: count,
        UserData: base64(script),
        IamInstanceProfile: { Name: nodeRole },
        ...input,
      }),
    );
    return Instances.map(({ InstanceId = '' }) => InstanceId);
  };
  const node: EcsFixture['node'] = async (instanceId) =>
    (await nodes()).find(({ ec2InstanceId }) => ec2InstanceId === instanceId);
  const register: EcsFixture['register'] = async (family, container = {}, input = {}) => {
    const { taskDefinition } = await client.send(
      new RegisterTaskDefinitionCommand({
        family,
        containerDefinitions: [{ name: 'app', image: 'nginx:1', memory: 128, ...container }],
        ...input,
      }),
    );
    return taskDefinition?.taskDefinitionArn ?? '';
  };
  const service: EcsFixture['service'] = async (name) => {
    const { services: [found] = [] } = await client.send(
      new DescribeServicesCommand({ cluster, services: [name] }),
    );
    if (!found) throw new Error(`no service ${name}`);
    return found;
  };
  return {
    ...given,
    ecs: client,
    iam,
    launch,
    nodes,
    node,
    register,
    service,
    async addNodes(count, input) {
      const ids = await launch(count, input);
      await given.runUntil(async () => {
        const known = (await nodes())
          .filter(({ agentConnected }) => agentConnected)
          .map(({ ec2InstanceId }) => ec2InstanceId);
        return ids.every((id) => known.includes(id));
      }, 5 * minutes);
      return ids;
    },
    async terminate(...InstanceIds) {
      await given.ec2.send(new TerminateInstancesCommand({ InstanceIds: [...InstanceIds] }));
    },
    async createService(serviceName, input = {}) {
      const taskDefinition = input.taskDefinition ?? (await register(serviceName));
      await client.send(
        new CreateServiceCommand({
          cluster,
          serviceName,
          taskDefinition,
          ...(input.schedulingStrategy === 'DAEMON' ? {} : { desiredCount: 2 }),
          ...input,
        }),
      );
    },
    async settleService(name, limitMs = 10 * minutes) {
      await given.runUntil(async () => {
        const { deployments = [], runningCount, desiredCount } = await service(name);
        return (
          deployments.length === 1 &&
          deployments[0]?.rolloutState === 'COMPLETED' &&
          runningCount === desiredCount
        );
      }, limitMs);
      return service(name);
    },
    async tasks(serviceName, desiredStatus = 'RUNNING') {
      const found: Task[] = [];
      for await (const { taskArns: tasks = [] } of paginateListTasks(
        { client },
        { cluster, serviceName, desiredStatus },
      ))
        if (tasks.length > 0)
          found.push(
            ...((await client.send(new DescribeTasksCommand({ cluster, tasks }))).tasks ?? []),
          );
      return found;
    },
    actions: () =>
      given.events('ECS Service Action').map((event) => {
        const { eventName, reason } = detailOf(event);
        return [eventName, reason].filter((part) => typeof part === 'string').join(' ');
      }),
    async nodeTemplate(script = joinBlue) {
      const { LaunchTemplateVersion } = await given.ec2.send(
        new CreateLaunchTemplateVersionCommand({
          LaunchTemplateId: given.templateId,
          SourceVersion: '1',
          LaunchTemplateData: {
            InstanceType: 't3.small',
            UserData: base64(script),
            IamInstanceProfile: { Name: nodeRole },
          },
        }),
      );
      return String(LaunchTemplateVersion?.VersionNumber);
    },
  };
}
