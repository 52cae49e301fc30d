import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import type { Page } from '../../world/paging.ts';
import { checkInlineSize, readIdentityPolicy } from './documents.ts';
import { compiledManagedPolicy, publish } from './effective-identity.ts';
import { page } from './lookups.ts';
import type { Role, StoredPolicy, User } from './state.ts';

// What is the same for users and roles: inline policies and attached ones.

const attachedMax = 10; // IAM quotas, managed policies attached to a role or user, default

interface Paging {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export function putInlinePolicy(
  call: Call,
  identity: User | Role,
  input: { readonly PolicyName: string | undefined; readonly PolicyDocument: string | undefined },
): void {
  const name = input.PolicyName ?? '';
  const policy = readIdentityPolicy(name, input.PolicyDocument ?? '');
  checkInlineSize(identity, new Map([...identity.inline, [name, policy]]).values());
  identity.inline.set(name, policy);
  publish(call, identity);
}

/** @throws AwsError NoSuchEntity */
export function requireInlinePolicy(identity: User | Role, name: string | undefined): StoredPolicy {
  const policy = identity.inline.get(name ?? '');
  if (!policy)
    throw new AwsError(
      'NoSuchEntity',
      `The ${identity.kind} policy with name ${name ?? ''} cannot be found.`,
    );
  return policy;
}

export function deleteInlinePolicy(
  call: Call,
  identity: User | Role,
  name: string | undefined,
): void {
  identity.inline.delete(requireInlinePolicy(identity, name).name);
  publish(call, identity);
}

export const inlinePolicyNames = (call: Call, identity: User | Role, input: Paging): Page<string> =>
  page(call, identity.inline.keys(), input, (name) => name);

export function attachPolicy(call: Call, identity: User | Role, arn: string | undefined): void {
  const policyArn = arn ?? '';
  if (!compiledManagedPolicy(call, policyArn)) throw missingPolicy(policyArn);
  if (policyArn.startsWith('arn:aws:iam::aws:policy/aws-service-role/'))
    throw new AwsError(
      'PolicyNotAttachable',
      `Cannot attach a Service Role Policy to a Customer Role or User.`,
    );
  if (!identity.attached.has(policyArn) && identity.attached.size >= attachedMax)
    throw new AwsError(
      'LimitExceeded',
      `Cannot exceed quota for PoliciesPer${identity.kind === 'role' ? 'Role' : 'User'}: ${attachedMax}`,
    );
  identity.attached.add(policyArn);
  publish(call, identity);
}

export function detachPolicy(call: Call, identity: User | Role, arn: string | undefined): void {
  if (!identity.attached.delete(arn ?? ''))
    throw new AwsError('NoSuchEntity', `Policy ${arn ?? ''} was not found.`);
  publish(call, identity);
}

export const attachedPolicies = (
  call: Call,
  identity: User | Role,
  input: Paging & { readonly PathPrefix?: string | undefined },
): Page<{ PolicyName: string; PolicyArn: string }> => {
  const prefix = input.PathPrefix ?? '/';
  const policies = [...identity.attached]
    .map((PolicyArn) => ({ PolicyArn, PolicyName: PolicyArn.replace(/^.*\//, '') }))
    .filter(({ PolicyArn }) => PolicyArn.replace(/^[^/]*/, '').startsWith(prefix));
  return page(call, policies, input, ({ PolicyArn }) => PolicyArn);
};

export const missingPolicy = (arn: string): AwsError =>
  new AwsError(
    'NoSuchEntity',
    arn.startsWith('arn:aws:iam::aws:policy/')
      ? `Policy ${arn} does not exist or is not attachable. (This emulator knows the AWS managed policies in its data file only.)`
      : `Policy ${arn} does not exist or is not attachable.`,
  );
