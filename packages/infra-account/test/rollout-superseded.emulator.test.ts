import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import type { Place } from '@golden/stage/fleet-stage.ts';
import { announce } from '@golden/stage/image-message.ts';
import { hour } from '@golden/stage/infra-stage.ts';
import { rolloutBreaches } from '@golden/stage/rollout-invariants.ts';
import { outcomeText, RolloutStage, type RolloutView } from '@golden/stage/rollout-stage.ts';

const names = ['workload-1', 'workload-2', 'workload-3'];

describe('a newer image while a wave refreshes', () => {
  let stage: RolloutStage;
  let places: readonly Place[];
  let versions: readonly VersionRecord[];
  let parameters: Readonly<Record<string, string>>;

  beforeAll(async () => {
    stage = await RolloutStage.open({
      otherRegions: [],
      units: [{ name: 'workloads', accounts: names.map((name) => ({ name })) }],
    });
    places = names.map((name) => stage.fleet.place(name));
    parameters = {
      BakeSeconds: '0',
      WaveBakeMinutes: '0',
      Waves: '2,100%',
      RolloutConcurrency: '1',
      CanaryAccounts: places.map(({ account }) => account.id).join(','),
    };
    await stage.deploy({ ...parameters, Rollout: 'DISABLED' });
    for (const place of places)
      await stage.fleet.deployCustomer(place, { shapes: ['SingleGroup'] });
    await stage.fleet.infra.confirmNotices();
    for (let n = 1; n <= 6; n += 1)
      await stage.fleet.build('harden.sh', `#!/bin/bash\necho ${n} > /etc/motd\n`);
    versions = (await stage.fleet.infra.versions()).reverse();
    await stage.deploy(parameters);
  }, 120_000);

  const subjects = (): string[] => stage.fleet.infra.emails().map(({ subject }) => subject);

  const outcomes = ({ targets }: RolloutView): string[] =>
    places.map(({ account }) =>
      outcomeText(targets.find((target) => target.account === account.id) ?? {}),
    );

  const version = (n: number): VersionRecord => {
    const found = versions[n - 1];
    if (!found) throw new Error(`there is no version ${n}`);
    return found;
  };

  const movesFirstTarget = async (of: VersionRecord): Promise<void> =>
    stage.until(
      async () =>
        (await stage.rollout(of))?.targets.some(({ groups }) =>
          groups.some(({ state }) => state === 'moving'),
        ) === true,
      hour,
    );

  it('lets what is in flight end, starts nothing more in that wave or another, and is surveyed after that', async () => {
    const [older, newer] = [version(1), version(2)];
    await announce(stage.fleet.infra, older);
    await movesFirstTarget(older);
    await announce(stage.fleet.infra, newer);
    const end = await stage.ended(older);
    expect(end.record).toMatchObject({
      state: 'superseded',
      stop: { code: 'superseded', sentence: 'a newer image, 1.0.2/1, waits for the line' },
      waves: [2, 1],
    });
    expect(outcomes(end)).toEqual(['refreshed', 'skipped superseded', 'skipped superseded']);
    expect((await stage.fleet.infra.store.version(older.n))?.state).toBe('superseded');
    expect(await stage.stable()).toBeUndefined();
    expect(subjects()).toContain(`golden golden: rollout superseded ${older.version}`);
    const next = await stage.ended(newer);
    expect(next.record.state).toBe('completed');
    expect(outcomes(next)).toEqual(['refreshed', 'refreshed', 'refreshed']);
    const restedAt = end.record.reachedAt.superseded ?? '';
    expect(restedAt).not.toBe('');
    for (const { surveyedAt = '9' } of next.targets) expect(surveyedAt > restedAt).toBe(true);
    expect(await stage.stable()).toBe(newer.version);
    expect(await rolloutBreaches(stage, places)).toEqual([]);
  }, 60_000);

  it('leaves the older one superseded also where its last wave had begun', async () => {
    await stage.deploy({ ...parameters, Waves: '100%' });
    const [older, newer] = [version(3), version(4)];
    const before = await stage.stable();
    await announce(stage.fleet.infra, older);
    await movesFirstTarget(older);
    await announce(stage.fleet.infra, newer);
    const end = await stage.ended(older);
    expect(outcomes(end)).toEqual(['refreshed', 'skipped superseded', 'skipped superseded']);
    expect(end.record).toMatchObject({ state: 'superseded', stop: { code: 'superseded' } });
    expect((await stage.fleet.infra.store.version(older.n))?.state).toBe('superseded');
    expect(await stage.stable()).toBe(before);
    expect((await stage.ended(newer)).record.state).toBe('completed');
    expect(await rolloutBreaches(stage, places)).toEqual([]);
  }, 60_000);

  it('dies while it waits: the older one makes way all the same, and the next one settles the dead', async () => {
    await stage.deploy(parameters);
    const [older, newer] = [version(5), version(6)];
    await announce(stage.fleet.infra, older);
    await movesFirstTarget(older);
    await announce(stage.fleet.infra, newer);
    await stage.until(async () => (await stage.rollout(newer)) !== undefined, hour, 1_000);
    await stage.fleet.world.scheduler.runFor(10_000);
    const { executionArn } = (await stage.rollout(newer))?.record ?? {};
    await stage.fleet.infra.client(SFNClient).send(new StopExecutionCommand({ executionArn }));
    expect((await stage.store.lock()).value.highestWaiting).toBe('0000000006.0000000001');
    expect((await stage.ended(older)).record.state).toBe('superseded');
    const last = await stage.ship('harden.sh');
    expect(last.record.state).toBe('completed');
    expect((await stage.rollout(newer))?.record).toMatchObject({
      state: 'aborted',
      stop: { code: 'execution-died' },
    });
    expect((await stage.fleet.infra.store.version(newer.n))?.state).toBe('halted');
    expect(subjects()).toContain(`golden golden: rollout aborted ${newer.version}`);
    expect((await stage.executions()).filter(({ status }) => status === 'RUNNING')).toEqual([]);
    expect(await rolloutBreaches(stage, places)).toEqual([]);
  }, 60_000);
});
