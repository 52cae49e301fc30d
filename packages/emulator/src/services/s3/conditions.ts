import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { maySeeAbsence } from './access.ts';
import { accessDenied, noSuchKey, notModelled, preconditionFailed } from './errors.ts';
import { currentObject } from './object-store.ts';
import type { Bucket, ObjectVersion } from './state.ts';

const unquoted = (etag: string): string => etag.trim().replace(/^"(.*)"$/, '$1');

const matchesEtag = (list: string, etag: string): boolean =>
  list.split(',').some((item) => item.trim() === '*' || unquoted(item) === etag);

interface ReadConditions {
  readonly IfMatch?: string | undefined;
  readonly IfNoneMatch?: string | undefined;
  readonly IfModifiedSince?: Date | undefined;
  readonly IfUnmodifiedSince?: Date | undefined;
}

/** What a conditional read comes to. An entity tag outweighs a date (S3 API reference, GetObject). */
export function readCondition(
  input: ReadConditions,
  object: ObjectVersion,
): 'met' | 'not-modified' | 'failed' {
  const { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince } = input;
  const modified = object.modifiedAt.getTime();
  if (IfMatch !== undefined) {
    if (!matchesEtag(IfMatch, object.etag)) return 'failed';
  } else if (IfUnmodifiedSince !== undefined && modified > IfUnmodifiedSince.getTime())
    return 'failed';
  if (IfNoneMatch !== undefined)
    return matchesEtag(IfNoneMatch, object.etag) ? 'not-modified' : 'met';
  return IfModifiedSince !== undefined && modified <= IfModifiedSince.getTime()
    ? 'not-modified'
    : 'met';
}

/** @throws AwsError 412, or 304 without a body */
export function requireReadCondition(input: ReadConditions, object: ObjectVersion): void {
  const outcome = readCondition(input, object);
  if (outcome === 'failed') throw preconditionFailed();
  if (outcome === 'not-modified')
    throw new AwsError('NotModified', 'Not Modified', {
      status: 304,
      headers: { etag: `"${object.etag}"`, 'last-modified': object.modifiedAt.toUTCString() },
    });
}

/**
 * `If-None-Match: *` writes only where no object is, `If-Match` only over that object.
 * Source: S3 User Guide, "Conditional requests"; a delete marker counts as no object.
 *
 * @throws AwsError 412, or 404 for `If-Match` without an object
 */
export function requireWriteCondition(
  call: Call,
  bucket: Bucket,
  input: {
    Key?: string | undefined;
    IfMatch?: string | undefined;
    IfNoneMatch?: string | undefined;
  },
): void {
  const { Key = '', IfMatch, IfNoneMatch } = input;
  const current = currentObject(bucket, Key);
  if (IfNoneMatch !== undefined) {
    if (IfNoneMatch !== '*') throw notModelled(`If-None-Match with a value other than "*"`);
    if (current) throw preconditionFailed();
  }
  if (IfMatch === undefined) return;
  if (!current) throw maySeeAbsence(call, bucket) ? noSuchKey(Key) : accessDenied();
  if (!matchesEtag(IfMatch, current.etag)) throw preconditionFailed();
}
