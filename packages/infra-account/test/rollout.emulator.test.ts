import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Place } from '@golden/stage/fleet-stage.ts';
import { rolloutBreaches } from '@golden/stage/rollout-invariants.ts';
import { outcomesByAccount, RolloutStage } from '@golden/stage/rollout-stage.ts';

const names = ['workload-1', 'workload-2', 'workload-3'];

describe('a rollout in an organization of three workload accounts', () => {
  let stage: RolloutStage;
  let places: readonly Place[];

  beforeAll(async () => {
    stage = await RolloutStage.open({
      otherRegions: [],
      units: [{ name: 'workloads', accounts: names.map((name) => ({ name })) }],
      settings: { pageSizeMax: 2 },
    });
    places = names.map((name) => stage.fleet.place(name));
    await stage.deploy({ CanaryAccounts: places[1]?.account.id ?? '' });
    for (const place of places)
      await stage.fleet.deployCustomer(place, { shapes: ['SingleGroup'] });
    await stage.fleet.infra.confirmNotices();
  }, 120_000);

  const runningImages = async (): Promise<string[]> => {
    const images: string[] = [];
    for (const place of places)
      for (const { running } of (await stage.fleet.groups(place)).values())
        images.push(...running.map((instance) => instance.split(' ')[1] ?? ''));
    return images;
  };

  const subjects = (): string[] => stage.fleet.infra.emails().map(({ subject }) => subject);

  it('moves every group, wave by wave, and then `stable`', async () => {
    const view = await stage.ship('harden.sh');
    expect(view.record).toMatchObject({ state: 'completed', waves: [1, 1, 1], wavesDone: 3 });
    expect(outcomesByAccount(view)).toEqual({
      'workload-1': 'refreshed',
      'workload-2': 'refreshed',
      'workload-3': 'refreshed',
      infra: 'not-enrolled no-stack',
      management: 'not-enrolled management-account',
    });
    expect(view.targets.find(({ wave }) => wave === 1)?.accountName).toBe('workload-2');
    const ami = view.record.amis['eu-west-1'];
    expect(await runningImages()).toEqual([ami, ami, ami]);
    expect(await stage.stable()).toBe(view.record.version);
    expect(await rolloutBreaches(stage, places)).toEqual([]);
    expect(subjects()).toContain(`golden golden: rollout completed ${view.record.version}`);
    expect((await stage.store.lock()).value.holder).toBeUndefined();
  }, 120_000);

  it('stops a bad image at the canary, which goes back, and touches nobody else', async () => {
    const before = await runningImages();
    const good = await stage.stable();
    const view = await stage.ship('drops-awslogs-driver.sh');
    expect(view.record).toMatchObject({
      state: 'halted',
      stop: { code: 'budget-exceeded' },
      wavesDone: 0,
    });
    expect(outcomesByAccount(view)).toMatchObject({
      'workload-1': 'skipped halted',
      'workload-2': 'rolled-back alarm',
      'workload-3': 'skipped halted',
    });
    expect(await runningImages()).toEqual(before);
    expect(await stage.stable()).toBe(good);
    const [version] = await stage.fleet.infra.versions();
    expect(version?.state).toBe('halted');
    expect(await rolloutBreaches(stage, places)).toEqual([]);
    expect(subjects()).toContain(`golden golden: rollout halted ${view.record.version}`);
  }, 120_000);
});
