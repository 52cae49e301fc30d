import { MalformedPolicy } from '../../iam/malformed-policy.ts';
import { AwsError } from '../../world/aws-error.ts';
import type { World } from '../../world/world.ts';
import { bindPolicy, type BoundPolicy } from '../iam/principal-binding.ts';

const policyBytesMax = 32_768; // KMS quotas, key policy document size

/** @throws AwsError MalformedPolicyDocumentException, also for a principal that does not exist */
export function readKeyPolicy(world: World, document: string): BoundPolicy {
  if (Buffer.byteLength(document) > policyBytesMax)
    throw new AwsError(
      'LimitExceededException',
      `a key policy has at most ${policyBytesMax} bytes`,
    );
  try {
    return bindPolicy(world, document, {
      name: 'default',
      kind: 'resource',
      resourceElement: 'required',
    });
  } catch (error) {
    if (error instanceof MalformedPolicy)
      throw new AwsError('MalformedPolicyDocumentException', error.message, { cause: error });
    throw error;
  }
}

/** Source: KMS Developer Guide, "Default key policy". */
export const defaultKeyPolicy = (account: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Id: 'key-default-1',
    Statement: [
      {
        Sid: 'Enable IAM User Permissions',
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
    ],
  });
