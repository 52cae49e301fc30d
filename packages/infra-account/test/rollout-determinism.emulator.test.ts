import { expect, it } from '@jest/globals';
import { RolloutStage } from '@golden/stage/rollout-stage.ts';
import { SeededFaults } from '@golden/stage/seeded-faults.ts';

const accounts = ['workload-1', 'workload-2'];
const regions = ['eu-west-1', 'eu-central-1'];

/**
 * A good image and a bad one go to two accounts in two Regions, all targets of a wave at once, while messages and calls go
 * wrong: what all of that wrote into the journal, and how it ended.
 */
async function run(
  seed: string,
): Promise<{ journal: string; entries: number; strikes: number; ends: readonly string[] }> {
  const stage = await RolloutStage.open({
    otherRegions: regions.slice(1),
    units: [{ name: 'workloads', accounts: accounts.map((name) => ({ name })) }],
    settings: { seed, pageSizeMax: 2, duplicateShare: 0.5, lateShare: 0.3 },
  });
  await stage.deploy({ Waves: '2,100%', WaveBakeMinutes: '0', RolloutConcurrency: '3' });
  for (const account of accounts)
    for (const region of regions)
      await stage.fleet.deployCustomer(stage.fleet.place(account, region), {
        shapes: ['SingleGroup'],
      });
  const { strikes } = new SeededFaults(stage.fleet.world, { seed });
  const ends: string[] = [];
  for (const payload of ['harden.sh', 'drops-awslogs-driver.sh']) {
    const { record } = await stage.ship(payload);
    ends.push(`${record.state} ${record.waves?.join(' ') ?? ''}`);
  }
  const { journal } = stage.fleet.world;
  return {
    journal: journal.toJsonLines(),
    entries: journal.entries.length,
    strikes: strikes.length,
    ends,
  };
}

it('writes one journal for one seed, byte for byte, with several targets at once and in two Regions', async () => {
  const first = await run('7');
  expect(first.ends).toEqual(['completed 2 2', 'halted 2 2']);
  expect(first.entries).toBeGreaterThan(3_000);
  expect(first.strikes).toBeGreaterThan(50);
  const second = await run('7');
  // Compared as one value, because a printed difference of two journals helps nobody.
  expect(second.journal === first.journal).toBe(true);
}, 120_000);
