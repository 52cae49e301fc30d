import {
  CreateLaunchConfigurationCommand,
  DeleteAutoScalingGroupCommand,
  SetDesiredCapacityCommand,
  StartInstanceRefreshCommand,
  SuspendProcessesCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  DeleteLaunchTemplateCommand,
  DeleteLaunchTemplateVersionsCommand,
  DeregisterImageCommand,
  DisableImageCommand,
} from '@aws-sdk/client-ec2';
import { HandMade } from './hand-made.ts';

/** A group that cannot be moved, and what is said of it. */
interface BlockedGroup {
  readonly group: string;
  readonly reason: string;
  readonly sentence: RegExp;
  readonly make: (hand: HandMade, goldenAmi: string) => Promise<unknown>;
  /** What has to happen after all instances are in service. */
  readonly then?: (hand: HandMade) => Promise<unknown>;
}

const parameterImage =
  'resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id';

/** A group of a mixed policy whose overrides say more than an instance type. */
const mixedGroup = async (hand: HandMade, name: string, overrides: object[]): Promise<void> => {
  const template = await hand.template(name);
  await hand.addVersion(template, { InstanceType: 't3.small' });
  const specification = { LaunchTemplateId: template, Version: '1' };
  await hand.group(name, {
    input: {
      MixedInstancesPolicy: {
        LaunchTemplate: {
          LaunchTemplateSpecification: specification,
          Overrides: overrides.map((override) =>
            'Version' in override
              ? {
                  InstanceType: 't3.small',
                  LaunchTemplateSpecification: { LaunchTemplateId: template, ...override },
                }
              : override,
          ),
        },
      },
    },
  });
};

/** A group that runs an image which then goes away. */
const onImage = (
  group: string,
  lose: (owner: HandMade, ami: string) => Promise<unknown>,
): Pick<BlockedGroup, 'make' | 'then'> => {
  let ami = '';
  const ownerOf = ({ stage }: HandMade): Promise<HandMade> =>
    HandMade.open(stage, { account: stage.infra.stranger, region: stage.infra.home });
  return {
    make: async (hand) => {
      ami = await (await ownerOf(hand)).image(group, [hand.place.account.id]);
      await hand.plainGroup(group, { data: { ImageId: ami } });
    },
    then: async (hand) => lose(await ownerOf(hand), ami),
  };
};

/** One for each reason that the wire can cause. */
export const blockedGroups: readonly BlockedGroup[] = [
  {
    group: 'launch-configuration',
    reason: 'launch-configuration',
    sentence: /^it uses a launch configuration, which has no versions to go back to/,
    make: async (hand) => {
      const LaunchConfigurationName = 'old';
      await hand.scaling.send(
        new CreateLaunchConfigurationCommand({
          LaunchConfigurationName,
          ImageId: await hand.amazonImage(),
          InstanceType: 't3.micro',
        }),
      );
      await hand.group('launch-configuration', { input: { LaunchConfigurationName } });
    },
  },
  {
    group: 'attributes',
    reason: 'attribute-based-selection',
    sentence: /list instance types$/,
    make: (hand) =>
      mixedGroup(hand, 'attributes', [
        { InstanceRequirements: { VCpuCount: { Min: 2 }, MemoryMiB: { Min: 1024 } } },
      ]),
  },
  {
    group: 'override-image',
    reason: 'image-overrides',
    sentence: /^its overrides name images of their own/,
    make: async (hand) =>
      mixedGroup(hand, 'override-image', [
        { InstanceType: 't3.small', ImageId: await hand.amazonImage() },
      ]),
  },
  {
    group: 'two-versions',
    reason: 'mixed-versions',
    sentence: /one launch template in several versions/,
    make: (hand) => mixedGroup(hand, 'two-versions', [{ Version: '2' }]),
  },
  {
    group: 'five-templates',
    reason: 'too-many-templates',
    sentence: /^it uses 5 launch templates, and at most 4 can be recorded/,
    make: async (hand) => {
      const overrides: object[] = [];
      for (const n of [2, 3, 4, 5])
        overrides.push({
          InstanceType: 't3.small',
          LaunchTemplateSpecification: {
            LaunchTemplateId: await hand.template(`five-${n}`),
            Version: '1',
          },
        });
      await mixedGroup(hand, 'five-templates', overrides);
    },
  },
  {
    group: 'parameter-image',
    reason: 'ssm-alias',
    sentence: /^version 1 of lt-\w+ names its image by resolve:ssm:\/aws\/service/,
    make: (hand) => hand.plainGroup('parameter-image', { data: { ImageId: parameterImage } }),
  },
  {
    group: 'suspended',
    reason: 'suspended-processes',
    sentence: /^Launch, Terminate is suspended; resume it$/,
    make: async (hand) => {
      await hand.plainGroup('suspended');
      await hand.scaling.send(
        new SuspendProcessesCommand({
          AutoScalingGroupName: 'suspended',
          ScalingProcesses: ['Terminate', 'Launch', 'AZRebalance'],
        }),
      );
    },
  },
  {
    group: 'several-versions',
    reason: 'instances-on-several-versions',
    sentence: /^it is saved on \$Latest of lt-\w+ and runs versions 1, 2;/,
    make: async (hand) => {
      const template = await hand.plainGroup('several-versions', { version: '$Latest', size: 1 });
      await hand.settle('several-versions');
      await hand.addVersion(template, { InstanceType: 't3.small' });
      await hand.scaling.send(
        new SetDesiredCapacityCommand({
          AutoScalingGroupName: 'several-versions',
          DesiredCapacity: 2,
        }),
      );
      await hand.settle('several-versions');
    },
  },
  {
    group: 'unreleased',
    reason: 'unreleased-template-change',
    sentence: /^\$Latest of lt-\w+ is version 2 and its instances run 1: a change that is not/,
    make: async (hand) => {
      const template = await hand.plainGroup('unreleased', { version: '$Latest', size: 1 });
      await hand.settle('unreleased');
      await hand.addVersion(template, { InstanceType: 't3.small' });
    },
  },
  {
    group: 'template-gone',
    reason: 'template-not-found',
    sentence: /^version 1 of lt-\w+, which it launches from, does not exist/,
    make: async (hand) => {
      const LaunchTemplateId = await hand.plainGroup('template-gone');
      await hand.ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateId }));
    },
  },
  {
    group: 'version-gone',
    reason: 'template-not-found',
    sentence: /^version 2 of lt-\w+, which it launches from, does not exist/,
    make: async (hand) => {
      const template = await hand.template('version-gone');
      await hand.addVersion(template, { InstanceType: 't3.small' });
      await hand.group('version-gone', { template, version: '2' });
      await hand.ec2.send(
        new DeleteLaunchTemplateVersionsCommand({ LaunchTemplateId: template, Versions: ['2'] }),
      );
    },
  },
  {
    group: 'image-deregistered',
    reason: 'last-good-not-launchable',
    sentence: /launches ami-\w+, which is gone or not shared, so there would be no way back/,
    ...onImage('image-deregistered', ({ ec2 }, ImageId) =>
      ec2.send(new DeregisterImageCommand({ ImageId })),
    ),
  },
  {
    group: 'image-disabled',
    reason: 'last-good-not-launchable',
    sentence: /launches ami-\w+, which is gone or not shared/,
    ...onImage('image-disabled', ({ ec2 }, ImageId) =>
      ec2.send(new DisableImageCommand({ ImageId })),
    ),
  },
  {
    group: 'image-unshared',
    reason: 'last-good-not-launchable',
    sentence: /launches ami-\w+, which is gone or not shared/,
    ...onImage('image-unshared', (owner, ami) =>
      owner.share(ami, { Remove: [owner.stage.place('workload-1').account.id] }),
    ),
  },
  {
    group: 'own-image-disabled',
    reason: 'last-good-not-launchable',
    sentence: /launches ami-\w+, which is disabled, so there would be no way back/,
    make: async (hand) => {
      const ImageId = await hand.image('own-image-disabled');
      await hand.plainGroup('own-image-disabled', { data: { ImageId } });
      await hand.ec2.send(new DisableImageCommand({ ImageId }));
    },
  },
  {
    group: 'arm',
    reason: 'architecture',
    sentence: /^version 1 of lt-\w+ launches arm64 and the image is x86_64;/,
    make: async (hand) =>
      hand.plainGroup('arm', {
        data: { ImageId: await hand.amazonImage('arm'), InstanceType: 't4g.micro' },
      }),
  },
  {
    group: 'small-root',
    reason: 'root-volume-size',
    sentence: /asks for a root volume of 8 GiB and the image needs 30; enlarge it/,
    make: async (hand) =>
      hand.plainGroup('small-root', {
        data: {
          ImageId: await hand.amazonImage('plain'),
          BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: 8 } }],
        },
      }),
  },
  {
    group: 'no-way-back',
    reason: 'no-last-good',
    sentence: /its tag golden:last-good records no other launchable image/,
    make: async (hand, goldenAmi) => {
      const template = await hand.plainGroup('no-way-back', { size: 1 });
      await hand.settle('no-way-back');
      await hand.addVersion(template, { ImageId: goldenAmi });
      await hand.scaling.send(
        new UpdateAutoScalingGroupCommand({
          AutoScalingGroupName: 'no-way-back',
          LaunchTemplate: { LaunchTemplateId: template, Version: '2' },
        }),
      );
    },
  },
  {
    group: 'refreshing',
    reason: 'refresh-in-progress',
    sentence: /^the instance refresh [\w-]+ is (Pending|InProgress);/,
    make: (hand) => hand.plainGroup('refreshing', { size: 1 }),
    then: async (hand) => {
      await hand.settle('refreshing');
      await hand.scaling.send(
        new StartInstanceRefreshCommand({ AutoScalingGroupName: 'refreshing' }),
      );
    },
  },
  {
    group: 'being-deleted',
    reason: 'being-deleted',
    sentence: /^the group is being deleted$/,
    make: (hand) => hand.plainGroup('being-deleted', { size: 1 }),
    then: async (hand) => {
      await hand.settle('being-deleted');
      await hand.scaling.send(
        new DeleteAutoScalingGroupCommand({
          AutoScalingGroupName: 'being-deleted',
          ForceDelete: true,
        }),
      );
    },
  },
];
