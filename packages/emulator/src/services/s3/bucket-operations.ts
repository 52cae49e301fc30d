import type * as client from '@aws-sdk/client-s3';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { paginate } from '../../world/paging.ts';
import { bucketArn, bucketCheck, checkOnBucket, findBucket, s3Operation } from './access.ts';
import { requireBucketName } from './bucket-name.ts';
import { accessDenied, invalidArgument, notModelled } from './errors.ts';
import { wholeSeconds } from './object-store.ts';
import { ownerOf } from './owner.ts';
import { s3State, type Bucket } from './state.ts';

const homeRegion = 'us-east-1';
const bucketsOnPageMax = 10_000; // S3 API reference, ListBuckets, "max-buckets"

export const createBucket = s3Operation<
  client.CreateBucketCommandInput,
  Partial<client.CreateBucketCommandOutput>
>(['ACL', 'CreateBucketConfiguration', 'ObjectOwnership'], {
  authorize: (input, call) => ({
    action: 's3:CreateBucket',
    resource: bucketArn(input.Bucket ?? ''),
    resourceAccount: call.account,
    context: {
      's3:locationconstraint': input.CreateBucketConfiguration?.LocationConstraint,
      's3:x-amz-acl': input.ACL,
      's3:x-amz-object-ownership': input.ObjectOwnership,
    },
  }),
  run(input, call) {
    const name = input.Bucket ?? '';
    if (call.caller.kind === 'service') throw accessDenied();
    requireBucketName(name);
    if (input.ACL !== undefined && input.ACL !== 'private') throw notModelled(`ACL ${input.ACL}`);
    if (input.ObjectOwnership !== undefined && input.ObjectOwnership !== 'BucketOwnerEnforced')
      throw notModelled(`ObjectOwnership ${input.ObjectOwnership}`);
    const region = placeOf(input, call);
    const { buckets } = s3State.in(call);
    const existing = buckets.get(name);
    if (existing) return existingBucket(existing, call);
    buckets.set(
      name,
      newBucket({ name, owner: call.account, region, createdAt: wholeSeconds(call) }),
    );
    return { Location: region === homeRegion ? `/${name}` : `http://${name}.s3.amazonaws.com/` };
  },
});

/** Every new bucket is private: no ACLs, no public policy, encrypted with keys of S3 (S3 User Guide, "Default settings"). */
const newBucket = (identity: Pick<Bucket, 'name' | 'owner' | 'region' | 'createdAt'>): Bucket => ({
  ...identity,
  versioning: undefined,
  bucketKeyEnabled: false,
  publicAccessBlock: {
    BlockPublicAcls: true,
    IgnorePublicAcls: true,
    BlockPublicPolicy: true,
    RestrictPublicBuckets: true,
  },
  policy: undefined,
  lifecycle: [],
  lifecycleArmed: false,
  eventBridge: undefined,
  logging: undefined,
  tags: new Map(),
  versions: new Map(),
  uploads: new Map(),
  writes: 0,
});

/** The endpoint of us-east-1 makes buckets anywhere, the others only in their own Region. */
function placeOf(input: client.CreateBucketCommandInput, call: Call): string {
  const configuration = input.CreateBucketConfiguration ?? {};
  const strange = Object.keys(configuration).find((member) => member !== 'LocationConstraint');
  if (strange !== undefined) throw notModelled(`${strange} of CreateBucketConfiguration`);
  const constraint: string | undefined = configuration.LocationConstraint;
  if (constraint === homeRegion)
    throw new AwsError(
      'InvalidLocationConstraint',
      'The specified location-constraint is not valid',
    );
  if (call.region === homeRegion) return constraint ?? homeRegion;
  if (constraint !== call.region)
    throw new AwsError(
      'IllegalLocationConstraintException',
      `The ${constraint ?? 'unspecified'} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    );
  return constraint;
}

function existingBucket(existing: Bucket, call: Call): Partial<client.CreateBucketCommandOutput> {
  if (existing.owner !== call.account)
    throw new AwsError(
      'BucketAlreadyExists',
      'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.',
      { status: 409 },
    );
  // S3 API reference, CreateBucket: in us-east-1 an owner may "create" its bucket again.
  if (existing.region === homeRegion && call.region === homeRegion)
    return { Location: `/${existing.name}` };
  throw new AwsError(
    'BucketAlreadyOwnedByYou',
    'Your previous request to create the named bucket succeeded and you already own it.',
    { status: 409 },
  );
}

export const deleteBucket = s3Operation<client.DeleteBucketCommandInput, object>([], {
  authorize: (input, call) => bucketCheck(call, input, 's3:DeleteBucket'),
  run(input, call) {
    const bucket = findBucket(call, input.Bucket);
    if (bucket.versions.size > 0)
      throw new AwsError(
        'BucketNotEmpty',
        bucket.versioning === undefined
          ? 'The bucket you tried to delete is not empty'
          : 'The bucket you tried to delete is not empty. You must delete all versions in the bucket.',
        { status: 409 },
      );
    s3State.in(call).buckets.delete(bucket.name);
    return {};
  },
});

export const headBucket = s3Operation<
  client.HeadBucketCommandInput,
  Partial<client.HeadBucketCommandOutput>
>([], {
  authorize(input, call) {
    // An answer to HEAD has no body, so the code is all that a client sees.
    if (!s3State.in(call).buckets.has(input.Bucket ?? ''))
      throw new AwsError('NotFound', 'Not Found', { status: 404 });
    return bucketCheck(call, input, 's3:ListBucket');
  },
  run: (input, call) => ({
    BucketRegion: findBucket(call, input.Bucket).region,
    AccessPointAlias: false,
  }),
});

export const listBuckets = s3Operation<
  client.ListBucketsCommandInput,
  Partial<client.ListBucketsCommandOutput>
>(['MaxBuckets', 'ContinuationToken', 'Prefix', 'BucketRegion'], {
  authorize: () => ({ action: 's3:ListAllMyBuckets', resource: '*' }),
  run(input, call) {
    const { MaxBuckets, Prefix = '', BucketRegion } = input;
    if (MaxBuckets !== undefined && (MaxBuckets < 1 || MaxBuckets > bucketsOnPageMax))
      throw invalidArgument(`MaxBuckets must be from 1 to ${bucketsOnPageMax}`);
    const own = [...s3State.in(call).buckets.values()].filter(
      (bucket) =>
        bucket.owner === call.account &&
        bucket.name.startsWith(Prefix) &&
        (BucketRegion === undefined || bucket.region === BucketRegion),
    );
    // Without `max-buckets` S3 gives all buckets at once: old clients do not know of pages here.
    const size = MaxBuckets ?? (input.ContinuationToken === undefined ? own.length : undefined);
    const page =
      MaxBuckets === undefined && input.ContinuationToken === undefined
        ? { items: own.toSorted((a, b) => (a.name < b.name ? -1 : 1)), nextToken: undefined }
        : paginate(call, own, {
            keyOf: ({ name }) => name,
            token: input.ContinuationToken,
            size,
            sizeMax: bucketsOnPageMax,
            invalidToken: 'InvalidArgument',
          });
    return {
      Buckets: page.items.map((bucket) => ({
        Name: bucket.name,
        CreationDate: bucket.createdAt,
        BucketRegion: bucket.region as client.BucketLocationConstraint,
        BucketArn: bucketArn(bucket.name),
      })),
      Owner: ownerOf(call.account),
      ContinuationToken: page.nextToken,
      Prefix: input.Prefix,
    };
  },
});

export const getBucketLocation = s3Operation<
  client.GetBucketLocationCommandInput,
  Partial<client.GetBucketLocationCommandOutput>
>([], {
  authorize(input, call) {
    const bucket = findBucket(call, input.Bucket, anywhere(call));
    return checkOnBucket(call, bucket, { action: 's3:GetBucketLocation' });
  },
  run(input, call) {
    const { region } = findBucket(call, input.Bucket, anywhere(call));
    return region === homeRegion
      ? {}
      : { LocationConstraint: region as client.BucketLocationConstraint };
  },
});

/** The global endpoint knows every bucket; this call is how a client finds a bucket's Region. */
const anywhere = (call: Call): 'any-region' | 'own-region' =>
  call.region === homeRegion ? 'any-region' : 'own-region';
