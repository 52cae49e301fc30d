import { describe, expect, it } from '@jest/globals';
import {
  type AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
  DescribeScalingActivitiesCommand,
  DescribeTagsCommand,
  DetachInstancesCommand,
  PutScalingPolicyCommand,
  SetInstanceProtectionCommand,
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

describe('a request for too much', () => {
  const many = (count: number): string[] =>
    Array.from({ length: count }, (_, index) => `i-${String(index).padStart(17, '0')}`);

  it.each<[string, (scaling: AutoScalingClient) => Promise<unknown>]>([
    [
      'groups',
      (scaling) => scaling.send(new DescribeAutoScalingGroupsCommand({ MaxRecords: 101 })),
    ],
    [
      'instances',
      (scaling) => scaling.send(new DescribeAutoScalingInstancesCommand({ MaxRecords: 51 })),
    ],
    ['tags', (scaling) => scaling.send(new DescribeTagsCommand({ MaxRecords: 0 }))],
    [
      'activities',
      (scaling) => scaling.send(new DescribeScalingActivitiesCommand({ MaxRecords: 101 })),
    ],
  ])('on a page of %s is refused', async (_, list) => {
    const given = await scalingFixture();
    await expect(list(given.scaling)).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('MaxRecords'),
    });
  });

  it('by name is refused above fifty groups, or above what MaxRecords says', async () => {
    const given = await scalingFixture();
    const describeGroups = (count: number, MaxRecords?: number) =>
      given.scaling.send(
        new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: many(count), MaxRecords }),
      );
    await expect(describeGroups(51)).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(describeGroups(50)).resolves.toMatchObject({ AutoScalingGroups: [] });
    await expect(describeGroups(51, 100)).resolves.toMatchObject({ AutoScalingGroups: [] });
  });

  it('by id is refused above fifty instances or activities', async () => {
    const given = await scalingFixture();
    const says = (member: string) => ({
      name: 'ValidationError',
      message: expect.stringContaining(`${member} has 51 items`),
    });
    await expect(
      given.scaling.send(new DescribeAutoScalingInstancesCommand({ InstanceIds: many(51) })),
    ).rejects.toMatchObject(says('InstanceIds'));
    await expect(
      given.scaling.send(new DescribeScalingActivitiesCommand({ ActivityIds: many(51) })),
    ).rejects.toMatchObject(says('ActivityIds'));
  });

  it('is refused above twenty instances to move and fifty to protect', async () => {
    const given = await scalingFixture();
    await given.createGroup('web', { DesiredCapacity: 0 });
    await expect(
      given.scaling.send(
        new DetachInstancesCommand({
          AutoScalingGroupName: 'web',
          InstanceIds: many(21),
          ShouldDecrementDesiredCapacity: true,
        }),
      ),
    ).rejects.toThrow('InstanceIds has 21 items');
    await expect(
      given.scaling.send(
        new SetInstanceProtectionCommand({
          AutoScalingGroupName: 'web',
          InstanceIds: many(51),
          ProtectedFromScaleIn: true,
        }),
      ),
    ).rejects.toThrow('InstanceIds has 51 items');
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
