import { describe, expect, it } from '@jest/globals';
import * as s3Client from '@aws-sdk/client-s3';
import { Bucket, location, otherAccount, refusal, withBucket } from '../../../test/s3-fixture.ts';
import { serviceFixture } from '../../../test/world-fixture.ts';
import { s3 } from './operations.ts';

describe('buckets', () => {
  it('takes a name once in the world', async () => {
    const { fixture, client } = await withBucket();
    fixture.addUser(
      'stranger',
      { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } },
      otherAccount,
    );
    const create = (of: s3Client.S3Client) =>
      of.send(new s3Client.CreateBucketCommand({ Bucket, ...location }));
    expect(await refusal(create(client))).toEqual(['BucketAlreadyOwnedByYou', 409]);
    const stranger = fixture.client(s3Client.S3Client, { user: 'stranger' });
    expect(await refusal(create(stranger))).toEqual(['BucketAlreadyExists', 409]);
  });

  it.each(['ab', 'Upper-case', 'under_score', '192.168.5.4', 'two..dots', 'xn--x', 'x-s3alias'])(
    'refuses the name %s',
    async (name) => {
      const client = serviceFixture([s3]).client(s3Client.S3Client);
      const create = client.send(new s3Client.CreateBucketCommand({ Bucket: name, ...location }));
      expect(await refusal(create)).toEqual(['InvalidBucketName', 400]);
    },
  );

  it('makes a bucket in the Region of the endpoint, anywhere by that of us-east-1', async () => {
    const fixture = serviceFixture([s3]);
    const client = fixture.client(s3Client.S3Client, { region: 'us-east-1' });
    await client.send(new s3Client.CreateBucketCommand({ Bucket: 'here-1' }));
    await client.send(new s3Client.CreateBucketCommand({ Bucket: 'there', ...location }));
    const whereIs = async (name: string) =>
      (await client.send(new s3Client.GetBucketLocationCommand({ Bucket: name })))
        .LocationConstraint;
    expect(await whereIs('there')).toBe('eu-west-1');
    expect(await whereIs('here-1')).toBeUndefined();
    const frankfurt = fixture.client(s3Client.S3Client, { region: 'eu-central-1' });
    const create = frankfurt.send(
      new s3Client.CreateBucketCommand({ Bucket: 'else-1', ...location }),
    );
    expect(await refusal(create)).toEqual(['IllegalLocationConstraintException', 400]);
    const read = frankfurt.send(new s3Client.ListObjectsV2Command({ Bucket: 'there' }));
    await expect(read).rejects.toMatchObject({
      name: 'PermanentRedirect',
      $response: { headers: { 'x-amz-bucket-region': 'eu-west-1' } },
    });
  });

  it('is private and encrypted from the start', async () => {
    const { client } = await withBucket();
    const { PublicAccessBlockConfiguration } = await client.send(
      new s3Client.GetPublicAccessBlockCommand({ Bucket }),
    );
    expect(Object.values(PublicAccessBlockConfiguration ?? {})).toEqual([true, true, true, true]);
    const { ServerSideEncryptionConfiguration } = await client.send(
      new s3Client.GetBucketEncryptionCommand({ Bucket }),
    );
    expect(ServerSideEncryptionConfiguration?.Rules?.[0]).toEqual({
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' },
      BucketKeyEnabled: false,
    });
    const { OwnershipControls } = await client.send(
      new s3Client.GetBucketOwnershipControlsCommand({ Bucket }),
    );
    expect(OwnershipControls?.Rules).toEqual([{ ObjectOwnership: 'BucketOwnerEnforced' }]);
  });

  it('is deleted only when no version is left', async () => {
    const { client, put } = await withBucket('Enabled');
    const { VersionId } = await put('a');
    const marker = await client.send(new s3Client.DeleteObjectCommand({ Bucket, Key: 'a' }));
    const remove = () => client.send(new s3Client.DeleteBucketCommand({ Bucket }));
    expect(await refusal(remove())).toEqual(['BucketNotEmpty', 409]);
    const Objects = [VersionId, marker.VersionId].map((id) => ({ Key: 'a', VersionId: id }));
    await client.send(new s3Client.DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    await remove();
    expect(await refusal(client.send(new s3Client.HeadBucketCommand({ Bucket })))).toEqual([
      'NotFound',
      404,
    ]);
  });

  it('lists the own buckets in pages of two', async () => {
    const { fixture, client } = await withBucket();
    for (const name of ['aaa', 'zzz', 'bbb', 'ccc'])
      await client.send(new s3Client.CreateBucketCommand({ Bucket: name, ...location }));
    fixture.addUser(
      'stranger',
      { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } },
      otherAccount,
    );
    const pages: (string | undefined)[][] = [];
    for await (const page of s3Client.paginateListBuckets({ client, pageSize: 100 }, {}))
      pages.push((page.Buckets ?? []).map(({ Name }) => Name));
    expect(pages).toEqual([['aaa', 'bbb'], ['ccc', Bucket], ['zzz']]);
    const stranger = fixture.client(s3Client.S3Client, { user: 'stranger' });
    expect((await stranger.send(new s3Client.ListBucketsCommand({}))).Buckets).toEqual([]);
  });

  it('keeps tags and answers for settings that are not there', async () => {
    const { client } = await withBucket();
    const Tagging = { TagSet: [{ Key: 'a', Value: '1' }] };
    await client.send(new s3Client.PutBucketTaggingCommand({ Bucket, Tagging }));
    const { TagSet } = await client.send(new s3Client.GetBucketTaggingCommand({ Bucket }));
    expect(TagSet).toEqual(Tagging.TagSet);
    await client.send(new s3Client.DeleteBucketTaggingCommand({ Bucket }));
    await client.send(new s3Client.DeletePublicAccessBlockCommand({ Bucket }));
    const codes = await Promise.all(
      [
        new s3Client.GetBucketTaggingCommand({ Bucket }),
        new s3Client.GetBucketPolicyCommand({ Bucket }),
        new s3Client.GetBucketLifecycleConfigurationCommand({ Bucket }),
        new s3Client.GetPublicAccessBlockCommand({ Bucket }),
      ].map((command) => refusal(client.send(command as s3Client.GetBucketTaggingCommand))),
    );
    expect(codes).toEqual([
      ['NoSuchTagSet', 404],
      ['NoSuchBucketPolicy', 404],
      ['NoSuchLifecycleConfiguration', 404],
      ['NoSuchPublicAccessBlockConfiguration', 404],
    ]);
  });

  it('refuses what it does not model by name', async () => {
    const { client, put } = await withBucket();
    const refused = (call: Promise<unknown>, message: string) =>
      expect(call).rejects.toMatchObject({ name: 'NotImplemented', message });
    await refused(
      put('a', 'x', { ServerSideEncryption: 'aws:kms' }),
      'ServerSideEncryption aws:kms is not modelled by this emulator',
    );
    await refused(
      put('a', 'x', { ObjectLockLegalHoldStatus: 'ON' }),
      'ObjectLockLegalHoldStatus of PutObject is not modelled by this emulator',
    );
    await refused(
      client.send(
        new s3Client.PutBucketNotificationConfigurationCommand({
          Bucket,
          NotificationConfiguration: {
            QueueConfigurations: [
              {
                QueueArn: 'arn:aws:sqs:eu-west-1:111111111111:q',
                Events: ['s3:ObjectCreated:*'],
              },
            ],
          },
        }),
      ),
      'QueueConfigurations (only EventBridge is) is not modelled by this emulator',
    );
  });
});
