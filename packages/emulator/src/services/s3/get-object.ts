import type * as client from '@aws-sdk/client-s3';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import type { AccessCheck } from '../../world/service.ts';
import { findBucket, objectCheck, s3Operation } from './access.ts';
import { checksumOutput } from './checksum.ts';
import { requireReadCondition } from './conditions.ts';
import { notModelled } from './errors.ts';
import { requireObject } from './find-object.ts';
import { shownVersionId } from './object-store.ts';
import { ownerGrant, ownerOf } from './owner.ts';
import type { Bucket, ObjectVersion } from './state.ts';

const readMembers = [
  'Key',
  'VersionId',
  'Range',
  'IfMatch',
  'IfNoneMatch',
  'IfModifiedSince',
  'IfUnmodifiedSince',
  'ChecksumMode',
  'ResponseCacheControl',
  'ResponseContentDisposition',
  'ResponseContentEncoding',
  'ResponseContentLanguage',
  'ResponseContentType',
  'ResponseExpires',
] as const;

/** Reading a version by its id is an action of its own. */
const readCheck = (
  call: Call,
  input: { Bucket?: string | undefined; Key?: string | undefined; VersionId?: string | undefined },
): AccessCheck =>
  objectCheck(call, input, input.VersionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion');

type Read = Omit<Partial<client.GetObjectCommandOutput>, 'Body'>;

export const getObject = s3Operation<client.GetObjectCommandInput, Read & { Body: Uint8Array }>(
  readMembers,
  {
    authorize: (input, call) => readCheck(call, input),
    run(input, call) {
      const bucket = findBucket(call, input.Bucket);
      const object = requireObject(call, bucket, input);
      requireReadCondition(input, object);
      const { body, ...description } = describe(call, { bucket, object, input });
      return { ...description, Body: body };
    },
  },
);

export const headObject = s3Operation<client.HeadObjectCommandInput, Read>(readMembers, {
  authorize: (input, call) => readCheck(call, input),
  run(input, call) {
    const bucket = findBucket(call, input.Bucket);
    const object = requireObjectForHead(call, bucket, input);
    requireReadCondition(input, object);
    const { body, ...description } = describe(call, { bucket, object, input });
    return { ...description, ContentLength: body.length };
  },
});

/** An answer to HEAD has no body: all that a client learns is the status and the headers. */
function requireObjectForHead(
  call: Call,
  bucket: Bucket,
  input: client.HeadObjectCommandInput,
): ObjectVersion {
  try {
    return requireObject(call, bucket, input);
  } catch (error) {
    if (error instanceof AwsError && error.status === 404)
      throw new AwsError('NotFound', 'Not Found', {
        status: 404,
        headers: error.headers,
        cause: error,
      });
    throw error;
  }
}

function describe(
  call: Call,
  read: { bucket: Bucket; object: ObjectVersion; input: client.GetObjectCommandInput },
): Read & { body: Uint8Array } {
  const { bucket, object, input } = read;
  const range = rangeOf(input.Range, object.body.length);
  const body = range ? object.body.subarray(range.first, range.last + 1) : object.body;
  const maySeeTags =
    object.tags.size > 0 && call.allows(objectCheck(call, input, 's3:GetObjectTagging'));
  return {
    body,
    AcceptRanges: 'bytes',
    LastModified: object.modifiedAt,
    ContentLength: body.length,
    ContentRange: range && `bytes ${range.first}-${range.last}/${object.body.length}`,
    ETag: `"${object.etag}"`,
    VersionId: shownVersionId(bucket, object),
    ServerSideEncryption: 'AES256',
    Metadata: object.metadata,
    TagCount: maySeeTags ? object.tags.size : undefined,
    ...headersOf(object, input),
    // Of a part of the content S3 has no checksum.
    ...(input.ChecksumMode === 'ENABLED' && !range ? checksumOutput(object.checksum) : {}),
  };
}

function headersOf({ headers }: ObjectVersion, input: client.GetObjectCommandInput): Read {
  return {
    CacheControl: input.ResponseCacheControl ?? headers.CacheControl,
    ContentDisposition: input.ResponseContentDisposition ?? headers.ContentDisposition,
    ContentEncoding: input.ResponseContentEncoding ?? headers.ContentEncoding,
    ContentLanguage: input.ResponseContentLanguage ?? headers.ContentLanguage,
    ContentType: input.ResponseContentType ?? headers.ContentType,
    ExpiresString: (input.ResponseExpires ?? headers.Expires)?.toUTCString(),
  };
}

interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** @throws AwsError 416 for a range that begins behind the end */
function rangeOf(range: string | undefined, size: number): ByteRange | undefined {
  if (range === undefined) return undefined;
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(range.trim()) ?? [];
  if (from === '' && to === '') throw notModelled(`the range ${range}`);
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  const first = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  if (first >= size || (to !== '' && from !== '' && Number(to) < first))
    throw new AwsError('InvalidRange', 'The requested range is not satisfiable', {
      status: 416,
      headers: { 'content-range': `bytes */${size}` },
    });
  return { first, last };
}

export const getObjectAttributes = s3Operation<
  client.GetObjectAttributesCommandInput,
  Partial<client.GetObjectAttributesCommandOutput>
>(['Key', 'VersionId', 'ObjectAttributes'], {
  authorize: (input, call) => [
    readCheck(call, input),
    objectCheck(
      call,
      input,
      input.VersionId === undefined ? 's3:GetObjectAttributes' : 's3:GetObjectVersionAttributes',
    ),
  ],
  run(input, call) {
    const bucket = findBucket(call, input.Bucket);
    const object = requireObject(call, bucket, input);
    const wanted = new Set(input.ObjectAttributes);
    return {
      LastModified: object.modifiedAt,
      VersionId: shownVersionId(bucket, object),
      ETag: wanted.has('ETag') ? object.etag : undefined,
      ObjectSize: wanted.has('ObjectSize') ? object.body.length : undefined,
      StorageClass: wanted.has('StorageClass') ? 'STANDARD' : undefined,
      Checksum: wanted.has('Checksum') ? checksumOutput(object.checksum) : undefined,
      ObjectParts:
        wanted.has('ObjectParts') && object.partsCount !== undefined
          ? { TotalPartsCount: object.partsCount }
          : undefined,
    };
  },
});

export const getObjectAcl = s3Operation<
  client.GetObjectAclCommandInput,
  Partial<client.GetObjectAclCommandOutput>
>(['Key', 'VersionId'], {
  authorize: (input, call) =>
    objectCheck(
      call,
      input,
      input.VersionId === undefined ? 's3:GetObjectAcl' : 's3:GetObjectVersionAcl',
    ),
  run(input, call) {
    const bucket = findBucket(call, input.Bucket);
    requireObject(call, bucket, input);
    return { Owner: ownerOf(bucket.owner), Grants: ownerGrant(bucket.owner) };
  },
});
