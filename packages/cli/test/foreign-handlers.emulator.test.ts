import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  DescribeInstanceRefreshesCommand,
  SetDesiredCapacityCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
  paginateDescribeStackEvents,
} from '@aws-sdk/client-cloudformation';
import {
  CreateDefaultVpcCommand,
  CreateImageCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  EC2Client,
  paginateDescribeImages,
  paginateDescribeInstances,
  paginateDescribeSnapshots,
} from '@aws-sdk/client-ec2';
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import {
  createOrganization,
  createWorld,
  type CreatedOrganization,
  type StandaloneAccount,
  type World,
} from '@golden/emulator';
import { clientFor, type ClientOptions } from '@golden/emulator/accounts/client-for.ts';
import { all } from './look-around.ts';

const minute = 60_000;
const hour = 60 * minute;

const read = (name: string): string =>
  readFileSync(new URL(`foreign/${name}.template.yaml`, import.meta.url), 'utf8');

/** Handlers in the style of others, which know nothing of this repository. */
describe('handlers that others write for AWS', () => {
  let world: World;
  let organization: CreatedOrganization;
  let team: StandaloneAccount;
  let fleet: Readonly<Record<string, string>>;

  const connect = <C>(
    Client: new (options: ClientOptions) => C,
    account: StandaloneAccount = team,
  ): C => clientFor(world, Client, { credentials: account.adminCredentials });

  /** Deploys a stack and returns its outputs. */
  async function deploy(
    account: StandaloneAccount,
    StackName: string,
    parameters: Readonly<Record<string, string>>,
  ): Promise<Readonly<Record<string, string>>> {
    const client = connect(CloudFormationClient, account);
    await client.send(
      new CreateStackCommand({
        StackName,
        TemplateBody: read(StackName),
        Capabilities: ['CAPABILITY_NAMED_IAM'],
        Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
          ParameterKey,
          ParameterValue,
        })),
      }),
    );
    await world.scheduler.runFor(hour / 2);
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
    const { StackStatus, Outputs = [] } = Stacks?.[0] ?? {};
    if (StackStatus !== 'CREATE_COMPLETE') {
      const events = await all(
        paginateDescribeStackEvents({ client }, { StackName }),
        (page) => page.StackEvents,
      );
      const reasons = events.flatMap(({ ResourceStatusReason: reason }) => reason ?? []);
      throw new Error(`${StackName} is ${StackStatus ?? 'gone'}: ${reasons.join('\n')}`);
    }
    return Object.fromEntries(
      Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
    );
  }

  const group = async () => {
    const { AutoScalingGroups = [] } = await connect(AutoScalingClient).send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [fleet['Group'] ?? ''] }),
    );
    return AutoScalingGroups[0];
  };
  const instances = async (): Promise<string[]> =>
    (await group())?.Instances?.map(({ InstanceId = '' }) => InstanceId) ?? [];
  const runningImages = async (): Promise<(string | undefined)[]> =>
    (
      await all(
        paginateDescribeInstances(
          { client: connect(EC2Client) },
          { Filters: [{ Name: 'instance-state-name', Values: ['running'] }] },
        ),
        (page) => page.Reservations?.flatMap(({ Instances = [] }) => Instances),
      )
    ).map(({ ImageId }) => ImageId);
  /** Calls of the journal from an instant on, by operation. */
  const callsOf = (functionName: string | undefined, from: number): string[] =>
    world.journal.entries
      .slice(from)
      .filter(({ by = '' }) => by.endsWith(`/${functionName ?? ''}`))
      .map(({ name, error }) => (error === undefined ? name : `${name} ${error}`));

  beforeAll(async () => {
    world = createWorld({ pageSizeMax: 2 });
    organization = await createOrganization(world, {
      managementAccountName: 'management',
      accounts: [{ name: 'team' }, { name: 'empty' }, { name: 'closed-door' }],
    });
    const found = organization.accounts.get('team');
    if (!found) throw new Error('the organization has no account team');
    team = found;
    const ec2 = connect(EC2Client);
    await ec2.send(new CreateDefaultVpcCommand({}));
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
    const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({}));
    fleet = await deploy(team, 'container-fleet', {
      Subnets: Subnets.map(({ SubnetId }) => SubnetId).join(),
      SecurityGroup: SecurityGroups[0]?.GroupId ?? '',
    });
  });

  it('drain an ECS instance at a lifecycle hook before it goes', async () => {
    const before = await instances();
    expect(before).toHaveLength(2);
    const from = world.journal.entries.length;
    await connect(AutoScalingClient).send(
      new SetDesiredCapacityCommand({
        AutoScalingGroupName: fleet['Group'],
        DesiredCapacity: 1,
      }),
    );
    await world.scheduler.runFor(20 * minute);
    const after = await instances();
    expect(after).toHaveLength(1);
    expect(before).toContain(after[0]);
    const { services } = await connect(ECSClient).send(
      new DescribeServicesCommand({
        cluster: fleet['Cluster'],
        services: [fleet['Service'] ?? ''],
      }),
    );
    expect(services?.[0]).toMatchObject({ runningCount: 2, desiredCount: 2 });
    const calls = callsOf(fleet['Drain'], from);
    expect(calls).toContain('UpdateContainerInstancesState');
    expect(calls).toContain('RecordLifecycleActionHeartbeat');
    expect(calls.filter((name) => name === 'CompleteLifecycleAction')).toHaveLength(1);
  });

  it('put the newest approved image into a launch template and refresh the group', async () => {
    const [instanceId = ''] = await instances();
    const { ImageId: approved = '' } = await connect(EC2Client).send(
      new CreateImageCommand({ InstanceId: instanceId, Name: 'approved' }),
    );
    await world.scheduler.runFor(20 * minute);
    await connect(SSMClient).send(
      new PutParameterCommand({ Name: fleet['Parameter'], Value: approved, Overwrite: true }),
    );
    await world.scheduler.runFor(2 * hour);
    const { LaunchTemplateVersions = [] } = await connect(EC2Client).send(
      new DescribeLaunchTemplateVersionsCommand({
        LaunchTemplateId: fleet['Template'],
        Versions: ['$Default'],
      }),
    );
    expect(LaunchTemplateVersions).toMatchObject([
      { VersionNumber: 2, LaunchTemplateData: { ImageId: approved, InstanceType: 't3.medium' } },
    ]);
    const { InstanceRefreshes } = await connect(AutoScalingClient).send(
      new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: fleet['Group'] }),
    );
    expect(InstanceRefreshes).toMatchObject([{ Status: 'Successful' }]);
    expect(await instances()).not.toContain(instanceId);
    expect(await runningImages()).toEqual([approved]);
  });

  it('delete old images with their snapshots, and neither the newest nor those in use', async () => {
    const [instanceId = ''] = await instances();
    const ec2 = connect(EC2Client);
    for (const Name of ['older', 'newer']) {
      await ec2.send(new CreateImageCommand({ InstanceId: instanceId, Name }));
      await world.scheduler.runFor(20 * minute);
    }
    const owned = async () => ({
      images: (
        await all(
          paginateDescribeImages({ client: ec2 }, { Owners: ['self'] }),
          (page) => page.Images,
        )
      )
        .map(({ Name }) => Name)
        .sort(),
      snapshots: (
        await all(
          paginateDescribeSnapshots({ client: ec2 }, { OwnerIds: ['self'] }),
          (page) => page.Snapshots,
        )
      ).length,
    });
    expect(await owned()).toEqual({ images: ['approved', 'newer', 'older'], snapshots: 3 });
    await world.scheduler.runFor(24 * hour);
    expect(await owned()).toEqual({ images: ['approved', 'newer'], snapshots: 2 });
    expect(await runningImages()).toHaveLength(1);
  });

  it('list the instances of every account by a role in each, and note where they may not', async () => {
    const { management } = organization;
    const inventory = await deploy(management, 'inventory', { ReaderRole: 'instance-reader' });
    for (const name of ['team', 'empty']) {
      const account = organization.accounts.get(name);
      if (account) await deploy(account, 'reader-role', { Trusted: inventory['RoleArn'] ?? '' });
    }
    const { Payload, FunctionError } = await connect(LambdaClient, management).send(
      new InvokeCommand({ FunctionName: inventory['Function'] }),
    );
    expect([FunctionError, new TextDecoder().decode(Payload)]).toEqual([undefined, '4']);
    const day = new Date(world.scheduler.now).toISOString().slice(0, 10);
    const { Body } = await connect(S3Client, management).send(
      new GetObjectCommand({ Bucket: inventory['Bucket'], Key: `inventory/${day}.json` }),
    );
    expect(JSON.parse((await Body?.transformToString()) ?? '')).toEqual([
      { account: 'closed-door', error: 'AccessDenied' },
      { account: 'empty', instances: [] },
      { account: 'management', error: 'AccessDenied' },
      { account: 'team', instances: expect.arrayContaining(await instances()) as unknown },
    ]);
  });
});
