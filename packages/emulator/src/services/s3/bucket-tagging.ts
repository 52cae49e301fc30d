import type * as client from '@aws-sdk/client-s3';
import { bucketCheck, findBucket, s3Operation } from './access.ts';
import { noSuchSetting } from './errors.ts';
import { bucketTagsMax, tagMap, tagSet } from './tags.ts';

const cloudFormation = 'cloudformation.amazonaws.com';

const isSystemTag = ([key]: readonly [string, string]): boolean => key.startsWith('aws:');

export const putBucketTagging = s3Operation<client.PutBucketTaggingCommandInput, object>(
  ['Tagging', 'ContentMD5', 'ChecksumAlgorithm'],
  {
    authorize: (input, call) => bucketCheck(call, input, 's3:PutBucketTagging'),
    run(input, call) {
      const mayUseSystemTags = call.via.includes(cloudFormation);
      const tags = tagMap(input.Tagging?.TagSet ?? [], {
        countMax: bucketTagsMax,
        mayUseSystemTags,
      });
      const bucket = findBucket(call, input.Bucket);
      const kept = mayUseSystemTags ? [] : [...bucket.tags].filter(isSystemTag);
      bucket.tags = new Map([...tags, ...kept]);
      return {};
    },
  },
);

export const getBucketTagging = s3Operation<
  client.GetBucketTaggingCommandInput,
  Partial<client.GetBucketTaggingCommandOutput>
>([], {
  authorize: (input, call) => bucketCheck(call, input, 's3:GetBucketTagging'),
  run(input, call) {
    const { tags } = findBucket(call, input.Bucket);
    if (tags.size === 0) throw noSuchSetting('NoSuchTagSet', 'TagSet');
    return { TagSet: tagSet(tags) };
  },
});

export const deleteBucketTagging = s3Operation<client.DeleteBucketTaggingCommandInput, object>([], {
  authorize: (input, call) => bucketCheck(call, input, 's3:PutBucketTagging'),
  run(input, call) {
    const bucket = findBucket(call, input.Bucket);
    bucket.tags = new Map([...bucket.tags].filter(isSystemTag));
    return {};
  },
});
