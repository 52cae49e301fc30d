import type * as client from '@aws-sdk/client-s3';
import { findBucket, objectCheck, s3Operation } from './access.ts';
import { requireObject } from './find-object.ts';
import { shownVersionId } from './object-store.ts';
import { objectTagsMax, requestTagContext, tagMap, tagSet } from './tags.ts';

const actionOf = (verb: 'Get' | 'Put' | 'Delete', versionId: string | undefined): string =>
  versionId === undefined ? `s3:${verb}ObjectTagging` : `s3:${verb}ObjectVersionTagging`;

export const putObjectTagging = s3Operation<
  client.PutObjectTaggingCommandInput,
  Partial<client.PutObjectTaggingCommandOutput>
>(['Key', 'VersionId', 'Tagging', 'ContentMD5', 'ChecksumAlgorithm'], {
  authorize: (input, call) =>
    objectCheck(
      call,
      input,
      actionOf('Put', input.VersionId),
      requestTagContext(
        new Map((input.Tagging?.TagSet ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
      ),
    ),
  run(input, call) {
    const tags = tagMap(input.Tagging?.TagSet ?? [], { countMax: objectTagsMax });
    const bucket = findBucket(call, input.Bucket);
    const object = requireObject(call, bucket, input);
    object.tags = tags;
    return { VersionId: shownVersionId(bucket, object) };
  },
});

export const getObjectTagging = s3Operation<
  client.GetObjectTaggingCommandInput,
  Partial<client.GetObjectTaggingCommandOutput>
>(['Key', 'VersionId'], {
  authorize: (input, call) => objectCheck(call, input, actionOf('Get', input.VersionId)),
  run(input, call) {
    const bucket = findBucket(call, input.Bucket);
    const object = requireObject(call, bucket, input);
    return { TagSet: tagSet(object.tags), VersionId: shownVersionId(bucket, object) };
  },
});

export const deleteObjectTagging = s3Operation<
  client.DeleteObjectTaggingCommandInput,
  Partial<client.DeleteObjectTaggingCommandOutput>
>(['Key', 'VersionId'], {
  authorize: (input, call) => objectCheck(call, input, actionOf('Delete', input.VersionId)),
  run(input, call) {
    const bucket = findBucket(call, input.Bucket);
    const object = requireObject(call, bucket, input);
    object.tags = new Map();
    return { VersionId: shownVersionId(bucket, object) };
  },
});
