import type { AmiId, Sha256 } from '../model/ids.ts';
import type { Upload } from '../model/records.ts';

/**
 * The text whose digest names a request. JSON of an array, because joining with a separator would let two
 * different keys become one text.
 */
export const uploadClaimText = (upload: Upload): string =>
  JSON.stringify(['upload', upload.bucket, upload.key, upload.versionId]);

/** `attempt` counts the tries that a newer payload pushed aside before they could start; usually 0. */
export const parentClaimText = (pair: {
  sha256: Sha256;
  parentAmi: AmiId;
  attempt: number;
}): string =>
  JSON.stringify([
    'parent',
    pair.sha256,
    pair.parentAmi,
    ...(pair.attempt === 0 ? [] : [pair.attempt]),
  ]);
