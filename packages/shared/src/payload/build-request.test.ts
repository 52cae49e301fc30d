import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PayloadError } from '../model/golden-error.ts';
import { parseBuildRequest } from './build-request.ts';
import { parseSqsEvent } from './sqs-event.ts';

interface EventChanges {
  event?: object;
  detail?: object;
  object?: object;
}

// The example of S3's guide, with a key of ours.
const objectCreated = ({ event, detail, object }: EventChanges = {}): string =>
  JSON.stringify({
    version: '0',
    id: '17793124-05d4-b198-2fde-7ededc63b103',
    'detail-type': 'Object Created',
    source: 'aws.s3',
    account: '111122223333',
    time: '2021-11-12T00:00:00Z',
    region: 'ca-central-1',
    resources: ['arn:aws:s3:::golden-payloads'],
    detail: {
      version: '0',
      'event-version': '1.2',
      bucket: {
        name: 'golden-payloads',
        'aws-generated-tags': { 'aws:cloudformation:stack-name': 'x' },
      },
      object: {
        key: 'payloads/run me.sh',
        size: 5,
        etag: 'b1946ac92492d2347c6235b4d2611184',
        'version-id': 'IYV3p45BT0ac8hjHg1houSdS1a.Mro8e',
        sequencer: '617f08299329d189',
        ...object,
      },
      'request-id': 'N4N7GDK58NMKJ12R',
      requester: '123456789012',
      'source-ip-address': '192.0.2.1',
      reason: 'PutObject',
      ...detail,
    },
    ...event,
  });

describe('parseBuildRequest', () => {
  it('reads the event of an upload', () => {
    expect(parseBuildRequest(objectCreated())).toEqual({
      cause: 'upload',
      upload: {
        bucket: 'golden-payloads',
        key: 'payloads/run me.sh',
        versionId: 'IYV3p45BT0ac8hjHg1houSdS1a.Mro8e',
        sizeBytes: 5,
        etag: 'b1946ac92492d2347c6235b4d2611184',
        uploadedBy: '123456789012',
        uploadedAt: '2021-11-12T00:00:00Z',
        sequencer: '617f08299329d189',
      },
    });
  });

  it('reads the daily question about the parent image', () => {
    expect(parseBuildRequest('{"cause":"parent"}')).toEqual({ cause: 'parent' });
  });

  it.each<[string, EventChanges]>([
    ['without the newer members', { detail: { 'event-version': undefined } }],
    ['without a requester', { detail: { requester: undefined } }],
    ['without a sequencer', { object: { sequencer: undefined } }],
    ['of an empty object', { object: { size: 0 } }],
    [
      'with members that are yet to be invented',
      { event: { flavour: 'new' }, detail: { colour: 1 } },
    ],
  ])('takes an event %s', (_, changes) => {
    expect(parseBuildRequest(objectCreated(changes))).toMatchObject({ cause: 'upload' });
  });

  it.each<[string, EventChanges]>([
    ['of another source', { event: { source: 'aws.ec2' } }],
    ['of another kind', { event: { 'detail-type': 'Object Deleted' } }],
    ['of another major version', { detail: { 'event-version': '2.0' } }],
    ['without a version id', { object: { 'version-id': undefined } }],
    ['with a negative size', { object: { size: -1 } }],
    ['with a key longer than S3 has', { object: { key: 'k'.repeat(1025) } }],
    ['with a time that is none', { event: { time: 'yesterday' } }],
  ])('refuses an event %s', (_, changes) => {
    expect(() => parseBuildRequest(objectCreated(changes))).toThrow(PayloadError);
  });

  it('names the member that is wrong', () => {
    expect(() => parseBuildRequest(objectCreated({ object: { size: 'big' } }))).toThrow(
      /detail\.object\.size/,
    );
  });

  it('throws nothing but PayloadError on any text and any JSON', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
        expect(() => parseBuildRequest(body)).toThrow(PayloadError);
      }),
    );
  });
});

describe('parseSqsEvent', () => {
  it('keeps the messages in their order', () => {
    const messages = ['one', 'two'].map((body) => ({ messageId: `id-${body}`, body }));
    const event = { Records: messages.map((message) => ({ ...message, attributes: {} })) };
    expect(parseSqsEvent(event)).toEqual(messages);
  });

  it('throws nothing but PayloadError on any value', () => {
    fc.assert(
      fc.property(fc.anything(), (event) => {
        expect(() => parseSqsEvent(event)).toThrow(PayloadError);
      }),
    );
  });
});
