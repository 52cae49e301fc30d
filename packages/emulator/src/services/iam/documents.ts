import { MalformedPolicy } from '../../iam/malformed-policy.ts';
import { compilePolicy } from '../../iam/policy-document.ts';
import { AwsError } from '../../world/aws-error.ts';
import type { World } from '../../world/world.ts';
import { bindPolicy, type BoundPolicy } from './principal-binding.ts';
import type { StoredPolicy } from './state.ts';

/** IAM counts characters without white space. */
export const policySize = (document: string): number => document.replace(/\s/g, '').length;

// IAM user guide, "IAM and AWS STS quotas"
const inlinePolicySizeMax = { user: 2_048, role: 10_240 } as const;
const managedPolicySizeMax = 6_144;
const trustPolicySizeMax = 2_048;

/** @throws AwsError MalformedPolicyDocument */
export function readIdentityPolicy(name: string, document: string): StoredPolicy {
  return malformedAsAwsError(() => ({
    name,
    document,
    compiled: compilePolicy(document, { name, kind: 'identity' }),
  }));
}

/** @throws AwsError LimitExceeded when all inline policies together are too large */
export function checkInlineSize(
  identity: { readonly kind: 'user' | 'role'; readonly name: string },
  policies: Iterable<StoredPolicy>,
): void {
  const sizeMax = inlinePolicySizeMax[identity.kind];
  const size = [...policies].reduce((sum, { document }) => sum + policySize(document), 0);
  if (size > sizeMax)
    throw new AwsError(
      'LimitExceeded',
      `Maximum policy size of ${sizeMax} bytes exceeded for ${identity.kind} ${identity.name}`,
    );
}

/** @throws AwsError LimitExceeded or MalformedPolicyDocument */
export function readManagedPolicy(name: string, document: string): StoredPolicy {
  if (policySize(document) > managedPolicySizeMax)
    throw new AwsError(
      'LimitExceeded',
      `Cannot exceed quota for PolicySize: ${managedPolicySizeMax}`,
    );
  return readIdentityPolicy(name, document);
}

/** @throws AwsError LimitExceeded or MalformedPolicyDocument, also for a principal that does not exist */
export function readTrustPolicy(world: World, roleName: string, document: string): BoundPolicy {
  if (policySize(document) > trustPolicySizeMax)
    throw new AwsError(
      'LimitExceeded',
      `Cannot exceed quota for ACLSizePerRole: ${trustPolicySizeMax}`,
    );
  return malformedAsAwsError(() => bindPolicy(world, document, { name: roleName, kind: 'trust' }));
}

/** IAM hands documents out percent-encoded as in RFC 3986. */
export const encodeDocument = (document: string): string =>
  encodeURIComponent(document).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

function malformedAsAwsError<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedPolicy)
      throw new AwsError('MalformedPolicyDocument', error.message, { cause: error });
    throw error;
  }
}
