import * as client from '@aws-sdk/client-s3';
import * as v from 'valibot';
import type {
  Deployment,
  Properties,
  Provisioned,
  ResourceProvider,
} from '../../cloudformation/provider.ts';
import {
  documentProperty,
  readProperties,
  textProperty,
} from '../../cloudformation/read-properties.ts';
import { AwsError, isAwsError } from '../../world/aws-error.ts';
import { bucketArn } from './access.ts';
import { bucketProperties, bucketSettings, type BucketProperties } from './bucket-properties.ts';

const isMissing = (error: unknown): boolean =>
  isAwsError(error, 'NoSuchBucket') || isAwsError(error, 'NotFound');

const provisioned = (name: string, { region }: Deployment): Provisioned => ({
  physicalId: name,
  attributes: {
    Arn: bucketArn(name),
    DomainName: `${name}.s3.amazonaws.com`,
    DualStackDomainName: `${name}.s3.dualstack.${region}.amazonaws.com`,
    RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
  },
});

/** In us-east-1 CreateBucket accepts a bucket that its owner has already; CloudFormation does not. */
async function requireFreeName(deployment: Deployment, Bucket: string): Promise<void> {
  try {
    await deployment.call(new client.HeadBucketCommand({ Bucket }));
  } catch (error) {
    if (isMissing(error)) return;
    if (!(error instanceof AwsError)) throw error;
  }
  throw new AwsError('AlreadyExists', `${Bucket} already exists`);
}

async function createBucket(deployment: Deployment, Bucket: string): Promise<void> {
  await requireFreeName(deployment, Bucket);
  const { region } = deployment;
  await deployment.call(
    new client.CreateBucketCommand({
      Bucket,
      ...(region === 'us-east-1'
        ? {}
        : {
            CreateBucketConfiguration: {
              LocationConstraint: region as client.BucketLocationConstraint,
            },
          }),
    }),
  );
}

async function applySettings(
  deployment: Deployment,
  bucket: string,
  change: { wanted: BucketProperties; previous: BucketProperties },
): Promise<void> {
  for (const setting of bucketSettings) {
    const value = change.wanted[setting.name];
    const before = change.previous[setting.name];
    if (JSON.stringify(value) === JSON.stringify(before)) continue;
    const command =
      value === undefined ? setting.reset(bucket) : setting.put(bucket, change.wanted);
    if (command) await deployment.call(command);
  }
  const TagSet = Object.entries(deployment.tags(change.wanted.Tags)).map(([Key, Value]) => ({
    Key,
    Value,
  }));
  await deployment.call(
    new client.PutBucketTaggingCommand({ Bucket: bucket, Tagging: { TagSet } }),
  );
}

async function deleteBucket(deployment: Deployment, Bucket: string): Promise<void> {
  try {
    await deployment.call(new client.DeleteBucketCommand({ Bucket }));
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

export const bucketProvider: ResourceProvider = {
  type: 'AWS::S3::Bucket',
  properties: Object.keys(bucketProperties.entries),
  required: [],
  createOnly: ['BucketName'],
  attributes: ['Arn', 'DomainName', 'DualStackDomainName', 'RegionalDomainName'],
  createSeconds: 20, // two dozen seconds are what stacks commonly show; AWS names no figure
  async create(properties, deployment) {
    const wanted = readProperties(bucketProperties, properties);
    const bucket = wanted.BucketName ?? deployment.generateName({ lengthMax: 63, lowerCase: true });
    await createBucket(deployment, bucket);
    try {
      await applySettings(deployment, bucket, { wanted, previous: {} });
    } catch (error) {
      // A resource whose creation fails has no physical id to clean up by.
      await deleteBucket(deployment, bucket);
      throw error;
    }
    return provisioned(bucket, deployment);
  },
  async update(properties, deployment, existing) {
    await applySettings(deployment, existing.physicalId, {
      wanted: readProperties(bucketProperties, properties),
      previous: readProperties(bucketProperties, existing.previous),
    });
    return provisioned(existing.physicalId, deployment);
  },
  delete: (physicalId, deployment) => deleteBucket(deployment, physicalId),
};

const policyProperties = v.strictObject({ Bucket: textProperty, PolicyDocument: documentProperty });

async function putPolicy(properties: Properties, deployment: Deployment): Promise<Provisioned> {
  const { Bucket, PolicyDocument } = readProperties(policyProperties, properties);
  await deployment.call(new client.PutBucketPolicyCommand({ Bucket, Policy: PolicyDocument }));
  return { physicalId: Bucket, attributes: {} };
}

async function hasPolicy(Bucket: string, deployment: Deployment): Promise<boolean> {
  try {
    await deployment.call(new client.GetBucketPolicyCommand({ Bucket }));
    return true;
  } catch (error) {
    if (isAwsError(error, 'NoSuchBucketPolicy')) return false;
    throw error;
  }
}

export const bucketPolicyProvider: ResourceProvider = {
  type: 'AWS::S3::BucketPolicy',
  properties: ['Bucket', 'PolicyDocument'],
  required: ['Bucket', 'PolicyDocument'],
  createOnly: ['Bucket'],
  attributes: [],
  async create(properties, deployment) {
    const { Bucket } = readProperties(policyProperties, properties);
    if (await hasPolicy(Bucket, deployment))
      throw new AwsError('AlreadyExists', `The bucket policy already exists on bucket ${Bucket}.`);
    return putPolicy(properties, deployment);
  },
  update: (properties, deployment) => putPolicy(properties, deployment),
  async delete(physicalId, deployment) {
    try {
      await deployment.call(new client.DeleteBucketPolicyCommand({ Bucket: physicalId }));
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  },
};
