import { GoldenError } from '@golden/shared/model/golden-error.ts';
import type { VersionNumber } from '@golden/shared/model/image-version.ts';
import { versionText } from '@golden/shared/model/image-version.ts';
import type { AcceptedClaim, VersionRecord } from '@golden/shared/model/records.ts';
import { claimStanding } from '@golden/shared/plan/claim-standing.ts';
import { versionOfClaim } from '@golden/shared/plan/version-changes.ts';
import { settleNotice } from '@golden/shared/store/settle-notice.ts';
import { buildVersion } from './build-version.ts';
import type { Deps } from './deps.ts';
import { endVersion } from './end-version.ts';
import { claimTaken, takeNextNumber } from './make-claim.ts';

// A number is above every recipe that was listed, so a collision is a race with a person who makes recipes.
const numbersTriedMax = 5;

/**
 * Brings an accepted claim as far as it can get: to a running build, or to an end with a reason. The first
 * delivery and every later one take the same road, and each step finds out by itself that it is done.
 *
 * @param bytes the checked payload, where this delivery has read it; else it is read again
 * @throws GoldenError `claim-moves-exhausted`
 */
export const pursueClaim = async (
  claim: AcceptedClaim,
  deps: Deps,
  bytes?: Uint8Array,
): Promise<void> => {
  let current = claim;
  for (let tried = 0; tried < numbersTriedMax; tried += 1) {
    const line = await deps.versions.line();
    const standing = claimStanding(current, line);
    if (standing.kind === 'moved') current = await renumber(current, standing.to, deps);

    const version = await ensureVersion(current, deps);
    if (version.state !== 'claimed') return settleNotice(version, version.claimId, deps);
    if (standing.kind === 'superseded') {
      deps.log.info('claim-superseded', { version: version.version, highestN: line.highestN });
      const reason = `${versionText(line.highestN)} was claimed later`;
      return endVersion(version, { to: 'superseded', reason, notice: 'payload-superseded' }, deps);
    }
    if ((await buildVersion(version, deps, bytes)) === 'settled') return;
    // The recipe belongs to somebody else. The next round finds that the line gave us another number.
    await takeNextNumber(current, line, deps);
  }
  throw new GoldenError({
    code: 'claim-moves-exhausted',
    message: `${numbersTriedMax} recipes in a row were taken; who else makes recipes of this line?`,
    details: { claimId: claim.claimId, n: current.n },
  });
};

/** Follows the counter. The version of the old number ends, so that no number is left without a story. */
const renumber = async (
  claim: AcceptedClaim,
  to: VersionNumber,
  deps: Deps,
): Promise<AcceptedClaim> => {
  const reason = `recipe ${versionText(claim.n)} was taken; the claim moved to ${versionText(to)}`;
  const at = deps.clock.now().iso;
  // A lost race is fine here: the old version ended in an earlier try, or it was never written.
  await deps.versions.moveVersion({
    n: claim.n,
    from: 'claimed',
    to: 'superseded',
    at,
    facts: { reason },
  });
  const change = { claimId: claim.claimId, from: claim.n, to };
  if ((await deps.versions.renumberClaim(change)) === 'stale') throw claimTaken(claim.claimId);
  deps.log.warn('claim-moved', change);
  return { ...claim, n: to };
};

const ensureVersion = async (claim: AcceptedClaim, deps: Deps): Promise<VersionRecord> => {
  const context = { line: deps.config.LINE, at: deps.clock.now().iso };
  const fresh = versionOfClaim(claim, context);
  if ((await deps.versions.createVersion(fresh)) === 'done') return fresh;
  const known = await deps.versions.version(claim.n);
  if (known?.claimId !== claim.claimId) throw claimTaken(claim.claimId);
  return known;
};
