import type { Scope } from '../../world/scope.ts';
import { addLinkedRole, findLinkedRole } from '../iam/service-linked-roles.ts';
import { pathOf } from './lookups.ts';
import type { Membership, Organization } from './state.ts';

const service = 'organizations.amazonaws.com';

/** Makes an account of the world's directory a member, below the root. */
export function join(
  scope: Scope,
  organization: Organization,
  accountId: string,
  joinedMethod: Membership['joinedMethod'],
): void {
  organization.members.set(accountId, {
    accountId,
    arn: `arn:aws:organizations::${organization.managementAccountId}:account/${organization.id}/${accountId}`,
    joinedMethod,
    joinedAt: scope.date,
    parentId: organization.rootId,
  });
  place(scope, organization, accountId, organization.rootId);
  // Organizations user guide, "Using AWS Organizations with other AWS services": every member gets the role.
  const there = scope.at({ account: accountId });
  if (!findLinkedRole(there, service)) addLinkedRole(there, { service });
}

/** Moves a member, so that `aws:PrincipalOrgPaths` of its callers follows. */
export function place(
  scope: Scope,
  organization: Organization,
  accountId: string,
  parentId: string,
): void {
  const membership = organization.members.get(accountId);
  const account = scope.world.directory.get(accountId);
  if (!membership || !account) throw new TypeError(`${accountId} is no member`);
  membership.parentId = parentId;
  account.organizationId = organization.id;
  account.organizationPath = pathOf(organization, parentId);
}

export function leave(scope: Scope, organization: Organization, accountId: string): void {
  organization.members.delete(accountId);
  organization.delegated.delete(accountId);
  organization.tags.delete(accountId);
  const account = scope.world.directory.get(accountId);
  if (!account) return;
  account.organizationId = undefined;
  account.organizationPath = undefined;
}
