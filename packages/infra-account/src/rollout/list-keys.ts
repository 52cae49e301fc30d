import type { RolloutId } from '@golden/shared/model/rollout-id.ts';

/** Keys of the lists that the engine's maps read: JSON arrays of `{account, region}`, apart from the payloads. */
export const targetList = (rolloutId: RolloutId): string => `rollouts/${rolloutId}/targets.json`;

/** @param wave from 1 */
export const waveList = (rolloutId: RolloutId, wave: number): string =>
  `rollouts/${rolloutId}/wave-${wave}.json`;

/** Every target of which a group was moved so far. */
export const movedList = (rolloutId: RolloutId): string => `rollouts/${rolloutId}/moved.json`;
