import { describe, expect, it } from '@jest/globals';
import {
  CancelInstanceRefreshCommand,
  PutLifecycleHookCommand,
  RollbackInstanceRefreshCommand,
} from '@aws-sdk/client-auto-scaling';
import { refreshFixture, type RefreshFixture } from '../../../test/refresh-fixture.ts';
import { minutes } from '../../../test/scaling-fixture.ts';

describe('checkpoints of an instance refresh', () => {
  it('hold the refresh for the delay and are told in events of strings', async () => {
    const world = await refreshFixture();
    await world.startGroup('web', { MaxSize: 4, DesiredCapacity: 4 });
    const id = await world.start('web', {
      CheckpointPercentages: [50, 100],
      CheckpointDelay: 1_800,
      MinHealthyPercentage: 0,
    });
    await world.runUntil(async () => (await world.refresh('web')).PercentageComplete === 50);
    await world.world.scheduler.runFor(29 * minutes);
    expect(await world.versions('web')).toEqual({ 1: 2, [world.newVersion]: 2 });
    await world.reach('web', 'Successful');
    expect(
      world
        .events('EC2 Auto Scaling Instance Refresh Checkpoint Reached')
        .map(({ detail }) => detail),
    ).toEqual([
      {
        InstanceRefreshId: id,
        AutoScalingGroupName: 'web',
        CheckpointPercentage: '50',
        CheckpointDelay: '1800',
      },
    ]);
    expect(world.refreshEvents()).toEqual(['Started', 'Checkpoint Reached', 'Succeeded']);
  });

  it('are skipped where a small group has overshot them', async () => {
    const world = await refreshFixture();
    await world.startGroup('web', { DesiredCapacity: 2 });
    await world.start('web', { CheckpointPercentages: [10, 40, 100], CheckpointDelay: 60 });
    await world.reach('web', 'Successful');
    expect(
      world
        .events('EC2 Auto Scaling Instance Refresh Checkpoint Reached')
        .map(({ detail }) => detail),
    ).toEqual([expect.objectContaining({ CheckpointPercentage: '40' })]);
  });

  it('end the refresh at the last one', async () => {
    const world = await refreshFixture();
    await world.startGroup('web', { DesiredCapacity: 3 });
    await world.start('web', {
      CheckpointPercentages: [30],
      MinHealthyPercentage: 100,
      MaxHealthyPercentage: 200,
    });
    const done = await world.reach('web', 'Successful');
    expect(done.PercentageComplete).toBe(33);
    expect(await world.versions('web')).toEqual({ 1: 2, [world.newVersion]: 1 });
    expect(world.refreshEvents()).toEqual(['Started', 'Checkpoint Reached', 'Succeeded']);
  });
});

describe('bake time', () => {
  it('comes after the last instance and before the success', async () => {
    const world = await refreshFixture();
    await world.startGroup('web', { DesiredCapacity: 1 });
    await world.start('web', { BakeTime: 1_800 });
    expect(await world.reach('web', 'Baking')).toMatchObject({ PercentageComplete: 100 });
    expect((await world.group('web')).LaunchTemplate?.Version).toBe('1');
    await world.world.scheduler.runFor(29 * minutes);
    expect((await world.refresh('web')).Status).toBe('Baking');
    await world.reach('web', 'Successful', 2 * minutes);
    expect(world.refreshEvents()).toEqual(['Started', 'Started Baking', 'Succeeded']);
  });
});

describe('an alarm without data', () => {
  it('does not prolong baking', async () => {
    const world = await refreshFixture();
    await world.alarm('errors', 'OK');
    await world.startGroup('web', { DesiredCapacity: 1 });
    await world.start('web', { BakeTime: 600, AlarmSpecification: { Alarms: ['errors'] } });
    await world.reach('web', 'Baking');
    await world.alarm('errors', 'INSUFFICIENT_DATA');
    await world.reach('web', 'Successful', 10 * minutes);
  });
});

describe('skip matching', () => {
  it('leaves instances alone that match already', async () => {
    const world = await refreshFixture();
    await world.startGroup('web', { DesiredCapacity: 2 });
    await world.start('web', { CheckpointPercentages: [50] });
    await world.reach('web', 'Successful');
    const before = await world.group('web');
    const matching = before.Instances?.filter(
      ({ LaunchTemplate }) => LaunchTemplate?.Version === world.newVersion,
    ).map(({ InstanceId }) => InstanceId);
    await world.start('web', { SkipMatching: true });
    await world.reach('web', 'Successful');
    const after = await world.group('web');
    expect(await world.versions('web')).toEqual({ [world.newVersion]: 2 });
    expect(after.Instances?.map(({ InstanceId }) => InstanceId)).toEqual(
      expect.arrayContaining(matching ?? ['none']),
    );
  });

  it('succeeds at once when all instances match', async () => {
    const world = await refreshFixture();
    const before = await world.startGroup('web');
    await world.start('web', { SkipMatching: true }, { DesiredConfiguration: undefined });
    await world.reach('web', 'Successful', minutes);
    const after = await world.group('web');
    expect(after.Instances).toEqual(before.Instances);
  });
});

describe('CancelInstanceRefresh', () => {
  const cancel = (world: RefreshFixture, waits?: boolean) =>
    world.scaling.send(
      new CancelInstanceRefreshCommand({
        AutoScalingGroupName: 'web',
        ...(waits === undefined ? {} : { WaitForTransitioningInstances: waits }),
      }),
    );

  async function inTheMiddle(): Promise<RefreshFixture> {
    const world = await refreshFixture();
    await world.startGroup('web', { DesiredCapacity: 3 });
    await world.start('web');
    await world.runUntil(async () => ((await world.versions('web'))['1'] ?? 0) < 3);
    return world;
  }

  it('waits for instances in transition and undoes nothing', async () => {
    const world = await inTheMiddle();
    await cancel(world);
    expect((await world.refresh('web')).Status).toBe('Cancelling');
    await expect(world.start('web')).rejects.toMatchObject({
      name: 'InstanceRefreshInProgressFault',
    });
    await world.reach('web', 'Cancelled');
    expect(await world.versions('web')).toEqual({ 1: 2, [world.newVersion]: 1 });
    expect((await world.group('web')).LaunchTemplate?.Version).toBe('1');
    expect(world.refreshEvents()).toEqual(['Started', 'Cancelled']);
    await world.world.scheduler.runFor(60 * minutes);
    expect(await world.versions('web')).toEqual({ 1: 2, [world.newVersion]: 1 });
  });

  it('waits for lifecycle hooks too, unless it is told not to', async () => {
    const world = await refreshFixture();
    await world.startGroup('web', { DesiredCapacity: 1 });
    await world.scaling.send(
      new PutLifecycleHookCommand({
        AutoScalingGroupName: 'web',
        LifecycleHookName: 'drain',
        LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
        HeartbeatTimeout: 7_200,
      }),
    );
    await world.start('web');
    await world.runUntil(async () => (await world.versions('web'))[world.newVersion] === 1);
    await cancel(world);
    await world.world.scheduler.runFor(60 * minutes);
    expect((await world.refresh('web')).Status).toBe('Cancelling');
    await cancel(world, false);
    await world.reach('web', 'Cancelled', minutes);
  });

  it('ends what has not begun', async () => {
    const world = await refreshFixture();
    await world.startGroup('web', { DesiredCapacity: 1 });
    await world.start('web');
    await cancel(world);
    await world.reach('web', 'Cancelled', minutes);
    await world.world.scheduler.runFor(60 * minutes);
    expect(await world.versions('web')).toEqual({ 1: 1 });
  });

  it('launches nothing any more above the capacity', async () => {
    const world = await refreshFixture();
    await world.startGroup('web', { DesiredCapacity: 1 });
    const before = await world.activities('web');
    await world.start('web', { MinHealthyPercentage: 100, MaxHealthyPercentage: 200 });
    await world.world.scheduler.runUntil(() => world.refreshEvents().includes('Started'), minutes);
    await cancel(world);
    await world.reach('web', 'Cancelled', minutes);
    await world.world.scheduler.runFor(10 * minutes);
    expect(await world.activities('web')).toHaveLength(before.length);
  });

  it('gives up what was launched above the capacity', async () => {
    const world = await refreshFixture();
    await world.startGroup('web', { DesiredCapacity: 1 });
    await world.start('web', {
      MinHealthyPercentage: 100,
      MaxHealthyPercentage: 200,
      InstanceWarmup: 600,
    });
    await world.runUntil(async () => (await world.versions('web'))[world.newVersion] === 1);
    await cancel(world);
    await world.reach('web', 'Cancelled');
    expect((await world.settle('web')).Instances).toHaveLength(1);
  });

  it('ends a rollback', async () => {
    const world = await inTheMiddle();
    await world.runUntil(async () => (await world.versions('web'))[world.newVersion] === 1);
    await world.scaling.send(new RollbackInstanceRefreshCommand({ AutoScalingGroupName: 'web' }));
    await cancel(world);
    await world.reach('web', 'Cancelled');
    expect(await world.refresh('web')).toMatchObject({
      RollbackDetails: { RollbackReason: expect.any(String) },
    });
  });

  it('is refused without an active refresh', async () => {
    const world = await refreshFixture();
    await world.createGroup('web', { DesiredCapacity: 0 });
    await expect(cancel(world)).rejects.toMatchObject({
      name: 'ActiveInstanceRefreshNotFoundFault',
    });
  });
});
