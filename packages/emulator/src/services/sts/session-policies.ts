import type { AssumeRoleCommandInput } from '@aws-sdk/client-sts';
import type { CompiledPolicy } from '../../iam/compiled-policy.ts';
import { MalformedPolicy } from '../../iam/malformed-policy.ts';
import { compilePolicy } from '../../iam/policy-document.ts';
import { AwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import { compiledManagedPolicy } from '../iam/effective-identity.ts';

const policyLengthMax = 2_048; // STS API Reference, AssumeRole: inline policy and ARNs together, plain text

/**
 * The policies that were passed to AssumeRole.
 *
 * @param scope the role's account
 * @throws AwsError MalformedPolicyDocument, PackedPolicyTooLarge or ValidationError
 */
export function sessionPolicies(scope: Scope, input: AssumeRoleCommandInput): CompiledPolicy[] {
  const inline = input.Policy === undefined ? [] : [compileInline(input.Policy)];
  const managed = (input.PolicyArns ?? []).map(({ arn = '' }) => {
    const policy = compiledManagedPolicy(scope, arn);
    if (!policy) throw new AwsError('ValidationError', `the policy ${arn} does not exist`);
    return policy;
  });
  return [...inline, ...managed];
}

function compileInline(document: string): CompiledPolicy {
  if (document.length > policyLengthMax)
    throw new AwsError(
      'ValidationError',
      `Value at 'policy' failed to satisfy constraint: Member must have length less than or equal to ${policyLengthMax}`,
    );
  try {
    return compilePolicy(document, { name: 'session policy', kind: 'identity' });
  } catch (error) {
    if (error instanceof MalformedPolicy)
      throw new AwsError('MalformedPolicyDocument', error.message, { cause: error });
    throw error;
  }
}

/**
 * Policies and tags together must fit into the session token. AWS packs them in a format of its own; here the plain
 * text is counted, which is the larger of the two.
 *
 * @param inherited the tags that the calling session passes on
 * @throws AwsError PackedPolicyTooLarge
 */
export function checkPackedSize(
  input: AssumeRoleCommandInput,
  inherited: Readonly<Record<string, string>>,
): void {
  const parts = [
    input.Policy ?? '',
    ...(input.PolicyArns ?? []).map(({ arn }) => arn ?? ''),
    ...Object.entries(inherited).flat(),
    ...(input.Tags ?? []).map(({ Key, Value }) => `${Key ?? ''}${Value ?? ''}`),
  ];
  const length = parts.join('').length;
  const percent = Math.ceil((100 * length) / policyLengthMax);
  if (percent > 100)
    throw new AwsError(
      'PackedPolicyTooLarge',
      `Packed size of session tags and policies consumes ${percent}% of allotted space.`,
    );
}
