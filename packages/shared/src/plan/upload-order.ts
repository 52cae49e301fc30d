import type { Upload } from '../model/records.ts';

type Ordered = Pick<Upload, 'bucket' | 'key' | 'uploadedAt' | 'sequencer'>;

/**
 * Whether `upload` was made before `newest`. Events arrive in any order, and a message can come back from the
 * dead-letter queue days later: the last upload wins, not the last message. Uploads of the same second count
 * as not older, unless S3's sequencer of the same key says otherwise.
 */
export const isOlderUpload = (upload: Ordered, newest: Ordered): boolean => {
  if (upload.bucket === newest.bucket && upload.key === newest.key) {
    const bySequencer = compareSequencers(upload.sequencer, newest.sequencer);
    if (bySequencer !== undefined) return bySequencer < 0;
  }
  return toSecond(upload.uploadedAt) < toSecond(newest.uploadedAt);
};

/** `2026-11-21T10:00:00.123Z` and `2026-11-21T10:00:00Z` are the same second; as text they are not. */
const toSecond = (isoTime: string): string => isoTime.slice(0, 19);

/** Hexadecimal numbers of different length: the shorter is padded on the right (S3 guide, event structure). */
const compareSequencers = (a?: string, b?: string): number | undefined => {
  if (a === undefined || b === undefined) return undefined;
  const length = Math.max(a.length, b.length);
  const left = a.toUpperCase().padEnd(length, '0');
  const right = b.toUpperCase().padEnd(length, '0');
  return left < right ? -1 : left > right ? 1 : 0;
};
