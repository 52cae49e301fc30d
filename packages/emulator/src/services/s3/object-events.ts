import type { Principal } from '../../iam/principal.ts';
import type { Call } from '../../world/call.ts';
import { Scope } from '../../world/scope.ts';
import { publishServiceEvent } from '../events/publish.ts';
import { bucketArn } from './access.ts';
import { shownVersionId } from './object-store.ts';
import type { Bucket, ObjectVersion, Version } from './state.ts';

type CreateReason = 'PutObject' | 'CopyObject' | 'CompleteMultipartUpload';

/** The etag that the event of a delete marker carries: that of no content. */
const emptyEtag = 'd41d8cd98f00b204e9800998ecf8427e';

/** Clients reach the emulator over loopback, whatever their place in the story. */
const sourceAddress = '127.0.0.1';

/** Source: S3 User Guide, "EventBridge event message structure". */
export function objectCreated(
  call: Call,
  bucket: Bucket,
  version: ObjectVersion,
  reason: CreateReason,
): void {
  publish(call, bucket, {
    detailType: 'Object Created',
    object: {
      key: version.key,
      size: version.body.length,
      etag: version.etag,
      'version-id': shownVersionId(bucket, version),
    },
    rest: { ...byRequest(call), reason },
  });
}

/** By a request, or, without a call, by an expiration rule. */
export function objectDeleted(
  scope: Scope,
  bucket: Bucket,
  options: { version: Version; outcome: 'delete-marker-created' | 'permanently-deleted' },
  call?: Call,
): void {
  const { version, outcome } = options;
  const madeMarker = outcome === 'delete-marker-created';
  publish(scope, bucket, {
    detailType: 'Object Deleted',
    object: {
      key: version.key,
      etag: madeMarker ? emptyEtag : undefined,
      'version-id': shownVersionId(bucket, version),
    },
    rest: {
      ...(call
        ? byRequest(call)
        : { 'request-id': requestId(scope), requester: 's3.amazonaws.com' }),
      reason: call ? 'DeleteObject' : 'Lifecycle Expiration',
      'deletion-type': madeMarker ? 'Delete Marker Created' : 'Permanently Deleted',
    },
  });
}

const requestId = (scope: Scope): string => scope.code('request-id', 16);

const byRequest = (call: Call): Readonly<Record<string, string>> => ({
  'request-id': requestId(call),
  requester: requesterOf(call.caller),
  'source-ip-address': call.via[0] ?? sourceAddress,
});

const requesterOf = (caller: Principal): string =>
  caller.kind === 'service' ? caller.service : caller.account;

function publish(
  scope: Scope,
  bucket: Bucket,
  event: {
    detailType: string;
    object: Readonly<Record<string, unknown>>;
    rest: Readonly<Record<string, string>>;
  },
): void {
  bucket.writes += 1;
  if (bucket.eventBridge === undefined || bucket.eventBridge.effectiveAt > scope.now) return;
  const generated = Object.fromEntries([...bucket.tags].filter(([key]) => key.startsWith('aws:')));
  const home = new Scope({
    world: scope.world,
    account: bucket.owner,
    region: bucket.region,
    service: 's3',
  });
  publishServiceEvent(home, {
    source: 'aws.s3',
    detailType: event.detailType,
    resources: [bucketArn(bucket.name)],
    detail: {
      version: '0',
      'event-version': '1.2',
      bucket: {
        name: bucket.name,
        ...(Object.keys(generated).length === 0 ? {} : { 'aws-generated-tags': generated }),
      },
      object: { ...event.object, sequencer: sequencer(scope, bucket) },
      ...event.rest,
    },
  });
}

/** Hexadecimal digits that grow with every write of a bucket: seconds, then the count of writes. */
function sequencer(scope: Scope, bucket: Bucket): string {
  const seconds = Math.floor(scope.now / 1000).toString(16);
  return seconds.padStart(8, '0') + bucket.writes.toString(16).padStart(8, '0');
}
