import { GoldenError } from '../model/golden-error.ts';
import type { RolloutRecord } from '../model/rollout.ts';
import type { RolloutId } from '../model/rollout-id.ts';
import { isSameRecord } from '../model/same-record.ts';
import type { RolloutStore } from './rollout-store.ts';
import { untilWritten } from './until-written.ts';

/**
 * Changes the record of a rollout, and decides again for what it finds after a lost race.
 *
 * @param change gives the new record, or none where nothing changes
 * @returns the record as it now stands
 * @throws GoldenError `races-lost`, retryable; `stored-item-missing`
 */
export const changeRollout = (
  rollouts: RolloutStore,
  rolloutId: RolloutId,
  change: (rollout: RolloutRecord) => RolloutRecord | undefined,
): Promise<RolloutRecord> =>
  untilWritten(`the record of ${rolloutId}`, async () => {
    const { value, revision } = await requireRollout(rollouts, rolloutId);
    const changed = change(value);
    // Also a write whose answer was lost comes here again: what it wrote is there.
    if (changed === undefined || isSameRecord(changed, value)) return value;
    const written = await rollouts.writeRollout({ value: changed, revision });
    return written === 'done' ? changed : written;
  });

/** @throws GoldenError `stored-item-missing` */
export const requireRollout = async (rollouts: RolloutStore, rolloutId: RolloutId) => {
  const rollout = await rollouts.rollout(rolloutId);
  if (rollout) return rollout;
  throw new GoldenError({
    code: 'stored-item-missing',
    message: `rollout ${rolloutId} is not in the state table; was it deleted by hand?`,
  });
};
