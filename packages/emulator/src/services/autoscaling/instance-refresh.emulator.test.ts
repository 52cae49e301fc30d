import { describe, expect, it } from '@jest/globals';
import {
  DescribeInstanceRefreshesCommand,
  UpdateAutoScalingGroupCommand,
  paginateDescribeInstanceRefreshes,
} from '@aws-sdk/client-auto-scaling';
import { refreshFixture } from '../../../test/refresh-fixture.ts';
import { minutes, seconds } from '../../../test/scaling-fixture.ts';

describe('an instance refresh', () => {
  it('replaces three instances one after the other and saves the desired configuration', async () => {
    const world = await refreshFixture();
    await world.startGroup('web', { MaxSize: 4, DesiredCapacity: 3 });
    const id = await world.start('web');
    expect(await world.refresh('web')).toMatchObject({
      InstanceRefreshId: id,
      AutoScalingGroupName: 'web',
      Status: 'Pending',
      PercentageComplete: 0,
      InstancesToUpdate: 3,
      Strategy: 'Rolling',
      Preferences: {
        MinHealthyPercentage: 90,
        InstanceWarmup: 60,
        SkipMatching: false,
        AutoRollback: false,
        ScaleInProtectedInstances: 'Wait',
        StandbyInstances: 'Wait',
        BakeTime: 0,
      },
      DesiredConfiguration: {
        LaunchTemplate: { LaunchTemplateId: world.templateId, Version: world.newVersion },
      },
    });
    await world.reach('web', 'InProgress');
    const percentages = new Set<number | undefined>();
    let healthyLeast = 3;
    await world.runUntil(async () => {
      const { Status, PercentageComplete } = await world.refresh('web');
      percentages.add(PercentageComplete);
      const { Instances = [], LaunchTemplate } = await world.group('web');
      const serving = Instances.filter(({ LifecycleState }) => LifecycleState === 'InService');
      healthyLeast = Math.min(healthyLeast, serving.length);
      if (Status === 'InProgress') expect(LaunchTemplate?.Version).toBe('1');
      return Status === 'Successful';
    });
    expect([...percentages]).toEqual([0, 33, 66, 100]);
    expect(healthyLeast).toBe(2);
    expect(await world.versions('web')).toEqual({ [world.newVersion]: 3 });
    expect((await world.group('web')).LaunchTemplate?.Version).toBe(world.newVersion);
    expect(await world.refresh('web')).toMatchObject({
      PercentageComplete: 100,
      InstancesToUpdate: 0,
      EndTime: expect.any(Date),
    });
    expect(world.refreshEvents()).toEqual(['Started', 'Succeeded']);
  });

  it('tells EventBridge the group and the refresh', async () => {
    const world = await refreshFixture();
    const { AutoScalingGroupARN } = await world.startGroup('web', { DesiredCapacity: 1 });
    const id = await world.start('web');
    await world.reach('web', 'Successful');
    expect(world.events('EC2 Auto Scaling Instance Refresh Succeeded')).toEqual([
      expect.objectContaining({
        source: 'aws.autoscaling',
        resources: [AutoScalingGroupARN],
        detail: { InstanceRefreshId: id, AutoScalingGroupName: 'web' },
      }),
    ]);
  });

  it('terminates the only instance of a group when no maximum is given, even at a minimum of 100', async () => {
    const world = await refreshFixture();
    await world.startGroup('web', { DesiredCapacity: 1 });
    await world.start('web', { MinHealthyPercentage: 100 });
    await world.reach('web', 'InProgress');
    await world.runUntil(async () => Object.keys(await world.versions('web')).length === 0);
    await world.reach('web', 'Successful');
  });

  it('launches before it terminates in a group of one with 100 to 200 percent', async () => {
    const world = await refreshFixture();
    await world.startGroup('web', { MaxSize: 1, DesiredCapacity: 1 });
    await world.start('web', { MinHealthyPercentage: 100, MaxHealthyPercentage: 200 });
    let most = 0;
    await world.runUntil(async () => {
      const serving = Object.values(await world.versions('web')).reduce((a, b) => a + b, 0);
      most = Math.max(most, serving);
      expect(serving).toBeGreaterThan(0);
      return (await world.refresh('web')).Status === 'Successful';
    });
    expect(most).toBe(2);
    await world.settle('web');
    expect(await world.versions('web')).toEqual({ [world.newVersion]: 1 });
  });

  it('replaces all at once at a minimum of zero', async () => {
    const world = await refreshFixture();
    await world.startGroup('web', { DesiredCapacity: 3 });
    await world.start('web', { MinHealthyPercentage: 0 });
    await world.reach('web', 'InProgress');
    await world.world.scheduler.runFor(seconds);
    expect(await world.versions('web')).toEqual({});
    await world.reach('web', 'Successful');
  });

  it('waits for the warm-up before the next batch', async () => {
    const world = await refreshFixture();
    await world.startGroup('web', { DesiredCapacity: 2 });
    await world.start('web', { InstanceWarmup: 1_200 });
    await world.runUntil(async () => (await world.versions('web'))[world.newVersion] === 1);
    await world.world.scheduler.runFor(19 * minutes);
    expect(await world.versions('web')).toEqual({ 1: 1, [world.newVersion]: 1 });
    expect(await world.refresh('web')).toMatchObject({
      PercentageComplete: 0,
      InstancesToUpdate: 2,
    });
    await world.runUntil(async () => (await world.refresh('web')).PercentageComplete === 50);
    await world.reach('web', 'Successful');
  });

  it('replaces everything without a desired configuration, and leaves the group as it is', async () => {
    const world = await refreshFixture();
    const before = await world.startGroup('web');
    await world.start('web', {}, { DesiredConfiguration: undefined });
    await world.reach('web', 'Successful');
    const after = await world.group('web');
    const ids = (group: typeof after) =>
      (group.Instances ?? []).map(({ InstanceId }) => InstanceId);
    expect(ids(after).filter((id) => ids(before).includes(id))).toEqual([]);
    expect(after.LaunchTemplate?.Version).toBe('1');
  });

  it('launches scale-outs from the desired configuration while it goes on', async () => {
    const world = await refreshFixture();
    await world.startGroup('web', { MaxSize: 4, DesiredCapacity: 2 });
    await world.start('web', { InstanceWarmup: 600 });
    await world.scaling.send(
      new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: 'web', DesiredCapacity: 3 }),
    );
    await world.runUntil(async () => (await world.versions('web'))[world.newVersion] === 1);
    await world.reach('web', 'Successful', 2 * 60 * minutes);
    expect(await world.versions('web')).toEqual({ [world.newVersion]: 3 });
  });

  it('is forgotten after six weeks', async () => {
    const world = await refreshFixture();
    await world.startGroup('web', { DesiredCapacity: 0 });
    await world.start('web');
    await world.world.scheduler.runFor(41 * 24 * 60 * minutes);
    expect((await world.refresh('web')).Status).toBe('Successful');
    await world.world.scheduler.runFor(2 * 24 * 60 * minutes);
    await expect(world.refresh('web')).rejects.toThrow('no refresh');
  });

  it('is listed newest first, page by page, and by id', async () => {
    const world = await refreshFixture();
    await world.startGroup('web', { DesiredCapacity: 1 });
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      ids.unshift(await world.start('web', { SkipMatching: true }));
      await world.reach('web', 'Successful');
    }
    const listed: (string | undefined)[] = [];
    const pages = paginateDescribeInstanceRefreshes(
      { client: world.scaling },
      { AutoScalingGroupName: 'web' },
    );
    for await (const { InstanceRefreshes = [] } of pages) {
      expect(InstanceRefreshes.length).toBeLessThanOrEqual(2);
      listed.push(...InstanceRefreshes.map(({ InstanceRefreshId }) => InstanceRefreshId));
    }
    expect(listed).toEqual(ids);
    const { InstanceRefreshes = [] } = await world.scaling.send(
      new DescribeInstanceRefreshesCommand({
        AutoScalingGroupName: 'web',
        InstanceRefreshIds: [...ids.slice(1, 2), 'none'],
      }),
    );
    expect(InstanceRefreshes.map(({ InstanceRefreshId }) => InstanceRefreshId)).toEqual(
      ids.slice(1, 2),
    );
  });
});
