import { GoldenError } from '@golden/shared/model/golden-error.ts';
import type { ClaimId } from '@golden/shared/model/ids.ts';
import type { VersionNumber } from '@golden/shared/model/image-version.ts';
import type { AcceptedClaim, LineRecord } from '@golden/shared/model/records.ts';
import { nextVersionNumber } from '@golden/shared/plan/next-version.ts';
import { isQuotaNoticeDue } from '@golden/shared/plan/quota.ts';
import { recipeCountMax } from '@golden/shared/plan/recipe.ts';
import type { Deps } from './deps.ts';

/** An accepted request before it has a number. */
export type ClaimRequest = Omit<AcceptedClaim, 'decision' | 'n' | 'decidedAt'>;

/**
 * Somebody else wrote what this delivery was about to write. Two deliveries side by side should not happen on
 * a FIFO queue with one message group; if they do, the retry reads what the other one did and goes on from it.
 */
export const claimTaken = (claimId: ClaimId): GoldenError =>
  new GoldenError({
    code: 'claim-taken',
    message: `claim ${claimId} was changed by another delivery; the next one reads it anew`,
    retryable: true,
    details: { claimId },
  });

/**
 * Gives a request its version number and records the claim.
 *
 * The counter is written first and names the claim, so a crash behind it leaves a number that this claim finds
 * again, or, if another one came between, a gap; never one number for two claims.
 */
export const makeClaim = async (
  request: ClaimRequest,
  line: LineRecord,
  deps: Deps,
): Promise<AcceptedClaim> => {
  const n =
    line.highestClaimId === request.claimId
      ? line.highestN
      : await takeNextNumber(request, line, deps);
  const decidedAt = deps.clock.now().iso;
  const claim: AcceptedClaim = { ...request, decision: 'accepted', n, decidedAt };
  if ((await deps.versions.recordClaim(claim)) === 'stale') throw claimTaken(request.claimId);
  deps.log.info('claim-made', { claimId: claim.claimId, cause: claim.cause, n });
  return claim;
};

/** Reserves the next number above every claim and every recipe that the line ever had. */
export const takeNextNumber = async (
  request: ClaimRequest,
  line: LineRecord,
  deps: Deps,
): Promise<VersionNumber> => {
  const recipes = await deps.imageBuilder.recipes();
  if (isQuotaNoticeDue(recipes.count, line)) await warnOfQuota(recipes.count, deps);
  const n = nextVersionNumber({ claimed: line.highestN, recipe: recipes.highestN });
  const reserved = await deps.versions.reserve({
    before: line,
    n,
    claimId: request.claimId,
    ...(request.cause === 'upload' ? { upload: request.payload } : {}),
  });
  if (reserved === 'stale') throw claimTaken(request.claimId);
  return n;
};

const warnOfQuota = async (recipeCount: number, deps: Deps): Promise<void> => {
  const at = deps.clock.now().iso;
  deps.log.warn('recipe-quota-near', { recipeCount });
  await deps.notices.send({ code: 'recipe-quota-near', recipeCount, recipeCountMax }, at);
  await deps.versions.noteQuotaNotice(at);
};
