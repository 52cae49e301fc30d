import type { Scope } from '../../world/scope.ts';
import { findRole } from './lookups.ts';
import { iamState, type InstanceProfile, type Role } from './state.ts';

/**
 * What EC2 sees of an instance profile: nothing until it has spread, and its role as of then.
 *
 * @param nameOrArn as in `IamInstanceProfile`; an ARN of another account is found nowhere
 */
export function instanceProfileRole(
  scope: Scope,
  nameOrArn: { readonly name?: string | undefined; readonly arn?: string | undefined },
): { readonly profile: InstanceProfile; readonly role: Role } | undefined {
  const profile = [...iamState.in(scope).instanceProfiles.values()].find(({ name, arn }) =>
    nameOrArn.arn === undefined ? name === nameOrArn.name : arn === nameOrArn.arn,
  );
  const role = findRole(scope, profile?.effectiveRoleName.at(scope.now));
  return profile && role ? { profile, role } : undefined;
}
