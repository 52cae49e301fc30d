import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import * as s3Client from '@aws-sdk/client-s3';
import { Bucket, refusal, withBucket } from '../../../test/s3-fixture.ts';

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
    expect(await refusal(copy({ CopySource: `${Bucket}/100%` }))).toEqual(['InvalidArgument', 400]);
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
