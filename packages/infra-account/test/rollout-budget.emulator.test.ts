import { beforeAll, describe, expect, it } from '@jest/globals';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import { customerTemplate } from '@golden/stage/customer-template.ts';
import { deployCustomers } from '@golden/stage/deploy-customers.ts';
import { examplePayload, type Place } from '@golden/stage/fleet-stage.ts';
import { hour } from '@golden/stage/infra-stage.ts';
import { removeInvokerTrust, resumeLaunches, suspendLaunches } from '@golden/stage/owner-acts.ts';
import { rolloutBreaches } from '@golden/stage/rollout-invariants.ts';
import { outcomeText, RolloutStage, type RolloutView } from '@golden/stage/rollout-stage.ts';

const names = ['workload-1', 'workload-2', 'workload-3', 'workload-4', 'workload-5'];
/** Long enough for the alarm to see a bad image, short enough for the shortest time that a refresh may be given. */
const bakes = { BakeSeconds: '600', WaveBakeMinutes: '0' };

describe('the failure budget of a wave', () => {
  let stage: RolloutStage;
  let places: readonly Place[];

  beforeAll(async () => {
    stage = await RolloutStage.open({
      otherRegions: [],
      units: [{ name: 'workloads', accounts: names.map((name) => ({ name })) }],
    });
    places = names.map((name) => stage.fleet.place(name));
    await stage.deploy(settings({ Waves: '100%' }));
    await deployCustomers(stage.fleet, places, customerTemplate(['SingleGroup']));
    await stage.fleet.infra.confirmNotices();
  }, 120_000);

  const settings = (changes: Readonly<Record<string, string>>) => ({
    ...bakes,
    CanaryAccounts: places.map(({ account }) => account.id).join(','),
    ...changes,
  });

  /** By account, in the order in which they are moved. */
  const outcomes = ({ targets }: RolloutView): string[] =>
    places.map(({ account }) =>
      outcomeText(targets.find((target) => target.account === account.id) ?? {}),
    );

  const images = async (): Promise<string[]> => {
    const running: string[] = [];
    for (const place of places) {
      const group = (await stage.fleet.groups(place)).get('SingleGroup');
      running.push(group?.running.map((instance) => instance.split(' ')[1]).join() ?? '');
    }
    return running;
  };

  it.each([
    { FailureBudget: '0', RolloutConcurrency: '1', fail: [1, 1] },
    { FailureBudget: '1', RolloutConcurrency: '1', fail: [2, 2] },
    { FailureBudget: '0', RolloutConcurrency: '3', fail: [3, 3] },
    { FailureBudget: '1', RolloutConcurrency: '3', fail: [3, 4] },
  ])(
    'of $FailureBudget with $RolloutConcurrency at a time lets $fail of five meet a bad image, and all go back',
    async ({ fail: [least = 0, most = 0], ...parameters }) => {
      await stage.deploy(settings({ Waves: '100%', ...parameters }));
      const before = await images();
      const view = await stage.ship('drops-awslogs-driver.sh');
      expect(view.record).toMatchObject({ state: 'halted', stop: { code: 'budget-exceeded' } });
      const found = outcomes(view);
      const failed = found.filter((outcome) => outcome === 'rolled-back alarm').length;
      expect(failed).toBeGreaterThanOrEqual(least);
      expect(failed).toBeLessThanOrEqual(most);
      expect(found.filter((outcome) => outcome === 'skipped halted')).toHaveLength(5 - failed);
      expect(view.waves[0]?.failedTargets).toHaveLength(failed);
      expect(await images()).toEqual(before);
      expect(await stage.stable()).toBeUndefined();
      expect(await rolloutBreaches(stage, places)).toEqual([]);
      // The alarms of those that went back have to be quiet again.
      await stage.fleet.world.scheduler.runFor(hour);
    },
    60_000,
  );

  const targetOf = async (version: VersionRecord, name: string) =>
    (await stage.rollout(version))?.targets.find(({ accountName }) => accountName === name);

  const isMoving = async (version: VersionRecord, name: string): Promise<boolean> =>
    (await targetOf(version, name))?.groups.some(({ state }) => state === 'moving') === true;

  it('of 2 bears two that take too long: they are told to go back, and end as failed', async () => {
    await stage.deploy(
      settings({
        Waves: '100%',
        FailureBudget: '2',
        RolloutConcurrency: '5',
        RefreshTimeoutMinutes: '30',
        RollbackTimeoutMinutes: '60',
      }),
    );
    const before = await images();
    const stuck = places.slice(0, 2);
    const groups = await Promise.all(
      stuck.map((place) => stage.fleet.groupName(place, 'SingleGroup')),
    );
    const version = await stage.publish('harden.sh');
    await stage.until(
      async () =>
        (await isMoving(version, 'workload-1')) && (await isMoving(version, 'workload-2')),
      hour,
      1_000,
    );
    for (const [index, place] of stuck.entries())
      await suspendLaunches(stage.fleet, place, groups[index] ?? '');
    const [first, second] = stuck;
    if (!first || !second) throw new Error('an account is missing');
    const isTimedOut = async (): Promise<boolean> =>
      (await targetOf(version, 'workload-1'))?.timedOutAt !== undefined;
    await stage.until(isTimedOut, hour);
    await resumeLaunches(stage.fleet, first, groups[0] ?? '');
    const view = await stage.ended(version);
    expect(view.record.state).toBe('completed');
    expect(outcomes(view)).toEqual([
      'failed timeout',
      'failed timeout',
      'refreshed',
      'refreshed',
      'refreshed',
    ]);
    expect((await targetOf(version, 'workload-1'))?.ended?.sentence).toBe(
      'it was not done after 1800 s and was told to go back; it is rolled-back now',
    );
    expect((await targetOf(version, 'workload-2'))?.ended?.sentence).toBe(
      'it was told to go back after 1800 s and is still not at rest 3600 s later',
    );
    // What it began it goes on with.
    await resumeLaunches(stage.fleet, second, groups[1] ?? '');
    await stage.fleet.world.scheduler.runFor(hour);
    expect((await images()).slice(0, 2)).toEqual(before.slice(0, 2));
    expect(await rolloutBreaches(stage, places)).toEqual([]);
  }, 60_000);

  it('of 0 is spent by a target whose role refuses us once it is planned', async () => {
    await stage.deploy(
      settings({ Waves: '1,2,100%', FailureBudget: '0', RolloutConcurrency: '5' }),
    );
    const version = await stage.publish('harden.sh', examplePayload('harden.sh') + '# again\n');
    await stage.until(() => isMoving(version, 'workload-1'), hour);
    const [, refused] = places;
    if (!refused) throw new Error('there is no account');
    const before = await images();
    await removeInvokerTrust(stage.fleet, refused);
    const view = await stage.ended(version);
    expect(outcomes(view)).toEqual([
      'refreshed',
      'unreachable role-denied',
      'skipped halted',
      'skipped halted',
      'skipped halted',
    ]);
    expect(view.record).toMatchObject({
      state: 'halted',
      stop: { code: 'budget-exceeded' },
      wavesDone: 1,
    });
    expect((await images()).slice(1)).toEqual(before.slice(1));
    expect(await rolloutBreaches(stage, places)).toEqual([]);
  }, 60_000);
});
