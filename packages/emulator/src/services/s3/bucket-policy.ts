import type * as client from '@aws-sdk/client-s3';
import type { CompiledPolicy } from '../../iam/compiled-policy.ts';
import { MalformedPolicy } from '../../iam/malformed-policy.ts';
import { compileWildcard } from '../../iam/wildcard.ts';
import { isRecord } from '../../wire/scalars.ts';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import type { AccessCheck } from '../../world/service.ts';
import { bindPolicy } from '../iam/principal-binding.ts';
import { bucketArn, bucketCheck, findBucket, s3Operation } from './access.ts';
import { accessDenied, noSuchSetting, notModelled } from './errors.ts';
import { requireFittingActions } from './policy-actions.ts';
import { isPublicPolicy } from './public-policy.ts';
import type { Bucket } from './state.ts';

const policyBytesMax = 20 * 1024; // S3 User Guide, "Bucket policies for Amazon S3": 20 KB

/**
 * Policies are a matter of the owner: another account gets 405 even where the policy allows it, and the owner's root
 * user keeps its access whatever the policy says.
 * Source: S3 API reference, PutBucketPolicy, GetBucketPolicy, DeleteBucketPolicy.
 */
function policyCheck(
  call: Call,
  input: { Bucket?: string | undefined; ExpectedBucketOwner?: string | undefined },
  action: string,
): AccessCheck | readonly AccessCheck[] {
  const { caller } = call;
  const { owner } = findBucket(call, input.Bucket);
  const check = bucketCheck(call, input, action);
  return caller.kind === 'root' && caller.account === owner ? [] : check;
}

function requireOwnAccount({ caller }: Call, bucket: Bucket): void {
  if (caller.kind !== 'service' && caller.account === bucket.owner) return;
  throw new AwsError(
    'MethodNotAllowed',
    'The specified method is not allowed against this resource.',
    { status: 405 },
  );
}

export const putBucketPolicy = s3Operation<client.PutBucketPolicyCommandInput, object>(
  ['Policy', 'ContentMD5', 'ChecksumAlgorithm', 'ConfirmRemoveSelfBucketAccess'],
  {
    authorize: (input, call) => policyCheck(call, input, 's3:PutBucketPolicy'),
    run(input, call) {
      const bucket = findBucket(call, input.Bucket);
      requireOwnAccount(call, bucket);
      if (input.ConfirmRemoveSelfBucketAccess === true)
        throw notModelled('ConfirmRemoveSelfBucketAccess');
      const text = input.Policy ?? '';
      const compiled = compileFor(call, bucket, text);
      const isPublic = isPublicPolicy(JSON.parse(text));
      if (isPublic && bucket.publicAccessBlock?.BlockPublicPolicy === true)
        throw accessDenied(
          `User: ${call.caller.kind === 'service' ? call.caller.service : call.caller.arn} is not authorized to perform: s3:PutBucketPolicy on resource: "${bucketArn(bucket.name)}" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.`,
        );
      bucket.policy = { text, compiled, isPublic };
      return {};
    },
  },
);

const malformed = (message: string): AwsError => new AwsError('MalformedPolicy', message);

/** Principals have to exist. Source: S3 User Guide, "Troubleshoot access denied errors", invalid principals. */
function compileFor({ world }: Call, bucket: Bucket, text: string): CompiledPolicy {
  if (Buffer.byteLength(text) > policyBytesMax)
    throw malformed(`Policy has more than ${policyBytesMax} bytes`);
  try {
    const { compiled } = bindPolicy(world, text, {
      name: bucket.name,
      kind: 'resource',
      resourceElement: 'required',
    });
    requireOwnResources(bucket, JSON.parse(text));
    return compiled;
  } catch (error) {
    if (error instanceof MalformedPolicy) throw malformed(error.message);
    throw error;
  }
}

function requireOwnResources(bucket: Bucket, document: unknown): void {
  const own = bucketArn(bucket.name);
  const statements = isRecord(document) ? [document['Statement']].flat() : [];
  for (const statement of statements) {
    if (!isRecord(statement)) continue;
    const resources = textsOf([statement['Resource'], statement['NotResource']]);
    for (const resource of resources)
      if (!coversBucket(resource, own)) throw malformed(`Policy has invalid resource: ${resource}`);
    // What a statement leaves out may be anything, so only what it names is compared.
    if (statement['Resource'] !== undefined)
      requireFittingActions(
        textsOf([statement['Action']]),
        resources.map((resource) => ({
          bucket: compileWildcard(resource)(own),
          objects: resource.startsWith(`${own}/`) || /[*?]/.test(resource),
        })),
      );
  }
}

const textsOf = (elements: readonly unknown[]): string[] =>
  elements.flat().filter((element) => typeof element === 'string');

/** `*` alone is refused, a pattern that fits the bucket is not. */
const coversBucket = (resource: string, own: string): boolean =>
  resource.startsWith(`${own}/`) || (resource.startsWith('arn:') && compileWildcard(resource)(own));

export const getBucketPolicy = s3Operation<
  client.GetBucketPolicyCommandInput,
  Partial<client.GetBucketPolicyCommandOutput>
>([], {
  authorize: (input, call) => policyCheck(call, input, 's3:GetBucketPolicy'),
  run(input, call) {
    const bucket = findBucket(call, input.Bucket);
    requireOwnAccount(call, bucket);
    return { Policy: requirePolicy(bucket).text };
  },
});

export const getBucketPolicyStatus = s3Operation<
  client.GetBucketPolicyStatusCommandInput,
  Partial<client.GetBucketPolicyStatusCommandOutput>
>([], {
  authorize: (input, call) => bucketCheck(call, input, 's3:GetBucketPolicyStatus'),
  run: (input, call) => ({
    PolicyStatus: { IsPublic: requirePolicy(findBucket(call, input.Bucket)).isPublic },
  }),
});

function requirePolicy(bucket: Bucket): NonNullable<Bucket['policy']> {
  if (!bucket.policy) throw noSuchSetting('NoSuchBucketPolicy', 'bucket policy');
  return bucket.policy;
}

export const deleteBucketPolicy = s3Operation<client.DeleteBucketPolicyCommandInput, object>([], {
  authorize: (input, call) => policyCheck(call, input, 's3:DeleteBucketPolicy'),
  run(input, call) {
    const bucket = findBucket(call, input.Bucket);
    requireOwnAccount(call, bucket);
    bucket.policy = undefined;
    return {};
  },
});
