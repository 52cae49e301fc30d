import type * as client from '@aws-sdk/client-s3';
import type { CompiledPolicy } from '../../iam/compiled-policy.ts';
import { defineState } from '../../world/state.ts';
import type { Checksum } from './checksum.ts';

/** The headers that S3 keeps with an object and gives back with it. */
export interface ContentHeaders {
  readonly CacheControl?: string | undefined;
  readonly ContentDisposition?: string | undefined;
  readonly ContentEncoding?: string | undefined;
  readonly ContentLanguage?: string | undefined;
  readonly ContentType?: string | undefined;
  readonly Expires?: Date | undefined;
}

interface VersionBase {
  readonly key: string;
  /** `null` for what was written while versioning was not enabled. */
  readonly versionId: string;
  /** Whole seconds, as S3 keeps it. */
  readonly modifiedAt: Date;
  /** Milliseconds since 1970; set when a newer version takes its place. */
  noncurrentSince: number | undefined;
}

export interface ObjectVersion extends VersionBase {
  readonly kind: 'object';
  readonly body: Uint8Array;
  /** Without quotes. */
  readonly etag: string;
  readonly headers: ContentHeaders;
  readonly metadata: Readonly<Record<string, string>>;
  readonly checksum: Checksum;
  readonly partsCount: number | undefined;
  tags: ReadonlyMap<string, string>;
}

export interface DeleteMarker extends VersionBase {
  readonly kind: 'delete-marker';
}

export type Version = ObjectVersion | DeleteMarker;

export interface UploadedPart {
  readonly partNumber: number;
  readonly body: Uint8Array;
  readonly etag: string;
  readonly checksum: Checksum;
  readonly modifiedAt: Date;
}

export interface Upload {
  readonly uploadId: string;
  readonly key: string;
  readonly initiatedAt: Date;
  readonly initiator: string;
  readonly headers: ContentHeaders;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: ReadonlyMap<string, string>;
  readonly checksumAlgorithm: Checksum['algorithm'];
  readonly checksumType: client.ChecksumType;
  readonly parts: Map<number, UploadedPart>;
}

export interface BucketPolicy {
  readonly text: string;
  readonly compiled: CompiledPolicy;
  readonly isPublic: boolean;
}

export interface Bucket {
  readonly name: string;
  readonly owner: string;
  readonly region: string;
  readonly createdAt: Date;
  versioning: 'Enabled' | 'Suspended' | undefined;
  bucketKeyEnabled: boolean;
  publicAccessBlock: Required<client.PublicAccessBlockConfiguration> | undefined;
  policy: BucketPolicy | undefined;
  lifecycle: readonly client.LifecycleRule[];
  lifecycleArmed: boolean;
  /** Since when object events go to EventBridge, milliseconds since 1970. */
  eventBridge: { readonly effectiveAt: number } | undefined;
  logging: client.LoggingEnabled | undefined;
  tags: Map<string, string>;
  /** By key; newest version first. */
  readonly versions: Map<string, Version[]>;
  readonly uploads: Map<string, Upload>;
  /** Writes so far; orders events of one key. */
  writes: number;
}

/** Bucket names are unique across all accounts and Regions. */
export const s3State = defineState('s3', 'global', () => ({
  buckets: new Map<string, Bucket>(),
}));
