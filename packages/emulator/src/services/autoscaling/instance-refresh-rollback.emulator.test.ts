import { describe, expect, it } from '@jest/globals';
import {
  RollbackInstanceRefreshCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { DeleteAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { refreshFixture, type RefreshFixture } from '../../../test/refresh-fixture.ts';
import { minutes } from '../../../test/scaling-fixture.ts';

const watching = { AutoRollback: true, AlarmSpecification: { Alarms: ['errors'] } };

/** A group of three in the middle of a refresh: one instance is new and in service. */
async function halfWay(
  preferences: Parameters<RefreshFixture['start']>[1] = {},
  settings: Parameters<typeof refreshFixture>[1] = {},
): Promise<RefreshFixture> {
  const world = await refreshFixture([], settings);
  await world.alarm('errors', 'OK');
  await world.startGroup('web', { DesiredCapacity: 3 });
  await world.start('web', preferences);
  await world.runUntil(async () => (await world.versions('web'))[world.newVersion] === 1);
  return world;
}

const rollBack = (world: RefreshFixture) =>
  world.scaling.send(new RollbackInstanceRefreshCommand({ AutoScalingGroupName: 'web' }));

describe('an alarm during an instance refresh', () => {
  it('rolls back at once with auto rollback, and the group keeps its saved version', async () => {
    const world = await halfWay(watching);
    await world.runUntil(async () => (await world.refresh('web')).PercentageComplete === 33);
    const before = await world.refresh('web');
    await world.alarm('errors', 'ALARM');
    await world.world.scheduler.runFor(1_000);
    expect(await world.refresh('web')).toMatchObject({
      InstanceRefreshId: before.InstanceRefreshId,
      Status: 'RollbackInProgress',
      RollbackDetails: {
        RollbackReason: expect.stringContaining('errors'),
        RollbackStartTime: expect.any(Date),
        PercentageCompleteOnRollback: 33,
        InstancesToUpdateOnRollback: 2,
      },
    });
    const after = await world.reach('web', 'RollbackSuccessful');
    expect(after).toMatchObject({
      InstanceRefreshId: before.InstanceRefreshId,
      PercentageComplete: 0,
      InstancesToUpdate: 3,
    });
    expect(await world.versions('web')).toEqual({ 1: 3 });
    expect((await world.group('web')).LaunchTemplate?.Version).toBe('1');
    expect(world.refreshEvents()).toEqual(['Started', 'Rollback Started', 'Rollback Succeeded']);
  });

  it('leaves alone in a rollback what the refresh had not replaced', async () => {
    const world = await halfWay(watching);
    const { Instances: before = [] } = await world.group('web');
    const untouched = before
      .filter(({ LaunchTemplate }) => LaunchTemplate?.Version === '1')
      .filter(({ LifecycleState }) => LifecycleState === 'InService')
      .map(({ InstanceId }) => InstanceId);
    await world.alarm('errors', 'ALARM');
    await world.reach('web', 'RollbackSuccessful');
    const ids = (await world.group('web')).Instances?.map(({ InstanceId }) => InstanceId);
    expect(untouched).toHaveLength(2);
    expect(ids).toEqual(expect.arrayContaining(untouched));
  });

  it('fails the refresh without auto rollback', async () => {
    const world = await halfWay({ AlarmSpecification: { Alarms: ['errors'] } });
    await world.alarm('errors', 'ALARM');
    await world.world.scheduler.runFor(1_000);
    expect(await world.refresh('web')).toMatchObject({
      Status: 'Failed',
      StatusReason: expect.stringContaining('errors'),
    });
    expect((await world.group('web')).LaunchTemplate?.Version).toBe('1');
    await world.world.scheduler.runFor(30 * minutes);
    expect((await world.versions('web'))[world.newVersion]).toBeGreaterThan(0);
    expect(world.refreshEvents()).toEqual(['Started', 'Failed']);
  });

  it('pauses replacement while it has no data', async () => {
    const world = await halfWay(watching);
    await world.alarm('errors', 'INSUFFICIENT_DATA');
    await world.world.scheduler.runFor(180 * minutes);
    const paused = await world.refresh('web');
    expect(paused.Status).toBe('InProgress');
    expect((await world.versions('web'))['1']).toBe(2);
    await world.alarm('errors', 'OK');
    await world.reach('web', 'Successful');
  });

  it('pauses replacement when it is deleted', async () => {
    const world = await halfWay(watching);
    await world.cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ['errors'] }));
    await world.world.scheduler.runFor(180 * minutes);
    expect((await world.refresh('web')).Status).toBe('InProgress');
    expect((await world.versions('web'))['1']).toBe(2);
  });

  it('keeps nothing from rolling back', async () => {
    const world = await halfWay(watching);
    await rollBack(world);
    await world.alarm('errors', 'ALARM');
    await world.reach('web', 'RollbackSuccessful');
  });

  it('rolls back while the refresh bakes', async () => {
    const world = await halfWay({ ...watching, BakeTime: 1_800 });
    await world.reach('web', 'Baking');
    await world.world.scheduler.runFor(20 * minutes);
    await world.alarm('errors', 'ALARM');
    await world.reach('web', 'RollbackInProgress', minutes);
    await world.reach('web', 'RollbackSuccessful');
    expect(await world.versions('web')).toEqual({ 1: 3 });
    expect((await world.group('web')).LaunchTemplate?.Version).toBe('1');
    expect(world.refreshEvents()).toEqual([
      'Started',
      'Started Baking',
      'Rollback Started',
      'Rollback Succeeded',
    ]);
  });
});

describe('RollbackInstanceRefresh', () => {
  it('replaces what the refresh has replaced by the saved configuration', async () => {
    const world = await halfWay();
    const { InstanceRefreshId } = await rollBack(world);
    expect(await world.refresh('web')).toMatchObject({
      InstanceRefreshId,
      Status: 'RollbackInProgress',
      RollbackDetails: { RollbackReason: expect.stringContaining('user request') },
    });
    await world.reach('web', 'RollbackSuccessful');
    await world.settle('web');
    expect(await world.versions('web')).toEqual({ 1: 3 });
  });

  it('keeps a group that launches first at its capacity on the way back', async () => {
    const world = await refreshFixture();
    await world.startGroup('web', { DesiredCapacity: 2 });
    await world.start('web', { MinHealthyPercentage: 100, MaxHealthyPercentage: 150 });
    await world.runUntil(async () => (await world.versions('web'))[world.newVersion] === 2);
    await rollBack(world);
    await world.runUntil(async () => {
      const serving = Object.values(await world.versions('web')).reduce((a, b) => a + b, 0);
      expect(serving).toBeGreaterThanOrEqual(2);
      return (await world.refresh('web')).Status === 'RollbackSuccessful';
    });
    await world.settle('web');
    expect(await world.versions('web')).toEqual({ 1: 2 });
  });

  it('ends at once what has not begun', async () => {
    const world = await refreshFixture();
    const before = await world.startGroup('web');
    await world.start('web');
    await rollBack(world);
    await world.reach('web', 'RollbackSuccessful', minutes);
    const after = await world.group('web');
    const ids = (group: typeof after) => group.Instances?.map(({ InstanceId }) => InstanceId);
    expect(ids(after)).toEqual(ids(before));
  });

  it('is refused without an active refresh', async () => {
    const world = await refreshFixture();
    await world.startGroup('web', { DesiredCapacity: 1 });
    await expect(rollBack(world)).rejects.toMatchObject({
      name: 'ActiveInstanceRefreshNotFoundFault',
    });
    await world.start('web');
    await world.reach('web', 'Successful');
    await expect(rollBack(world)).rejects.toMatchObject({
      name: 'ActiveInstanceRefreshNotFoundFault',
    });
  });

  it('is refused without a desired configuration, and where the saved version is an alias', async () => {
    const world = await refreshFixture();
    await world.startGroup('web', { DesiredCapacity: 1 });
    await world.start('web', {}, { DesiredConfiguration: undefined });
    const refused = { name: 'IrreversibleInstanceRefreshFault' };
    await expect(rollBack(world)).rejects.toMatchObject(refused);
    await world.reach('web', 'Successful');
    await world.scaling.send(
      new UpdateAutoScalingGroupCommand({
        AutoScalingGroupName: 'web',
        LaunchTemplate: { LaunchTemplateId: world.templateId, Version: '$Latest' },
      }),
    );
    await world.start('web');
    await expect(rollBack(world)).rejects.toMatchObject(refused);
    await world.reach('web', 'Successful');
  });

  it('is refused while it rolls back already', async () => {
    const world = await halfWay();
    await rollBack(world);
    await expect(rollBack(world)).rejects.toMatchObject({
      name: 'IrreversibleInstanceRefreshFault',
    });
  });

  it('is taken while the refresh bakes', async () => {
    const world = await halfWay({ BakeTime: 600 });
    await world.reach('web', 'Baking');
    await rollBack(world);
    await world.reach('web', 'RollbackSuccessful');
    expect(await world.versions('web')).toEqual({ 1: 3 });
  });

  it('is refused while the refresh bakes in a world that says so', async () => {
    const world = await halfWay({ BakeTime: 600 }, { rollbackWhileBaking: 'refused' });
    await world.reach('web', 'Baking');
    await expect(rollBack(world)).rejects.toMatchObject({
      name: 'IrreversibleInstanceRefreshFault',
    });
    await world.reach('web', 'Successful');
  });
});
