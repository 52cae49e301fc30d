import * as v from 'valibot';
import type { Upload } from '../model/records.ts';
import { parseWith, text } from './parse.ts';

// S3 guide, "EventBridge event message structure". Unknown members are dropped, unknown major versions refused.
const objectCreatedSchema = v.object({
  source: v.literal('aws.s3'),
  'detail-type': v.literal('Object Created'),
  time: v.pipe(v.string(), v.isoTimestamp()),
  detail: v.object({
    'event-version': v.optional(v.pipe(text(16), v.regex(/^1\./))),
    bucket: v.object({ name: text(63) }),
    object: v.object({
      key: text(1024),
      size: v.pipe(v.number(), v.integer(), v.minValue(0)),
      etag: text(128),
      // The bucket is versioned, so an event without it would be about a bucket that is not ours to build from.
      'version-id': text(1024),
      sequencer: v.optional(v.pipe(text(64), v.hexadecimal())),
    }),
    requester: v.optional(text(256), 'unknown'),
  }),
});

/**
 * Reads S3's `Object Created` event as EventBridge delivers it.
 *
 * @throws PayloadError
 */
export const parseObjectCreated = (event: unknown): Upload => {
  const { time, detail } = parseWith(objectCreatedSchema, event, 'Object Created event');
  const { object } = detail;
  return {
    bucket: detail.bucket.name,
    key: object.key,
    versionId: object['version-id'],
    sizeBytes: object.size,
    etag: object.etag,
    uploadedBy: detail.requester,
    uploadedAt: time,
    ...(object.sequencer === undefined ? {} : { sequencer: object.sequencer }),
  };
};
