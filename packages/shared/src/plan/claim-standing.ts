import type { ClaimId } from '../model/ids.ts';
import type { VersionNumber } from '../model/image-version.ts';
import type { LineRecord } from '../model/records.ts';

export type ClaimStanding =
  /** The claim holds the line's highest number and may build. */
  | { kind: 'highest' }
  /** The line already gave this claim a higher number; recording that was interrupted. */
  | { kind: 'moved'; to: VersionNumber }
  /** A newer request holds the line: this one starts nothing, also when it comes back from the dead. */
  | { kind: 'superseded' };

/** Where a claim with number `n` stands on its line. */
export const claimStanding = (
  claim: { claimId: ClaimId; n: VersionNumber },
  line: LineRecord,
): ClaimStanding => {
  if (line.highestN <= claim.n) return { kind: 'highest' };
  return line.highestClaimId === claim.claimId
    ? { kind: 'moved', to: line.highestN }
    : { kind: 'superseded' };
};
