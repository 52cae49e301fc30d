import type * as client from '@aws-sdk/client-s3';
import type { Call } from '../../world/call.ts';
import type { AccessCheck } from '../../world/service.ts';
import { checkOnObject, findBucket, objectCheck, requireOwner, s3Operation } from './access.ts';
import { checksumAlgorithm, checksumOf, checksumOutput, md5Hex } from './checksum.ts';
import { readCondition, requireWriteCondition } from './conditions.ts';
import { invalidArgument, invalidRequest, preconditionFailed } from './errors.ts';
import { requireObject } from './find-object.ts';
import { objectCreated } from './object-events.ts';
import {
  checkNewObject,
  contentHeaders,
  metadataOf,
  newObjectContext,
  newObjectMembers,
} from './object-input.ts';
import { addObject, currentVersion, findVersion, shownVersionId } from './object-store.ts';
import type { Bucket, ObjectVersion } from './state.ts';
import { requestTagContext, tagsOfHeader } from './tags.ts';

interface CopySource {
  readonly bucket: Bucket;
  readonly Key: string;
  readonly VersionId: string | undefined;
}

/** Nothing, for what is not URL-encoded; then it names no bucket and key. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return '';
  }
}

/** `bucket/key` or `/bucket/key`, URL-encoded, with `?versionId=` behind it. */
function findSource(call: Call, text: string | undefined): CopySource {
  const [path = '', query] = (text ?? '').split('?versionId=');
  const [, name, key] = /^\/?([^/]+)\/(.+)$/s.exec(decoded(path)) ?? [];
  if (name === undefined || key === undefined)
    throw invalidArgument('Copy Source must mention the source bucket and key: /bucket/key');
  // The Region of the destination fetches the object from wherever it is.
  const bucket = findBucket(call, name, 'any-region');
  return { bucket, Key: key, VersionId: query };
}

const sourceCheck = (call: Call, source: CopySource): AccessCheck =>
  checkOnObject(call, source.bucket, {
    input: source,
    action: source.VersionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion',
  });

/** Copying tags is reading and writing them (S3 API reference, CopyObject, "Permissions"). */
function tagActions(source: CopySource, directive: string | undefined): readonly string[] {
  const { bucket, Key, VersionId } = source;
  const version =
    VersionId === undefined ? currentVersion(bucket, Key) : findVersion(bucket, Key, VersionId);
  const hasTags = version?.kind === 'object' && version.tags.size > 0;
  if (directive === 'REPLACE' || !hasTags) return [];
  return [VersionId === undefined ? 's3:GetObjectTagging' : 's3:GetObjectVersionTagging'];
}

const copyMembers = [
  ...newObjectMembers,
  'CopySource',
  'CopySourceIfMatch',
  'CopySourceIfNoneMatch',
  'CopySourceIfModifiedSince',
  'CopySourceIfUnmodifiedSince',
  'ExpectedSourceBucketOwner',
  'MetadataDirective',
  'TaggingDirective',
  'ChecksumAlgorithm',
  'IfMatch',
  'IfNoneMatch',
] as const;

export const copyObject = s3Operation<
  client.CopyObjectCommandInput,
  Partial<client.CopyObjectCommandOutput>
>(copyMembers, {
  authorize(input, call) {
    const source = findSource(call, input.CopySource);
    requireOwner(source.bucket, input.ExpectedSourceBucketOwner);
    const reads = tagActions(source, input.TaggingDirective);
    const writesTags = reads.length > 0 || input.Tagging !== undefined;
    const context = {
      ...newObjectContext(input),
      ...requestTagContext(tagsOfHeader(input.Tagging)),
      's3:x-amz-copy-source': input.CopySource,
      's3:x-amz-metadata-directive': input.MetadataDirective,
    };
    return [
      sourceCheck(call, source),
      ...reads.map((action) => checkOnObject(call, source.bucket, { input: source, action })),
      ...['s3:PutObject', ...(writesTags ? ['s3:PutObjectTagging'] : [])].map((action) =>
        objectCheck(call, input, action, context),
      ),
    ];
  },
  run(input, call) {
    checkNewObject(input);
    const bucket = findBucket(call, input.Bucket);
    const source = findSource(call, input.CopySource);
    const original = requireObject(call, source.bucket, source);
    requireSourceCondition(input, original);
    requireChange(input, source, bucket);
    requireWriteCondition(call, bucket, input);
    const version = addObject(call, bucket, copyOf(original, input));
    objectCreated(call, bucket, version, 'CopyObject');
    return {
      CopyObjectResult: {
        ETag: `"${version.etag}"`,
        LastModified: version.modifiedAt,
        ...checksumOutput(version.checksum),
      },
      ServerSideEncryption: 'AES256',
      VersionId: shownVersionId(bucket, version),
      CopySourceVersionId: shownVersionId(source.bucket, original),
    };
  },
});

function requireSourceCondition(
  input: {
    readonly CopySourceIfMatch?: string | undefined;
    readonly CopySourceIfNoneMatch?: string | undefined;
    readonly CopySourceIfModifiedSince?: Date | undefined;
    readonly CopySourceIfUnmodifiedSince?: Date | undefined;
  },
  original: ObjectVersion,
): void {
  const outcome = readCondition(
    {
      IfMatch: input.CopySourceIfMatch,
      IfNoneMatch: input.CopySourceIfNoneMatch,
      IfModifiedSince: input.CopySourceIfModifiedSince,
      IfUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
    },
    original,
  );
  if (outcome !== 'met') throw preconditionFailed();
}

function requireChange(
  input: client.CopyObjectCommandInput,
  source: CopySource,
  bucket: Bucket,
): void {
  const changesNothing =
    source.bucket === bucket &&
    source.Key === input.Key &&
    source.VersionId === undefined &&
    input.MetadataDirective !== 'REPLACE' &&
    input.ServerSideEncryption === undefined;
  if (changesNothing)
    throw invalidRequest(
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
}

function copyOf(
  original: ObjectVersion,
  input: client.CopyObjectCommandInput,
): Parameters<typeof addObject>[2] {
  const replaces = input.MetadataDirective === 'REPLACE';
  const { body } = original;
  return {
    kind: 'object',
    key: input.Key ?? '',
    body,
    // A copy is written in one piece, so its entity tag is the digest of its content again.
    etag: md5Hex(body),
    headers: replaces ? contentHeaders(input) : original.headers,
    metadata: replaces ? metadataOf(input) : original.metadata,
    checksum: checksumOf(
      checksumAlgorithm(input.ChecksumAlgorithm) ?? original.checksum.algorithm,
      body,
    ),
    partsCount: undefined,
    tags: input.TaggingDirective === 'REPLACE' ? tagsOfHeader(input.Tagging) : original.tags,
  };
}
