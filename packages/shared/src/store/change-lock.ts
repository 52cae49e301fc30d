import type { LineLock } from '../model/rollout.ts';
import type { RolloutStore } from './rollout-store.ts';
import { untilWritten } from './until-written.ts';

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
  const { decision } = await untilWritten('the lock of the line', async () => {
    const { value, revision } = await rollouts.lock();
    const decided = await decide(value);
    if (decided.lock === undefined) return decided;
    const written = await rollouts.writeLock({ value: decided.lock, revision });
    return written === 'done' ? decided : written;
  });
  return decision;
};
