import { groupTags, isActive } from '@golden/shared/model/group.ts';
import type { InstanceRefresh } from '@golden/shared/model/group.ts';
import { readMarker } from '@golden/shared/model/rollout-marker.ts';
import type { GroupReport } from '@golden/shared/payload/workload-response.ts';
import { hasImage, resolveVersion } from './facts.ts';
import type { GroupFacts, Rollout } from './facts.ts';
import { begunReason } from './judge-refresh.ts';

/** Why a group goes back whose refresh had ended well. */
export const lateAlarm = 'late-alarm';

interface Time {
  nowMs: number;
  windowHours: number;
}

/**
 * The rollout that a group goes back from when the alarm fires: its last refresh is of ours, ended well, and not longer ago
 * than the window, and the group has its image still. A way back can go to a version that an earlier rollout made, and is not
 * taken back itself: what tells it is the refresh of the rollout that it undid. While a refresh is active AWS's own alarm
 * rollback owns the group, unless it is the way back that an earlier invocation began.
 */
export const lateRollbackOf = (facts: GroupFacts, time: Time): Rollout | undefined => {
  const [last, ...earlier] = facts.refreshes;
  const isSuccessful = last?.status === 'Successful';
  if (!last || !(isSuccessful || isActive(last))) return undefined;
  // Without an end it goes on.
  const endedMs = time.nowMs - (last.endedAtMs ?? time.nowMs);
  if (endedMs > time.windowHours * 3_600_000) return undefined;
  const markerOf = ({ desired }: InstanceRefresh) =>
    readMarker(resolveVersion(facts, desired)?.description);
  const { group } = facts;
  const made = markerOf(last);
  const newest = group.tags[groupTags.rollout];
  const isOurs =
    newest === made?.rolloutId ||
    (newest && !facts.refreshes.some((refresh) => markerOf(refresh)?.rolloutId === newest));
  if (made && isOurs && isSuccessful && hasImage(facts, made.ami)) return made;
  return earlier
    .map(markerOf)
    .find((rollout) => rollout && begunReason(group, rollout) === lateAlarm);
};

/** Whether a group is on its way back, or has arrived, because of the alarm: the infra account has to know. */
export const goesBackLate = ({ state, reason }: GroupReport): boolean =>
  reason === lateAlarm && ['rolling-back', 'rolled-back'].includes(state);
