import * as client from '@aws-sdk/client-s3';
import { readServiceModel } from '../../wire/model.ts';
import type { ServiceDefinition } from '../../world/service.ts';
import * as buckets from './bucket-operations.ts';
import * as policies from './bucket-policy.ts';
import * as settings from './bucket-settings.ts';
import * as bucketTags from './bucket-tagging.ts';
import { copyObject } from './copy-object.ts';
import * as deletions from './delete-object.ts';
import * as reads from './get-object.ts';
import * as lifecycle from './lifecycle.ts';
import * as lists from './list-objects.ts';
import * as uploadLists from './list-uploads.ts';
import * as multipart from './multipart.ts';
import * as objectTags from './object-tagging.ts';
import { putObject } from './put-object.ts';
import { bucketPolicyProvider, bucketProvider } from './resources.ts';
import constraints from './constraints.json' with { type: 'json' };
import { refuseInput } from './refuse-input.ts';

export const s3: ServiceDefinition = {
  name: 's3',
  model: readServiceModel(client, constraints),
  scope: 'regional',
  accessDenied: { code: 'AccessDenied', status: 403 },
  validationError: 'InvalidRequest',
  refuseInput,
  resources: [bucketProvider, bucketPolicyProvider],
  operations: {
    AbortMultipartUpload: multipart.abortMultipartUpload,
    CompleteMultipartUpload: multipart.completeMultipartUpload,
    CopyObject: copyObject,
    CreateBucket: buckets.createBucket,
    CreateMultipartUpload: multipart.createMultipartUpload,
    DeleteBucket: buckets.deleteBucket,
    DeleteBucketEncryption: settings.deleteBucketEncryption,
    DeleteBucketLifecycle: lifecycle.deleteBucketLifecycle,
    DeleteBucketPolicy: policies.deleteBucketPolicy,
    DeleteBucketTagging: bucketTags.deleteBucketTagging,
    DeleteObject: deletions.deleteObject,
    DeleteObjects: deletions.deleteObjects,
    DeleteObjectTagging: objectTags.deleteObjectTagging,
    DeletePublicAccessBlock: settings.deletePublicAccessBlock,
    DeleteBucketOwnershipControls: settings.deleteBucketOwnershipControls,
    GetBucketAcl: settings.getBucketAcl,
    GetBucketEncryption: settings.getBucketEncryption,
    GetBucketLifecycleConfiguration: lifecycle.getBucketLifecycleConfiguration,
    GetBucketLocation: buckets.getBucketLocation,
    GetBucketLogging: settings.getBucketLogging,
    GetBucketNotificationConfiguration: settings.getBucketNotificationConfiguration,
    GetBucketOwnershipControls: settings.getBucketOwnershipControls,
    GetBucketPolicy: policies.getBucketPolicy,
    GetBucketPolicyStatus: policies.getBucketPolicyStatus,
    GetBucketTagging: bucketTags.getBucketTagging,
    GetBucketVersioning: settings.getBucketVersioning,
    GetObject: reads.getObject,
    GetObjectAcl: reads.getObjectAcl,
    GetObjectAttributes: reads.getObjectAttributes,
    GetObjectTagging: objectTags.getObjectTagging,
    GetPublicAccessBlock: settings.getPublicAccessBlock,
    HeadBucket: buckets.headBucket,
    HeadObject: reads.headObject,
    ListBuckets: buckets.listBuckets,
    ListMultipartUploads: uploadLists.listMultipartUploads,
    ListObjects: lists.listObjects,
    ListObjectsV2: lists.listObjectsV2,
    ListObjectVersions: lists.listObjectVersions,
    ListParts: uploadLists.listParts,
    PutBucketEncryption: settings.putBucketEncryption,
    PutBucketLifecycleConfiguration: lifecycle.putBucketLifecycleConfiguration,
    PutBucketLogging: settings.putBucketLogging,
    PutBucketNotificationConfiguration: settings.putBucketNotificationConfiguration,
    PutBucketOwnershipControls: settings.putBucketOwnershipControls,
    PutBucketPolicy: policies.putBucketPolicy,
    PutBucketTagging: bucketTags.putBucketTagging,
    PutBucketVersioning: settings.putBucketVersioning,
    PutObject: putObject,
    PutObjectTagging: objectTags.putObjectTagging,
    PutPublicAccessBlock: settings.putPublicAccessBlock,
    UploadPart: multipart.uploadPart,
  },
};
