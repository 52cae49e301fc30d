import type { Scope } from '../../world/scope.ts';
import { addLinkedRole, findLinkedRole } from '../iam/service-linked-roles.ts';
import { lineageOf, pathOf } from './lookups.ts';
import { membershipChanges, type MembershipChange } from './membership-changes.ts';
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
  tellChange(scope, organization, accountId, 'joined', { from: [], to: [organization.rootId] });
  // Organizations user guide, "Using AWS Organizations with other AWS services": every member gets the role.
  const there = scope.at({ account: accountId });
  if (!findLinkedRole(there, service)) addLinkedRole(there, { service });
}

/** Moves a member to another parent. */
export function move(
  scope: Scope,
  organization: Organization,
  accountId: string,
  parentId: string,
): void {
  const from = whereIs(organization, accountId);
  place(scope, organization, accountId, parentId);
  tellChange(scope, organization, accountId, 'moved', {
    from,
    to: lineageOf(organization, parentId),
  });
}

const whereIs = (organization: Organization, accountId: string): readonly string[] => {
  const membership = organization.members.get(accountId);
  return membership ? lineageOf(organization, membership.parentId) : [];
};

function tellChange(
  scope: Scope,
  organization: Organization,
  accountId: string,
  kind: MembershipChange['kind'],
  way: Pick<MembershipChange, 'from' | 'to'>,
): void {
  const { id: organizationId, managementAccountId } = organization;
  membershipChanges.tell(scope, { kind, organizationId, managementAccountId, accountId, ...way });
}

/** Tells who follows that the account of a member is suspended or closed for good. */
export function tellAccountState(
  scope: Scope,
  organization: Organization,
  accountId: string,
  kind: 'suspended' | 'closed',
): void {
  const where = whereIs(organization, accountId);
  tellChange(scope, organization, accountId, kind, { from: where, to: where });
}

/** Puts a member where it belongs, so that `aws:PrincipalOrgPaths` of its callers follows. */
function place(
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
  const from = whereIs(organization, accountId);
  organization.members.delete(accountId);
  organization.delegated.delete(accountId);
  organization.tags.delete(accountId);
  const account = scope.world.directory.get(accountId);
  if (account) {
    account.organizationId = undefined;
    account.organizationPath = undefined;
  }
  tellChange(scope, organization, accountId, 'left', { from, to: [] });
}
