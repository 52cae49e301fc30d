import { describe, expect, it } from '@jest/globals';
import { groupShapes, type GroupShape } from '@golden/stage/customer-template.ts';
import { Expectations } from './expectations.ts';
import { silent } from './narrator.ts';
import { Organization } from './organization.ts';
import { tellAll } from './tell.ts';
import { Teller } from './teller.ts';

/** The whole story in an organization that is as small as it can be told in. */
async function run(
  seed: string,
  canaryShapes: readonly GroupShape[],
): Promise<{ journal: string; expectations: Expectations }> {
  const org = await Organization.open({ seed, accounts: 3, regions: 1, canaryShapes });
  const expectations = new Expectations();
  await tellAll({ org, tell: new Teller(expectations, silent) });
  return { journal: org.fleet.world.journal.toJsonLines(), expectations };
}

describe('the demo', () => {
  it('keeps every promise, and a second run with the same seed writes the same journal', async () => {
    const first = await run('1', ['LatestGroup']);
    expect(first.expectations.broken).toEqual([]);
    expect(first.expectations.all.length).toBeGreaterThan(55);
    const second = await run('1', ['LatestGroup']);
    // Compared as one value: a difference of two journals of thousands of lines helps nobody.
    expect(second.journal === first.journal).toBe(true);
    expect(second.expectations.all).toEqual(first.expectations.all);
  }, 180_000);

  it('keeps every promise with another seed and canary groups of every shape', async () => {
    const { expectations } = await run('2', groupShapes);
    expect(expectations.broken).toEqual([]);
  }, 120_000);
});
