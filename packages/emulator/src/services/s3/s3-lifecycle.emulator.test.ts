import { describe, expect, it } from '@jest/globals';
import * as s3Client from '@aws-sdk/client-s3';
import { Bucket, refusal, withBucket } from '../../../test/s3-fixture.ts';

const dayMs = 24 * 3600 * 1000;

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
