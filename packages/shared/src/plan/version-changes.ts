import type { ImageLine } from '../model/ids.ts';
import { versionText } from '../model/image-version.ts';
import type { AcceptedClaim, VersionRecord } from '../model/records.ts';
import type { VersionState } from '../model/version-state.ts';
import type { VersionNumber } from '../model/image-version.ts';

/** One change of state, with what became known by it. */
export interface VersionMove {
  n: VersionNumber;
  from: VersionState;
  to: VersionState;
  /** ISO 8601 UTC */
  at: string;
  facts?: Partial<
    Pick<VersionRecord, 'reason' | 'sentence' | 'logTail' | 'imageArn' | 'amis' | 'noticeDue'>
  >;
}

/** The record with which a version begins. */
export const versionOfClaim = (
  claim: AcceptedClaim,
  context: { line: ImageLine; at: string },
): VersionRecord => ({
  line: context.line,
  n: claim.n,
  version: versionText(claim.n),
  claimId: claim.claimId,
  cause: claim.cause,
  ...(claim.basedOn === undefined ? {} : { basedOn: claim.basedOn }),
  state: 'claimed',
  payload: claim.payload,
  parentAmi: claim.parentAmi,
  reachedAt: { claimed: context.at },
  noticedAt: {},
});

/** The record after a move that was written. */
export const afterMove = (version: VersionRecord, move: VersionMove): VersionRecord => ({
  ...version,
  ...move.facts,
  state: move.to,
  reachedAt: { ...version.reachedAt, [move.to]: move.at },
});
