import { GoldenError } from '../model/golden-error.ts';
import type { RolloutRecord } from '../model/rollout.ts';
import type { RolloutId } from '../model/rollout-id.ts';
import { isSameRecord } from '../model/same-record.ts';
import type { RolloutStore } from './rollout-store.ts';

/** One function at a time writes it, and perhaps one more that was repeated. */
const racesMax = 5;

/**
 * Changes the record of a rollout, and decides again for what it finds after a lost race.
 *
 * @param change gives the new record, or none where nothing changes
 * @returns the record as it now stands
 * @throws GoldenError `races-lost`, retryable; `stored-item-missing`
 */
export const changeRollout = async (
  rollouts: RolloutStore,
  rolloutId: RolloutId,
  change: (rollout: RolloutRecord) => RolloutRecord | undefined,
): Promise<RolloutRecord> => {
  for (let race = 0; race < racesMax; race += 1) {
    const { value, revision } = await requireRollout(rollouts, rolloutId);
    const changed = change(value);
    // Also a write whose answer was lost comes here again: what it wrote is there.
    if (changed === undefined || isSameRecord(changed, value)) return value;
    if ((await rollouts.writeRollout({ value: changed, revision })) === 'done') return changed;
  }
  throw new GoldenError({
    code: 'races-lost',
    message: `the record of ${rolloutId} changed under ${racesMax} tries; the engine tries again`,
    retryable: true,
  });
};

/** @throws GoldenError `stored-item-missing` */
export const requireRollout = async (rollouts: RolloutStore, rolloutId: RolloutId) => {
  const rollout = await rollouts.rollout(rolloutId);
  if (rollout) return rollout;
  throw new GoldenError({
    code: 'stored-item-missing',
    message: `rollout ${rolloutId} is not in the state table; was it deleted by hand?`,
  });
};
