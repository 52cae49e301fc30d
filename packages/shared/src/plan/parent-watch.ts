import { isBusy } from '../model/version-state.ts';
import type { VersionState } from '../model/version-state.ts';
import type { AmiId } from '../model/ids.ts';
import type { VersionRecord } from '../model/records.ts';

export type ParentWatchDecision =
  | { kind: 'idle'; why: 'no-baseline' | 'parent-unmoved' | 'busy' }
  | { kind: 'blocked'; by: VersionRecord; reason: string }
  | { kind: 'build'; baseline: VersionRecord; attempt: number };

/**
 * What the watch renews: the version the fleet runs, or, where nothing was ever rolled out, the newest one
 * that could be. It is never a version that failed, so a bad upload does not come back with every parent.
 */
export const baselineOf = (newestFirst: readonly VersionRecord[]): VersionRecord | undefined =>
  newestFirst.find(({ state }) => state === 'stable') ??
  newestFirst.find(({ state }) => state === 'available');

/** Ends that say something about the pair itself. `superseded` does not: that pair was never tried. */
const blocksPair = (state: VersionState): boolean =>
  state === 'failed' ||
  state === 'cancelled' ||
  state === 'halted' ||
  state === 'revoked' ||
  state === 'rejected';

/**
 * Decides whether the moved parent image is worth a build.
 *
 * @param newestFirst all versions of the line, highest n first
 */
export const planParentWatch = (
  newestFirst: readonly VersionRecord[],
  parentAmi: AmiId,
): ParentWatchDecision => {
  const baseline = baselineOf(newestFirst);
  if (baseline === undefined) return { kind: 'idle', why: 'no-baseline' };
  if (baseline.parentAmi === parentAmi) return { kind: 'idle', why: 'parent-unmoved' };
  if (newestFirst.some(({ state }) => isBusy(state))) return { kind: 'idle', why: 'busy' };

  const samePair = newestFirst.filter(
    (version) =>
      version.payload.sha256 === baseline.payload.sha256 && version.parentAmi === parentAmi,
  );
  const blocker = samePair.find(({ state }) => blocksPair(state));
  if (blocker !== undefined) {
    const reason = `version ${blocker.version} from the same bytes on the same parent is ${blocker.state}`;
    return { kind: 'blocked', by: blocker, reason };
  }
  const attempt = samePair.filter(({ state }) => state === 'superseded').length;
  return { kind: 'build', baseline, attempt };
};
