import type { AmiId, ClaimId, Sha256 } from '@golden/shared/model/ids.ts';
import type { Instant } from '@golden/shared/model/instant.ts';
import type { Refusal } from '@golden/shared/model/payload-refusal.ts';
import type {
  LineRecord,
  RefusedClaim,
  Upload,
  VersionRecord,
} from '@golden/shared/model/records.ts';
import { isLive } from '@golden/shared/model/version-state.ts';
import { refuseUnshareable } from '@golden/shared/plan/sharing.ts';
import type { EbsDefault } from '@golden/shared/plan/sharing.ts';
import { isOlderUpload } from '@golden/shared/plan/upload-order.ts';

/** Everything the decision about one upload needs, loaded before it is made. */
export interface UploadFacts {
  claimId: ClaimId;
  upload: Upload;
  payloadSha256: Sha256;
  /** What the parent image resolves to now. */
  parentAmi: AmiId;
  line: LineRecord;
  /** The version with the highest n. */
  newest: VersionRecord | undefined;
  ebsDefaults: readonly EbsDefault[];
  amiKmsKeyId: string;
}

export type UploadDecision =
  | { kind: 'accept' }
  | { kind: 'rejected'; refusal: Refusal }
  | { kind: 'unchanged'; as: VersionRecord }
  /** A newer upload was accepted before this one arrived. */
  | { kind: 'superseded' };

export type RefusalDecision = Exclude<UploadDecision, { kind: 'accept' }>;

// Long enough that nobody asks any more what became of an upload, and far longer than any redelivery.
const refusedClaimSeconds = 365 * 24 * 60 * 60;

/** Decides what becomes of an upload whose bytes are a bash script. */
export const decideUpload = (facts: UploadFacts): UploadDecision => {
  // Accepted before, and interrupted right after it got its number: it goes on whatever has changed since.
  if (facts.line.highestClaimId === facts.claimId) return { kind: 'accept' };

  const { newestUpload } = facts.line;
  if (newestUpload !== undefined && isOlderUpload(facts.upload, newestUpload)) {
    return { kind: 'superseded' };
  }
  // Only the newest counts: with another payload in between, the same bytes are the way back.
  const { newest } = facts;
  if (
    newest?.payload.sha256 === facts.payloadSha256 &&
    newest.parentAmi === facts.parentAmi &&
    isLive(newest.state)
  ) {
    return { kind: 'unchanged', as: newest };
  }
  const refusal = refuseUnshareable({
    defaults: facts.ebsDefaults,
    amiKmsKeyId: facts.amiKmsKeyId,
  });
  return refusal === undefined ? { kind: 'accept' } : { kind: 'rejected', refusal };
};

/** The record of an upload that becomes nothing. */
export const refusedClaim = (
  request: { claimId: ClaimId; upload: Upload },
  decision: RefusalDecision,
  now: Instant,
): RefusedClaim => {
  const about = {
    ...request,
    cause: 'upload' as const,
    decidedAt: now.iso,
    expiresAtEpochSeconds: now.epochSeconds + refusedClaimSeconds,
  };
  switch (decision.kind) {
    case 'rejected':
      return { ...about, decision: 'rejected', ...decision.refusal };
    case 'unchanged':
      return { ...about, decision: 'unchanged', n: decision.as.n };
    case 'superseded':
      return { ...about, decision: 'superseded' };
    default:
      return decision satisfies never;
  }
};
