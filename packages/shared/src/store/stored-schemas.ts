import * as v from 'valibot';
import { GoldenError } from '../model/golden-error.ts';
import { isAmiId, isClaimId, isImageLine, isSha256 } from '../model/ids.ts';
import type { AmiId, ClaimId, ImageLine, Sha256 } from '../model/ids.ts';
import { isVersionNumber, versionNumber } from '../model/image-version.ts';
import type { VersionNumber } from '../model/image-version.ts';
import { outcomeNoticeCodes } from '../model/notice.ts';
import { refusalReasons } from '../model/payload-refusal.ts';
import { versionStates } from '../model/version-state.ts';

const number = v.custom<VersionNumber>(isVersionNumber);
const claimId = v.custom<ClaimId>(isClaimId);
const amiId = v.custom<AmiId>(isAmiId);

const upload = v.object({
  bucket: v.string(),
  key: v.string(),
  versionId: v.string(),
  sizeBytes: v.number(),
  etag: v.string(),
  uploadedBy: v.string(),
  uploadedAt: v.string(),
  sequencer: v.exactOptional(v.string()),
});

export const lineSchema = v.object({
  // A warning may be noted before the first claim.
  highestN: v.optional(number, versionNumber(0)),
  highestClaimId: v.exactOptional(claimId),
  newestUpload: v.exactOptional(
    v.object({
      bucket: v.string(),
      key: v.string(),
      uploadedAt: v.string(),
      sequencer: v.exactOptional(v.string()),
    }),
  ),
  recipeQuotaNoticedAt: v.exactOptional(v.string()),
});

const payload = v.object({ ...upload.entries, sha256: v.custom<Sha256>(isSha256) });

const refusedClaim = {
  claimId,
  cause: v.literal('upload'),
  decidedAt: v.string(),
  upload,
  noticedAt: v.exactOptional(v.string()),
  expiresAt: v.number(),
};

export const claimSchema = v.variant('decision', [
  v.object({
    decision: v.literal('accepted'),
    claimId,
    cause: v.picklist(['upload', 'parent']),
    decidedAt: v.string(),
    n: number,
    payload,
    parentAmi: amiId,
    basedOn: v.exactOptional(number),
  }),
  v.object({
    ...refusedClaim,
    decision: v.literal('rejected'),
    reason: v.picklist(refusalReasons),
    sentence: v.string(),
  }),
  v.object({ ...refusedClaim, decision: v.literal('unchanged'), n: number }),
  v.object({ ...refusedClaim, decision: v.literal('superseded') }),
]);

export const versionSchema = v.object({
  line: v.custom<ImageLine>(isImageLine),
  n: number,
  version: v.string(),
  claimId,
  cause: v.picklist(['upload', 'parent']),
  basedOn: v.exactOptional(number),
  state: v.picklist(versionStates),
  reason: v.exactOptional(v.string()),
  sentence: v.exactOptional(v.string()),
  logTail: v.exactOptional(v.array(v.string())),
  payload,
  parentAmi: amiId,
  recipeArn: v.exactOptional(v.string()),
  imageArn: v.exactOptional(v.string()),
  amis: v.exactOptional(v.record(v.string(), amiId)),
  reachedAt: v.record(v.string(), v.string()),
  noticeDue: v.exactOptional(
    v.object({
      code: v.picklist(outcomeNoticeCodes),
      owner: v.string(),
      untilEpochSeconds: v.number(),
    }),
  ),
  noticedAt: v.record(v.string(), v.string()),
});

/**
 * Reads an item of ours. Items outlive the code that wrote them, so even they are parsed.
 *
 * @throws GoldenError `stored-item-invalid`
 */
export const parseStored = <Schema extends v.GenericSchema>(
  schema: Schema,
  item: unknown,
): v.InferOutput<Schema> => {
  const result = v.safeParse(schema, item, { abortEarly: true });
  if (result.success) return result.output;
  const path = v.getDotPath(result.issues[0]) ?? 'item';
  throw new GoldenError({
    code: 'stored-item-invalid',
    message: `${path} of a stored item: ${result.issues[0].message}; was it edited by hand?`,
    details: { path },
  });
};
