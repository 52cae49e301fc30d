import { claimIdOf } from '@golden/shared/model/ids.ts';
import type { ClaimId, Sha256 } from '@golden/shared/model/ids.ts';
import type { Upload } from '@golden/shared/model/records.ts';
import { refuseBytes, refuseGone, refuseUpload } from '@golden/shared/plan/check-payload.ts';
import { uploadClaimText } from '@golden/shared/plan/claim-text.ts';
import { digestOf } from '@golden/shared/runtime/digest.ts';
import { decideUpload } from './decide.ts';
import type { UploadFacts } from './decide.ts';
import type { Deps } from './deps.ts';
import { makeClaim } from './make-claim.ts';
import { pursueClaim } from './pursue-claim.ts';
import { refuse, settleRefusedClaim } from './refuse.ts';

interface UploadRequest {
  claimId: ClaimId;
  upload: Upload;
}

/** Turns one upload into a version, or into a record of why it became none. */
export const handleUpload = async (upload: Upload, deps: Deps): Promise<void> => {
  const request = { claimId: claimIdOf(digestOf(uploadClaimText(upload))), upload };
  const known = await deps.versions.claim(request.claimId);
  if (known === undefined) return handleNewUpload(request, deps);

  deps.log.info('claim-known', { claimId: known.claimId, decision: known.decision });
  return known.decision === 'accepted' ? pursueClaim(known, deps) : settleRefusedClaim(known, deps);
};

const handleNewUpload = async (request: UploadRequest, deps: Deps): Promise<void> => {
  const { config } = deps;
  const intake = { bucket: config.PAYLOAD_BUCKET, prefix: config.PAYLOAD_PREFIX };
  const refusedUnread = refuseUpload(request.upload, intake);
  if (refusedUnread !== undefined) {
    return refuse(request, { kind: 'rejected', refusal: refusedUnread }, deps);
  }
  const bytes = await deps.payloads.read(request.upload);
  const refusal = bytes === 'gone' ? refuseGone : refuseBytes(bytes);
  if (bytes === 'gone' || refusal !== undefined) {
    return refuse(request, { kind: 'rejected', refusal: refusal ?? refuseGone }, deps);
  }
  const payloadSha256 = digestOf(bytes);
  const facts = await loadFacts({ ...request, payloadSha256 }, deps);
  const decision = decideUpload(facts);
  if (decision.kind !== 'accept') return refuse(request, decision, deps);

  const claim = await makeClaim(
    {
      claimId: request.claimId,
      cause: 'upload',
      payload: { ...request.upload, sha256: payloadSha256 },
      parentAmi: facts.parentAmi,
    },
    facts.line,
    deps,
  );
  return pursueClaim(claim, deps, bytes);
};

const loadFacts = async (
  request: UploadRequest & { payloadSha256: Sha256 },
  deps: Deps,
): Promise<UploadFacts> => {
  // One after the other, here and elsewhere: uploads are rare, and calls in a fixed order can be retraced.
  const parentAmi = await deps.parents.resolve(deps.config.PARENT_IMAGE);
  const line = await deps.versions.line();
  const [newest] = await deps.versions.newestVersions(1);
  const ebsDefaults = await deps.ebsDefaults.inRegions(deps.config.DISTRIBUTION_REGIONS);
  const amiKmsKeyId = deps.config.AMI_KMS_KEY_ID;
  return { ...request, parentAmi, line, newest, ebsDefaults, amiKmsKeyId };
};
