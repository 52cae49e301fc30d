import { describe, expect, it } from '@jest/globals';
import { rolloutBreaches } from '@golden/stage/rollout-invariants.ts';
import { OneTargetRollouts, type Fortune, type Outcome } from './one-target-rollouts.ts';
import { calm, faultKinds, unleash } from './seeded-faults.ts';

/** Every message comes twice, and every third of those late and so in another order. */
const chaotic = { duplicateShare: 1, lateShare: 0.3, lateMsMax: 90_000, staleReadShare: 0.3 };
const quietly = { duplicateShare: 0, lateShare: 0, staleReadShare: 0 };

/** Seeds that ship one image after the other in one world. */
interface Seeds {
  readonly first: number;
  readonly last: number;
  /** What becomes of their images, in turn. */
  readonly fortunes: readonly Fortune[];
}

/** `SEED=37`: that one alone. `SEED=9-37`: those of its world up to it, which is exactly what failed. */
const asked = /^(?:(\d+)-)?(\d+)$/.exec(process.env['SEED'] ?? '');

const askedOf = (seeds: Seeds): Seeds[] => {
  if (!asked) return [seeds];
  const last = Number(asked[2]);
  const first = Number(asked[1] ?? last);
  return first < seeds.first || last > seeds.last ? [] : [{ ...seeds, first, last }];
};

const fortuneOf = (seed: number, { fortunes }: Seeds): Fortune =>
  fortunes[seed % fortunes.length] ?? 'good';

/** How an image ends when nothing goes wrong, in a world of its own. */
async function quietEnds(fortunes: readonly Fortune[]): Promise<ReadonlyMap<Fortune, Outcome>> {
  const rollouts = await OneTargetRollouts.open({
    settings: quietly,
    bakes: fortunes.includes('bad'),
  });
  const ends = new Map<Fortune, Outcome>();
  for (const fortune of new Set(fortunes)) ends.set(fortune, await rollouts.ship(fortune));
  return ends;
}

async function expectQuietEnds(seeds: Seeds): Promise<void> {
  const { first, last, fortunes } = seeds;
  const quiet = await quietEnds(fortunes);
  const rollouts = await OneTargetRollouts.open({
    settings: chaotic,
    bakes: fortunes.includes('bad'),
  });
  const { world } = rollouts.stage.fleet;
  const happened = new Set<string>();
  for (let seed = first; seed <= last; seed += 1) {
    const fortune = fortuneOf(seed, seeds);
    const what = `${fortune} image of SEED=${seed}, exactly as here with SEED=${first}-${seed}`;
    const faults = unleash(world, seed);
    const { state, mails } = await rollouts.ship(fortune).catch((error: unknown) => {
      throw new Error(what, { cause: error });
    });
    calm(world);
    for (const kind of faults) happened.add(kind);
    // People may be told twice, as everybody may.
    const end = quiet.get(fortune);
    expect({ what, state, mails: Object.keys(mails) }).toEqual({
      what,
      state: end?.state,
      mails: Object.keys(end?.mails ?? {}),
    });
  }
  expect([...happened].sort()).toEqual([...faultKinds].sort());
  expect(await rolloutBreaches(rollouts.stage, [rollouts.place])).toEqual([]);
}

/** Defines a test for each list of seeds: in one world each of them ships an image while everything goes wrong that may. */
export function describeChaos(worlds: readonly Seeds[]): void {
  describe('rollouts with messages that come twice, late and in any order, and calls that go wrong', () => {
    it.each(worlds.flatMap(askedOf))(
      'end as they do in quiet, seeds $first to $last',
      expectQuietEnds,
      300_000,
    );
  });
}
