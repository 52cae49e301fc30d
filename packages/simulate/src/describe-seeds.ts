import { describe, expect, it } from '@jest/globals';
import { Coverage } from './coverage.ts';
import { inChild, repeatOf } from './many-seeds.ts';
import { failureText } from './report.ts';

/** What some fifty seeds have to meet between them, lest they show nothing. */
const wanted = [
  ...['delayed', 'killed', 'throttled', 'failed', 'lost', 'hung'].map((kind) => `call ${kind}`),
  'event lost',
  'image good completed',
  'image places-nothing halted',
  'image registers-nowhere halted',
  'run converged',
  'run explained',
];

/** Defines a test for some seeds, which run in a process of their own: plain Node runs them a third faster than Jest does. */
export function describeSeeds({ from, to }: { readonly from: number; readonly to: number }): void {
  describe(`the seeds ${from} to ${to}`, () => {
    it('do nothing that may never happen, come to rest, and meet every kind of fault', async () => {
      const coverage = new Coverage();
      const failures: string[] = [];
      let runs = 0;
      const problem = await inChild({ from, to, step: 1 }, ({ seed, result }) => {
        runs += 1;
        coverage.take(result);
        const about = { what: `seed ${seed}`, repeat: repeatOf(seed) };
        if (result.verdict.kind === 'failed') failures.push(failureText(result, about));
      });
      expect({ problem, failures }).toEqual({ problem: undefined, failures: [] });
      expect(runs).toBe(to - from + 1);
      expect(wanted.filter((what) => coverage.count(what) === 0)).toEqual([]);
    }, 600_000);
  });
}
