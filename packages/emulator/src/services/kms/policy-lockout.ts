import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import type { BoundPolicy } from '../iam/principal-binding.ts';

/**
 * A new key policy must let its author change it again.
 *
 * @throws AwsError MalformedPolicyDocumentException
 * Source: KMS API Reference, CreateKey and PutKeyPolicy, BypassPolicyLockoutSafetyCheck.
 */
export function checkLockout(call: Call, keyArn: string, policy: BoundPolicy): void {
  const staysOpen = call.allows({
    action: 'kms:PutKeyPolicy',
    resource: keyArn,
    resourcePolicy: policy.compiled,
    resourcePolicyMode: 'key-policy',
    context: {
      'kms:CallerAccount': call.caller.kind === 'service' ? undefined : call.caller.account,
    },
  });
  if (!staysOpen)
    throw new AwsError(
      'MalformedPolicyDocumentException',
      'The new key policy will not allow you to update the key policy in the future.',
    );
}
