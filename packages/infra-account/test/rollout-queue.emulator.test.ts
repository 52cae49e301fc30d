import { beforeAll, describe, expect, it } from '@jest/globals';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import type { Place } from '@golden/stage/fleet-stage.ts';
import { announce } from '@golden/stage/image-message.ts';
import { hour } from '@golden/stage/infra-stage.ts';
import { rolloutBreaches } from '@golden/stage/rollout-invariants.ts';
import { RolloutStage } from '@golden/stage/rollout-stage.ts';

const minute = 60_000;
/** The second, third and fourth of four versions, in every order in which their messages can arrive. */
const arrivals = [
  [1, 2, 3],
  [1, 3, 2],
  [2, 1, 3],
  [2, 3, 1],
  [3, 1, 2],
  [3, 2, 1],
] as const;
const versionsEach = 4;

describe('three versions that arrive while one is rolling out', () => {
  let stage: RolloutStage;
  let place: Place;
  let versions: readonly VersionRecord[];

  beforeAll(async () => {
    stage = await RolloutStage.open({ otherRegions: [] });
    place = stage.fleet.place('workload-1');
    await stage.deploy({ Rollout: 'DISABLED', BakeSeconds: '0', WaveBakeMinutes: '0' });
    await stage.fleet.deployCustomer(place, { shapes: ['SingleGroup'] });
    await stage.fleet.infra.confirmNotices();
    for (let n = 1; n <= arrivals.length * versionsEach; n += 1)
      await stage.fleet.build('harden.sh', `#!/bin/bash\necho ${n} > /etc/motd\n`);
    versions = (await stage.fleet.infra.versions()).reverse();
    // From here on messages start rollouts; those of the builds have come and gone.
    await stage.deploy({ BakeSeconds: '0', WaveBakeMinutes: '0' });
  }, 120_000);

  const states = async (of: readonly VersionRecord[]): Promise<string[]> => {
    const now = await stage.fleet.infra.versions();
    return of.map(({ n }) => now.find((version) => version.n === n)?.state ?? 'none');
  };

  it.each(arrivals.map((order, round) => ({ order, round })))(
    'leaves the newest stable and tells of the others, when they come as $order',
    async ({ order, round }) => {
      const four = versions.slice(round * versionsEach, (round + 1) * versionsEach);
      const [first, second, third, newest] = four;
      if (!first || !second || !third || !newest) throw new Error('a version is missing');
      await announce(stage.fleet.infra, first);
      await stage.until(
        async () => (await stage.rollout(first))?.targets.some(isOnItsWay) === true,
        hour,
      );
      for (const index of order) {
        const arriving = four[index];
        if (arriving) await announce(stage.fleet.infra, arriving);
        await stage.fleet.world.scheduler.runFor(minute / 2);
      }
      expect((await stage.rollout(first))?.targets.some(isOnItsWay)).toBe(true);
      await stage.ended(newest);
      await stage.fleet.world.scheduler.runFor(10 * minute);
      // The first has moved all it had; the newest waits for no bake of it.
      expect(await states(four)).toEqual(['superseded', 'superseded', 'superseded', 'stable']);
      expect(await stage.stable()).toBe(newest.version);
      const group = (await stage.fleet.groups(place)).get('SingleGroup');
      expect(group?.running.map((instance) => instance.split(' ')[1])).toEqual([
        newest.amis?.['eu-west-1'],
      ]);
      // A mail may come twice; told of are they once, in one way.
      const subjects = new Set(stage.fleet.infra.emails().map(({ subject }) => subject));
      for (const { version } of [first, second, third])
        expect(
          ['rollout superseded', 'image outdated'].filter((what) =>
            subjects.has(`golden golden: ${what} ${version}`),
          ),
        ).toHaveLength(1);
      expect((await stage.executions()).filter(({ status }) => status === 'RUNNING')).toEqual([]);
      expect((await stage.store.lock()).value.holder).toBeUndefined();
      expect(await rolloutBreaches(stage, [place])).toEqual([]);
    },
    60_000,
  );
});

const isOnItsWay = ({ startedAt, ended }: { startedAt?: string; ended?: object }): boolean =>
  startedAt !== undefined && ended === undefined;
