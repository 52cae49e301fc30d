import { compilePolicy } from '../../iam/policy-document.ts';
import type { CompiledPolicy } from '../../iam/compiled-policy.ts';
import type { Principal } from '../../iam/principal.ts';
import type { IdentityPolicies } from '../../world/authorizer.ts';
import { iamState } from './state.ts';

const none: readonly CompiledPolicy[] = [];

/**
 * What temporary credentials of a user, got without a second factor, cannot do.
 *
 * Source: STS API Reference, GetSessionToken: no IAM operations, and of STS only AssumeRole and GetCallerIdentity.
 */
const sessionTokenLimits = compilePolicy(
  {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Deny', Action: 'iam:*', Resource: '*' },
      {
        Effect: 'Deny',
        Action: ['sts:Get*', 'sts:TagSession', 'sts:SetSourceIdentity', 'sts:DecodeAuth*'],
        Resource: '*',
      },
    ],
  },
  { name: 'limits of GetSessionToken', kind: 'identity' },
);
const sessionTokenUsers = new WeakSet<Principal>();

/** Notes that a user acts with credentials of GetSessionToken. */
export const limitToSessionToken = (principal: Principal): void => {
  sessionTokenUsers.add(principal);
};

/** The identity policies that count now: inline and attached ones of the user or role, as far as changes have spread. */
export const identityPolicies: IdentityPolicies = (world, principal) => {
  if (principal.kind === 'root' || principal.kind === 'service') return none;
  const { effective } = iamState.in(world.scope(principal.account, 'us-east-1', 'iam'));
  const id = principal.kind === 'user' ? principal.userId : principal.roleId;
  const policies = effective.get(id)?.at(world.scheduler.now)?.policies ?? none;
  return sessionTokenUsers.has(principal) ? [...policies, sessionTokenLimits] : policies;
};
