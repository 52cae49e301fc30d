import { GoldenError } from '../model/golden-error.ts';
import type { LineLock } from '../model/rollout.ts';
import type { RolloutStore } from './rollout-store.ts';

/** Few write it: the rollouts that wait, the one that has it, and a late rollback. */
const racesMax = 10;

/**
 * Changes who has the line as a decision says, and decides again for what it finds after a lost race.
 *
 * @param decide gives the new lock, or none where nothing changes, beside what it decided
 * @throws GoldenError `races-lost`, retryable
 */
export const changeLock = async <D>(
  rollouts: RolloutStore,
  decide: (lock: LineLock) => Promise<{ decision: D; lock?: LineLock | undefined }>,
): Promise<D> => {
  for (let race = 0; race < racesMax; race += 1) {
    const { value, revision } = await rollouts.lock();
    const { decision, lock } = await decide(value);
    if (lock === undefined) return decision;
    if ((await rollouts.writeLock({ value: lock, revision })) === 'done') return decision;
  }
  throw new GoldenError({
    code: 'races-lost',
    message: `the lock of the line changed under ${racesMax} tries; the caller tries again`,
    retryable: true,
  });
};
