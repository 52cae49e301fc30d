import { describe, expect, it } from '@jest/globals';
import {
  DeleteAutoScalingGroupCommand,
  RollbackInstanceRefreshCommand,
  type RefreshPreferences,
} from '@aws-sdk/client-auto-scaling';
import { refreshFixture, type RefreshFixture } from '../../../test/refresh-fixture.ts';
import { minutes, seconds } from '../../../test/scaling-fixture.ts';
import { healthyLimits } from './refresh-plan.ts';

/** Looks every second whether the group stays between the limits, until the refresh has the status. */
async function watchLimits(
  world: RefreshFixture,
  desired: number,
  watch: {
    readonly limits: RefreshPreferences & { MinHealthyPercentage: number };
    readonly until: string;
  },
): Promise<void> {
  const { minHealthy, maxTotal } = healthyLimits(desired, watch.limits);
  for (let waited = 0; waited < 120 * minutes; waited += seconds) {
    const states = ((await world.group('web')).Instances ?? []).map(
      ({ LifecycleState = '' }) => LifecycleState,
    );
    const serving = states.filter((state) => state === 'InService').length;
    const coming = states.filter((state) => state.startsWith('Pending')).length;
    expect(serving).toBeGreaterThanOrEqual(minHealthy);
    expect(serving + coming).toBeLessThanOrEqual(maxTotal);
    const { Status } = await world.refresh('web');
    if (Status === watch.until) return;
    await world.world.scheduler.runFor(seconds);
  }
  throw new Error(`${watch.until} is not reached`);
}

describe('a group during an instance refresh', () => {
  it.each([
    { desired: 4, MinHealthyPercentage: 50, MaxHealthyPercentage: undefined },
    { desired: 5, MinHealthyPercentage: 80, MaxHealthyPercentage: 120 },
    { desired: 3, MinHealthyPercentage: 100, MaxHealthyPercentage: 134 },
    { desired: 3, MinHealthyPercentage: 100, MaxHealthyPercentage: 100 },
    { desired: 1, MinHealthyPercentage: 90, MaxHealthyPercentage: 100 },
  ])(
    'of $desired stays between $MinHealthyPercentage and $MaxHealthyPercentage percent, forward and back',
    async ({ desired, MinHealthyPercentage, MaxHealthyPercentage }) => {
      const limits = {
        MinHealthyPercentage,
        ...(MaxHealthyPercentage === undefined ? {} : { MaxHealthyPercentage }),
      };
      const world = await refreshFixture();
      await world.startGroup('web', { MaxSize: desired, DesiredCapacity: desired });
      await world.start('web', { ...limits, BakeTime: 60 });
      await watchLimits(world, desired, { limits, until: 'Baking' });
      await world.scaling.send(new RollbackInstanceRefreshCommand({ AutoScalingGroupName: 'web' }));
      await watchLimits(world, desired, { limits, until: 'RollbackSuccessful' });
      await world.settle('web');
      expect(await world.versions('web')).toEqual({ 1: desired });
    },
  );
});

describe('a mixed-instances group', () => {
  const policyOf = (world: RefreshFixture, Version: string, types: readonly string[]) => ({
    LaunchTemplate: {
      LaunchTemplateSpecification: { LaunchTemplateId: world.templateId, Version },
      Overrides: types.map((InstanceType) => ({ InstanceType })),
    },
  });

  it('takes a whole policy as the desired configuration and saves it', async () => {
    const world = await refreshFixture();
    await world.startGroup('web', {
      MixedInstancesPolicy: {
        ...policyOf(world, '1', ['t3.micro', 't3.small']),
        InstancesDistribution: { OnDemandBaseCapacity: 1 },
      },
    });
    const MixedInstancesPolicy = policyOf(world, world.newVersion, ['t3.small']);
    await world.start(
      'web',
      { AutoRollback: true },
      { DesiredConfiguration: { MixedInstancesPolicy } },
    );
    expect((await world.refresh('web')).DesiredConfiguration).toMatchObject({
      MixedInstancesPolicy,
    });
    await world.reach('web', 'Successful');
    const group = await world.group('web');
    expect(group).toMatchObject({ MixedInstancesPolicy });
    expect(group.MixedInstancesPolicy?.InstancesDistribution?.OnDemandBaseCapacity).not.toBe(1);
    expect(group.Instances?.map(({ InstanceType }) => InstanceType)).toEqual([
      't3.small',
      't3.small',
    ]);
  });

  it('replaces with skip matching what is of a type that the policy does not have any more', async () => {
    const world = await refreshFixture();
    await world.startGroup('web', {
      MixedInstancesPolicy: policyOf(world, '1', ['t3.micro']),
    });
    const start = (type: string) =>
      world.start(
        'web',
        { SkipMatching: true },
        { DesiredConfiguration: { MixedInstancesPolicy: policyOf(world, '1', [type]) } },
      );
    await start('t3.micro');
    const skipped = await world.reach('web', 'Successful', minutes);
    expect(skipped).toMatchObject({ PercentageComplete: 100, InstancesToUpdate: 0 });
    await start('t3.small');
    await world.reach('web', 'Successful');
    expect((await world.group('web')).Instances?.map(({ InstanceType }) => InstanceType)).toEqual([
      't3.small',
      't3.small',
    ]);
  });
});

describe('a group that is deleted', () => {
  it('takes its refresh with it', async () => {
    const world = await refreshFixture();
    await world.startGroup('web');
    await world.start('web');
    await world.reach('web', 'InProgress');
    await world.scaling.send(
      new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: 'web', ForceDelete: true }),
    );
    await world.world.scheduler.runFor(15 * 24 * 60 * minutes);
    await expect(world.refresh('web')).rejects.toMatchObject({ name: 'ValidationError' });
    expect(world.refreshEvents()).toEqual(['Started']);
    await world.startGroup('web');
    await world.start('web');
    await world.reach('web', 'Successful');
  });
});
