import type * as client from '@aws-sdk/client-s3';
import { AwsError } from '../../world/aws-error.ts';
import { bucketCheck, findBucket, s3Operation } from './access.ts';
import { invalidArgument, malformedXml, noSuchSetting, notModelled } from './errors.ts';
import { ownerGrant, ownerOf } from './owner.ts';
import { s3State } from './state.ts';

/**
 * S3 User Guide, "Enabling Amazon EventBridge": changes take about five minutes to take effect. Until then the
 * bucket sends nothing.
 */
export const eventBridgeDelayMs = 5 * 60_000;

export const putBucketVersioning = s3Operation<client.PutBucketVersioningCommandInput, object>(
  ['VersioningConfiguration', 'ChecksumAlgorithm', 'ContentMD5'],
  {
    authorize: (input, call) => bucketCheck(call, input, 's3:PutBucketVersioning'),
    run(input, call) {
      const { Status, MFADelete } = input.VersioningConfiguration ?? {};
      if (MFADelete === 'Enabled') throw notModelled('MFADelete');
      if (Status !== 'Enabled' && Status !== 'Suspended')
        throw malformedXml('Status must be Enabled or Suspended');
      findBucket(call, input.Bucket).versioning = Status;
      return {};
    },
  },
);

export const getBucketVersioning = s3Operation<
  client.GetBucketVersioningCommandInput,
  Partial<client.GetBucketVersioningCommandOutput>
>([], {
  authorize: (input, call) => bucketCheck(call, input, 's3:GetBucketVersioning'),
  run: (input, call) => ({ Status: findBucket(call, input.Bucket).versioning }),
});

export const putBucketEncryption = s3Operation<client.PutBucketEncryptionCommandInput, object>(
  ['ServerSideEncryptionConfiguration', 'ChecksumAlgorithm', 'ContentMD5'],
  {
    authorize: (input, call) => bucketCheck(call, input, 's3:PutEncryptionConfiguration'),
    run(input, call) {
      const rules = input.ServerSideEncryptionConfiguration?.Rules ?? [];
      const [rule] = rules;
      if (!rule || rules.length > 1) throw malformedXml('a configuration has one rule');
      const { ApplyServerSideEncryptionByDefault: byDefault, BucketKeyEnabled, ...rest } = rule;
      const [strange] = Object.keys(rest);
      if (strange !== undefined) throw notModelled(`${strange} of an encryption rule`);
      if (byDefault && byDefault.SSEAlgorithm !== 'AES256')
        throw notModelled(`SSEAlgorithm ${byDefault.SSEAlgorithm ?? ''}`);
      if (byDefault?.KMSMasterKeyID !== undefined)
        throw invalidArgument('a KMSMasterKeyID is not applicable with AES256');
      findBucket(call, input.Bucket).bucketKeyEnabled = BucketKeyEnabled ?? false;
      return {};
    },
  },
);

export const getBucketEncryption = s3Operation<
  client.GetBucketEncryptionCommandInput,
  Partial<client.GetBucketEncryptionCommandOutput>
>([], {
  authorize: (input, call) => bucketCheck(call, input, 's3:GetEncryptionConfiguration'),
  run: (input, call) => ({
    ServerSideEncryptionConfiguration: {
      Rules: [
        {
          ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' },
          BucketKeyEnabled: findBucket(call, input.Bucket).bucketKeyEnabled,
        },
      ],
    },
  }),
});

/** Resets to the encryption that every bucket has. */
export const deleteBucketEncryption = s3Operation<
  client.DeleteBucketEncryptionCommandInput,
  object
>([], {
  authorize: (input, call) => bucketCheck(call, input, 's3:PutEncryptionConfiguration'),
  run(input, call) {
    findBucket(call, input.Bucket).bucketKeyEnabled = false;
    return {};
  },
});

export const putPublicAccessBlock = s3Operation<client.PutPublicAccessBlockCommandInput, object>(
  ['PublicAccessBlockConfiguration', 'ChecksumAlgorithm', 'ContentMD5'],
  {
    authorize: (input, call) => bucketCheck(call, input, 's3:PutBucketPublicAccessBlock'),
    run(input, call) {
      const wanted = input.PublicAccessBlockConfiguration ?? {};
      findBucket(call, input.Bucket).publicAccessBlock = {
        BlockPublicAcls: wanted.BlockPublicAcls ?? false,
        IgnorePublicAcls: wanted.IgnorePublicAcls ?? false,
        BlockPublicPolicy: wanted.BlockPublicPolicy ?? false,
        RestrictPublicBuckets: wanted.RestrictPublicBuckets ?? false,
      };
      return {};
    },
  },
);

export const getPublicAccessBlock = s3Operation<
  client.GetPublicAccessBlockCommandInput,
  Partial<client.GetPublicAccessBlockCommandOutput>
>([], {
  authorize: (input, call) => bucketCheck(call, input, 's3:GetBucketPublicAccessBlock'),
  run(input, call) {
    const { publicAccessBlock } = findBucket(call, input.Bucket);
    if (!publicAccessBlock)
      throw noSuchSetting(
        'NoSuchPublicAccessBlockConfiguration',
        'public access block configuration',
      );
    return { PublicAccessBlockConfiguration: publicAccessBlock };
  },
});

export const deletePublicAccessBlock = s3Operation<
  client.DeletePublicAccessBlockCommandInput,
  object
>([], {
  authorize: (input, call) => bucketCheck(call, input, 's3:PutBucketPublicAccessBlock'),
  run(input, call) {
    findBucket(call, input.Bucket).publicAccessBlock = undefined;
    return {};
  },
});

export const putBucketOwnershipControls = s3Operation<
  client.PutBucketOwnershipControlsCommandInput,
  object
>(['OwnershipControls', 'ContentMD5', 'ChecksumAlgorithm'], {
  authorize: (input, call) => bucketCheck(call, input, 's3:PutBucketOwnershipControls'),
  run(input, call) {
    const rules = input.OwnershipControls?.Rules ?? [];
    const [rule] = rules;
    if (!rule || rules.length > 1) throw malformedXml('ownership controls have one rule');
    if (rule.ObjectOwnership !== 'BucketOwnerEnforced')
      throw notModelled(`ObjectOwnership ${rule.ObjectOwnership ?? ''} (ACLs)`);
    findBucket(call, input.Bucket);
    return {};
  },
});

export const getBucketOwnershipControls = s3Operation<
  client.GetBucketOwnershipControlsCommandInput,
  Partial<client.GetBucketOwnershipControlsCommandOutput>
>([], {
  authorize: (input, call) => bucketCheck(call, input, 's3:GetBucketOwnershipControls'),
  run(input, call) {
    findBucket(call, input.Bucket);
    return { OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] } };
  },
});

/** Without ownership controls S3 falls back to ACLs of the object's writer, which are not modelled. */
export const deleteBucketOwnershipControls = s3Operation<
  client.DeleteBucketOwnershipControlsCommandInput,
  object
>([], {
  authorize: (input, call) => bucketCheck(call, input, 's3:PutBucketOwnershipControls'),
  run() {
    throw notModelled('a bucket without ownership controls');
  },
});

export const getBucketAcl = s3Operation<
  client.GetBucketAclCommandInput,
  Partial<client.GetBucketAclCommandOutput>
>([], {
  authorize: (input, call) => bucketCheck(call, input, 's3:GetBucketAcl'),
  run(input, call) {
    const { owner } = findBucket(call, input.Bucket);
    return { Owner: ownerOf(owner), Grants: ownerGrant(owner) };
  },
});

export const putBucketNotificationConfiguration = s3Operation<
  client.PutBucketNotificationConfigurationCommandInput,
  object
>(['NotificationConfiguration', 'SkipDestinationValidation'], {
  authorize: (input, call) => bucketCheck(call, input, 's3:PutBucketNotification'),
  run(input, call) {
    const { EventBridgeConfiguration, ...direct } = input.NotificationConfiguration ?? {};
    const [strange] = Object.entries(direct).filter(([, list]) => (list ?? []).length > 0);
    if (strange) throw notModelled(`${strange[0]} (only EventBridge is)`);
    const bucket = findBucket(call, input.Bucket);
    bucket.eventBridge = EventBridgeConfiguration
      ? (bucket.eventBridge ?? { effectiveAt: call.now + eventBridgeDelayMs })
      : undefined;
    return {};
  },
});

export const getBucketNotificationConfiguration = s3Operation<
  client.GetBucketNotificationConfigurationCommandInput,
  Partial<client.GetBucketNotificationConfigurationCommandOutput>
>([], {
  authorize: (input, call) => bucketCheck(call, input, 's3:GetBucketNotification'),
  run: (input, call) =>
    findBucket(call, input.Bucket).eventBridge ? { EventBridgeConfiguration: {} } : {},
});

export const putBucketLogging = s3Operation<client.PutBucketLoggingCommandInput, object>(
  ['BucketLoggingStatus', 'ContentMD5', 'ChecksumAlgorithm'],
  {
    authorize: (input, call) => bucketCheck(call, input, 's3:PutBucketLogging'),
    run(input, call) {
      const bucket = findBucket(call, input.Bucket);
      const wanted = input.BucketLoggingStatus?.LoggingEnabled;
      if (wanted?.TargetGrants !== undefined) throw notModelled('TargetGrants');
      if (wanted) {
        const target = s3State.in(call).buckets.get(wanted.TargetBucket ?? '');
        if (target?.owner !== bucket.owner || target.region !== bucket.region)
          throw new AwsError(
            'InvalidTargetBucketForLogging',
            'The target bucket for logging does not exist, or is in another account or Region',
          );
      }
      bucket.logging = wanted;
      return {};
    },
  },
);

export const getBucketLogging = s3Operation<
  client.GetBucketLoggingCommandInput,
  Partial<client.GetBucketLoggingCommandOutput>
>([], {
  authorize: (input, call) => bucketCheck(call, input, 's3:GetBucketLogging'),
  run: (input, call) => ({ LoggingEnabled: findBucket(call, input.Bucket).logging }),
});
