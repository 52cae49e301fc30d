import type { Scope } from '../../world/scope.ts';
import type { Bucket, DeleteMarker, ObjectVersion, Version } from './state.ts';

/** The id of what was written while versioning was not enabled. */
const nullVersionId = 'null';

/** Opaque to clients; S3 promises at most 1,024 bytes of UTF-8 that are ready for a URL. */
const versionIdLength = 32;
export const isVersionId = (text: string): boolean =>
  text === nullVersionId || /^[A-Z2-7]{32}$/.test(text);

export const currentVersion = (bucket: Bucket, key: string): Version | undefined =>
  bucket.versions.get(key)?.[0];

export const currentObject = (bucket: Bucket, key: string): ObjectVersion | undefined => {
  const version = currentVersion(bucket, key);
  return version?.kind === 'object' ? version : undefined;
};

export const findVersion = (bucket: Bucket, key: string, versionId: string): Version | undefined =>
  bucket.versions.get(key)?.find((version) => version.versionId === versionId);

/** S3 keeps whole seconds. */
export const wholeSeconds = (scope: Scope): Date => new Date(Math.floor(scope.now / 1000) * 1000);

type Stamp = 'versionId' | 'modifiedAt' | 'noncurrentSince';
type NewObject = Omit<ObjectVersion, Stamp>;

function stamp(scope: Scope, bucket: Bucket): Pick<Version, Stamp> {
  return {
    versionId:
      bucket.versioning === 'Enabled' ? scope.code('version-id', versionIdLength) : nullVersionId,
    modifiedAt: wholeSeconds(scope),
    noncurrentSince: undefined,
  };
}

/**
 * Puts a version on top. Without versioning, and while it is suspended, the `null` version is replaced.
 * Source: S3 User Guide, "How S3 Versioning works" and "Adding objects to versioning-suspended buckets".
 */
function putOnTop(scope: Scope, bucket: Bucket, version: Version): void {
  const older = (bucket.versions.get(version.key) ?? []).filter(
    (other) => version.versionId !== nullVersionId || other.versionId !== nullVersionId,
  );
  const [previous] = older;
  if (previous) previous.noncurrentSince ??= scope.now;
  bucket.versions.set(version.key, [version, ...older]);
}

export function addObject(scope: Scope, bucket: Bucket, content: NewObject): ObjectVersion {
  const version = { ...content, ...stamp(scope, bucket) };
  putOnTop(scope, bucket, version);
  return version;
}

export function addDeleteMarker(scope: Scope, bucket: Bucket, key: string): DeleteMarker {
  const marker: DeleteMarker = { kind: 'delete-marker', key, ...stamp(scope, bucket) };
  putOnTop(scope, bucket, marker);
  return marker;
}

/** Removes one version for good; the next newer-most one becomes the current one. */
export function removeVersion(bucket: Bucket, version: Version): void {
  const rest = (bucket.versions.get(version.key) ?? []).filter((other) => other !== version);
  const [newest] = rest;
  if (newest) {
    newest.noncurrentSince = undefined;
    bucket.versions.set(version.key, rest);
  } else bucket.versions.delete(version.key);
}

/** Objects of a bucket without versioning show no version id. */
export const shownVersionId = (bucket: Bucket, version: Version): string | undefined =>
  bucket.versioning === undefined ? undefined : version.versionId;

/** S3 orders keys by their UTF-8 bytes, which the hexadecimal form keeps. */
export const byteOrder = (text: string): string => Buffer.from(text).toString('hex');
