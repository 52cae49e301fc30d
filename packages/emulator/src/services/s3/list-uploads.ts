import type * as client from '@aws-sdk/client-s3';
import { bucketCheck, findBucket, objectCheck, s3Operation } from './access.ts';
import { checksumValue } from './checksum.ts';
import { keyWriter } from './list-objects.ts';
import { findUpload } from './multipart.ts';
import { byteOrder } from './object-store.ts';
import { ownerOf } from './owner.ts';

// S3 API reference, ListParts "max-parts" and ListMultipartUploads "max-uploads"
const partsOnPageMax = 1000;
const uploadsOnPageMax = 1000;

export const listParts = s3Operation<
  client.ListPartsCommandInput,
  Partial<client.ListPartsCommandOutput>
>(['Key', 'UploadId', 'MaxParts', 'PartNumberMarker'], {
  authorize: (input, call) => objectCheck(call, input, 's3:ListMultipartUploadParts'),
  run(input, call) {
    const bucket = findBucket(call, input.Bucket);
    const upload = findUpload(bucket, input);
    const after = Number(input.PartNumberMarker ?? 0);
    const size = Math.min(
      input.MaxParts ?? partsOnPageMax,
      partsOnPageMax,
      call.world.settings.pageSizeMax,
    );
    const rest = [...upload.parts.values()]
      .filter(({ partNumber }) => partNumber > after)
      .toSorted((a, b) => a.partNumber - b.partNumber);
    const page = rest.slice(0, size);
    const isTruncated = size > 0 && rest.length > size;
    return {
      Bucket: bucket.name,
      Key: upload.key,
      UploadId: upload.uploadId,
      PartNumberMarker: String(after),
      NextPartNumberMarker: isTruncated ? String(page.at(-1)?.partNumber) : undefined,
      MaxParts: input.MaxParts ?? partsOnPageMax,
      IsTruncated: isTruncated,
      Parts: page.map((part) => ({
        PartNumber: part.partNumber,
        LastModified: part.modifiedAt,
        ETag: `"${part.etag}"`,
        Size: part.body.length,
        ...checksumValue(part.checksum),
      })),
      Owner: ownerOf(bucket.owner),
      Initiator: { ID: upload.initiator },
      StorageClass: 'STANDARD',
      ChecksumAlgorithm: upload.checksumAlgorithm,
      ChecksumType: upload.checksumType,
    };
  },
});

export const listMultipartUploads = s3Operation<
  client.ListMultipartUploadsCommandInput,
  Partial<client.ListMultipartUploadsCommandOutput>
>(['KeyMarker', 'UploadIdMarker', 'MaxUploads', 'Prefix', 'EncodingType'], {
  authorize: (input, call) => bucketCheck(call, input, 's3:ListBucketMultipartUploads'),
  run(input, call) {
    const bucket = findBucket(call, input.Bucket);
    const { Prefix = '', KeyMarker = '', UploadIdMarker = '' } = input;
    const size = Math.min(
      input.MaxUploads ?? uploadsOnPageMax,
      uploadsOnPageMax,
      call.world.settings.pageSizeMax,
    );
    const position = (key: string, uploadId: string): string => `${byteOrder(key)}/${uploadId}`;
    // Without an id the marker stands behind all uploads of its key; `~` sorts behind every id.
    const after =
      KeyMarker === '' ? '' : position(KeyMarker, UploadIdMarker === '' ? '~' : UploadIdMarker);
    const rest = [...bucket.uploads.values()]
      .map((upload) => ({ upload, at: position(upload.key, upload.uploadId) }))
      .filter(({ upload, at }) => upload.key.startsWith(Prefix) && at > after)
      .toSorted((a, b) => (a.at < b.at ? -1 : 1));
    const page = rest.slice(0, size).map(({ upload }) => upload);
    const isTruncated = size > 0 && rest.length > size;
    const last = isTruncated ? page.at(-1) : undefined;
    const write = keyWriter(input.EncodingType);
    return {
      Bucket: bucket.name,
      Prefix: write(Prefix),
      KeyMarker: write(KeyMarker),
      UploadIdMarker,
      NextKeyMarker: last && write(last.key),
      NextUploadIdMarker: last?.uploadId,
      MaxUploads: input.MaxUploads ?? uploadsOnPageMax,
      EncodingType: input.EncodingType,
      IsTruncated: isTruncated,
      Uploads: page.map((upload) => ({
        Key: write(upload.key),
        UploadId: upload.uploadId,
        Initiated: upload.initiatedAt,
        StorageClass: 'STANDARD' as const,
        Owner: ownerOf(bucket.owner),
        Initiator: { ID: upload.initiator },
        ChecksumAlgorithm: upload.checksumAlgorithm,
        ChecksumType: upload.checksumType,
      })),
    };
  },
});
