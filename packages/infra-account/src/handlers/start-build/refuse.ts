import type { ClaimId } from '@golden/shared/model/ids.ts';
import type { RefusedClaim, Upload } from '@golden/shared/model/records.ts';
import { refusedClaimNotice } from '@golden/shared/plan/version-notice.ts';
import { refusedClaim } from './decide.ts';
import type { RefusalDecision } from './decide.ts';
import type { Deps } from './deps.ts';
import { claimTaken } from './make-claim.ts';

/** Records that an upload becomes nothing, and tells people why. */
export const refuse = async (
  request: { claimId: ClaimId; upload: Upload },
  decision: RefusalDecision,
  deps: Deps,
): Promise<void> => {
  const claim = refusedClaim(request, decision, deps.clock.now());
  if ((await deps.versions.recordClaim(claim)) === 'stale') throw claimTaken(request.claimId);
  deps.log.info(`payload-${claim.decision}`, {
    claimId: claim.claimId,
    key: claim.upload.key,
    versionId: claim.upload.versionId,
    ...(claim.decision === 'rejected' ? { reason: claim.reason } : {}),
  });
  await settleRefusedClaim(claim, deps);
};

/** Tells people, unless they were told. As for versions, a crash in between tells them twice, never not. */
export const settleRefusedClaim = async (claim: RefusedClaim, deps: Deps): Promise<void> => {
  if (claim.noticedAt !== undefined) return;
  const at = deps.clock.now().iso;
  const notice = refusedClaimNotice(claim);
  await deps.notices.send(notice, at);
  await deps.versions.noteClaimNotice({ claimId: claim.claimId, at });
  deps.log.info('notice-sent', { notice: notice.code, claimId: claim.claimId });
};
