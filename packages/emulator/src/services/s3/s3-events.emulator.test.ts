import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import * as s3Client from '@aws-sdk/client-s3';
import { Bucket, withBucket, type S3Fixture } from '../../../test/s3-fixture.ts';
import type { EventEnvelope } from '../events/publish.ts';
import { eventBridgeDelayMs } from './bucket-settings.ts';

describe('events', () => {
  async function withEvents(): Promise<S3Fixture & { events: () => Promise<EventEnvelope[]> }> {
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
