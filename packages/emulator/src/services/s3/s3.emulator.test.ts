import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import * as s3Client from '@aws-sdk/client-s3';
import type { EventEnvelope } from '../events/publish.ts';
import { serviceFixture, type ServiceFixture } from '../../../test/world-fixture.ts';
import { eventBridgeDelayMs } from './bucket-settings.ts';
import { s3 } from './operations.ts';

const Bucket = 'my-bucket';
const otherAccount = '222222222222';
const dayMs = 24 * 3600 * 1000;

const location = { CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' as const } };

interface World {
  readonly fixture: ServiceFixture;
  readonly client: s3Client.S3Client;
  readonly put: (
    Key: string,
    Body?: s3Client.PutObjectCommandInput['Body'],
    rest?: Partial<s3Client.PutObjectCommandInput>,
  ) => Promise<s3Client.PutObjectCommandOutput>;
  readonly read: (Key: string, VersionId?: string) => Promise<string | undefined>;
}

async function withBucket(versioning?: 'Enabled'): Promise<World> {
  const fixture = serviceFixture([s3]);
  const client = fixture.client(s3Client.S3Client);
  await client.send(new s3Client.CreateBucketCommand({ Bucket, ...location }));
  if (versioning)
    await client.send(
      new s3Client.PutBucketVersioningCommand({
        Bucket,
        VersioningConfiguration: { Status: versioning },
      }),
    );
  return {
    fixture,
    client,
    put: (Key, Body = 'x', rest = {}) =>
      client.send(new s3Client.PutObjectCommand({ Bucket, Key, Body, ...rest })),
    read: async (Key, VersionId) => {
      const { Body } = await client.send(new s3Client.GetObjectCommand({ Bucket, Key, VersionId }));
      return Body?.transformToString();
    },
  };
}

const statusOf = (error: unknown): number | undefined =>
  error instanceof s3Client.S3ServiceException ? error.$metadata.httpStatusCode : undefined;

/** The code and status that a call was refused with. */
async function refusal(call: Promise<unknown>): Promise<[string, number | undefined]> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Error) return [error.name, statusOf(error)];
  }
  throw new Error('the call was not refused');
}

const policyOf = (...Statement: object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement });

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

describe('objects', () => {
  it.each([
    'a b',
    'ünï/日本',
    'a+b',
    '100%',
    '/lead',
    'dir//x',
    'dir/',
    'a&b=c?d#e',
    '~!*()',
    '😀',
    '<x>&"\'',
  ])('keeps the key %j as it is', async (key) => {
    const { client, put, read } = await withBucket();
    await put(key, `of ${key}`);
    expect(await read(key)).toBe(`of ${key}`);
    for (const EncodingType of [undefined, 'url' as const]) {
      const { Contents } = await client.send(
        new s3Client.ListObjectsV2Command({ Bucket, EncodingType }),
      );
      const shown = Contents?.[0]?.Key ?? '';
      expect(EncodingType ? decodeURIComponent(shown.replaceAll('+', ' ')) : shown).toBe(key);
    }
  });

  it('gives back content, headers, metadata and digests', async () => {
    const { client, put } = await withBucket();
    const sent = await put('a', 'hello', {
      ContentType: 'text/plain',
      CacheControl: 'no-store',
      Metadata: { Owner: 'me' },
      Tagging: 'a=1&b=2',
    });
    const etag = `"${createHash('md5').update('hello').digest('hex')}"`;
    expect(sent).toMatchObject({ ETag: etag, ServerSideEncryption: 'AES256' });
    expect(sent.VersionId).toBeUndefined();
    const head = await client.send(
      new s3Client.HeadObjectCommand({ Bucket, Key: 'a', ChecksumMode: 'ENABLED' }),
    );
    expect(head).toMatchObject({
      ContentLength: 5,
      ContentType: 'text/plain',
      CacheControl: 'no-store',
      Metadata: { owner: 'me' },
      ETag: etag,
      TagCount: 2,
      ChecksumCRC32: 'NhCmhg==',
      LastModified: new Date('2026-11-21T08:00:00.000Z'),
    });
    const part = await client.send(
      new s3Client.GetObjectCommand({ Bucket, Key: 'a', Range: 'bytes=1-2' }),
    );
    expect(part.$metadata.httpStatusCode).toBe(206);
    expect(part.ContentRange).toBe('bytes 1-2/5');
    expect(await part.Body?.transformToString()).toBe('el');
    const beyond = client.send(
      new s3Client.GetObjectCommand({ Bucket, Key: 'a', Range: 'bytes=5-' }),
    );
    expect(await refusal(beyond)).toEqual(['InvalidRange', 416]);
  });

  it('takes a stream with its checksum behind it', async () => {
    const { client, put, read } = await withBucket();
    const content = 'z'.repeat(100_000);
    await put('a', Readable.from([content]), { ContentLength: content.length });
    expect(await read('a')).toBe(content);
    const { ChecksumCRC32 } = await client.send(
      new s3Client.HeadObjectCommand({ Bucket, Key: 'a', ChecksumMode: 'ENABLED' }),
    );
    expect(ChecksumCRC32).toBe('/+GXJA==');
  });

  it.each([
    ['ContentMD5', { ContentMD5: 'short' }, 'InvalidDigest'],
    ['ContentMD5', { ContentMD5: createHash('md5').update('other').digest('base64') }, 'BadDigest'],
    [
      'ChecksumSHA256',
      { ChecksumSHA256: createHash('sha256').update('other').digest('base64') },
      'BadDigest',
    ],
    ['ChecksumCRC64NVME', { ChecksumCRC64NVME: 'AAAA' }, 'InvalidRequest'],
  ])('refuses content that does not fit its %s', async (_, digest, code) => {
    const { client, put } = await withBucket();
    expect(await refusal(put('a', 'x', digest))).toEqual([code, 400]);
    expect((await client.send(new s3Client.ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
  });

  it('writes only under the conditions of the writer', async () => {
    const { client, put, read } = await withBucket('Enabled');
    const { ETag } = await put('a', '1', { IfNoneMatch: '*' });
    expect(await refusal(put('a', '2', { IfNoneMatch: '*' }))).toEqual(['PreconditionFailed', 412]);
    await put('a', '3', { IfMatch: ETag });
    expect(await refusal(put('a', '4', { IfMatch: ETag }))).toEqual(['PreconditionFailed', 412]);
    expect(await read('a')).toBe('3');
    await client.send(new s3Client.DeleteObjectCommand({ Bucket, Key: 'a' }));
    expect(await refusal(put('a', '5', { IfMatch: ETag }))).toEqual(['NoSuchKey', 404]);
    await put('a', '6', { IfNoneMatch: '*' });
    expect(await read('a')).toBe('6');
  });

  it('reads only under the conditions of the reader', async () => {
    const { client, put } = await withBucket();
    const { ETag } = await put('a');
    const get = (conditions: Partial<s3Client.GetObjectCommandInput>) =>
      client.send(new s3Client.GetObjectCommand({ Bucket, Key: 'a', ...conditions }));
    const later = new Date('2026-11-22T00:00:00.000Z');
    const earlier = new Date('2026-11-20T00:00:00.000Z');
    expect((await refusal(get({ IfNoneMatch: ETag })))[1]).toBe(304);
    expect((await refusal(get({ IfModifiedSince: later })))[1]).toBe(304);
    expect(await refusal(get({ IfMatch: '"other"' }))).toEqual(['PreconditionFailed', 412]);
    expect(await refusal(get({ IfUnmodifiedSince: earlier }))).toEqual(['PreconditionFailed', 412]);
    expect((await get({ IfMatch: ETag, IfUnmodifiedSince: earlier })).ETag).toBe(ETag);
    expect((await get({ IfNoneMatch: '"other"', IfModifiedSince: later })).ETag).toBe(ETag);
  });

  it('keeps versions, and a delete marker on top of them', async () => {
    const { client, put, read } = await withBucket('Enabled');
    const first = await put('a', '1');
    const second = await put('a', '2');
    const marker = await client.send(new s3Client.DeleteObjectCommand({ Bucket, Key: 'a' }));
    expect(marker).toMatchObject({ DeleteMarker: true, VersionId: expect.any(String) });
    expect(await read('a', first.VersionId)).toBe('1');
    await expect(read('a')).rejects.toMatchObject({
      name: 'NoSuchKey',
      $response: {
        headers: { 'x-amz-delete-marker': 'true', 'x-amz-version-id': marker.VersionId },
      },
    });
    expect(await refusal(read('a', marker.VersionId))).toEqual(['MethodNotAllowed', 405]);
    expect(await refusal(read('a', 'not-an-id'))).toEqual(['InvalidArgument', 400]);
    expect(await refusal(read('a', 'A'.repeat(32)))).toEqual(['NoSuchVersion', 404]);
    await client.send(
      new s3Client.DeleteObjectCommand({ Bucket, Key: 'a', VersionId: marker.VersionId }),
    );
    expect(await read('a')).toBe('2');
    await client.send(
      new s3Client.DeleteObjectCommand({ Bucket, Key: 'a', VersionId: second.VersionId }),
    );
    expect(await read('a')).toBe('1');
  });

  it('keeps what was written before versioning as the version null', async () => {
    const { client, put, read } = await withBucket();
    await put('a', 'before');
    const set = (Status: 'Enabled' | 'Suspended') =>
      client.send(
        new s3Client.PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }),
      );
    await set('Enabled');
    const { VersionId } = await put('a', 'during');
    expect(await read('a', 'null')).toBe('before');
    await set('Suspended');
    expect((await put('a', 'after')).VersionId).toBe('null');
    expect(await read('a', 'null')).toBe('after');
    expect(await read('a', VersionId)).toBe('during');
  });

  it('copies with and without new metadata', async () => {
    const { client, put, read } = await withBucket('Enabled');
    const original = await put('a b/ü', '1', { Metadata: { k: 'v' }, Tagging: 't=1' });
    await put('a b/ü', '2');
    const copy = (rest: Partial<s3Client.CopyObjectCommandInput>) =>
      client.send(
        new s3Client.CopyObjectCommand({
          Bucket,
          Key: 'copy',
          CopySource: `${Bucket}/${encodeURIComponent('a b/ü')}?versionId=${original.VersionId}`,
          ...rest,
        }),
      );
    const head = () => client.send(new s3Client.HeadObjectCommand({ Bucket, Key: 'copy' }));
    await copy({});
    expect(await read('copy')).toBe('1');
    expect(await head()).toMatchObject({ Metadata: { k: 'v' }, TagCount: 1 });
    await copy({ MetadataDirective: 'REPLACE', TaggingDirective: 'REPLACE', Metadata: { n: 'w' } });
    expect(await head()).toMatchObject({ Metadata: { n: 'w' } });
    expect((await head()).TagCount).toBeUndefined();
    expect(await refusal(copy({ CopySource: `${Bucket}/copy` }))).toEqual(['InvalidRequest', 400]);
    expect(await refusal(copy({ CopySourceIfMatch: '"x"' }))).toEqual(['PreconditionFailed', 412]);
  });

  it('puts an object together from its parts', async () => {
    const { client, read } = await withBucket('Enabled');
    const Key = 'big';
    const { UploadId } = await client.send(
      new s3Client.CreateMultipartUploadCommand({ Bucket, Key, Metadata: { k: 'v' } }),
    );
    const part = async (PartNumber: number, Body: string) => {
      const { ETag } = await client.send(
        new s3Client.UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }),
      );
      return { PartNumber, ETag };
    };
    const fiveMiB = 'x'.repeat(5 * 1024 * 1024);
    const Parts = [await part(1, fiveMiB), await part(2, 'end'), await part(7, 'unused')];
    const complete = (list: s3Client.CompletedPart[]) =>
      client.send(
        new s3Client.CompleteMultipartUploadCommand({
          Bucket,
          Key,
          UploadId,
          MultipartUpload: { Parts: list },
        }),
      );
    const numbers: (number | undefined)[] = [];
    for await (const page of s3Client.paginateListParts({ client }, { Bucket, Key, UploadId })) {
      expect(page.Parts?.length).toBeLessThanOrEqual(2);
      numbers.push(...(page.Parts ?? []).map(({ PartNumber }) => PartNumber));
    }
    expect(numbers).toEqual([1, 2, 7]);
    expect(await refusal(complete(Parts.toReversed()))).toEqual(['InvalidPartOrder', 400]);
    expect(await refusal(complete([{ PartNumber: 1, ETag: '"x"' }]))).toEqual(['InvalidPart', 400]);
    expect(await refusal(complete(Parts))).toEqual(['EntityTooSmall', 400]);
    const { ETag } = await complete(Parts.slice(0, 2));
    expect(ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
    expect(await read(Key)).toBe(`${fiveMiB}end`);
    expect(await refusal(complete(Parts.slice(0, 2)))).toEqual(['NoSuchUpload', 404]);
  });

  it('lists open uploads in pages of two until they are aborted', async () => {
    const { client } = await withBucket();
    const ids = new Map<string, string | undefined>();
    for (const Key of ['c', 'a', 'b'])
      ids.set(
        Key,
        (await client.send(new s3Client.CreateMultipartUploadCommand({ Bucket, Key }))).UploadId,
      );
    const list = (rest: Partial<s3Client.ListMultipartUploadsCommandInput> = {}) =>
      client.send(new s3Client.ListMultipartUploadsCommand({ Bucket, ...rest }));
    const first = await list();
    expect(first.Uploads?.map(({ Key }) => Key)).toEqual(['a', 'b']);
    const second = await list({
      KeyMarker: first.NextKeyMarker,
      UploadIdMarker: first.NextUploadIdMarker,
    });
    expect(second.Uploads?.map(({ Key }) => Key)).toEqual(['c']);
    for (const [Key, UploadId] of ids)
      await client.send(new s3Client.AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    expect((await list()).Uploads ?? []).toEqual([]);
  });

  it('deletes several objects and reports what it may not delete', async () => {
    const { fixture, client, put } = await withBucket();
    for (const key of ['a', 'b', 'c']) await put(key);
    fixture.addUser('cleaner', {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Action: 's3:DeleteObject',
        Resource: [`arn:aws:s3:::${Bucket}/a`, `arn:aws:s3:::${Bucket}/none`],
      },
    });
    const cleaner = fixture.client(s3Client.S3Client, { user: 'cleaner' });
    const Objects = ['a', 'b', 'none'].map((Key) => ({ Key }));
    const { Deleted, Errors } = await cleaner.send(
      new s3Client.DeleteObjectsCommand({ Bucket, Delete: { Objects } }),
    );
    expect(Deleted?.map(({ Key }) => Key)).toEqual(['a', 'none']);
    expect(Errors).toMatchObject([{ Key: 'b', Code: 'AccessDenied' }]);
    const { Contents } = await client.send(new s3Client.ListObjectsV2Command({ Bucket }));
    expect(Contents?.map(({ Key }) => Key)).toEqual(['b', 'c']);
  });
});

describe('listings', () => {
  const keys = ['a/1', 'a/2', 'b', 'c/1/x', 'c/2', 'd', '😀', '\uffee'];

  async function filled(): Promise<World> {
    const world = await withBucket('Enabled');
    for (const key of keys.toReversed()) await world.put(key);
    return world;
  }

  it('goes through the keys in the order of their bytes, in pages of two', async () => {
    const { client } = await filled();
    const pages: (string | undefined)[][] = [];
    for await (const page of s3Client.paginateListObjectsV2({ client }, { Bucket }))
      pages.push((page.Contents ?? []).map(({ Key }) => Key));
    expect(pages.map((page) => page.length)).toEqual([2, 2, 2, 2]);
    expect(pages.flat()).toEqual(['a/1', 'a/2', 'b', 'c/1/x', 'c/2', 'd', '\uffee', '😀']);
  });

  it('folds what lies behind a delimiter', async () => {
    const { client } = await filled();
    const lines: (string | undefined)[] = [];
    for await (const page of s3Client.paginateListObjectsV2(
      { client },
      { Bucket, Delimiter: '/', StartAfter: 'a/2' },
    ))
      lines.push(
        ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
        ...(page.Contents ?? []).map(({ Key }) => Key),
      );
    expect(lines.toSorted()).toEqual(['b', 'c/', 'd', '😀', '\uffee'].toSorted());
    const below = await client.send(
      new s3Client.ListObjectsV2Command({ Bucket, Delimiter: '/', Prefix: 'c/' }),
    );
    expect(below.CommonPrefixes).toEqual([{ Prefix: 'c/1/' }]);
    expect(below.Contents?.map(({ Key }) => Key)).toEqual(['c/2']);
  });

  it('speaks the first version of the listing too', async () => {
    const { client } = await filled();
    const found: (string | undefined)[] = [];
    let Marker: string | undefined;
    for (let page = 0; page < 10; page += 1) {
      const answer: s3Client.ListObjectsCommandOutput = await client.send(
        new s3Client.ListObjectsCommand({ Bucket, Marker }),
      );
      found.push(...(answer.Contents ?? []).map(({ Key }) => Key));
      if (answer.IsTruncated !== true) break;
      expect(answer.NextMarker).toBeUndefined();
      Marker = found.at(-1);
    }
    expect(found).toHaveLength(keys.length);
  });

  it('walks all versions, also while they are being deleted', async () => {
    const { client, put } = await filled();
    for (let version = 0; version < 4; version += 1) await put('b', String(version));
    await client.send(new s3Client.DeleteObjectCommand({ Bucket, Key: 'd' }));
    const seen: string[] = [];
    let marker: Partial<s3Client.ListObjectVersionsCommandInput> = {};
    for (let pages = 0; pages < 20; pages += 1) {
      const page = await client.send(new s3Client.ListObjectVersionsCommand({ Bucket, ...marker }));
      const lines = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
      expect(lines.length).toBeLessThanOrEqual(2);
      seen.push(...lines.map(({ Key, IsLatest }) => `${Key ?? ''}${IsLatest === true ? '!' : ''}`));
      const Objects = lines.map(({ Key, VersionId }) => ({ Key, VersionId }));
      await client.send(new s3Client.DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
      if (page.IsTruncated !== true) break;
      marker = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
    }
    expect(seen.filter((line) => line.startsWith('b'))).toHaveLength(5);
    expect(seen).toHaveLength(keys.length + 5);
    await client.send(new s3Client.DeleteBucketCommand({ Bucket }));
  });

  it('refuses a page token that it did not make', async () => {
    const { client } = await filled();
    const list = client.send(
      new s3Client.ListObjectsV2Command({ Bucket, ContinuationToken: 'made-up' }),
    );
    expect(await refusal(list)).toEqual(['InvalidArgument', 400]);
  });
});

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
  ])('refuses a policy with %s', async (_, statement) => {
    const { client } = await withBucket();
    const Policy = policyOf({ Effect: 'Deny', Principal: '*', Action: 's3:*', ...statement });
    const set = client.send(new s3Client.PutBucketPolicyCommand({ Bucket, Policy }));
    expect(await refusal(set)).toEqual(['MalformedPolicy', 400]);
  });
});

describe('events', () => {
  async function withEvents(): Promise<World & { events: () => Promise<EventEnvelope[]> }> {
    const world = await withBucket('Enabled');
    await world.client.send(
      new s3Client.PutBucketNotificationConfigurationCommand({
        Bucket,
        NotificationConfiguration: { EventBridgeConfiguration: {} },
      }),
    );
    const { scheduler, journal } = world.fixture.world;
    return {
      ...world,
      events: async () => {
        await scheduler.runFor(5_000);
        return journal.entries
          .filter(({ name }) => name === 'event-published')
          .map(({ detail }) => detail['event'] as EventEnvelope);
      },
    };
  }

  it('says nothing until EventBridge has taken effect', async () => {
    const { fixture, client, put, events } = await withEvents();
    const { EventBridgeConfiguration } = await client.send(
      new s3Client.GetBucketNotificationConfigurationCommand({ Bucket }),
    );
    expect(EventBridgeConfiguration).toEqual({});
    await put('early');
    expect(await events()).toEqual([]);
    await fixture.world.scheduler.runFor(eventBridgeDelayMs);
    await put('late');
    expect((await events()).map(({ detail }) => detail['object'])).toMatchObject([{ key: 'late' }]);
  });

  it('announces objects in the shape that S3 documents', async () => {
    const { fixture, put, events } = await withEvents();
    await fixture.world.scheduler.runFor(eventBridgeDelayMs);
    const { VersionId } = await put('in put/ü+.sh', 'hello');
    const [event] = await events();
    expect(event).toEqual({
      version: '0',
      id: expect.any(String),
      'detail-type': 'Object Created',
      source: 'aws.s3',
      account: '111111111111',
      time: '2026-11-21T08:05:00Z',
      region: 'eu-west-1',
      resources: [`arn:aws:s3:::${Bucket}`],
      detail: {
        version: '0',
        'event-version': '1.2',
        bucket: { name: Bucket },
        object: {
          key: 'in put/ü+.sh',
          size: 5,
          etag: createHash('md5').update('hello').digest('hex'),
          'version-id': VersionId,
          sequencer: expect.stringMatching(/^[0-9a-f]{16}$/),
        },
        'request-id': expect.stringMatching(/^[A-Z2-7]{16}$/),
        requester: '111111111111',
        'source-ip-address': '127.0.0.1',
        reason: 'PutObject',
      },
    });
  });

  it('announces copies, uploads in parts, delete markers and deletions in order', async () => {
    const { fixture, client, put, events } = await withEvents();
    await fixture.world.scheduler.runFor(eventBridgeDelayMs);
    const { VersionId } = await put('a');
    await client.send(
      new s3Client.CopyObjectCommand({ Bucket, Key: 'b', CopySource: `${Bucket}/a` }),
    );
    const { UploadId } = await client.send(
      new s3Client.CreateMultipartUploadCommand({ Bucket, Key: 'c' }),
    );
    const part = { Bucket, Key: 'c', UploadId };
    const { ETag } = await client.send(
      new s3Client.UploadPartCommand({ ...part, PartNumber: 1, Body: 'x' }),
    );
    await client.send(
      new s3Client.CompleteMultipartUploadCommand({
        ...part,
        MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
      }),
    );
    await client.send(new s3Client.DeleteObjectCommand({ Bucket, Key: 'a' }));
    await client.send(new s3Client.DeleteObjectCommand({ Bucket, Key: 'a', VersionId }));
    const seen = await events();
    expect(
      seen.map(({ detail }) => [detail['reason'], detail['deletion-type']].filter(Boolean)),
    ).toEqual([
      ['PutObject'],
      ['CopyObject'],
      ['CompleteMultipartUpload'],
      ['DeleteObject', 'Delete Marker Created'],
      ['DeleteObject', 'Permanently Deleted'],
    ]);
    const sequencers = seen.map(
      ({ detail }) => (detail['object'] as { sequencer: string }).sequencer,
    );
    expect(sequencers).toEqual(sequencers.toSorted());
    expect(new Set(sequencers).size).toBe(5);
  });

  it('names no version in a bucket without versioning', async () => {
    const { fixture, client, put } = await withBucket();
    await client.send(
      new s3Client.PutBucketNotificationConfigurationCommand({
        Bucket,
        NotificationConfiguration: { EventBridgeConfiguration: {} },
      }),
    );
    await fixture.world.scheduler.runFor(eventBridgeDelayMs);
    await put('a');
    const entry = fixture.world.journal.entries.find(({ name }) => name === 'event-published');
    const event = entry?.detail['event'] as EventEnvelope;
    expect(event.detail['object']).not.toHaveProperty('version-id');
  });
});

describe('lifecycle', () => {
  const setRules = (client: s3Client.S3Client, ...Rules: s3Client.LifecycleRule[]) =>
    client.send(
      new s3Client.PutBucketLifecycleConfigurationCommand({
        Bucket,
        LifecycleConfiguration: { Rules },
      }),
    );

  it('expires objects at midnight after their days, then the versions under them', async () => {
    const { fixture, client, put, read } = await withBucket('Enabled');
    const { scheduler } = fixture.world;
    await setRules(client, {
      Status: 'Enabled',
      Filter: { Prefix: 'logs/' },
      Expiration: { Days: 1 },
      NoncurrentVersionExpiration: { NoncurrentDays: 2 },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 3 },
    });
    const { VersionId } = await put('logs/a');
    await put('kept');
    await client.send(new s3Client.CreateMultipartUploadCommand({ Bucket, Key: 'logs/b' }));
    // Written at 08:00: one day later is 08:00, the midnight after that is 40 hours away.
    await scheduler.runFor(39 * 3600 * 1000);
    expect(await read('logs/a')).toBe('x');
    await scheduler.runFor(2 * 3600 * 1000);
    expect(await refusal(read('logs/a'))).toEqual(['NoSuchKey', 404]);
    expect(await read('logs/a', VersionId)).toBe('x');
    await scheduler.runFor(4 * dayMs);
    const { Versions, DeleteMarkers } = await client.send(
      new s3Client.ListObjectVersionsCommand({ Bucket }),
    );
    expect(Versions?.map(({ Key }) => Key)).toEqual(['kept']);
    expect(DeleteMarkers ?? []).toEqual([]);
    const { Uploads } = await client.send(new s3Client.ListMultipartUploadsCommand({ Bucket }));
    expect(Uploads ?? []).toEqual([]);
  });

  it.each([
    ['no action', { Filter: { Prefix: '' } }, 'MalformedXML'],
    ['no filter', { Expiration: { Days: 1 } }, 'MalformedXML'],
    ['no days', { Filter: { Prefix: '' }, Expiration: { Days: 0 } }, 'InvalidArgument'],
    [
      'a transition',
      { Filter: { Prefix: '' }, Transitions: [{ Days: 1, StorageClass: 'GLACIER' as const }] },
      'NotImplemented',
    ],
  ])('refuses a rule with %s', async (_, rule, code) => {
    const { client } = await withBucket();
    expect((await refusal(setRules(client, { Status: 'Enabled', ...rule })))[0]).toBe(code);
  });
});
