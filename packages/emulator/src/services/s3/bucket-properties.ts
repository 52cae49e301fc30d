import * as client from '@aws-sdk/client-s3';
import * as v from 'valibot';
import {
  booleanProperty,
  tagsProperty,
  textProperty,
} from '../../cloudformation/read-properties.ts';
import type { SdkCommand } from '../../world/scope.ts';
import { lifecycleProperty } from './lifecycle-properties.ts';

export const bucketProperties = v.strictObject({
  BucketName: v.optional(textProperty),
  VersioningConfiguration: v.optional(
    v.strictObject({ Status: v.picklist(['Enabled', 'Suspended']) }),
  ),
  BucketEncryption: v.optional(
    v.strictObject({
      ServerSideEncryptionConfiguration: v.array(
        v.strictObject({
          BucketKeyEnabled: v.optional(booleanProperty),
          ServerSideEncryptionByDefault: v.optional(
            v.strictObject({
              SSEAlgorithm: v.picklist(['AES256', 'aws:kms', 'aws:kms:dsse']),
              KMSMasterKeyID: v.optional(textProperty),
            }),
          ),
        }),
      ),
    }),
  ),
  PublicAccessBlockConfiguration: v.optional(
    v.strictObject({
      BlockPublicAcls: v.optional(booleanProperty),
      BlockPublicPolicy: v.optional(booleanProperty),
      IgnorePublicAcls: v.optional(booleanProperty),
      RestrictPublicBuckets: v.optional(booleanProperty),
    }),
  ),
  NotificationConfiguration: v.optional(
    v.strictObject({
      EventBridgeConfiguration: v.optional(
        v.strictObject({ EventBridgeEnabled: v.optional(booleanProperty) }),
      ),
    }),
  ),
  OwnershipControls: v.optional(
    v.strictObject({
      Rules: v.array(
        v.strictObject({
          ObjectOwnership: v.picklist([
            'BucketOwnerEnforced',
            'BucketOwnerPreferred',
            'ObjectWriter',
          ]),
        }),
      ),
    }),
  ),
  LifecycleConfiguration: v.optional(lifecycleProperty),
  LoggingConfiguration: v.optional(
    v.strictObject({
      DestinationBucketName: v.optional(textProperty),
      LogFilePrefix: v.optional(textProperty),
    }),
  ),
  Tags: v.optional(tagsProperty),
});

export type BucketProperties = v.InferOutput<typeof bucketProperties>;
type Command = SdkCommand<object, object>;

/** One property of a bucket: what sets it, and what puts it back when it goes away. */
interface Setting {
  readonly name: keyof BucketProperties;
  put(Bucket: string, properties: BucketProperties): Command;
  reset(Bucket: string): Command | undefined;
}

export const bucketSettings: readonly Setting[] = [
  {
    name: 'VersioningConfiguration',
    put: (Bucket, { VersioningConfiguration }) =>
      new client.PutBucketVersioningCommand({ Bucket, VersioningConfiguration }),
    // Versioning cannot be taken back, only suspended.
    reset: (Bucket) =>
      new client.PutBucketVersioningCommand({
        Bucket,
        VersioningConfiguration: { Status: 'Suspended' },
      }),
  },
  {
    name: 'BucketEncryption',
    put: (Bucket, { BucketEncryption }) =>
      new client.PutBucketEncryptionCommand({
        Bucket,
        ServerSideEncryptionConfiguration: {
          Rules: BucketEncryption?.ServerSideEncryptionConfiguration.map((rule) => ({
            ApplyServerSideEncryptionByDefault: rule.ServerSideEncryptionByDefault,
            BucketKeyEnabled: rule.BucketKeyEnabled,
          })),
        },
      }),
    reset: (Bucket) => new client.DeleteBucketEncryptionCommand({ Bucket }),
  },
  {
    name: 'PublicAccessBlockConfiguration',
    put: (Bucket, { PublicAccessBlockConfiguration }) =>
      new client.PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }),
    reset: (Bucket) => new client.DeletePublicAccessBlockCommand({ Bucket }),
  },
  {
    name: 'OwnershipControls',
    put: (Bucket, { OwnershipControls }) =>
      new client.PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls }),
    // The default is all that is modelled.
    reset: () => undefined,
  },
  {
    name: 'LifecycleConfiguration',
    put: (Bucket, { LifecycleConfiguration }) =>
      new client.PutBucketLifecycleConfigurationCommand({
        Bucket,
        LifecycleConfiguration: { Rules: LifecycleConfiguration },
      }),
    reset: (Bucket) => new client.DeleteBucketLifecycleCommand({ Bucket }),
  },
  {
    name: 'LoggingConfiguration',
    put: (Bucket, { LoggingConfiguration }) =>
      new client.PutBucketLoggingCommand({
        Bucket,
        BucketLoggingStatus: {
          LoggingEnabled: {
            TargetBucket: LoggingConfiguration?.DestinationBucketName ?? Bucket,
            TargetPrefix: LoggingConfiguration?.LogFilePrefix ?? '',
          },
        },
      }),
    reset: (Bucket) => new client.PutBucketLoggingCommand({ Bucket, BucketLoggingStatus: {} }),
  },
  {
    name: 'NotificationConfiguration',
    put: (Bucket, { NotificationConfiguration }) =>
      new client.PutBucketNotificationConfigurationCommand({
        Bucket,
        NotificationConfiguration: eventBridgeOf(NotificationConfiguration),
      }),
    reset: (Bucket) =>
      new client.PutBucketNotificationConfigurationCommand({
        Bucket,
        NotificationConfiguration: {},
      }),
  },
];

const eventBridgeOf = (
  configuration: BucketProperties['NotificationConfiguration'],
): client.NotificationConfiguration => {
  const wanted = configuration?.EventBridgeConfiguration;
  return wanted && wanted.EventBridgeEnabled !== false ? { EventBridgeConfiguration: {} } : {};
};
