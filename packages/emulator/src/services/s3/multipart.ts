import { createHash } from 'node:crypto';
import type * as client from '@aws-sdk/client-s3';
import { toBytes } from '../../wire/scalars.ts';
import { AwsError } from '../../world/aws-error.ts';
import { findBucket, objectCheck, s3Operation } from './access.ts';
import {
  checksumAlgorithm,
  checksumMembers,
  checksumOf,
  checksumOutput,
  checksumValue,
  compositeChecksum,
  md5Hex,
  verifiedChecksum,
  type Checksum,
} from './checksum.ts';
import { requireWriteCondition } from './conditions.ts';
import { invalidArgument, invalidRequest, malformedXml, noSuchUpload } from './errors.ts';
import { objectCreated } from './object-events.ts';
import {
  checkNewObject,
  contentHeaders,
  metadataOf,
  newObjectContext,
  newObjectMembers,
} from './object-input.ts';
import { addObject, shownVersionId, wholeSeconds } from './object-store.ts';
import type { Bucket, Upload, UploadedPart } from './state.ts';
import { requestTagContext, tagsOfHeader } from './tags.ts';

// S3 User Guide, "Amazon S3 multipart upload limits"
const partNumberMax = 10_000;
const partBytesMin = 5 * 1024 * 1024;

const uploadIdLength = 32;

export const createMultipartUpload = s3Operation<
  client.CreateMultipartUploadCommandInput,
  Partial<client.CreateMultipartUploadCommandOutput>
>([...newObjectMembers, 'ChecksumAlgorithm', 'ChecksumType'], {
  authorize(input, call) {
    const context = {
      ...newObjectContext(input),
      ...requestTagContext(tagsOfHeader(input.Tagging)),
    };
    return ['s3:PutObject', ...(input.Tagging === undefined ? [] : ['s3:PutObjectTagging'])].map(
      (action) => objectCheck(call, input, action, context),
    );
  },
  run(input, call) {
    checkNewObject(input);
    const bucket = findBucket(call, input.Bucket);
    const algorithm = checksumAlgorithm(input.ChecksumAlgorithm) ?? 'CRC64NVME';
    const upload: Upload = {
      uploadId: call.code('upload', uploadIdLength),
      key: input.Key ?? '',
      initiatedAt: wholeSeconds(call),
      initiator: call.caller.kind === 'service' ? call.caller.service : call.caller.arn,
      headers: contentHeaders(input),
      metadata: metadataOf(input),
      tags: tagsOfHeader(input.Tagging),
      checksumAlgorithm: algorithm,
      checksumType: checksumTypeOf(algorithm, input.ChecksumType),
      parts: new Map(),
    };
    bucket.uploads.set(upload.uploadId, upload);
    return {
      Bucket: bucket.name,
      Key: upload.key,
      UploadId: upload.uploadId,
      ServerSideEncryption: 'AES256',
      ChecksumAlgorithm: input.ChecksumAlgorithm,
      ChecksumType: input.ChecksumAlgorithm === undefined ? undefined : upload.checksumType,
    };
  },
});

/** Source: S3 User Guide, "Checking object integrity", table of checksum types per algorithm. */
function checksumTypeOf(
  algorithm: Checksum['algorithm'],
  wanted: client.ChecksumType | undefined,
): client.ChecksumType {
  const type = wanted ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE');
  const fits = type === 'COMPOSITE' ? algorithm !== 'CRC64NVME' : !algorithm.startsWith('SHA');
  if (!fits)
    throw invalidRequest(
      `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    );
  return type;
}

/** @throws AwsError `NoSuchUpload` */
export function findUpload(
  bucket: Bucket,
  { Key, UploadId }: { Key?: string | undefined; UploadId?: string | undefined },
): Upload {
  const upload = bucket.uploads.get(UploadId ?? '');
  if (!upload || upload.key !== Key) throw noSuchUpload();
  return upload;
}

export const uploadPart = s3Operation<
  client.UploadPartCommandInput,
  Partial<client.UploadPartCommandOutput>
>(['Key', 'UploadId', 'PartNumber', 'Body', 'ContentLength', ...checksumMembers], {
  authorize: (input, call) => objectCheck(call, input, 's3:PutObject'),
  run(input, call) {
    const upload = findUpload(findBucket(call, input.Bucket), input);
    const partNumber = input.PartNumber ?? 0;
    if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > partNumberMax)
      throw invalidArgument(
        `Part number must be an integer between 1 and ${partNumberMax}, inclusive`,
      );
    const body = Uint8Array.from(toBytes(input.Body ?? ''));
    const part: UploadedPart = {
      partNumber,
      body,
      etag: md5Hex(body),
      checksum: verifiedChecksum(input, body, upload.checksumAlgorithm),
      modifiedAt: wholeSeconds(call),
    };
    if (upload.checksumType === 'COMPOSITE' && part.checksum.algorithm !== upload.checksumAlgorithm)
      throw invalidRequest(
        `Checksum Type mismatch occurred, expected checksum Type: ${upload.checksumAlgorithm.toLowerCase()}, actual checksum Type: ${part.checksum.algorithm.toLowerCase()}`,
      );
    upload.parts.set(partNumber, part);
    return {
      ETag: `"${part.etag}"`,
      ServerSideEncryption: 'AES256',
      ...checksumValue(part.checksum),
    };
  },
});

export const completeMultipartUpload = s3Operation<
  client.CompleteMultipartUploadCommandInput,
  Partial<client.CompleteMultipartUploadCommandOutput>
>(
  [
    'Key',
    'UploadId',
    'MultipartUpload',
    'IfMatch',
    'IfNoneMatch',
    'ChecksumType',
    'MpuObjectSize',
    ...checksumMembers.filter(
      (member) => member !== 'ContentMD5' && member !== 'ChecksumAlgorithm',
    ),
  ],
  {
    authorize: (input, call) =>
      objectCheck(call, input, 's3:PutObject', {
        's3:if-match': input.IfMatch,
        's3:if-none-match': input.IfNoneMatch,
      }),
    run(input, call) {
      const bucket = findBucket(call, input.Bucket);
      const upload = findUpload(bucket, input);
      const parts = listedParts(upload, input.MultipartUpload?.Parts ?? []);
      const body = Buffer.concat(parts.map((part) => part.body));
      const checksum = objectChecksum(upload, parts, body);
      requireClaims(input, { checksum, size: body.length });
      requireWriteCondition(call, bucket, input);
      bucket.uploads.delete(upload.uploadId);
      const version = addObject(call, bucket, {
        kind: 'object',
        key: upload.key,
        body: Uint8Array.from(body),
        etag: multipartEtag(parts),
        headers: upload.headers,
        metadata: upload.metadata,
        checksum,
        partsCount: parts.length,
        tags: upload.tags,
      });
      objectCreated(call, bucket, version, 'CompleteMultipartUpload');
      return {
        Location: `http://${bucket.name}.s3.${bucket.region}.amazonaws.com/${encodeURIComponent(version.key)}`,
        Bucket: bucket.name,
        Key: version.key,
        ETag: `"${version.etag}"`,
        ServerSideEncryption: 'AES256',
        VersionId: shownVersionId(bucket, version),
        ...checksumOutput(checksum),
      };
    },
  },
);

/** The digest of the parts' digests, and how many they are. */
function multipartEtag(parts: readonly UploadedPart[]): string {
  const digests = Buffer.concat(parts.map(({ etag }) => Buffer.from(etag, 'hex')));
  return `${createHash('md5').update(digests).digest('hex')}-${parts.length}`;
}

/** @throws AwsError `InvalidPart`, `InvalidPartOrder` or `EntityTooSmall` */
function listedParts(upload: Upload, listed: readonly client.CompletedPart[]): UploadedPart[] {
  if (listed.length === 0) throw malformedXml('at least one part');
  const parts = listed.map((claimed) => {
    const part = upload.parts.get(claimed.PartNumber ?? 0);
    if (!part || part.etag !== claimed.ETag?.replaceAll('"', ''))
      throw new AwsError(
        'InvalidPart',
        "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
      );
    return part;
  });
  if (parts.some((part, index) => part.partNumber <= (parts[index - 1]?.partNumber ?? 0)))
    throw new AwsError(
      'InvalidPartOrder',
      'The list of parts was not in ascending order. Parts must be ordered by part number.',
    );
  if (parts.slice(0, -1).some((part) => part.body.length < partBytesMin))
    throw new AwsError(
      'EntityTooSmall',
      'Your proposed upload is smaller than the minimum allowed size',
    );
  return parts;
}

function objectChecksum(
  { checksumAlgorithm: algorithm, checksumType }: Upload,
  parts: readonly UploadedPart[],
  body: Uint8Array,
): Checksum {
  return checksumType === 'COMPOSITE'
    ? compositeChecksum(
        algorithm,
        parts.map(({ checksum }) => checksum),
      )
    : checksumOf(algorithm, body);
}

function requireClaims(
  input: client.CompleteMultipartUploadCommandInput,
  { checksum, size }: { checksum: Checksum; size: number },
): void {
  if (input.ChecksumType !== undefined && input.ChecksumType !== checksum.type)
    throw invalidRequest(
      `The upload was created using the ${checksum.type} checksum mode. The complete request must use the same checksum mode.`,
    );
  if (input.MpuObjectSize !== undefined && input.MpuObjectSize !== size)
    throw invalidRequest(
      `The provided 'x-amz-mp-object-size' header value ${input.MpuObjectSize} does not match what was computed: ${size}`,
    );
  const claimed = input[`Checksum${checksum.algorithm}`];
  if (claimed !== undefined && claimed !== checksum.value)
    throw new AwsError(
      'BadDigest',
      `The ${checksum.algorithm} you specified did not match the calculated checksum.`,
    );
}

export const abortMultipartUpload = s3Operation<client.AbortMultipartUploadCommandInput, object>(
  ['Key', 'UploadId'],
  {
    authorize: (input, call) => objectCheck(call, input, 's3:AbortMultipartUpload'),
    run(input, call) {
      const bucket = findBucket(call, input.Bucket);
      bucket.uploads.delete(findUpload(bucket, input).uploadId);
      return {};
    },
  },
);
