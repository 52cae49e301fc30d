import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { maySeeAbsence } from './access.ts';
import { accessDenied, invalidArgument, noSuchKey } from './errors.ts';
import { currentVersion, findVersion, isVersionId } from './object-store.ts';
import type { Bucket, ObjectVersion, Version } from './state.ts';

interface Wanted {
  readonly Key?: string | undefined;
  readonly VersionId?: string | undefined;
}

/**
 * The object that a request means.
 *
 * Source: S3 API reference, GetObject; S3 User Guide, "Working with delete markers".
 *
 * @throws AwsError 404, with a header where a delete marker is the reason; 405 for a delete marker asked for by its
 * id; 403 for anything missing while the caller may not list the bucket
 */
export function requireObject(call: Call, bucket: Bucket, wanted: Wanted): ObjectVersion {
  const { Key = '', VersionId } = wanted;
  if (VersionId !== undefined && !isVersionId(VersionId))
    throw invalidArgument('Invalid version id specified');
  const version =
    VersionId === undefined ? currentVersion(bucket, Key) : findVersion(bucket, Key, VersionId);
  if (version?.kind === 'object') return version;
  if (version && VersionId !== undefined) throw isDeleteMarker(version);
  if (!maySeeAbsence(call, bucket)) throw accessDenied();
  if (VersionId !== undefined)
    throw new AwsError('NoSuchVersion', 'The specified version does not exist.', { status: 404 });
  throw version
    ? new AwsError('NoSuchKey', noSuchKey(Key).message, {
        status: 404,
        headers: { 'x-amz-delete-marker': 'true', 'x-amz-version-id': version.versionId },
      })
    : noSuchKey(Key);
}

const isDeleteMarker = (marker: Version): AwsError =>
  new AwsError('MethodNotAllowed', 'The specified method is not allowed against this resource.', {
    status: 405,
    headers: {
      'x-amz-delete-marker': 'true',
      'x-amz-version-id': marker.versionId,
      'last-modified': marker.modifiedAt.toUTCString(),
      allow: 'DELETE',
    },
  });
