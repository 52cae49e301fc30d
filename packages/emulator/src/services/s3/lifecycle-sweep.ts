import type * as client from '@aws-sdk/client-s3';
import type { Scope } from '../../world/scope.ts';
import type { World } from '../../world/world.ts';
import { objectDeleted } from './object-events.ts';
import { addDeleteMarker, removeVersion } from './object-store.ts';
import { s3State, type Bucket, type ObjectVersion, type Version } from './state.ts';

const dayMs = 24 * 3600 * 1000;

/** Days count from the event and are rounded up to the next midnight UTC (S3 User Guide, "Lifecycle configuration elements"). */
const dueAt = (since: number, days: number): number =>
  Math.ceil((since + days * dayMs) / dayMs) * dayMs;

/** S3 looks at its rules once a day; a bucket without rules costs nothing. */
export function armLifecycle(world: World, bucket: Bucket): void {
  if (bucket.lifecycleArmed || bucket.lifecycle.length === 0) return;
  bucket.lifecycleArmed = true;
  const scope = world.scope(bucket.owner, bucket.region, 's3');
  const nextMidnight = (Math.floor(scope.now / dayMs) + 1) * dayMs;
  scope.after(nextMidnight - scope.now, `lifecycle ${bucket.name}`, () => {
    bucket.lifecycleArmed = false;
    if (s3State.in(scope).buckets.get(bucket.name) !== bucket) return;
    sweep(scope, bucket);
    armLifecycle(world, bucket);
  });
}

function sweep(scope: Scope, bucket: Bucket): void {
  for (const rule of bucket.lifecycle) {
    if (rule.Status !== 'Enabled') continue;
    for (const versions of [...bucket.versions.values()]) {
      expireNoncurrent(scope, bucket, { rule, versions });
      expireCurrent(scope, bucket, { rule, versions });
    }
    abortUploads(scope, bucket, rule);
  }
}

interface Candidates {
  readonly rule: client.LifecycleRule;
  /** Of one key, newest first. */
  readonly versions: readonly Version[];
}

function expireCurrent(scope: Scope, bucket: Bucket, { rule, versions }: Candidates): void {
  const { Expiration } = rule;
  const [current] = bucket.versions.get(versions[0]?.key ?? '') ?? [];
  if (!Expiration || !current) return;
  if (current.kind === 'delete-marker') {
    expireLoneMarker(scope, bucket, { rule, marker: current });
    return;
  }
  const due =
    Expiration.Days === undefined
      ? Expiration.Date?.getTime()
      : dueAt(current.modifiedAt.getTime(), Expiration.Days);
  if (due === undefined || due > scope.now || !applies(rule, current)) return;
  if (bucket.versioning === undefined) {
    removeVersion(bucket, current);
    objectDeleted(scope, bucket, { version: current, outcome: 'permanently-deleted' });
  } else {
    const version = addDeleteMarker(scope, bucket, current.key);
    objectDeleted(scope, bucket, { version, outcome: 'delete-marker-created' });
  }
}

/** A delete marker with nothing under it goes when a rule says so, or when it is as old as objects get. */
function expireLoneMarker(
  scope: Scope,
  bucket: Bucket,
  { rule, marker }: { rule: client.LifecycleRule; marker: Version },
): void {
  if ((bucket.versions.get(marker.key) ?? []).length > 1) return;
  if (!marker.key.startsWith(prefixOf(rule))) return;
  const { Days, ExpiredObjectDeleteMarker } = rule.Expiration ?? {};
  const isOld = Days !== undefined && dueAt(marker.modifiedAt.getTime(), Days) <= scope.now;
  if (ExpiredObjectDeleteMarker !== true && !isOld) return;
  removeVersion(bucket, marker);
  objectDeleted(scope, bucket, { version: marker, outcome: 'permanently-deleted' });
}

function expireNoncurrent(scope: Scope, bucket: Bucket, { rule, versions }: Candidates): void {
  const { NoncurrentDays, NewerNoncurrentVersions = 0 } = rule.NoncurrentVersionExpiration ?? {};
  if (NoncurrentDays === undefined) return;
  const noncurrent = versions.slice(1).slice(NewerNoncurrentVersions);
  for (const version of noncurrent) {
    if (dueAt(version.noncurrentSince ?? scope.now, NoncurrentDays) > scope.now) continue;
    if (
      version.kind === 'object' ? !applies(rule, version) : !version.key.startsWith(prefixOf(rule))
    )
      continue;
    removeVersion(bucket, version);
    objectDeleted(scope, bucket, { version, outcome: 'permanently-deleted' });
  }
}

function abortUploads(scope: Scope, bucket: Bucket, rule: client.LifecycleRule): void {
  const days = rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation;
  if (days === undefined) return;
  for (const upload of [...bucket.uploads.values()])
    if (
      upload.key.startsWith(prefixOf(rule)) &&
      dueAt(upload.initiatedAt.getTime(), days) <= scope.now
    ) {
      bucket.uploads.delete(upload.uploadId);
      scope.record('upload-aborted', { bucket: bucket.name, key: upload.key });
    }
}

// eslint-disable-next-line @typescript-eslint/no-deprecated -- S3 still takes the old form of a filter
const prefixOf = ({ Filter, Prefix }: client.LifecycleRule): string =>
  Filter?.And?.Prefix ?? Filter?.Prefix ?? Prefix ?? '';

function applies(rule: client.LifecycleRule, object: ObjectVersion): boolean {
  const { Filter } = rule;
  const tags = [...(Filter?.And?.Tags ?? []), ...(Filter?.Tag ? [Filter.Tag] : [])];
  const over = Filter?.And?.ObjectSizeGreaterThan ?? Filter?.ObjectSizeGreaterThan ?? -1;
  const under =
    Filter?.And?.ObjectSizeLessThan ?? Filter?.ObjectSizeLessThan ?? Number.POSITIVE_INFINITY;
  return (
    object.key.startsWith(prefixOf(rule)) &&
    tags.every(({ Key = '', Value = '' }) => object.tags.get(Key) === Value) &&
    object.body.length > over &&
    object.body.length < under
  );
}
