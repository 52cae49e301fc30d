import { describe, expect, it } from '@jest/globals';
import {
  CancelInstanceRefreshCommand,
  RollbackInstanceRefreshCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { refreshFixture, type RefreshFixture } from '../../../test/refresh-fixture.ts';
import { minutes, seconds } from '../../../test/scaling-fixture.ts';

const ended = ['Successful', 'Failed', 'Cancelled', 'RollbackSuccessful', 'RollbackFailed'];

/** A status as it is seen, the version that is saved on the group then, and whether that could be set. */
type Seen = readonly [status: string, saved: string, update: 'taken' | 'refused'];

const updateIsTaken = async (world: RefreshFixture, Version: string): Promise<boolean> =>
  world.scaling
    .send(
      new UpdateAutoScalingGroupCommand({
        AutoScalingGroupName: 'web',
        LaunchTemplate: { LaunchTemplateId: world.templateId, Version },
      }),
    )
    .then(
      () => true,
      (error: unknown) => {
        if (error instanceof Error && error.name === 'ValidationError') return false;
        throw error;
      },
    );

/** Looks every second until the refresh has ended, and does something once when a status is seen first. */
async function course(
  world: RefreshFixture,
  act: { readonly at?: string; readonly run?: () => Promise<unknown> } = {},
): Promise<Seen[]> {
  const seen: Seen[] = [];
  for (let waited = 0; waited < 120 * minutes; waited += seconds) {
    const { Status = '' } = await world.refresh('web');
    if (seen.at(-1)?.[0] !== Status) {
      const saved = (await world.group('web')).LaunchTemplate?.Version ?? '';
      const isTaken = await updateIsTaken(world, saved);
      seen.push([Status, saved, isTaken ? 'taken' : 'refused']);
      if (ended.includes(Status)) return seen;
      if (Status === act.at) await act.run?.();
    }
    await world.world.scheduler.runFor(seconds);
  }
  throw new Error(`it does not end: ${seen.join()}`);
}

/** A group of two on version 1 whose refresh to version 2 has just been asked for. */
async function begun(preferences: Parameters<RefreshFixture['start']>[1] = {}) {
  const world = await refreshFixture();
  await world.alarm('errors', 'OK');
  await world.startGroup('web');
  await world.start('web', preferences);
  return world;
}

describe('the statuses of an instance refresh', () => {
  it('lead over baking to success, which alone saves the desired configuration', async () => {
    const world = await begun({ BakeTime: 120 });
    expect(await course(world)).toEqual([
      ['Pending', '1', 'refused'],
      ['InProgress', '1', 'refused'],
      ['Baking', '1', 'refused'],
      ['Successful', '2', 'taken'],
    ]);
    expect(world.refreshEvents()).toEqual(['Started', 'Started Baking', 'Succeeded']);
  });

  it('leave baking out where there is no bake time', async () => {
    const world = await begun();
    expect((await course(world)).map(([status]) => status)).toEqual([
      'Pending',
      'InProgress',
      'Successful',
    ]);
  });

  it('end with a failure when the alarm fires and nothing rolls back', async () => {
    const world = await begun({ AlarmSpecification: { Alarms: ['errors'] } });
    const seen = await course(world, {
      at: 'InProgress',
      run: () => world.alarm('errors', 'ALARM'),
    });
    expect(seen).toEqual([
      ['Pending', '1', 'refused'],
      ['InProgress', '1', 'refused'],
      ['Failed', '1', 'taken'],
    ]);
    expect(world.refreshEvents()).toEqual(['Started', 'Failed']);
  });

  it('lead from an alarm while baking to a rollback, with auto rollback', async () => {
    const world = await begun({
      AutoRollback: true,
      AlarmSpecification: { Alarms: ['errors'] },
      BakeTime: 600,
    });
    const seen = await course(world, { at: 'Baking', run: () => world.alarm('errors', 'ALARM') });
    expect(seen).toEqual([
      ['Pending', '1', 'refused'],
      ['InProgress', '1', 'refused'],
      ['Baking', '1', 'refused'],
      ['RollbackInProgress', '1', 'refused'],
      ['RollbackSuccessful', '1', 'taken'],
    ]);
  });

  it('lead from a request to a rollback', async () => {
    const world = await begun();
    const rollBack = new RollbackInstanceRefreshCommand({ AutoScalingGroupName: 'web' });
    const seen = await course(world, {
      at: 'InProgress',
      run: async () => {
        await world.runUntil(async () => (await world.versions('web'))['2'] === 1);
        await world.scaling.send(rollBack);
      },
    });
    expect(seen.slice(1)).toEqual([
      ['InProgress', '1', 'refused'],
      ['RollbackInProgress', '1', 'refused'],
      ['RollbackSuccessful', '1', 'taken'],
    ]);
    expect(world.refreshEvents()).toEqual(['Started', 'Rollback Started', 'Rollback Succeeded']);
  });

  it('lead from a cancellation to its end, which neither saves nor undoes anything', async () => {
    const world = await begun();
    const cancel = new CancelInstanceRefreshCommand({ AutoScalingGroupName: 'web' });
    const seen = await course(world, {
      at: 'InProgress',
      run: async () => {
        await world.runUntil(async () => ((await world.versions('web'))['1'] ?? 0) < 2);
        await world.scaling.send(cancel);
      },
    });
    expect(seen.slice(1)).toEqual([
      ['InProgress', '1', 'refused'],
      ['Cancelling', '1', 'refused'],
      ['Cancelled', '1', 'taken'],
    ]);
    expect(await world.versions('web')).toEqual({ 1: 1, 2: 1 });
  });
});

describe('a group that is saved on an alias', () => {
  it.each(['$Latest', '$Default'])('%s is refreshed and cannot be rolled back', async (Version) => {
    const world = await refreshFixture();
    await world.startGroup('web', {
      LaunchTemplate: { LaunchTemplateId: world.templateId, Version },
    });
    await expect(world.start('web', { AutoRollback: true })).rejects.toMatchObject({
      name: 'ValidationError',
    });
    await world.start('web');
    await expect(
      world.scaling.send(new RollbackInstanceRefreshCommand({ AutoScalingGroupName: 'web' })),
    ).rejects.toMatchObject({ name: 'IrreversibleInstanceRefreshFault' });
    expect((await course(world)).at(-1)).toEqual(['Successful', '2', 'taken']);
  });
});

describe('the batches of an instance refresh', () => {
  it.each([
    { size: 4, min: 50, max: undefined, fewest: 2, most: 4 },
    { size: 4, min: 75, max: undefined, fewest: 3, most: 4 },
    { size: 3, min: 90, max: undefined, fewest: 2, most: 3 },
    { size: 1, min: 90, max: undefined, fewest: 0, most: 1 },
    { size: 1, min: 100, max: 200, fewest: 1, most: 2 },
    { size: 4, min: 100, max: 150, fewest: 4, most: 6 },
    { size: 5, min: 80, max: 120, fewest: 4, most: 6 },
    { size: 10, min: 90, max: 110, fewest: 9, most: 11 },
  ])(
    'of $size with $min to $max percent leave $fewest in service and have $most at most',
    async ({ size, min, max, fewest, most }) => {
      const world = await refreshFixture();
      await world.startGroup('web', { MaxSize: size, DesiredCapacity: size });
      await world.start('web', {
        MinHealthyPercentage: min,
        ...(max !== undefined && { MaxHealthyPercentage: max }),
      });
      const counts: { serving: number; all: number }[] = [];
      await world.runUntil(async () => {
        const states = ((await world.group('web')).Instances ?? []).map(
          ({ LifecycleState = '' }) => LifecycleState,
        );
        const serving = states.filter((state) => state === 'InService').length;
        const coming = states.filter((state) => state.startsWith('Pending')).length;
        counts.push({ serving, all: serving + coming });
        return (await world.refresh('web')).Status === 'Successful';
      }, 120 * minutes);
      expect({
        fewest: Math.min(...counts.map(({ serving }) => serving)),
        most: Math.max(...counts.map(({ all }) => all)),
      }).toEqual({ fewest, most });
    },
  );
});
