import { describe, expect, it } from '@jest/globals';
import { Coverage } from './coverage.ts';
import { repeatOf, simulateSeed } from './many-seeds.ts';
import { failureText } from './report.ts';

const seedsAtOnce = 10;

/** Defines a test for every ten seeds, and one that says that enough went wrong in all of them together. */
export function describeSeeds({ from, to }: { readonly from: number; readonly to: number }): void {
  const coverage = new Coverage();
  const blocks = Array.from({ length: Math.ceil((to - from + 1) / seedsAtOnce) }, (_, index) => {
    const first = from + index * seedsAtOnce;
    return { first, last: Math.min(to, first + seedsAtOnce - 1) };
  });
  describe(`the seeds ${from} to ${to}`, () => {
    it.each(blocks)(
      'do nothing from $first to $last that may never happen, and come to rest',
      async ({ first, last }) => {
        const failures: string[] = [];
        for (let seed = first; seed <= last; seed += 1) {
          const result = await simulateSeed(seed);
          coverage.take(result);
          const about = { what: `seed ${seed}`, repeat: repeatOf(seed) };
          if (result.verdict.kind === 'failed') failures.push(failureText(result, about));
        }
        expect(failures).toEqual([]);
      },
      300_000,
    );

    it('meet every kind of fault, and images of which some arrive and some do not', () => {
      const wanted = [
        ...['delayed', 'killed', 'throttled', 'failed', 'lost', 'hung'].map(
          (kind) => `call ${kind}`,
        ),
        'event lost',
        'image good completed',
        'image places-nothing halted',
        'image registers-nowhere halted',
        'run converged',
        'run explained',
      ];
      expect(wanted.filter((what) => coverage.count(what) === 0)).toEqual([]);
    });
  });
}
