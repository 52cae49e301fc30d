import { describe, expect, it } from '@jest/globals';
import {
  CompleteLifecycleActionCommand,
  EnterStandbyCommand,
  ExitStandbyCommand,
  PutLifecycleHookCommand,
  ResumeProcessesCommand,
  SetInstanceHealthCommand,
  SetInstanceProtectionCommand,
  SuspendProcessesCommand,
  type RefreshPreferences,
} from '@aws-sdk/client-auto-scaling';
import { DeregisterImageCommand } from '@aws-sdk/client-ec2';
import { refreshFixture, type RefreshFixture } from '../../../test/refresh-fixture.ts';
import { minutes } from '../../../test/scaling-fixture.ts';

const hour = 60 * minutes;

/** A group of two, one of which is protected from scale in. */
async function withProtected(): Promise<{ world: RefreshFixture; id: string }> {
  const world = await refreshFixture();
  const { Instances: [first] = [] } = await world.startGroup('web', { DesiredCapacity: 2 });
  const id = first?.InstanceId ?? '';
  await protect(world, id, true);
  return { world, id };
}

const protect = (world: RefreshFixture, id: string, ProtectedFromScaleIn: boolean) =>
  world.scaling.send(
    new SetInstanceProtectionCommand({
      AutoScalingGroupName: 'web',
      InstanceIds: [id],
      ProtectedFromScaleIn,
    }),
  );

const instanceIds = async (world: RefreshFixture): Promise<readonly (string | undefined)[]> =>
  ((await world.group('web')).Instances ?? []).map(({ InstanceId }) => InstanceId);

describe('an instance that is protected from scale in', () => {
  it('fails the refresh after an hour, once the others are replaced', async () => {
    const { world, id } = await withProtected();
    await world.start('web');
    await world.runUntil(async () => (await world.refresh('web')).PercentageComplete === 50);
    await world.world.scheduler.runFor(hour - minutes);
    expect((await world.refresh('web')).Status).toBe('InProgress');
    const failed = await world.reach('web', 'Failed', 5 * minutes);
    expect(failed.StatusReason).toContain(id);
    expect(await world.versions('web')).toEqual({ 1: 1, [world.newVersion]: 1 });
    expect((await world.group('web')).LaunchTemplate?.Version).toBe('1');
  });

  it('rolls the refresh back after an hour with auto rollback', async () => {
    const { world } = await withProtected();
    await world.start('web', { AutoRollback: true });
    const done = await world.reach('web', 'RollbackSuccessful', 3 * hour);
    expect(done.RollbackDetails?.RollbackReason).toContain('protected from scale in');
    expect(await world.versions('web')).toEqual({ 1: 2 });
  });

  it('is replaced as soon as the protection is gone', async () => {
    const { world, id } = await withProtected();
    await world.start('web');
    await world.world.scheduler.runFor(30 * minutes);
    await protect(world, id, false);
    await world.reach('web', 'Successful', 15 * minutes);
    expect(await world.versions('web')).toEqual({ [world.newVersion]: 2 });
  });

  it('is left alone or replaced as the preferences say', async () => {
    const { world, id } = await withProtected();
    await world.start('web', { ScaleInProtectedInstances: 'Ignore' });
    expect(await world.reach('web', 'Successful')).toMatchObject({ PercentageComplete: 100 });
    expect(await instanceIds(world)).toContain(id);
    await world.start('web', { ScaleInProtectedInstances: 'Refresh' });
    await world.reach('web', 'Successful');
    expect(await instanceIds(world)).not.toContain(id);
  });
});

describe('an instance in standby', () => {
  async function withStandby(
    StandbyInstances: RefreshPreferences['StandbyInstances'],
  ): Promise<{ world: RefreshFixture; id: string }> {
    const world = await refreshFixture();
    const { Instances: [first] = [] } = await world.startGroup('web', { DesiredCapacity: 2 });
    const id = first?.InstanceId ?? '';
    await world.scaling.send(
      new EnterStandbyCommand({
        AutoScalingGroupName: 'web',
        InstanceIds: [id],
        ShouldDecrementDesiredCapacity: true,
      }),
    );
    await world.world.scheduler.runFor(minutes);
    await world.start('web', StandbyInstances === undefined ? {} : { StandbyInstances });
    return { world, id };
  }

  it('fails the refresh after an hour', async () => {
    const { world, id } = await withStandby(undefined);
    await world.world.scheduler.runFor(hour - minutes);
    expect((await world.refresh('web')).Status).toBe('InProgress');
    expect((await world.reach('web', 'Failed', 10 * minutes)).StatusReason).toContain(id);
  });

  it('is replaced once it is back in service', async () => {
    const { world, id } = await withStandby('Wait');
    await world.world.scheduler.runFor(20 * minutes);
    await world.scaling.send(
      new ExitStandbyCommand({ AutoScalingGroupName: 'web', InstanceIds: [id] }),
    );
    await world.reach('web', 'Successful', 20 * minutes);
    expect(await world.versions('web')).toEqual({ [world.newVersion]: 2 });
  });

  it('is left alone or terminated as the preferences say', async () => {
    const ignored = await withStandby('Ignore');
    await ignored.world.reach('web', 'Successful');
    expect(await instanceIds(ignored.world)).toContain(ignored.id);
    const terminated = await withStandby('Terminate');
    await terminated.world.reach('web', 'Successful');
    expect(await instanceIds(terminated.world)).toHaveLength(1);
  });
});

describe('instances that cannot be launched', () => {
  /** The image of the desired configuration goes away after the refresh has been accepted. */
  async function withoutImage(preferences: RefreshPreferences = {}): Promise<RefreshFixture> {
    const world = await refreshFixture();
    const ImageId = await world.makeImage('new');
    const Version = await world.addVersion({ ImageId });
    await world.startGroup('web', { DesiredCapacity: 2 });
    await world.start('web', preferences, {
      DesiredConfiguration: { LaunchTemplate: { LaunchTemplateId: world.templateId, Version } },
    });
    await world.ec2.send(new DeregisterImageCommand({ ImageId }));
    return world;
  }

  it('fail the refresh after an hour with the reason of EC2', async () => {
    const world = await withoutImage();
    await world.world.scheduler.runFor(hour - minutes);
    expect(await world.refresh('web')).toMatchObject({
      Status: 'InProgress',
      PercentageComplete: 0,
    });
    const failed = await world.reach('web', 'Failed', 10 * minutes);
    expect(failed.StatusReason).toContain('Launching EC2 instance failed');
    expect(await world.versions('web')).toEqual({ 1: 1 });
    await world.settle('web');
    expect(await world.versions('web')).toEqual({ 1: 2 });
  });

  it('roll the refresh back after an hour, and what is missing comes from the saved version', async () => {
    const world = await withoutImage({ AutoRollback: true });
    await world.reach('web', 'RollbackInProgress', 2 * hour);
    // The back-off of the launches that failed does not hold those of another version.
    await world.reach('web', 'RollbackSuccessful', 4 * minutes);
    expect(await world.versions('web')).toEqual({ 1: 2 });
  });

  it('cost no instance where the refresh launches first', async () => {
    const world = await withoutImage({ MinHealthyPercentage: 100, MaxHealthyPercentage: 200 });
    await world.runUntil(async () => {
      expect((await world.versions('web'))['1']).toBe(2);
      return (await world.refresh('web')).Status === 'Failed';
    }, 2 * hour);
  });

  it('fail the refresh when a launch hook gives each of them up', async () => {
    const world = await refreshFixture();
    await world.startGroup('web', { DesiredCapacity: 1 });
    await world.scaling.send(
      new PutLifecycleHookCommand({
        AutoScalingGroupName: 'web',
        LifecycleHookName: 'ready',
        LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
        HeartbeatTimeout: 60,
        DefaultResult: 'ABANDON',
      }),
    );
    await world.start('web', { AutoRollback: true });
    const rolling = await world.reach('web', 'RollbackInProgress', 2 * hour);
    expect(rolling.RollbackDetails?.RollbackReason).toContain('was abandoned: Heartbeat Timeout');
    await world.reach('web', 'RollbackFailed', 3 * hour);
    expect(world.refreshEvents()).toEqual(['Started', 'Rollback Started', 'Rollback Failed']);
  });
});

describe('replacements that do not stay healthy', () => {
  it('fail the refresh after an hour', async () => {
    const world = await refreshFixture();
    await world.startGroup('web', { DesiredCapacity: 1, HealthCheckGracePeriod: 0 });
    await world.start('web', { InstanceWarmup: 300 });
    await world.runUntil(async () => {
      for (const one of (await world.group('web')).Instances ?? [])
        if (one.LaunchTemplate?.Version === world.newVersion && one.HealthStatus === 'Healthy')
          if (one.LifecycleState === 'InService')
            await world.scaling.send(
              new SetInstanceHealthCommand({
                InstanceId: one.InstanceId,
                HealthStatus: 'Unhealthy',
              }),
            );
      return (await world.refresh('web')).Status === 'Failed';
    }, 2 * hour);
    expect((await world.refresh('web')).StatusReason).toContain('did not become healthy');
  });
});

describe('what takes its time', () => {
  it.each<{ what: string; preferences: RefreshPreferences; hookSeconds?: number }>([
    { what: 'a warm-up', preferences: { InstanceWarmup: 5_400 } },
    { what: 'a launch hook', preferences: {}, hookSeconds: 5_400 },
    {
      what: 'a checkpoint',
      preferences: { CheckpointPercentages: [50, 100], CheckpointDelay: 5_400 },
    },
  ])(
    'lets $what hold the refresh for longer than an hour',
    async ({ preferences, hookSeconds }) => {
      const world = await refreshFixture();
      await world.startGroup('web', { DesiredCapacity: 2 });
      if (hookSeconds !== undefined)
        await world.scaling.send(
          new PutLifecycleHookCommand({
            AutoScalingGroupName: 'web',
            LifecycleHookName: 'ready',
            LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
            HeartbeatTimeout: hookSeconds,
            DefaultResult: 'CONTINUE',
          }),
        );
      await world.start('web', preferences);
      await world.world.scheduler.runFor(85 * minutes);
      expect((await world.refresh('web')).Status).toBe('InProgress');
      expect((await world.versions('web'))['1']).toBe(1);
      await world.reach('web', 'Successful', 4 * hour);
    },
  );

  it('lets a termination hook hold the refresh for longer than an hour', async () => {
    const world = await refreshFixture();
    await world.startGroup('web', { DesiredCapacity: 2 });
    await world.scaling.send(
      new PutLifecycleHookCommand({
        AutoScalingGroupName: 'web',
        LifecycleHookName: 'drain',
        LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
        HeartbeatTimeout: 7_200,
      }),
    );
    await world.start('web');
    await world.world.scheduler.runFor(100 * minutes);
    expect((await world.refresh('web')).Status).toBe('InProgress');
    expect(await world.versions('web')).toEqual({ 1: 1, [world.newVersion]: 1 });
    const waiting = (await world.group('web')).Instances?.find(
      ({ LifecycleState }) => LifecycleState === 'Terminating:Wait',
    );
    await world.scaling.send(
      new CompleteLifecycleActionCommand({
        AutoScalingGroupName: 'web',
        LifecycleHookName: 'drain',
        InstanceId: waiting?.InstanceId,
        LifecycleActionResult: 'CONTINUE',
      }),
    );
    await world.runUntil(async () => (await world.versions('web'))[world.newVersion] === 2);
    await world.reach('web', 'Successful', 4 * hour);
  });

  it.each(['Launch', 'Terminate', 'InstanceRefresh'])(
    'begins nothing while %s is suspended, and goes on when it is resumed',
    async (process) => {
      const world = await refreshFixture();
      await world.startGroup('web', { DesiredCapacity: 1 });
      const suspended = { AutoScalingGroupName: 'web', ScalingProcesses: [process] };
      await world.scaling.send(new SuspendProcessesCommand(suspended));
      await world.start('web');
      await world.world.scheduler.runFor(40 * minutes);
      expect(await world.versions('web')).toEqual({ 1: 1 });
      await world.scaling.send(new ResumeProcessesCommand(suspended));
      await world.reach('web', 'Successful', 20 * minutes);
    },
  );

  it('fails the refresh when a process stays suspended for an hour', async () => {
    const world = await refreshFixture();
    await world.startGroup('web', { DesiredCapacity: 1 });
    await world.scaling.send(
      new SuspendProcessesCommand({
        AutoScalingGroupName: 'web',
        ScalingProcesses: ['Terminate'],
      }),
    );
    await world.start('web');
    expect((await world.reach('web', 'Failed', 2 * hour)).StatusReason).toContain('Terminate');
  });

  it('ends the refresh after 14 days', async () => {
    const world = await refreshFixture();
    await world.startGroup('web', { DesiredCapacity: 1 });
    await world.alarm('errors', 'OK');
    await world.start('web', { AlarmSpecification: { Alarms: ['errors'] } });
    await world.reach('web', 'InProgress');
    await world.alarm('errors', 'INSUFFICIENT_DATA');
    await world.world.scheduler.runFor(13 * 24 * hour);
    expect((await world.refresh('web')).Status).toBe('InProgress');
    await world.world.scheduler.runFor(25 * hour);
    expect(await world.refresh('web')).toMatchObject({
      Status: 'Failed',
      StatusReason: expect.stringContaining('14 days'),
    });
  });
});
