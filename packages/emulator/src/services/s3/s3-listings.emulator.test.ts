import { describe, expect, it } from '@jest/globals';
import * as s3Client from '@aws-sdk/client-s3';
import { Bucket, refusal, withBucket, type S3Fixture } from '../../../test/s3-fixture.ts';

describe('listings', () => {
  const keys = ['a/1', 'a/2', 'b', 'c/1/x', 'c/2', 'd', '😀', '\uffee'];

  async function filled(): Promise<S3Fixture> {
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
