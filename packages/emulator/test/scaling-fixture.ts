import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  paginateDescribeScalingActivities,
  type Activity,
  type AutoScalingGroup,
  type CreateAutoScalingGroupCommandInput,
} from '@aws-sdk/client-auto-scaling';
import {
  CreateImageCommand,
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeImagesCommand,
  EC2Client,
  RunInstancesCommand,
  TerminateInstancesCommand,
  type RequestLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import { autoscaling } from '../src/services/autoscaling/operations.ts';
import { ec2 } from '../src/services/ec2/operations.ts';
import { iam } from '../src/services/iam/operations.ts';
import type { JournalEntry } from '../src/world/journal.ts';
import type { ServiceDefinition } from '../src/world/service.ts';
import type { WorldSettings } from '../src/world/world.ts';
import { accountFixture, type AccountFixture } from './account-fixture.ts';

export const seconds = 1_000;
export const minutes = 60 * seconds;

/** An account with a network of two zones, one image and a launch template whose version 1 names it. */
export interface ScalingFixture extends AccountFixture {
  readonly scaling: AutoScalingClient;
  readonly ec2: EC2Client;
  /** In `eu-west-1a` and `eu-west-1b`. */
  readonly subnetIds: readonly [string, string];
  /** Amazon's, x86_64. */
  readonly imageId: string;
  readonly templateId: string;
  readonly templateName: string;
  /** Adds a version that inherits from version 1; its number. */
  readonly addVersion: (data: RequestLaunchTemplateData) => Promise<string>;
  /** An image of the account itself, made of an instance. */
  readonly makeImage: (name: string) => Promise<string>;
  /** A group on version 1 with two instances at most three, unless the input says otherwise; nothing has run yet. */
  readonly createGroup: (
    name: string,
    input?: Partial<CreateAutoScalingGroupCommandInput>,
  ) => Promise<void>;
  /** The same, and runs until its instances are in service. */
  readonly startGroup: (
    name: string,
    input?: Partial<CreateAutoScalingGroupCommandInput>,
  ) => Promise<AutoScalingGroup>;
  /** @throws Error when there is none */
  readonly group: (name: string) => Promise<AutoScalingGroup>;
  /** Runs until all instances of a group are in service and as many as desired. */
  readonly settle: (name: string, limitMs?: number) => Promise<AutoScalingGroup>;
  /** Looks every `stepMs`, 2 seconds when left out. */
  readonly runUntil: (
    isDone: () => boolean | Promise<boolean>,
    limitMs?: number,
    stepMs?: number,
  ) => Promise<void>;
  /** Newest first. */
  readonly activities: (name: string) => Promise<readonly Activity[]>;
  /** Events that services have published, oldest first. */
  readonly events: (detailType: string) => readonly Readonly<Record<string, unknown>>[];
}

export async function scalingFixture(
  others: readonly ServiceDefinition[] = [],
  settings: Partial<WorldSettings> = {},
): Promise<ScalingFixture> {
  const given = accountFixture([autoscaling, ec2, iam, ...others], settings);
  const scaling = given.client(AutoScalingClient);
  const compute = given.client(EC2Client);
  const { Vpc } = await compute.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const addSubnet = async (CidrBlock: string, AvailabilityZone: string): Promise<string> => {
    const { Subnet } = await compute.send(
      new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock, AvailabilityZone }),
    );
    return Subnet?.SubnetId ?? '';
  };
  const subnetIds = [
    await addSubnet('10.0.1.0/24', 'eu-west-1a'),
    await addSubnet('10.0.2.0/24', 'eu-west-1b'),
  ] as const;
  const imageId = await amazonImage(compute);
  const templateName = 'web';
  const { LaunchTemplate } = await compute.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: templateName,
      LaunchTemplateData: { ImageId: imageId, InstanceType: 't3.micro' },
    }),
  );
  const templateId = LaunchTemplate?.LaunchTemplateId ?? '';

  const runUntil: ScalingFixture['runUntil'] = async (
    isDone,
    limitMs = 30 * minutes,
    stepMs = 2 * seconds,
  ) => {
    for (let waited = 0; waited <= limitMs; waited += stepMs) {
      if (await isDone()) return;
      await given.world.scheduler.runFor(stepMs);
    }
    throw new Error(`it has not happened within ${limitMs / minutes} minutes`);
  };
  const group: ScalingFixture['group'] = async (name) => {
    const { AutoScalingGroups: [found] = [] } = await scaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
    );
    if (!found) throw new Error(`no group ${name}`);
    return found;
  };
  const settle: ScalingFixture['settle'] = async (name, limitMs) => {
    await runUntil(async () => {
      const { Instances = [], DesiredCapacity } = await group(name);
      return (
        Instances.length === DesiredCapacity &&
        Instances.every(({ LifecycleState }) => LifecycleState === 'InService')
      );
    }, limitMs);
    return group(name);
  };
  const createGroup: ScalingFixture['createGroup'] = async (name, input = {}) => {
    const isElsewhere =
      input.MixedInstancesPolicy !== undefined || input.LaunchConfigurationName !== undefined;
    await scaling.send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName: name,
        MinSize: 0,
        MaxSize: 3,
        DesiredCapacity: 2,
        VPCZoneIdentifier: subnetIds.join(','),
        ...(isElsewhere ? {} : { LaunchTemplate: { LaunchTemplateId: templateId, Version: '1' } }),
        ...input,
      }),
    );
  };
  return {
    ...given,
    scaling,
    ec2: compute,
    subnetIds,
    imageId,
    templateId,
    templateName,
    runUntil,
    group,
    settle,
    createGroup,
    async startGroup(name, input) {
      await createGroup(name, input);
      return settle(name);
    },
    async addVersion(LaunchTemplateData) {
      const { LaunchTemplateVersion } = await compute.send(
        new CreateLaunchTemplateVersionCommand({
          LaunchTemplateId: templateId,
          SourceVersion: '1',
          LaunchTemplateData,
        }),
      );
      return String(LaunchTemplateVersion?.VersionNumber);
    },
    async makeImage(Name) {
      const { Instances: [instance] = [] } = await compute.send(
        new RunInstancesCommand({
          ImageId: imageId,
          InstanceType: 't3.micro',
          SubnetId: subnetIds[0],
          MinCount: 1,
          MaxCount: 1,
        }),
      );
      const InstanceId = instance?.InstanceId ?? '';
      await given.world.scheduler.runFor(2 * minutes);
      const { ImageId = '' } = await compute.send(new CreateImageCommand({ InstanceId, Name }));
      await given.world.scheduler.runFor(10 * minutes);
      await compute.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
      return ImageId;
    },
    async activities(AutoScalingGroupName) {
      const found: Activity[] = [];
      const pages = paginateDescribeScalingActivities(
        { client: scaling },
        { AutoScalingGroupName },
      );
      for await (const { Activities = [] } of pages) found.push(...Activities);
      return found;
    },
    events: (detailType) => publishedEvents(given.world.journal.entries, detailType),
  };
}

async function amazonImage(client: EC2Client): Promise<string> {
  const { Images = [] } = await client.send(
    new DescribeImagesCommand({
      Owners: ['amazon'],
      Filters: [
        { Name: 'architecture', Values: ['x86_64'] },
        { Name: 'name', Values: ['al2023-ami-ecs-*'] },
      ],
    }),
  );
  const [image] = Images;
  if (image?.ImageId === undefined) throw new Error('Amazon has released no image');
  return image.ImageId;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const publishedEvents = (
  entries: readonly JournalEntry[],
  detailType: string,
): readonly Readonly<Record<string, unknown>>[] =>
  entries.flatMap(({ name, detail: { event } }) =>
    name === 'event-published' && isRecord(event) && event['detail-type'] === detailType
      ? [event]
      : [],
  );
