import type * as client from '@aws-sdk/client-s3';
import { toBytes } from '../../wire/scalars.ts';
import { findBucket, objectCheck, s3Operation } from './access.ts';
import { checksumMembers, checksumOutput, md5Hex, verifiedChecksum } from './checksum.ts';
import { requireWriteCondition } from './conditions.ts';
import { objectCreated } from './object-events.ts';
import {
  checkNewObject,
  contentHeaders,
  metadataOf,
  newObjectContext,
  newObjectMembers,
} from './object-input.ts';
import { addObject, shownVersionId } from './object-store.ts';
import { requestTagContext, tagsOfHeader } from './tags.ts';

export const putObject = s3Operation<
  client.PutObjectCommandInput,
  Partial<client.PutObjectCommandOutput>
>([...newObjectMembers, ...checksumMembers, 'Body', 'ContentLength', 'IfMatch', 'IfNoneMatch'], {
  authorize(input, call) {
    const context = {
      ...newObjectContext(input),
      ...requestTagContext(tagsOfHeader(input.Tagging)),
    };
    const actions = [
      's3:PutObject',
      ...(input.Tagging === undefined ? [] : ['s3:PutObjectTagging']),
      // S3 User Guide, "Enforce conditional writes": comparing an ETag is a read.
      ...(input.IfMatch === undefined ? [] : ['s3:GetObject']),
    ];
    return actions.map((action) => objectCheck(call, input, action, context));
  },
  run(input, call) {
    checkNewObject(input);
    const bucket = findBucket(call, input.Bucket);
    const body = Uint8Array.from(toBytes(input.Body ?? ''));
    const checksum = verifiedChecksum(input, body);
    requireWriteCondition(call, bucket, input);
    const version = addObject(call, bucket, {
      kind: 'object',
      key: input.Key ?? '',
      body,
      etag: md5Hex(body),
      headers: contentHeaders(input),
      metadata: metadataOf(input),
      checksum,
      partsCount: undefined,
      tags: tagsOfHeader(input.Tagging),
    });
    objectCreated(call, bucket, version, 'PutObject');
    return {
      ETag: `"${version.etag}"`,
      ServerSideEncryption: 'AES256',
      VersionId: shownVersionId(bucket, version),
      ...checksumOutput(checksum),
    };
  },
});
