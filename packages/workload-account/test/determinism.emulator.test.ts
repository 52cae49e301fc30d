import { expect, it } from '@jest/globals';
import { FleetStage } from '@golden/stage/fleet-stage.ts';

/** A good image and a bad one go to two groups; what all of that wrote into the journal, and how it ended. */
async function run(
  seed: string,
): Promise<{ journal: string; entries: number; states: readonly string[] }> {
  const stage = await FleetStage.open({ otherRegions: [], settings: { seed, pageSizeMax: 2 } });
  await stage.deploy();
  const place = stage.place('workload-1');
  await stage.deployCustomer(place, { shapes: ['LatestGroup', 'SingleGroup'] });
  const states: string[] = [];
  for (const [rolloutId, payload] of [
    ['r1', 'harden.sh'],
    ['r2', 'wrong-cluster.sh'],
  ] as const) {
    const reports = await stage.roll(place, await stage.build(payload), rolloutId);
    states.push(...reports.map(({ state }) => state));
  }
  const { journal } = stage.world;
  return { journal: journal.toJsonLines(), entries: journal.entries.length, states };
}

it('writes one journal for one seed, byte for byte', async () => {
  const first = await run('7');
  expect(first.states).toEqual(['refreshed', 'refreshed', 'rolled-back', 'rolled-back']);
  expect(first.entries).toBeGreaterThan(1_000);
  // Compared as one value, because a printed difference of two journals helps nobody.
  expect((await run('7')).journal === first.journal).toBe(true);
});
