import { Aws, CfnDeletionPolicy, Fn } from 'aws-cdk-lib';
import { CfnBucket, CfnBucketPolicy } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

import { acknowledge } from '@golden/constructs/acknowledge.ts';
import { denyInsecureTransport, policyDocument } from '@golden/constructs/policy.ts';

import { type InfraParameters } from './parameters.ts';

/** Where people put payloads. */
export const payloadPrefix = 'payloads/';
/** Content-addressed copies that builds read. */
export const buildPrefix = 'builds/';
/** What Image Builder writes about each build. */
export const buildLogPrefix = 'build-logs/';
/** Lists of targets by which the state machine goes through the fleet. */
export const rolloutPrefix = 'rollouts/';

const supersededCopiesKeptDays = 30;
const abandonedUploadsKeptDays = 7;

/**
 * The bucket that payloads are uploaded to: a new one, or the one that an earlier stack left behind.
 *
 * It is kept when the stack goes, together with its policy, since it holds what every image was made from. A bucket
 * whose creation is rolled back is deleted: it is empty, and its name would block the next attempt.
 */
export class PayloadBucket extends Construct {
  readonly bucketName: string;
  readonly arn: string;

  constructor(scope: Construct, id: string, parameters: InfraParameters) {
    super(scope, id);
    const { createsBucket, namesBucket } = parameters.conditions;
    const bucket = new CfnBucket(this, 'Bucket', {
      bucketName: Fn.conditionIf(
        namesBucket.logicalId,
        parameters.bucketName.valueAsString,
        Aws.NO_VALUE,
      ).toString(),
      versioningConfiguration: { status: 'Enabled' },
      notificationConfiguration: { eventBridgeConfiguration: { eventBridgeEnabled: true } },
      bucketEncryption: {
        serverSideEncryptionConfiguration: [
          { serverSideEncryptionByDefault: { sseAlgorithm: 'AES256' } },
        ],
      },
      publicAccessBlockConfiguration: {
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      ownershipControls: { rules: [{ objectOwnership: 'BucketOwnerEnforced' }] },
      lifecycleConfiguration: {
        rules: [
          {
            id: 'superseded-copies',
            status: 'Enabled',
            prefix: buildPrefix,
            noncurrentVersionExpiration: { noncurrentDays: supersededCopiesKeptDays },
          },
          {
            id: 'build-logs',
            status: 'Enabled',
            prefix: buildLogPrefix,
            expirationInDays: parameters.logRetentionDays.valueAsNumber,
            noncurrentVersionExpiration: { noncurrentDays: 1 },
          },
          {
            id: 'rollout-lists',
            status: 'Enabled',
            prefix: rolloutPrefix,
            expirationInDays: parameters.logRetentionDays.valueAsNumber,
            noncurrentVersionExpiration: { noncurrentDays: 1 },
          },
          {
            id: 'abandoned-uploads',
            status: 'Enabled',
            abortIncompleteMultipartUpload: { daysAfterInitiation: abandonedUploadsKeptDays },
          },
        ],
      },
    });
    const policy = new CfnBucketPolicy(this, 'BucketPolicy', {
      bucket: bucket.ref,
      policyDocument: policyDocument([
        denyInsecureTransport({
          actions: ['s3:*'],
          resources: [bucket.attrArn, Fn.join('', [bucket.attrArn, '/*'])],
        }),
      ]),
    });
    for (const resource of [bucket, policy]) {
      resource.cfnOptions.condition = createsBucket;
      resource.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
      resource.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    }
    this.bucketName = Fn.conditionIf(
      createsBucket.logicalId,
      bucket.ref,
      parameters.existingBucketName.valueAsString,
    ).toString();
    this.arn = Fn.join('', ['arn:', Aws.PARTITION, ':s3:::', this.bucketName]);
    acknowledge(bucket, {
      'AwsSolutions-S1':
        'Every upload that matters becomes a record with its requester, version id and digest; access logs would need a second bucket that nothing reads. Data events of CloudTrail are the organization-wide way to have them.',
    });
  }

  /** The ARN of all objects whose key begins with `prefix` and ends with `suffix`. */
  objects(prefix: string, suffix = ''): string {
    return Fn.join('', [this.arn, `/${prefix}*${suffix}`]);
  }
}
