import { groupTags } from '@golden/shared/model/group.ts';
import { readMarker } from '@golden/shared/model/rollout-marker.ts';
import { resolveVersion } from './facts.ts';
import type { GroupFacts, Rollout } from './facts.ts';

/**
 * The rollout that a group goes back from when the alarm fires: its last refresh is of ours, ended well, and not longer ago
 * than the window. While a refresh is active AWS's own alarm rollback owns the group.
 */
export const lateRollbackOf = (
  { group, refreshes, versions }: GroupFacts,
  time: { nowMs: number; windowHours: number },
): Rollout | undefined => {
  const [last] = refreshes;
  if (last?.status !== 'Successful' || last.desired === undefined) return undefined;
  const { templateId, version } = last.desired;
  const facts: GroupFacts = { group, refreshes, versions };
  const made = readMarker(resolveVersion(facts, templateId, version)?.description);
  if (made?.rolloutId !== group.tags[groupTags.rollout]) return undefined;
  return made && time.nowMs - (last.endedAtMs ?? 0) <= time.windowHours * 3_600_000
    ? made
    : undefined;
};
