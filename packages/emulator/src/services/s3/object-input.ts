import type * as client from '@aws-sdk/client-s3';
import { AwsError } from '../../world/aws-error.ts';
import { notModelled } from './errors.ts';
import type { ContentHeaders } from './state.ts';

const keyBytesMax = 1024; // S3 User Guide, "Naming Amazon S3 objects"
const metadataBytesMax = 2 * 1024; // S3 User Guide, "Working with object metadata"

interface NewObjectInput extends ContentHeaders {
  readonly Key?: string | undefined;
  readonly ACL?: client.ObjectCannedACL | undefined;
  readonly StorageClass?: client.StorageClass | undefined;
  readonly ServerSideEncryption?: client.ServerSideEncryption | undefined;
  readonly Metadata?: Readonly<Record<string, string>> | undefined;
}

/** Members of every request that makes an object. */
export const newObjectMembers = [
  'Key',
  'ACL',
  'StorageClass',
  'ServerSideEncryption',
  'Metadata',
  'Tagging',
  'CacheControl',
  'ContentDisposition',
  'ContentEncoding',
  'ContentLanguage',
  'ContentType',
  'Expires',
] as const;

/** @throws AwsError for what S3 refuses and for what is not modelled */
export function checkNewObject(input: NewObjectInput): void {
  const { Key = '', ACL, StorageClass, ServerSideEncryption, Metadata = {} } = input;
  if (Buffer.byteLength(Key) > keyBytesMax)
    throw new AwsError('KeyTooLongError', 'Your key is too long');
  // Without ACLs only the one that changes nothing is accepted (S3 User Guide, "Controlling ownership of objects").
  if (ACL !== undefined && ACL !== 'bucket-owner-full-control')
    throw new AwsError('AccessControlListNotSupported', 'The bucket does not allow ACLs');
  if (StorageClass !== undefined && StorageClass !== 'STANDARD')
    throw notModelled(`StorageClass ${StorageClass}`);
  if (ServerSideEncryption !== undefined && ServerSideEncryption !== 'AES256')
    throw notModelled(`ServerSideEncryption ${ServerSideEncryption}`);
  const size = Object.entries(Metadata).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value),
    0,
  );
  if (size > metadataBytesMax)
    throw new AwsError(
      'MetadataTooLarge',
      'Your metadata headers exceed the maximum allowed metadata size',
    );
}

export const contentHeaders = (input: ContentHeaders): ContentHeaders => ({
  CacheControl: input.CacheControl,
  ContentDisposition: input.ContentDisposition,
  ContentEncoding: input.ContentEncoding,
  ContentLanguage: input.ContentLanguage,
  ContentType: input.ContentType ?? 'binary/octet-stream',
  Expires: input.Expires,
});

/** S3 keeps the names of user metadata in lower case. */
export const metadataOf = (input: NewObjectInput): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(input.Metadata ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );

/** Condition keys of a request that makes an object. */
export const newObjectContext = (
  input: NewObjectInput & {
    IfMatch?: string | undefined;
    IfNoneMatch?: string | undefined;
  },
): Readonly<Record<string, string | undefined>> => ({
  's3:x-amz-acl': input.ACL,
  's3:x-amz-server-side-encryption': input.ServerSideEncryption,
  's3:x-amz-storage-class': input.StorageClass,
  's3:if-match': input.IfMatch,
  's3:if-none-match': input.IfNoneMatch,
});
