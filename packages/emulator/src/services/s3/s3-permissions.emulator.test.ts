import { describe, expect, it } from '@jest/globals';
import * as s3Client from '@aws-sdk/client-s3';
import { Bucket, otherAccount, refusal, withBucket } from '../../../test/s3-fixture.ts';

const bucketOf = (name: string): string => `arn:aws:s3:::${name}`;
const objectsOf = (name: string): string => `arn:aws:s3:::${name}/*`;
const policyOf = (...Statement: object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement });

describe('permissions', () => {
  it('tells a missing object from a forbidden one only to those who may list', async () => {
    const { fixture, put } = await withBucket('Enabled');
    const { VersionId } = await put('a');
    const objects = `arn:aws:s3:::${Bucket}/*`;
    const user = (name: string, ...Statement: object[]) => {
      fixture.addUser(name, { Version: '2012-10-17', Statement });
      return fixture.client(s3Client.S3Client, { user: name });
    };
    const read = { Effect: 'Allow', Action: 's3:GetObject', Resource: objects };
    const list = { Effect: 'Allow', Action: 's3:ListBucket', Resource: `arn:aws:s3:::${Bucket}` };
    const get = (of: s3Client.S3Client, Key: string, id?: string) =>
      of.send(new s3Client.GetObjectCommand({ Bucket, Key, VersionId: id }));
    const head = (of: s3Client.S3Client, Key: string) =>
      of.send(new s3Client.HeadObjectCommand({ Bucket, Key }));
    const reader = user('reader', read);
    const lister = user('lister', read, list);
    expect((await get(reader, 'a')).ETag).toBeDefined();
    expect(await refusal(get(reader, 'none'))).toEqual(['AccessDenied', 403]);
    expect((await refusal(head(reader, 'none')))[1]).toBe(403);
    expect(await refusal(get(lister, 'none'))).toEqual(['NoSuchKey', 404]);
    expect(await refusal(head(lister, 'none'))).toEqual(['NotFound', 404]);
    expect(await refusal(get(lister, 'a', VersionId))).toEqual(['AccessDenied', 403]);
    const versions = user('versions', { ...read, Action: 's3:GetObjectVersion' });
    expect((await get(versions, 'a', VersionId)).VersionId).toBe(VersionId);
    expect(await refusal(get(versions, 'a'))).toEqual(['AccessDenied', 403]);
    expect(await refusal(get(versions, 'a', 'A'.repeat(32)))).toEqual(['AccessDenied', 403]);
  });

  it('lets a listing be limited to a prefix', async () => {
    const { fixture } = await withBucket();
    fixture.addUser('prefix', {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Action: 's3:ListBucket',
        Resource: `arn:aws:s3:::${Bucket}`,
        Condition: { StringLike: { 's3:prefix': 'home/*' } },
      },
    });
    const client = fixture.client(s3Client.S3Client, { user: 'prefix' });
    const list = (Prefix?: string) =>
      client.send(new s3Client.ListObjectsV2Command({ Bucket, Prefix }));
    expect((await list('home/a')).KeyCount).toBe(0);
    expect(await refusal(list())).toEqual(['AccessDenied', 403]);
    expect(await refusal(list('other/'))).toEqual(['AccessDenied', 403]);
  });

  it('obeys the bucket policy: encryption demanded, another account let in', async () => {
    const { fixture, client, put } = await withBucket();
    const setPolicy = (...statements: object[]) =>
      client.send(new s3Client.PutBucketPolicyCommand({ Bucket, Policy: policyOf(...statements) }));
    const objects = `arn:aws:s3:::${Bucket}/*`;
    fixture.addUser(
      'guest',
      { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' } },
      otherAccount,
    );
    const guest = fixture.client(s3Client.S3Client, { user: 'guest' });
    const getAsGuest = () => guest.send(new s3Client.GetObjectCommand({ Bucket, Key: 'a' }));
    await put('a');
    expect(await refusal(getAsGuest())).toEqual(['AccessDenied', 403]);
    await setPolicy(
      {
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:PutObject',
        Resource: objects,
        Condition: { StringNotEquals: { 's3:x-amz-server-side-encryption': 'AES256' } },
      },
      {
        Effect: 'Allow',
        Principal: { AWS: otherAccount },
        Action: ['s3:GetObject', 's3:PutBucketPolicy'],
        Resource: [objects, `arn:aws:s3:::${Bucket}`],
      },
    );
    expect(await refusal(put('b'))).toEqual(['AccessDenied', 403]);
    await put('b', 'x', { ServerSideEncryption: 'AES256' });
    expect((await getAsGuest()).ETag).toBeDefined();
    const overwrite = guest.send(
      new s3Client.PutBucketPolicyCommand({
        Bucket,
        Policy: policyOf({ Effect: 'Allow', Principal: '*', Action: 's3:*', Resource: objects }),
      }),
    );
    expect(await refusal(overwrite)).toEqual(['MethodNotAllowed', 405]);
    const owned = client.send(
      new s3Client.ListObjectsV2Command({ Bucket, ExpectedBucketOwner: otherAccount }),
    );
    expect(await refusal(owned)).toEqual(['AccessDenied', 403]);
  });

  it('blocks public policies, and ignores one that was there before', async () => {
    const { fixture, client, put } = await withBucket();
    await put('a');
    const open = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject' };
    const Resource = `arn:aws:s3:::${Bucket}/*`;
    const setPolicy = (statement: object) =>
      client.send(
        new s3Client.PutBucketPolicyCommand({
          Bucket,
          Policy: policyOf({ ...statement, Resource }),
        }),
      );
    const isPublic = async () =>
      (await client.send(new s3Client.GetBucketPolicyStatusCommand({ Bucket }))).PolicyStatus
        ?.IsPublic;
    expect(await refusal(setPolicy(open))).toEqual(['AccessDenied', 403]);
    const inOrganization = { StringEquals: { 'aws:PrincipalOrgID': 'o-abc' } };
    await setPolicy({ ...open, Condition: inOrganization });
    expect(await isPublic()).toBe(false);
    const wide = { StringLike: { 'aws:PrincipalOrgID': 'o-*' } };
    expect(await refusal(setPolicy({ ...open, Condition: wide }))).toEqual(['AccessDenied', 403]);
    const block = (RestrictPublicBuckets: boolean) =>
      client.send(
        new s3Client.PutPublicAccessBlockCommand({
          Bucket,
          PublicAccessBlockConfiguration: { RestrictPublicBuckets },
        }),
      );
    await block(false);
    await setPolicy(open);
    expect(await isPublic()).toBe(true);
    fixture.addUser(
      'guest',
      { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' } },
      otherAccount,
    );
    const guest = fixture.client(s3Client.S3Client, { user: 'guest' });
    const get = () => guest.send(new s3Client.GetObjectCommand({ Bucket, Key: 'a' }));
    expect((await get()).ETag).toBeDefined();
    await block(true);
    expect(await refusal(get())).toEqual(['AccessDenied', 403]);
  });

  it.each([
    ['another bucket', { Resource: 'arn:aws:s3:::other-bucket/*' }],
    ['an unknown element', { Resource: `arn:aws:s3:::${Bucket}/*`, Actions: 's3:*' }],
    ['an action of another service', { Resource: objectsOf(Bucket), Action: 'sqs:SendMessage' }],
    ['an action that S3 does not know', { Resource: objectsOf(Bucket), Action: 's3:GetObjekt' }],
    ['an action on objects for a bucket', { Resource: bucketOf(Bucket), Action: 's3:GetObject' }],
    ['an action on buckets for objects', { Resource: objectsOf(Bucket), Action: 's3:ListBucket' }],
    [
      'a principal that does not exist',
      { Resource: objectsOf(Bucket), Principal: { AWS: 'arn:aws:iam::111111111111:role/none' } },
    ],
  ])('refuses a policy with %s', async (_, statement) => {
    const { client } = await withBucket();
    const Policy = policyOf({ Effect: 'Deny', Principal: '*', Action: 's3:*', ...statement });
    const set = client.send(new s3Client.PutBucketPolicyCommand({ Bucket, Policy }));
    expect(await refusal(set)).toEqual(['MalformedPolicy', 400]);
  });

  it.each([
    [
      'both resources',
      {
        Resource: [bucketOf(Bucket), objectsOf(Bucket)],
        Action: ['s3:ListBucket', 's3:GetObject'],
      },
    ],
    [
      'a pattern for both',
      { Resource: `${bucketOf(Bucket)}*`, Action: ['s3:ListBucket', 's3:Get*'] },
    ],
    ['all actions on the bucket', { Resource: bucketOf(Bucket), Action: 's3:*' }],
    ['everything but some actions', { Resource: objectsOf(Bucket), NotAction: 's3:ListBucket' }],
  ])('takes a policy with %s', async (_, statement) => {
    const { client } = await withBucket();
    const Principal = { AWS: '111111111111' };
    const Policy = policyOf({ Effect: 'Allow', Principal, ...statement });
    await client.send(new s3Client.PutBucketPolicyCommand({ Bucket, Policy }));
    const read = await client.send(new s3Client.GetBucketPolicyCommand({ Bucket }));
    expect(read.Policy).toBe(Policy);
  });
});
