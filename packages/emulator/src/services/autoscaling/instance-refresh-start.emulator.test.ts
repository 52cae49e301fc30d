import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  CreateLaunchConfigurationCommand,
  DescribeInstanceRefreshesCommand,
  RollbackInstanceRefreshCommand,
  StartInstanceRefreshCommand,
  UpdateAutoScalingGroupCommand,
  type RefreshPreferences,
  type StartInstanceRefreshCommandInput,
} from '@aws-sdk/client-auto-scaling';
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { PutCompositeAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { refreshFixture, type RefreshFixture } from '../../../test/refresh-fixture.ts';
import { ssm } from '../ssm/operations.ts';

describe('the preferences of an instance refresh', () => {
  let world: RefreshFixture;
  beforeAll(async () => {
    world = await refreshFixture();
    await world.startGroup('web', { DesiredCapacity: 1 });
  });

  it.each<{ preferences: RefreshPreferences; says: string }>([
    {
      preferences: { MinHealthyPercentage: 101 },
      says: "Value '101' at 'preferences.minHealthyPercentage'",
    },
    {
      preferences: { MinHealthyPercentage: -1 },
      says: "Value '-1' at 'preferences.minHealthyPercentage'",
    },
    {
      preferences: { MinHealthyPercentage: 50, MaxHealthyPercentage: 99 },
      says: "Value '99' at 'preferences.maxHealthyPercentage'",
    },
    {
      preferences: { MinHealthyPercentage: 100, MaxHealthyPercentage: 201 },
      says: "Value '201' at 'preferences.maxHealthyPercentage'",
    },
    { preferences: { MaxHealthyPercentage: 110 }, says: 'without MinHealthyPercentage' },
    {
      preferences: { MinHealthyPercentage: 50, MaxHealthyPercentage: 151 },
      says: 'cannot be greater than 100',
    },
    { preferences: { InstanceWarmup: -1 }, says: "Value '-1' at 'preferences.instanceWarmup'" },
    { preferences: { CheckpointPercentages: [50, 50] }, says: 'ascending' },
    { preferences: { CheckpointPercentages: [50, 20] }, says: 'ascending' },
    {
      preferences: { CheckpointPercentages: [0, 100] },
      says: "Value '[0, 100]' at 'preferences.checkpointPercentages'",
    },
    {
      preferences: { CheckpointPercentages: [101] },
      says: "Value '[101]' at 'preferences.checkpointPercentages'",
    },
    { preferences: { CheckpointDelay: 60 }, says: 'without CheckpointPercentages' },
    {
      preferences: { CheckpointPercentages: [50], CheckpointDelay: 172_801 },
      says: "Value '172801' at 'preferences.checkpointDelay'",
    },
    { preferences: { BakeTime: 172_801 }, says: "Value '172801' at 'preferences.bakeTime'" },
    {
      preferences: { AlarmSpecification: { Alarms: 'abcdefghijk'.split('') } },
      says: 'names 11 alarms',
    },
  ])('are refused: $says', async ({ preferences, says }) => {
    await expect(world.start('web', preferences)).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining(says),
    });
  });

  it('take their defaults from the maintenance policy, the default warm-up and the API', async () => {
    await world.startGroup('kept', {
      DesiredCapacity: 1,
      InstanceMaintenancePolicy: { MinHealthyPercentage: 100, MaxHealthyPercentage: 150 },
      DefaultInstanceWarmup: 45,
      HealthCheckGracePeriod: 90,
    });
    await world.start('kept', { InstanceWarmup: undefined, CheckpointPercentages: [50, 100] });
    expect((await world.refresh('kept')).Preferences).toMatchObject({
      MinHealthyPercentage: 100,
      MaxHealthyPercentage: 150,
      InstanceWarmup: 45,
      CheckpointDelay: 3_600,
    });
    await world.startGroup('plain', { DesiredCapacity: 1, HealthCheckGracePeriod: 90 });
    await world.start('plain', { InstanceWarmup: undefined });
    const { Preferences } = await world.refresh('plain');
    expect(Preferences).toMatchObject({ MinHealthyPercentage: 90, InstanceWarmup: 90 });
    expect(Preferences?.MaxHealthyPercentage).toBeUndefined();
    expect(Preferences?.CheckpointDelay).toBeUndefined();
  });
});

describe('StartInstanceRefresh', () => {
  it('is refused while another refresh is active', async () => {
    const world = await refreshFixture();
    await world.startGroup('web', { DesiredCapacity: 1 });
    await world.start('web');
    await expect(world.start('web')).rejects.toMatchObject({
      name: 'InstanceRefreshInProgressFault',
    });
  });

  it('is refused for a group, a template version or a strategy that is not there', async () => {
    const world = await refreshFixture();
    await expect(world.start('none')).rejects.toMatchObject({ name: 'ValidationError' });
    await world.createGroup('web', { DesiredCapacity: 0 });
    const LaunchTemplate = { LaunchTemplateId: world.templateId, Version: '77' };
    await expect(
      world.start('web', {}, { DesiredConfiguration: { LaunchTemplate } }),
    ).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('valid fully-formed launch template'),
    });
    await expect(world.start('web', {}, { Strategy: 'ReplaceRootVolume' })).rejects.toMatchObject({
      name: 'ValidationError',
    });
  });

  it('is refused when the desired configuration could not be launched', async () => {
    const world = await refreshFixture();
    await world.createGroup('web', { DesiredCapacity: 0 });
    const Version = await world.addVersion({ ImageId: 'ami-00000000000000000' });
    const LaunchTemplate = { LaunchTemplateId: world.templateId, Version };
    await expect(
      world.start('web', {}, { DesiredConfiguration: { LaunchTemplate } }),
    ).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it.each(['ALARM', 'INSUFFICIENT_DATA'] as const)(
    'is refused while an alarm is in %s',
    async (state) => {
      const world = await refreshFixture();
      await world.createGroup('web', { DesiredCapacity: 0 });
      await world.alarm('errors', state);
      const alarms = { AlarmSpecification: { Alarms: ['errors'] } };
      await expect(world.start('web', alarms)).rejects.toMatchObject({
        name: 'ValidationError',
        message: expect.stringContaining(state),
      });
      await world.alarm('errors', 'OK');
      await expect(world.start('web', alarms)).resolves.toEqual(expect.any(String));
    },
  );

  it('is refused with an alarm that does not exist, and takes composite ones', async () => {
    const world = await refreshFixture();
    await world.createGroup('web', { DesiredCapacity: 0 });
    const alarms = { AlarmSpecification: { Alarms: ['any'] } };
    await expect(world.start('web', alarms)).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('any'),
    });
    await world.alarm('errors', 'OK');
    await world.cloudwatch.send(
      new PutCompositeAlarmCommand({ AlarmName: 'any', AlarmRule: 'ALARM("errors")' }),
    );
    await world.world.scheduler.runFor(60_000);
    await expect(world.start('web', alarms)).resolves.toEqual(expect.any(String));
  });

  it('is refused with auto rollback where there is no way back', async () => {
    const world = await refreshFixture([ssm]);
    const refused = { name: 'ValidationError', message: expect.stringContaining('AutoRollback') };
    await world.createGroup('web', { DesiredCapacity: 0 });
    await expect(
      world.start('web', { AutoRollback: true }, { DesiredConfiguration: undefined }),
    ).rejects.toMatchObject(refused);
    for (const Version of ['$Latest', '$Default']) {
      await world.scaling.send(
        new UpdateAutoScalingGroupCommand({
          AutoScalingGroupName: 'web',
          LaunchTemplate: { LaunchTemplateId: world.templateId, Version },
        }),
      );
      await expect(world.start('web', { AutoRollback: true })).rejects.toMatchObject(refused);
    }
    const Version = await world.addVersion({
      ImageId: 'resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id',
    });
    await world.scaling.send(
      new UpdateAutoScalingGroupCommand({
        AutoScalingGroupName: 'web',
        LaunchTemplate: { LaunchTemplateId: world.templateId, Version },
      }),
    );
    await expect(world.start('web', { AutoRollback: true })).rejects.toMatchObject(refused);
    await expect(world.start('web')).resolves.toEqual(expect.any(String));
    await expect(
      world.scaling.send(new RollbackInstanceRefreshCommand({ AutoScalingGroupName: 'web' })),
    ).rejects.toMatchObject({ name: 'IrreversibleInstanceRefreshFault' });
  });

  it('is refused for attribute-based selection', async () => {
    const world = await refreshFixture();
    const requirements = { VCpuCount: { Min: 2 }, MemoryMiB: { Min: 1024 } };
    const MixedInstancesPolicy = {
      LaunchTemplate: {
        LaunchTemplateSpecification: { LaunchTemplateId: world.templateId, Version: '1' },
        Overrides: [{ InstanceRequirements: requirements }],
      },
    };
    await world.createGroup('web', { DesiredCapacity: 0 });
    await expect(
      world.start('web', {}, { DesiredConfiguration: { MixedInstancesPolicy } }),
    ).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('InstanceRequirements'),
    });
  });

  it('is refused with skip matching for a group with a launch configuration', async () => {
    const world = await refreshFixture();
    await world.scaling.send(
      new CreateLaunchConfigurationCommand({
        LaunchConfigurationName: 'old',
        ImageId: world.imageId,
        InstanceType: 't3.micro',
      }),
    );
    await world.createGroup('web', { DesiredCapacity: 0, LaunchConfigurationName: 'old' });
    const preferences = { SkipMatching: true };
    await expect(
      world.start('web', preferences, { DesiredConfiguration: undefined }),
    ).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(world.start('web', preferences)).resolves.toEqual(expect.any(String));
  });

  it('blocks updates of what the desired configuration sets', async () => {
    const world = await refreshFixture();
    await world.startGroup('web', { DesiredCapacity: 1 });
    await world.start('web');
    const update = new UpdateAutoScalingGroupCommand({
      AutoScalingGroupName: 'web',
      LaunchTemplate: { LaunchTemplateId: world.templateId, Version: '1' },
    });
    await expect(world.scaling.send(update)).rejects.toMatchObject({ name: 'ValidationError' });
    await world.reach('web', 'Successful');
    await expect(world.scaling.send(update)).resolves.toBeDefined();
  });
});

describe('who may refresh instances', () => {
  const start: StartInstanceRefreshCommandInput = { AutoScalingGroupName: 'web' };

  async function userWith(world: RefreshFixture, statements: readonly object[]) {
    const iam = world.client(IAMClient);
    await iam.send(new CreateUserCommand({ UserName: 'operator' }));
    await iam.send(
      new PutUserPolicyCommand({
        UserName: 'operator',
        PolicyName: 'own',
        PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: statements }),
      }),
    );
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'operator' }));
    await world.spread();
    return world.client(AutoScalingClient, {
      as: {
        accessKeyId: AccessKey?.AccessKeyId ?? '',
        secretAccessKey: AccessKey?.SecretAccessKey ?? '',
        sessionToken: undefined,
      },
    });
  }

  const tagged = {
    Effect: 'Allow',
    Action: [
      'autoscaling:StartInstanceRefresh',
      'autoscaling:RollbackInstanceRefresh',
      'autoscaling:CancelInstanceRefresh',
    ],
    Resource: '*',
    Condition: { StringEquals: { 'aws:ResourceTag/team': 'shop' } },
  };

  it('is a matter of the group and its tags', async () => {
    const world = await refreshFixture();
    const tags = [{ Key: 'team', Value: 'shop' }];
    await world.scaling.send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName: 'web',
        MinSize: 0,
        MaxSize: 1,
        VPCZoneIdentifier: world.subnetIds[0],
        LaunchTemplate: { LaunchTemplateId: world.templateId, Version: '1' },
        Tags: tags,
      }),
    );
    await world.createGroup('other', { DesiredCapacity: 0 });
    const operator = await userWith(world, [tagged]);
    await expect(
      operator.send(new StartInstanceRefreshCommand({ AutoScalingGroupName: 'other' })),
    ).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(operator.send(new StartInstanceRefreshCommand(start))).resolves.toBeDefined();
    await expect(
      operator.send(new RollbackInstanceRefreshCommand({ AutoScalingGroupName: 'other' })),
    ).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(
      operator.send(new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: 'web' })),
    ).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('includes the right to launch what the desired configuration says', async () => {
    const world = await refreshFixture();
    await world.createGroup('web', {
      DesiredCapacity: 0,
      Tags: [{ Key: 'team', Value: 'shop' }],
    });
    const operator = await userWith(world, [tagged]);
    const withDesired = new StartInstanceRefreshCommand({
      ...start,
      DesiredConfiguration: {
        LaunchTemplate: { LaunchTemplateId: world.templateId, Version: world.newVersion },
      },
    });
    await expect(operator.send(withDesired)).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('ec2:RunInstances'),
    });
  });

  it('includes the right to launch in every subnet of the group', async () => {
    const world = await refreshFixture();
    await world.createGroup('web', {
      DesiredCapacity: 0,
      VPCZoneIdentifier: world.subnetIds.slice(0, 2).join(','),
      Tags: [{ Key: 'team', Value: 'shop' }],
    });
    const launch = {
      Effect: 'Allow',
      Action: ['ec2:RunInstances', 'ec2:CreateTags'],
      Resource: '*',
    };
    const notThere = {
      Effect: 'Deny',
      Action: 'ec2:RunInstances',
      Resource: `arn:aws:ec2:*:*:subnet/${world.subnetIds[1]}`,
    };
    const operator = await userWith(world, [tagged, launch, notThere]);
    await expect(
      operator.send(
        new StartInstanceRefreshCommand({
          ...start,
          DesiredConfiguration: {
            LaunchTemplate: { LaunchTemplateId: world.templateId, Version: world.newVersion },
          },
        }),
      ),
    ).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});
