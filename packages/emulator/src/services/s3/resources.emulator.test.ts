import { describe, expect, it } from '@jest/globals';
import * as s3Client from '@aws-sdk/client-s3';
import { Deployment } from '../../cloudformation/provider.ts';
import { serviceFixture, type ServiceFixture } from '../../../test/world-fixture.ts';
import { s3 } from './operations.ts';
import { bucketPolicyProvider, bucketProvider } from './resources.ts';

function aDeployment(): {
  fixture: ServiceFixture;
  client: s3Client.S3Client;
  deployment: Deployment;
} {
  const fixture = serviceFixture([s3]);
  return {
    fixture,
    client: fixture.client(s3Client.S3Client),
    deployment: new Deployment({
      world: fixture.world,
      account: fixture.account,
      region: 'eu-west-1',
      stackId: 'arn:aws:cloudformation:eu-west-1:111111111111:stack/s/1',
      stackName: 'Stack',
      logicalId: 'Bucket',
      principal: fixture.admin,
      stackTags: { team: 'a' },
    }),
  };
}

const full = {
  BucketName: 'my-bucket',
  VersioningConfiguration: { Status: 'Enabled' },
  NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
  BucketEncryption: {
    ServerSideEncryptionConfiguration: [
      { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
    ],
  },
  PublicAccessBlockConfiguration: { BlockPublicPolicy: 'true' },
  OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
  LifecycleConfiguration: {
    Rules: [{ Id: 'logs', Status: 'Enabled', Prefix: 'logs/', ExpirationInDays: '30' }],
  },
  LoggingConfiguration: { LogFilePrefix: 'access/' },
  Tags: [{ Key: 'own', Value: '1' }],
};

describe('AWS::S3::Bucket', () => {
  it('makes a bucket with its settings and tags', async () => {
    const { client, deployment } = aDeployment();
    expect(await bucketProvider.create(full, deployment)).toEqual({
      physicalId: 'my-bucket',
      attributes: {
        Arn: 'arn:aws:s3:::my-bucket',
        DomainName: 'my-bucket.s3.amazonaws.com',
        DualStackDomainName: 'my-bucket.s3.dualstack.eu-west-1.amazonaws.com',
        RegionalDomainName: 'my-bucket.s3.eu-west-1.amazonaws.com',
      },
    });
    const Bucket = 'my-bucket';
    const versioning = await client.send(new s3Client.GetBucketVersioningCommand({ Bucket }));
    expect(versioning.Status).toBe('Enabled');
    const { Rules } = await client.send(
      new s3Client.GetBucketLifecycleConfigurationCommand({ Bucket }),
    );
    expect(Rules).toEqual([
      { ID: 'logs', Status: 'Enabled', Filter: { Prefix: 'logs/' }, Expiration: { Days: 30 } },
    ]);
    const { TagSet } = await client.send(new s3Client.GetBucketTaggingCommand({ Bucket }));
    expect(Object.fromEntries((TagSet ?? []).map(({ Key, Value }) => [Key, Value]))).toMatchObject({
      own: '1',
      team: 'a',
      'aws:cloudformation:logical-id': 'Bucket',
    });
    const { LoggingEnabled } = await client.send(new s3Client.GetBucketLoggingCommand({ Bucket }));
    expect(LoggingEnabled).toEqual({ TargetBucket: Bucket, TargetPrefix: 'access/' });
  });

  it('gives a bucket without a name one in lower case', async () => {
    const { deployment } = aDeployment();
    const { physicalId } = await bucketProvider.create({}, deployment);
    expect(physicalId).toMatch(/^stack-bucket-[a-z2-7]{12}$/);
  });

  it('changes settings in place and takes back what is gone', async () => {
    const { client, deployment } = aDeployment();
    const { physicalId } = await bucketProvider.create(full, deployment);
    const Bucket = physicalId;
    await bucketProvider.update?.({ BucketName: Bucket }, deployment, {
      physicalId,
      previous: full,
    });
    const { Status } = await client.send(new s3Client.GetBucketVersioningCommand({ Bucket }));
    expect(Status).toBe('Suspended');
    const notification = await client.send(
      new s3Client.GetBucketNotificationConfigurationCommand({ Bucket }),
    );
    expect(notification.EventBridgeConfiguration).toBeUndefined();
    await expect(
      client.send(new s3Client.GetBucketLifecycleConfigurationCommand({ Bucket })),
    ).rejects.toMatchObject({ name: 'NoSuchLifecycleConfiguration' });
  });

  it('leaves no bucket behind when a setting is refused', async () => {
    const { client, deployment } = aDeployment();
    const kms = {
      ServerSideEncryptionConfiguration: [
        { ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } },
      ],
    };
    await expect(
      bucketProvider.create({ ...full, BucketEncryption: kms }, deployment),
    ).rejects.toMatchObject({ code: 'NotImplemented' });
    expect((await client.send(new s3Client.ListBucketsCommand({}))).Buckets).toEqual([]);
  });

  it('fails on a name that is taken and on deleting a bucket with content', async () => {
    const { client, deployment } = aDeployment();
    const { physicalId } = await bucketProvider.create(full, deployment);
    await expect(bucketProvider.create(full, deployment)).rejects.toMatchObject({
      code: 'AlreadyExists',
    });
    await client.send(new s3Client.PutObjectCommand({ Bucket: physicalId, Key: 'a', Body: 'x' }));
    const remove = () => bucketProvider.delete(physicalId, deployment, { properties: full });
    await expect(remove()).rejects.toMatchObject({ code: 'BucketNotEmpty' });
    const { Versions = [] } = await client.send(
      new s3Client.ListObjectVersionsCommand({ Bucket: physicalId }),
    );
    for (const { Key, VersionId } of Versions)
      await client.send(new s3Client.DeleteObjectCommand({ Bucket: physicalId, Key, VersionId }));
    await remove();
    await remove();
  });

  it('refuses properties that it does not know', async () => {
    const { deployment } = aDeployment();
    await expect(
      bucketProvider.create({ VersioningConfiguration: { Status: 'On' } }, deployment),
    ).rejects.toMatchObject({ name: 'PropertyError' });
  });
});

describe('AWS::S3::BucketPolicy', () => {
  it('sets, changes and removes the policy, one a bucket', async () => {
    const { client, deployment } = aDeployment();
    const { physicalId: Bucket } = await bucketProvider.create(full, deployment);
    const policy = (Action: string) => ({
      Bucket,
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Deny', Principal: '*', Action, Resource: `arn:aws:s3:::${Bucket}/secret` },
        ],
      },
    });
    const { physicalId } = await bucketPolicyProvider.create(policy('s3:GetObject'), deployment);
    await expect(
      bucketPolicyProvider.create(policy('s3:PutObject'), deployment),
    ).rejects.toMatchObject({ code: 'AlreadyExists' });
    const put = () =>
      client.send(new s3Client.PutObjectCommand({ Bucket, Key: 'secret', Body: 'x' }));
    await put();
    await bucketPolicyProvider.update?.(policy('s3:PutObject'), deployment, {
      physicalId,
      previous: policy('s3:GetObject'),
    });
    await expect(put()).rejects.toMatchObject({ name: 'AccessDenied' });
    await bucketPolicyProvider.delete(physicalId, deployment, {
      properties: policy('s3:PutObject'),
    });
    await put();
  });
});
