import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  type AutoScalingGroup,
  type CreateAutoScalingGroupCommandInput,
} from '@aws-sdk/client-auto-scaling';
import { CloudFormationClient, UpdateStackInstancesCommand } from '@aws-sdk/client-cloudformation';
import {
  CreateDefaultVpcCommand,
  CreateImageCommand,
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  DescribeImagesCommand,
  DescribeSubnetsCommand,
  EC2Client,
  ModifyImageAttributeCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
  type RequestLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import type { FleetStage, Place } from '@golden/stage/fleet-stage.ts';

const minute = 60_000;
const settleLimit = 30 * minute;

/** Names of Amazon's images, as they differ in what matters to a group. */
const amazonNames = {
  ecs: 'al2023-ami-ecs-*x86_64*',
  arm: 'al2023-ami-ecs-*arm64*',
  /** Its root volume is smaller than that of an ECS image. */
  plain: 'al2023-ami-2023*x86_64*',
} as const;

/** What somebody makes by hand in an account and Region: groups of any shape, without ECS. */
export class HandMade {
  readonly stage: FleetStage;
  readonly place: Place;
  readonly ec2: EC2Client;
  readonly scaling: AutoScalingClient;
  readonly #subnetIds: readonly string[];

  private constructor(stage: FleetStage, place: Place, subnetIds: readonly string[]) {
    this.stage = stage;
    this.place = place;
    this.ec2 = stage.infra.client(EC2Client, place);
    this.scaling = stage.infra.client(AutoScalingClient, place);
    this.#subnetIds = subnetIds;
  }

  static async open(stage: FleetStage, place: Place): Promise<HandMade> {
    const ec2 = stage.infra.client(EC2Client, place);
    const subnets = async (): Promise<string[]> =>
      ((await ec2.send(new DescribeSubnetsCommand({}))).Subnets ?? []).map(
        ({ SubnetId = '' }) => SubnetId,
      );
    if ((await subnets()).length === 0) await ec2.send(new CreateDefaultVpcCommand({}));
    return new HandMade(stage, place, await subnets());
  }

  async amazonImage(kind: keyof typeof amazonNames = 'ecs'): Promise<string> {
    const { Images } = await this.ec2.send(
      new DescribeImagesCommand({
        Owners: ['amazon'],
        Filters: [{ Name: 'name', Values: [amazonNames[kind]] }],
      }),
    );
    const id = Images?.[0]?.ImageId;
    if (id === undefined) throw new Error(`Amazon has no image ${amazonNames[kind]}`);
    return id;
  }

  /** A launch template; its id. */
  async template(name: string, data: RequestLaunchTemplateData = {}): Promise<string> {
    const { LaunchTemplate } = await this.ec2.send(
      new CreateLaunchTemplateCommand({
        LaunchTemplateName: name,
        LaunchTemplateData: {
          ImageId: data.ImageId ?? (await this.amazonImage()),
          InstanceType: 't3.micro',
          ...data,
        },
      }),
    );
    return LaunchTemplate?.LaunchTemplateId ?? '';
  }

  /** Another version like the first one but for the data. */
  async addVersion(LaunchTemplateId: string, data: RequestLaunchTemplateData): Promise<void> {
    await this.ec2.send(
      new CreateLaunchTemplateVersionCommand({
        LaunchTemplateId,
        SourceVersion: '1',
        LaunchTemplateData: data,
      }),
    );
  }

  /** A group of the line with no instances, unless the input says otherwise. */
  async group(
    name: string,
    source: { template: string; version?: string } | { input: object },
    more: Partial<CreateAutoScalingGroupCommandInput> = {},
  ): Promise<void> {
    await this.scaling.send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName: name,
        MinSize: 0,
        MaxSize: 4,
        DesiredCapacity: 0,
        VPCZoneIdentifier: this.#subnetIds.join(','),
        Tags: [lineTag(name, this.stage.infra.line)],
        ...('template' in source
          ? {
              LaunchTemplate: {
                LaunchTemplateId: source.template,
                Version: source.version ?? '1',
              },
            }
          : source.input),
        ...more,
      }),
    );
  }

  /** A group with a template of its own that differs from others as said; the template's id. */
  async plainGroup(
    name: string,
    options: { data?: RequestLaunchTemplateData; version?: string; size?: number } = {},
  ): Promise<string> {
    const template = await this.template(name, options.data);
    const { version = '1', size = 0 } = options;
    await this.group(name, { template, version }, { DesiredCapacity: size });
    return template;
  }

  async read(name: string): Promise<AutoScalingGroup> {
    const { AutoScalingGroups: [found] = [] } = await this.scaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
    );
    if (!found) throw new Error(`no group ${name}`);
    return found;
  }

  /** Lets time pass until the instances of the groups are in service. */
  async settle(...names: readonly string[]): Promise<void> {
    const { scheduler } = this.stage.world;
    const limit = scheduler.now + settleLimit;
    const isSettled = async (name: string): Promise<boolean> => {
      const { Instances = [], DesiredCapacity } = await this.read(name);
      return (
        Instances.length === DesiredCapacity &&
        Instances.every(({ LifecycleState }) => LifecycleState === 'InService')
      );
    };
    for (const name of names)
      while (!(await isSettled(name))) {
        if (scheduler.now > limit) throw new Error(`${name} does not settle`);
        await scheduler.runFor(10_000);
      }
  }

  /** An image of this account, made of an instance and shared with accounts. */
  async image(name: string, shareWith: readonly string[] = []): Promise<string> {
    const id = await this.pendingImage(name);
    await this.stage.world.scheduler.runFor(10 * minute);
    if (shareWith.length > 0) await this.share(id, { Add: shareWith });
    return id;
  }

  /** An image whose data is still on its way, so that it cannot be shared yet. */
  async pendingImage(name: string): Promise<string> {
    const { Instances: [instance] = [] } = await this.ec2.send(
      new RunInstancesCommand({
        ImageId: await this.amazonImage(),
        InstanceType: 't3.micro',
        SubnetId: this.#subnetIds[0],
        MinCount: 1,
        MaxCount: 1,
      }),
    );
    const InstanceId = instance?.InstanceId ?? '';
    await this.stage.world.scheduler.runFor(2 * minute);
    const { ImageId = '' } = await this.ec2.send(
      new CreateImageCommand({ InstanceId, Name: name }),
    );
    await this.ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
    return ImageId;
  }

  async share(
    ImageId: string,
    change: { Add?: readonly string[]; Remove?: readonly string[] },
  ): Promise<void> {
    const users = (ids: readonly string[] | undefined) => ids?.map((UserId) => ({ UserId }));
    await this.ec2.send(
      new ModifyImageAttributeCommand({
        ImageId,
        LaunchPermission: { Add: users(change.Add), Remove: users(change.Remove) },
      }),
    );
  }
}

/** Whoever runs the StackSet gives one account other values than the rest. */
export const override = async (
  stage: FleetStage,
  place: Place,
  values: Readonly<Record<string, string>>,
): Promise<void> => {
  await stage.infra.client(CloudFormationClient).send(
    new UpdateStackInstancesCommand({
      StackSetName: `golden-${stage.infra.line}-workload`,
      CallAs: 'DELEGATED_ADMIN',
      DeploymentTargets: {
        OrganizationalUnitIds: [stage.infra.organization.rootId],
        Accounts: [place.account.id],
        AccountFilterType: 'INTERSECTION',
      },
      Regions: [place.region],
      ParameterOverrides: Object.entries(values).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
    }),
  );
  await stage.world.scheduler.runFor(10 * minute);
  const found = (await stage.stackInstances()).find(
    ({ Account, Region }) => Account === place.account.id && Region === place.region,
  );
  if (found?.Status !== 'CURRENT') throw new Error(`the override failed: ${JSON.stringify(found)}`);
};

export const lineTag = (ResourceId: string, Value: string) => ({
  ResourceId,
  ResourceType: 'auto-scaling-group',
  Key: 'golden:line',
  Value,
  PropagateAtLaunch: false,
});

/**
 * What the handler of a place has changed since an entry of the journal, tries included: `<operation> <resource>`. Its own log
 * does not count, nor does the dry run by which Auto Scaling finds out whether it may launch.
 */
export const handlerWrites = (stage: FleetStage, place: Place, since: number): string[] =>
  stage.world.journal.entries
    .slice(since)
    .filter(
      ({ by, writes, region, service, error }) =>
        writes === true &&
        service !== 'logs' &&
        error !== 'DryRunOperation' &&
        region === place.region &&
        by?.startsWith(`arn:aws:sts::${place.account.id}:`) === true &&
        by.endsWith(`/golden-${stage.infra.line}-handler`),
    )
    .map(({ name, detail }) => `${name} ${String(detail['resource'])}`);
