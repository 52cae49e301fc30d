import type { ClaimId } from '../model/ids.ts';
import type { VersionNumber } from '../model/image-version.ts';

/**
 * The idempotency token of one call for one claim: at most 40 + 1 + 6 + 1 + 10 of Image Builder's 64
 * characters. A retry sends the same token and gets the first answer again; a claim that moved on to another
 * number sends another one, because it asks for something else.
 */
export const clientToken = (
  call: 'recipe' | 'start' | 'cancel',
  claim: { claimId: ClaimId; n: VersionNumber },
): string => `${claim.claimId}-${call}-${claim.n}`;
