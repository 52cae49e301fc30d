import { describe, expect, it } from '@jest/globals';
import {
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
  PutScalingPolicyCommand,
  paginateDescribeAutoScalingGroups,
} from '@aws-sdk/client-auto-scaling';
import { scalingFixture } from '../../../test/scaling-fixture.ts';

describe('lists', () => {
  it('page through groups and filter them by tags', async () => {
    const given = await scalingFixture();
    for (const name of ['a', 'b', 'c'])
      await given.createGroup(name, {
        DesiredCapacity: 0,
        Tags: [{ Key: 'line', Value: name === 'b' ? 'x' : 'y' }],
      });
    const names: (string | undefined)[] = [];
    let pages = 0;
    for await (const page of paginateDescribeAutoScalingGroups({ client: given.scaling }, {})) {
      pages += 1;
      names.push(...(page.AutoScalingGroups ?? []).map((group) => group.AutoScalingGroupName));
    }

    expect(names).toEqual(['a', 'b', 'c']);
    expect(pages).toBe(2);
    const filtered = async (Name: string, Values: string[]) => {
      const { AutoScalingGroups = [] } = await given.scaling.send(
        new DescribeAutoScalingGroupsCommand({ Filters: [{ Name, Values }] }),
      );
      return AutoScalingGroups.map((group) => group.AutoScalingGroupName);
    };
    expect(await filtered('tag:line', ['x'])).toEqual(['b']);
    expect(await filtered('tag-key', ['none'])).toEqual([]);
    await expect(filtered('name', ['b'])).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(
      given.scaling.send(new DescribeAutoScalingGroupsCommand({ NextToken: 'x' })),
    ).rejects.toMatchObject({ name: 'InvalidNextToken' });
  });

  it('show instances by id with their group', async () => {
    const given = await scalingFixture();
    const { Instances } = await given.startGroup('web', { DesiredCapacity: 1 });
    const InstanceId = Instances?.[0]?.InstanceId ?? '';

    const { AutoScalingInstances } = await given.scaling.send(
      new DescribeAutoScalingInstancesCommand({ InstanceIds: [InstanceId, 'i-0'] }),
    );

    expect(AutoScalingInstances).toMatchObject([
      { InstanceId, AutoScalingGroupName: 'web', HealthStatus: 'HEALTHY' },
    ]);
  });
});

it('refuses what it does not model', async () => {
  const given = await scalingFixture();
  await expect(
    given.scaling.send(
      new PutScalingPolicyCommand({ AutoScalingGroupName: 'web', PolicyName: 'grow' }),
    ),
  ).rejects.toMatchObject({ name: 'NotImplemented' });
  await expect(
    given.scaling.send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName: 'web',
        MinSize: 0,
        MaxSize: 1,
        MaxInstanceLifetime: 86_400,
        VPCZoneIdentifier: given.subnetIds[0],
        LaunchTemplate: { LaunchTemplateName: 'web' },
      }),
    ),
  ).rejects.toThrow('MaxInstanceLifetime is not modelled by this emulator');
});
