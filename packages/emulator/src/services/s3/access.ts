import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { operation, type AccessCheck, type Operation } from '../../world/service.ts';
import { accessDenied, noSuchBucket, notModelled } from './errors.ts';
import { currentVersion, findVersion } from './object-store.ts';
import { s3State, type Bucket } from './state.ts';

type Context = NonNullable<AccessCheck['context']>;

interface BucketInput {
  readonly Bucket?: string | undefined;
  readonly ExpectedBucketOwner?: string | undefined;
}

interface ObjectInput extends BucketInput {
  readonly Key?: string | undefined;
  readonly VersionId?: string | undefined;
}

/**
 * An operation that names the input members which it models; any other one that a request carries is refused, so
 * that nothing is left out in silence. `Bucket` and `ExpectedBucketOwner` go without saying.
 */
export function s3Operation<I extends object, O>(
  members: readonly (keyof I & string)[],
  definition: Operation<I, O>,
): Operation {
  const known = new Set<string>(['Bucket', 'ExpectedBucketOwner', ...members]);
  return operation<I, O>({
    authorize(input, call) {
      const strange = Object.keys(input).find((member) => !known.has(member));
      if (strange !== undefined) throw notModelled(`${strange} of ${call.operationName}`);
      return definition.authorize(input, call);
    },
    run: definition.run,
  });
}

/**
 * @throws AwsError `NoSuchBucket`, or `PermanentRedirect` with the Region to go to, as S3's Regional endpoints answer
 * (S3 User Guide, "Request redirection and the REST API")
 */
export function findBucket(
  call: Call,
  name: string | undefined,
  where: 'own-region' | 'any-region' = 'own-region',
): Bucket {
  const bucket = s3State.in(call).buckets.get(name ?? '');
  if (!bucket) throw noSuchBucket(name ?? '');
  if (where === 'own-region' && bucket.region !== call.region)
    throw new AwsError(
      'PermanentRedirect',
      `The bucket ${bucket.name} is in ${bucket.region}. The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.`,
      { status: 301, headers: { 'x-amz-bucket-region': bucket.region } },
    );
  return bucket;
}

export const bucketArn = (name: string): string => `arn:aws:s3:::${name}`;

/** S3 condition keys that every request carries. The wire here is loopback; it stands for TLS 1.3 to AWS. */
const requestContext = (bucket: Bucket): Context => ({
  'aws:ResourceAccount': bucket.owner,
  's3:ResourceAccount': bucket.owner,
  's3:authType': 'REST-HEADER',
  's3:signatureversion': 'AWS4-HMAC-SHA256',
  's3:TlsVersion': '1.3',
});

/** A check on a bucket that was found already. */
export function checkOnBucket(
  call: Call,
  bucket: Bucket,
  options: { action: string; key?: string | undefined; context?: Context },
): AccessCheck {
  const { action, key, context = {} } = options;
  return {
    action,
    resource: key === undefined ? bucketArn(bucket.name) : `${bucketArn(bucket.name)}/${key}`,
    resourceAccount: bucket.owner,
    resourcePolicy: effectivePolicy(call, bucket),
    context: { ...requestContext(bucket), ...context },
  };
}

/**
 * With `RestrictPublicBuckets` a public policy counts only for services and for the owner's own account.
 * Source: S3 User Guide, "Blocking public access to your Amazon S3 storage".
 */
function effectivePolicy({ caller }: Call, bucket: Bucket): AccessCheck['resourcePolicy'] {
  const { policy, publicAccessBlock, owner } = bucket;
  const isRestricted =
    policy?.isPublic === true &&
    publicAccessBlock?.RestrictPublicBuckets === true &&
    caller.kind !== 'service' &&
    caller.account !== owner;
  return isRestricted ? undefined : policy?.compiled;
}

/** The check of an operation on a bucket. */
export function bucketCheck(
  call: Call,
  input: BucketInput,
  action: string,
  context: Context = {},
): AccessCheck {
  const bucket = findBucket(call, input.Bucket);
  requireOwner(bucket, input.ExpectedBucketOwner);
  return checkOnBucket(call, bucket, { action, context });
}

export function requireOwner(bucket: Bucket, expected: string | undefined): void {
  if (expected !== undefined && expected !== bucket.owner) throw accessDenied();
}

/** The check of an operation on an object; the tags of the object as it is now are part of the request context. */
export function objectCheck(
  call: Call,
  input: ObjectInput,
  action: string,
  context: Context = {},
): AccessCheck {
  const bucket = findBucket(call, input.Bucket);
  requireOwner(bucket, input.ExpectedBucketOwner);
  return checkOnObject(call, bucket, { input, action, context });
}

export function checkOnObject(
  call: Call,
  bucket: Bucket,
  options: { input: ObjectInput; action: string; context?: Context },
): AccessCheck {
  const { input, action, context = {} } = options;
  const key = input.Key ?? '';
  return checkOnBucket(call, bucket, {
    action,
    key,
    context: { 's3:VersionId': input.VersionId, ...existingTags(bucket, input), ...context },
  });
}

function existingTags(bucket: Bucket, { Key = '', VersionId }: ObjectInput): Context {
  const version =
    VersionId === undefined ? currentVersion(bucket, Key) : findVersion(bucket, Key, VersionId);
  if (version?.kind !== 'object') return {};
  return Object.fromEntries(
    [...version.tags].map(([tag, value]) => [`s3:ExistingObjectTag/${tag}`, value]),
  );
}

/** Whether a missing object may be told apart from a forbidden one (S3 API reference, GetObject, "Permissions"). */
export const maySeeAbsence = (call: Call, bucket: Bucket): boolean =>
  call.allows(checkOnBucket(call, bucket, { action: 's3:ListBucket' }));
