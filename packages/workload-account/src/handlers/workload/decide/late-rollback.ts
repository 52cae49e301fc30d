import { groupTags } from '@golden/shared/model/group.ts';
import type { InstanceRefresh } from '@golden/shared/model/group.ts';
import { readMarker } from '@golden/shared/model/rollout-marker.ts';
import { hasImage, resolveVersion } from './facts.ts';
import type { GroupFacts, Rollout } from './facts.ts';

/**
 * The rollout that a group goes back from when the alarm fires: its last refresh is of ours, ended well, and not longer ago
 * than the window, and the group has its image still. A way back can go to a version that an earlier rollout made, and is not
 * taken back itself: what tells it is the refresh of the rollout that it undid. While a refresh is active AWS's own alarm
 * rollback owns the group.
 */
export const lateRollbackOf = (
  facts: GroupFacts,
  time: { nowMs: number; windowHours: number },
): Rollout | undefined => {
  const [last] = facts.refreshes;
  if (last?.status !== 'Successful') return undefined;
  const markerOf = ({ desired }: InstanceRefresh) =>
    readMarker(resolveVersion(facts, desired)?.description);
  const made = markerOf(last);
  const newest = facts.group.tags[groupTags.rollout];
  const isOurs =
    newest === made?.rolloutId ||
    (newest && !facts.refreshes.some((refresh) => markerOf(refresh)?.rolloutId === newest));
  return made &&
    isOurs &&
    hasImage(facts, made.ami) &&
    time.nowMs - (last.endedAtMs ?? 0) <= time.windowHours * 3_600_000
    ? made
    : undefined;
};
