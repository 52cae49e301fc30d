import type * as client from '@aws-sdk/client-s3';
import { isAwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import type { AccessCheck } from '../../world/service.ts';
import { checkOnObject, findBucket, objectCheck, requireOwner, s3Operation } from './access.ts';
import { requireWriteCondition } from './conditions.ts';
import { invalidArgument, malformedXml, notModelled } from './errors.ts';
import { objectDeleted } from './object-events.ts';
import { addDeleteMarker, findVersion, isVersionId, removeVersion } from './object-store.ts';
import type { Bucket } from './state.ts';

const deletionsMax = 1000; // S3 API reference, DeleteObjects

interface Target {
  readonly Bucket?: string | undefined;
  readonly Key?: string | undefined;
  readonly VersionId?: string | undefined;
  readonly IfMatch?: string | undefined;
}

interface Deletion {
  readonly deleteMarker: boolean;
  readonly versionId: string | undefined;
}

const actionOf = ({ VersionId }: Target): string =>
  VersionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion';

const deleteCheck = (call: Call, bucket: Bucket, input: Target): AccessCheck =>
  checkOnObject(call, bucket, { input, action: actionOf(input) });

export const deleteObject = s3Operation<
  client.DeleteObjectCommandInput,
  Partial<client.DeleteObjectCommandOutput>
>(['Key', 'VersionId', 'IfMatch'], {
  authorize: (input, call) => objectCheck(call, input, actionOf(input)),
  run(input, call) {
    const done = deleteOne(call, findBucket(call, input.Bucket), input);
    return { DeleteMarker: done.deleteMarker || undefined, VersionId: done.versionId };
  },
});

/**
 * Deleting an object of a versioned bucket puts a delete marker on top; deleting a version by its id is for good, and
 * deleting what is not there succeeds. Source: S3 User Guide, "Deleting object versions".
 */
function deleteOne(call: Call, bucket: Bucket, target: Target): Deletion {
  const { Key = '', VersionId } = target;
  if (target.IfMatch !== undefined) requireWriteCondition(call, bucket, target);
  if (VersionId !== undefined) return deleteVersion(call, bucket, Key, VersionId);
  if (bucket.versioning === undefined) {
    const version = findVersion(bucket, Key, 'null');
    if (version) {
      removeVersion(bucket, version);
      objectDeleted(call, bucket, { version, outcome: 'permanently-deleted' }, call);
    }
    return { deleteMarker: false, versionId: undefined };
  }
  const marker = addDeleteMarker(call, bucket, Key);
  objectDeleted(call, bucket, { version: marker, outcome: 'delete-marker-created' }, call);
  return { deleteMarker: true, versionId: marker.versionId };
}

function deleteVersion(call: Call, bucket: Bucket, key: string, versionId: string): Deletion {
  if (!isVersionId(versionId)) throw invalidArgument('Invalid version id specified');
  const version = findVersion(bucket, key, versionId);
  if (!version) return { deleteMarker: false, versionId };
  removeVersion(bucket, version);
  objectDeleted(call, bucket, { version, outcome: 'permanently-deleted' }, call);
  return { deleteMarker: version.kind === 'delete-marker', versionId };
}

export const deleteObjects = s3Operation<
  client.DeleteObjectsCommandInput,
  Partial<client.DeleteObjectsCommandOutput>
>(['Delete', 'ChecksumAlgorithm'], {
  // S3 judges each object by itself and reports the refused ones in its answer.
  authorize(input, call) {
    requireOwner(findBucket(call, input.Bucket), input.ExpectedBucketOwner);
    return [];
  },
  run(input, call) {
    const bucket = findBucket(call, input.Bucket);
    const targets = input.Delete?.Objects ?? [];
    if (targets.length === 0 || targets.length > deletionsMax)
      throw malformedXml(`1 to ${deletionsMax} objects, not ${targets.length}`);
    const deleted: client.DeletedObject[] = [];
    const errors: client._Error[] = [];
    for (const target of targets) {
      const outcome = tryDelete(call, bucket, target);
      if ('Code' in outcome) errors.push(outcome);
      else deleted.push(outcome);
    }
    return { Deleted: input.Delete?.Quiet === true ? [] : deleted, Errors: errors };
  },
});

function tryDelete(
  call: Call,
  bucket: Bucket,
  target: client.ObjectIdentifier,
): client.DeletedObject | (client._Error & { Code: string }) {
  const { Key, VersionId, ETag, ...rest } = target;
  const [strange] = Object.keys(rest);
  if (strange !== undefined) throw notModelled(`${strange} of an object to delete`);
  try {
    call.require(deleteCheck(call, bucket, target));
    const done = deleteOne(call, bucket, { Key, VersionId, IfMatch: ETag });
    return {
      Key,
      VersionId,
      DeleteMarker: done.deleteMarker || undefined,
      DeleteMarkerVersionId: done.deleteMarker ? done.versionId : undefined,
    };
  } catch (error) {
    if (!isAwsError(error)) throw error;
    return { Key, VersionId, Code: error.code, Message: error.message };
  }
}
