import { groupTags } from '@golden/shared/model/group.ts';
import { readMarker } from '@golden/shared/model/rollout-marker.ts';
import { resolveVersion } from './facts.ts';
import type { GroupFacts, Rollout } from './facts.ts';

/**
 * The rollout that a group goes back from when the alarm fires: its last refresh is of ours, ended well, and not longer ago
 * than the window. While a refresh is active AWS's own alarm rollback owns the group.
 */
export const lateRollbackOf = (
  facts: GroupFacts,
  time: { nowMs: number; windowHours: number },
): Rollout | undefined => {
  const [last] = facts.refreshes;
  if (last?.status !== 'Successful') return undefined;
  const made = readMarker(resolveVersion(facts, last.desired)?.description);
  return made?.rolloutId === facts.group.tags[groupTags.rollout] &&
    made &&
    time.nowMs - (last.endedAtMs ?? 0) <= time.windowHours * 3_600_000
    ? made
    : undefined;
};
