import type * as client from '@aws-sdk/client-s3';
import type { Call } from '../../world/call.ts';
import { paginate } from '../../world/paging.ts';
import type { AccessCheck } from '../../world/service.ts';
import { bucketCheck, findBucket, s3Operation } from './access.ts';
import { invalidArgument } from './errors.ts';
import { byteOrder, shownVersionId } from './object-store.ts';
import { ownerOf } from './owner.ts';
import type { Bucket, ObjectVersion, Version } from './state.ts';

const keysOnPageMax = 1000; // S3 API reference, ListObjectsV2, "max-keys"

interface ListInput {
  readonly Bucket?: string | undefined;
  readonly ExpectedBucketOwner?: string | undefined;
  readonly Prefix?: string | undefined;
  readonly Delimiter?: string | undefined;
  readonly MaxKeys?: number | undefined;
  readonly EncodingType?: client.EncodingType | undefined;
}

const listMembers = ['Prefix', 'Delimiter', 'MaxKeys', 'EncodingType'] as const;

function listCheck(call: Call, input: ListInput, action = 's3:ListBucket'): AccessCheck {
  return bucketCheck(call, input, action, {
    's3:prefix': input.Prefix,
    's3:delimiter': input.Delimiter,
    's3:max-keys': input.MaxKeys,
  });
}

/** A line of a listing: something under a key, or all keys that share a prefix up to the delimiter. */
type Line<T> = { readonly name: string; readonly item: T | undefined };

function linesOf<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  { Prefix = '', Delimiter = '' }: ListInput,
): readonly Line<T>[] {
  const lines: Line<T>[] = [];
  const folded = new Set<string>();
  for (const item of items) {
    const key = keyOf(item);
    if (!key.startsWith(Prefix)) continue;
    const end = Delimiter === '' ? -1 : key.indexOf(Delimiter, Prefix.length);
    if (end < 0) {
      lines.push({ name: key, item });
      continue;
    }
    const name = key.slice(0, end + Delimiter.length);
    if (!folded.has(name)) lines.push({ name, item: undefined });
    folded.add(name);
  }
  return lines;
}

const currentObjects = (bucket: Bucket): readonly ObjectVersion[] =>
  [...bucket.versions.values()]
    .flatMap(([current]) => (current?.kind === 'object' ? [current] : []))
    .toSorted((a, b) => compareKeys(a.key, b.key));

const compareKeys = (a: string, b: string): number =>
  Buffer.compare(Buffer.from(a), Buffer.from(b));

function pageSize(call: Call, asked: number | undefined): number {
  if (asked !== undefined && asked < 0)
    throw invalidArgument('Argument maxKeys must be an integer between 0 and 2147483647');
  return Math.min(asked ?? keysOnPageMax, keysOnPageMax, call.world.settings.pageSizeMax);
}

/** How keys are written in the answer: S3's url form leaves slashes alone and writes spaces as plus signs. */
export const keyWriter =
  (encodingType: client.EncodingType | undefined) =>
  (text: string): string =>
    encodingType === 'url'
      ? encodeURIComponent(text).replaceAll('%2F', '/').replaceAll('%20', '+')
      : text;

const describeObject = (
  object: ObjectVersion,
  options: { write: (text: string) => string; owner: client.Owner | undefined },
): client._Object => ({
  Key: options.write(object.key),
  LastModified: object.modifiedAt,
  ETag: `"${object.etag}"`,
  Size: object.body.length,
  StorageClass: 'STANDARD',
  ChecksumAlgorithm: [object.checksum.algorithm],
  ChecksumType: object.checksum.type,
  Owner: options.owner,
});

const prefixesOf = (
  lines: readonly Line<unknown>[],
  write: (text: string) => string,
): client.CommonPrefix[] =>
  lines.flatMap(({ name, item }) => (item === undefined ? [{ Prefix: write(name) }] : []));

export const listObjectsV2 = s3Operation<
  client.ListObjectsV2CommandInput,
  Partial<client.ListObjectsV2CommandOutput>
>([...listMembers, 'ContinuationToken', 'FetchOwner', 'StartAfter'], {
  authorize: (input, call) => listCheck(call, input),
  run(input, call) {
    const bucket = findBucket(call, input.Bucket);
    const size = pageSize(call, input.MaxKeys);
    const { StartAfter = '' } = input;
    const lines = linesOf(currentObjects(bucket), ({ key }) => key, input).filter(
      ({ name }) => StartAfter === '' || compareKeys(name, StartAfter) > 0,
    );
    const page =
      size === 0
        ? { items: [], nextToken: undefined }
        : paginate(call, lines, {
            keyOf: ({ name }) => byteOrder(name),
            token: input.ContinuationToken,
            size,
            sizeMax: keysOnPageMax,
            invalidToken: 'InvalidArgument',
          });
    const write = keyWriter(input.EncodingType);
    const owner = input.FetchOwner === true ? ownerOf(bucket.owner) : undefined;
    return {
      ...echo(input, write),
      StartAfter: input.StartAfter === undefined ? undefined : write(input.StartAfter),
      ContinuationToken: input.ContinuationToken,
      NextContinuationToken: page.nextToken,
      IsTruncated: page.nextToken !== undefined,
      KeyCount: page.items.length,
      Contents: page.items.flatMap(({ item }) =>
        item ? [describeObject(item, { write, owner })] : [],
      ),
      CommonPrefixes: prefixesOf(page.items, write),
    };
  },
});

function echo(
  input: ListInput,
  write: (text: string) => string,
): {
  Name: string | undefined;
  Prefix: string;
  Delimiter: string | undefined;
  MaxKeys: number;
  EncodingType: client.EncodingType | undefined;
} {
  return {
    Name: input.Bucket,
    Prefix: write(input.Prefix ?? ''),
    Delimiter: input.Delimiter === undefined ? undefined : write(input.Delimiter),
    MaxKeys: Math.min(input.MaxKeys ?? keysOnPageMax, keysOnPageMax),
    EncodingType: input.EncodingType,
  };
}

export const listObjects = s3Operation<
  client.ListObjectsCommandInput,
  Partial<client.ListObjectsCommandOutput>
>([...listMembers, 'Marker'], {
  authorize: (input, call) => listCheck(call, input),
  run(input, call) {
    const bucket = findBucket(call, input.Bucket);
    const size = pageSize(call, input.MaxKeys);
    const { Marker = '' } = input;
    const lines = linesOf(currentObjects(bucket), ({ key }) => key, input).filter(
      ({ name }) => Marker === '' || compareKeys(name, Marker) > 0,
    );
    const page = lines.slice(0, size);
    const isTruncated = size > 0 && lines.length > size;
    const write = keyWriter(input.EncodingType);
    const owner = ownerOf(bucket.owner);
    return {
      ...echo(input, write),
      Marker: write(Marker),
      IsTruncated: isTruncated,
      // Only a listing with a delimiter names the next marker; otherwise the last key is it.
      NextMarker:
        isTruncated && input.Delimiter !== undefined ? write(page.at(-1)?.name ?? '') : undefined,
      Contents: page.flatMap(({ item }) => (item ? [describeObject(item, { write, owner })] : [])),
      CommonPrefixes: prefixesOf(page, write),
    };
  },
});

export const listObjectVersions = s3Operation<
  client.ListObjectVersionsCommandInput,
  Partial<client.ListObjectVersionsCommandOutput>
>([...listMembers, 'KeyMarker', 'VersionIdMarker'], {
  authorize: (input, call) => listCheck(call, input, 's3:ListBucketVersions'),
  run(input, call) {
    const bucket = findBucket(call, input.Bucket);
    const size = pageSize(call, input.MaxKeys);
    if (input.VersionIdMarker !== undefined && input.KeyMarker === undefined)
      throw invalidArgument('A version-id marker cannot be specified without a key marker.');
    const all = linesOf(versionsInOrder(bucket), ({ key }) => key, input);
    const lines = all.slice(startOf(all, input));
    const page = lines.slice(0, size);
    const isTruncated = size > 0 && lines.length > size;
    const last = isTruncated ? page.at(-1) : undefined;
    const write = keyWriter(input.EncodingType);
    const kindOf = (kind: Version['kind']): Version[] =>
      page.flatMap(({ item }) => (item?.kind === kind ? [item] : []));
    return {
      ...echo(input, write),
      KeyMarker: write(input.KeyMarker ?? ''),
      VersionIdMarker: input.VersionIdMarker ?? '',
      IsTruncated: isTruncated,
      NextKeyMarker: last && write(last.name),
      NextVersionIdMarker: last?.item?.versionId,
      Versions: kindOf('object').map((version) => ({
        ...(version.kind === 'object'
          ? describeObject(version, { write, owner: ownerOf(bucket.owner) })
          : {}),
        StorageClass: 'STANDARD' as const,
        ...placeOf(bucket, version),
      })),
      DeleteMarkers: kindOf('delete-marker').map((version) => ({
        Key: write(version.key),
        LastModified: version.modifiedAt,
        Owner: ownerOf(bucket.owner),
        ...placeOf(bucket, version),
      })),
      CommonPrefixes: prefixesOf(page, write),
    };
  },
});

const versionsInOrder = (bucket: Bucket): readonly Version[] =>
  [...bucket.versions.entries()]
    .toSorted(([a], [b]) => compareKeys(a, b))
    .flatMap(([, versions]) => versions);

const placeOf = (bucket: Bucket, version: Version): { IsLatest: boolean; VersionId: string } => ({
  IsLatest: bucket.versions.get(version.key)?.[0] === version,
  VersionId: shownVersionId(bucket, version) ?? 'null',
});

/** Where a page begins: behind the marked version, or behind all versions of the marked key. */
function startOf(
  lines: readonly Line<Version>[],
  { KeyMarker = '', VersionIdMarker }: client.ListObjectVersionsCommandInput,
): number {
  if (KeyMarker === '') return 0;
  if (VersionIdMarker !== undefined && VersionIdMarker !== '') {
    const marked = lines.findIndex(
      ({ name, item }) => name === KeyMarker && item?.versionId === VersionIdMarker,
    );
    if (marked >= 0) return marked + 1;
    // The marked version is gone, as when a client deletes what it lists: the other versions of the key come next.
    const rest = lines.findIndex(({ name }) => name === KeyMarker);
    if (rest >= 0) return rest;
  }
  const next = lines.findIndex(({ name }) => compareKeys(name, KeyMarker) > 0);
  return next < 0 ? lines.length : next;
}
