import { describe, expect, it } from '@jest/globals';
import {
  CreateLaunchConfigurationCommand,
  DeleteLaunchConfigurationCommand,
  UpdateAutoScalingGroupCommand,
  type LaunchTemplateOverrides,
  type MixedInstancesPolicy,
} from '@aws-sdk/client-auto-scaling';
import { CreateLaunchTemplateCommand } from '@aws-sdk/client-ec2';
import { keyPair } from '../../../test/ec2-fixture.ts';
import { scalingFixture } from '../../../test/scaling-fixture.ts';
import { autoScalingState } from './state.ts';

describe('what a group launches from', () => {
  it('is checked when it changes and counts for new instances only', async () => {
    const given = await scalingFixture();
    await given.startGroup('web', { DesiredCapacity: 1 });
    const version = await given.addVersion({ InstanceType: 't3.small' });
    const bad = await given.addVersion({ ImageId: 'ami-00000000000000000' });
    const setVersion = (Version: string) =>
      given.scaling.send(
        new UpdateAutoScalingGroupCommand({
          AutoScalingGroupName: 'web',
          LaunchTemplate: { LaunchTemplateName: 'web', Version },
          DesiredCapacity: 2,
        }),
      );

    await expect(setVersion(bad)).rejects.toThrow('You must use a valid fully-formed');
    await setVersion(version);
    const { Instances = [] } = await given.settle('web');

    expect(Instances.map(({ InstanceType }) => InstanceType).sort()).toEqual([
      't3.micro',
      't3.small',
    ]);
  });

  it('keeps $Latest as it is on the group and shows the number on the instance', async () => {
    const given = await scalingFixture();
    await given.addVersion({ InstanceType: 't3.small' });
    const group = await given.startGroup('web', {
      DesiredCapacity: 1,
      LaunchTemplate: { LaunchTemplateId: given.templateId, Version: '$Latest' },
    });

    expect(group.LaunchTemplate?.Version).toBe('$Latest');
    expect(group.Instances?.[0]?.LaunchTemplate?.Version).toBe('2');
  });

  it('cannot change while a refresh with a desired configuration is active', async () => {
    const given = await scalingFixture();
    await given.createGroup('web', { DesiredCapacity: 0 });
    const group = autoScalingState
      .in(given.world.scope('111111111111', 'eu-west-1', 'autoscaling'))
      .groups.get('web');
    if (!group) throw new Error('no group');
    group.refreshes.unshift({
      id: 'refresh',
      status: 'InProgress',
      statusReason: undefined,
      startedAt: group.createdAt,
      endedAt: undefined,
      percentageComplete: 0,
      instancesToUpdate: 0,
      preferences: {
        MinHealthyPercentage: 90,
        InstanceWarmup: 0,
        SkipMatching: false,
        AutoRollback: false,
        ScaleInProtectedInstances: 'Wait',
        StandbyInstances: 'Wait',
        BakeTime: 0,
      },
      desired: group.source,
      previous: group.source,
      rollback: undefined,
    });
    const update = (input: object) =>
      given.scaling.send(
        new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: 'web', ...input }),
      );

    await expect(
      update({ LaunchTemplate: { LaunchTemplateId: given.templateId, Version: '1' } }),
    ).rejects.toMatchObject({
      name: 'ValidationError',
      message:
        'An active instance refresh with a desired configuration exists. All configuration options derived from the desired configuration are not available for update while the instance refresh is active.',
    });
    await expect(update({ MaxSize: 5 })).resolves.toBeDefined();
  });

  it('can be a launch configuration', async () => {
    const given = await scalingFixture();
    await given.scaling.send(
      new CreateLaunchConfigurationCommand({
        LaunchConfigurationName: 'old',
        ImageId: given.imageId,
        InstanceType: 't3.nano',
      }),
    );
    const group = await given.startGroup('web', {
      DesiredCapacity: 1,
      LaunchConfigurationName: 'old',
    });

    expect(group).toMatchObject({
      LaunchConfigurationName: 'old',
      Instances: [{ LaunchConfigurationName: 'old', InstanceType: 't3.nano' }],
    });
    expect(group.Instances?.[0]?.LaunchTemplate).toBeUndefined();
    await expect(
      given.scaling.send(new DeleteLaunchConfigurationCommand({ LaunchConfigurationName: 'old' })),
    ).rejects.toMatchObject({ name: 'ResourceInUseFault' });
  });
});

const aPolicy = (
  templateId: string,
  overrides: LaunchTemplateOverrides[],
): MixedInstancesPolicy => ({
  LaunchTemplate: {
    LaunchTemplateSpecification: { LaunchTemplateId: templateId, Version: '1' },
    Overrides: overrides,
  },
});

describe('a mixed instances policy', () => {
  it('names twenty launch templates at most, its own one included', async () => {
    const given = await scalingFixture();
    const overrides: LaunchTemplateOverrides[] = [];
    for (let index = 0; index < 20; index += 1) {
      const LaunchTemplateName = `other-${index}`;
      await given.ec2.send(
        new CreateLaunchTemplateCommand({
          LaunchTemplateName,
          LaunchTemplateData: { KeyName: 'other' },
        }),
      );
      overrides.push({ LaunchTemplateSpecification: { LaunchTemplateName, Version: '1' } });
    }
    await expect(
      given.createGroup('web', { MixedInstancesPolicy: aPolicy(given.templateId, overrides) }),
    ).rejects.toThrow('limit of 20 for an Auto Scaling group');
  });

  it('launches the first type that fits, with its own template where it has one', async () => {
    const given = await scalingFixture();
    await keyPair(given.ec2, 'other');
    const version = await given.addVersion({ KeyName: 'other' });
    const group = await given.startGroup('web', {
      DesiredCapacity: 1,
      MixedInstancesPolicy: aPolicy(given.templateId, [
        { InstanceType: 'm6g.large' },
        {
          InstanceType: 't3.small',
          LaunchTemplateSpecification: { LaunchTemplateName: 'web', Version: version },
        },
      ]),
    });

    expect(group.Instances).toMatchObject([
      { InstanceType: 't3.small', LaunchTemplate: { Version: version } },
    ]);
    expect(group.LaunchTemplate).toBeUndefined();
    expect(group.MixedInstancesPolicy).toMatchObject({
      LaunchTemplate: {
        LaunchTemplateSpecification: { LaunchTemplateId: given.templateId, Version: '1' },
        Overrides: [{ InstanceType: 'm6g.large' }, { InstanceType: 't3.small' }],
      },
      InstancesDistribution: {
        OnDemandAllocationStrategy: 'prioritized',
        OnDemandBaseCapacity: 0,
        OnDemandPercentageAboveBaseCapacity: 100,
      },
    });
  });

  it('keeps what an update leaves out', async () => {
    const given = await scalingFixture();
    await given.createGroup('web', {
      DesiredCapacity: 0,
      MixedInstancesPolicy: aPolicy(given.templateId, [{ InstanceType: 't3.small' }]),
    });
    await keyPair(given.ec2, 'other');
    const version = await given.addVersion({ KeyName: 'other' });
    await given.scaling.send(
      new UpdateAutoScalingGroupCommand({
        AutoScalingGroupName: 'web',
        MixedInstancesPolicy: {
          LaunchTemplate: {
            LaunchTemplateSpecification: { LaunchTemplateName: 'web', Version: version },
          },
        },
      }),
    );

    expect((await given.group('web')).MixedInstancesPolicy?.LaunchTemplate).toMatchObject({
      LaunchTemplateSpecification: { Version: version },
      Overrides: [{ InstanceType: 't3.small' }],
    });
  });

  it('may have an image for a type, which the instance shows', async () => {
    const given = await scalingFixture();
    const ImageId = await given.makeImage('own');
    const group = await given.startGroup('web', {
      MixedInstancesPolicy: aPolicy(given.templateId, [{ InstanceType: 't3.small', ImageId }]),
    });

    expect(group.Instances?.map((instance) => instance.ImageId)).toEqual([ImageId, ImageId]);
  });

  it('may select by attributes', async () => {
    const given = await scalingFixture();
    const InstanceRequirements = {
      VCpuCount: { Min: 2, Max: 4 },
      MemoryMiB: { Min: 8_000 },
    };
    const group = await given.startGroup('web', {
      DesiredCapacity: 1,
      MixedInstancesPolicy: aPolicy(given.templateId, [{ InstanceRequirements }]),
    });

    expect(group.Instances).toMatchObject([{ InstanceType: 'm6i.large' }]);
    expect(group.MixedInstancesPolicy?.LaunchTemplate?.Overrides).toEqual([
      { InstanceRequirements },
    ]);
  });

  it.each([
    ['Spot Instances', { InstancesDistribution: { OnDemandPercentageAboveBaseCapacity: 50 } }, []],
    ['weights', {}, [{ InstanceType: 't3.small', WeightedCapacity: '2' }]],
    ['41 overrides', {}, Array.from({ length: 41 }, () => ({ InstanceType: 't3.small' }))],
    [
      'a type beside attributes',
      {},
      [
        {
          InstanceType: 't3.small',
          InstanceRequirements: { VCpuCount: { Min: 1 }, MemoryMiB: { Min: 1 } },
        },
      ],
    ],
  ])('is refused for %s', async (_, policy, overrides) => {
    const given = await scalingFixture();

    await expect(
      given.createGroup('web', {
        MixedInstancesPolicy: { ...aPolicy(given.templateId, overrides), ...policy },
      }),
    ).rejects.toMatchObject({ name: 'ValidationError' });
  });
});
