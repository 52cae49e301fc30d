import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import type { Account } from '../../world/directory.ts';
import type { Scope } from '../../world/scope.ts';
import type { AccessCheck } from '../../world/service.ts';
import type { World } from '../../world/world.ts';
import {
  organizationsState,
  type Membership,
  type Organization,
  type OrganizationalUnit,
} from './state.ts';

/** The organization of an account, for other services. */
export function organizationOf(world: World, accountId: string): Organization | undefined {
  const id = world.directory.get(accountId)?.organizationId;
  const scope = world.scope('-', 'us-east-1', 'organizations');
  return id === undefined ? undefined : organizationsState.in(scope).organizations.get(id);
}

/** Whether the management account gave a service access to the organization. */
export const hasTrustedAccess = (world: World, accountId: string, service: string): boolean =>
  organizationOf(world, accountId)?.trustedServices.has(service) ?? false;

/** Whether a member account administers the organization for a service, or for any when none is named. */
export function isDelegatedAdministrator(
  world: World,
  accountId: string,
  service?: string,
): boolean {
  const services = organizationOf(world, accountId)?.delegated.get(accountId);
  return service === undefined ? (services?.size ?? 0) > 0 : (services?.has(service) ?? false);
}

/** @throws AwsError AWSOrganizationsNotInUseException */
export function requireOrganization(call: Call): Organization {
  const organization = organizationOf(call.world, call.account);
  if (!organization)
    throw new AwsError(
      'AWSOrganizationsNotInUseException',
      'Your account is not a member of an organization.',
    );
  return organization;
}

const denied = (): AwsError =>
  new AwsError('AccessDeniedException', "You don't have permissions to access this resource.");

/** For what only the management account may do. */
export function requireManagement(call: Call): Organization {
  const organization = requireOrganization(call);
  if (organization.managementAccountId !== call.account) throw denied();
  return organization;
}

/** For what the management account and delegated administrators of any service may read. */
export function requireReader(call: Call): Organization {
  const organization = requireOrganization(call);
  const mayRead =
    organization.managementAccountId === call.account ||
    isDelegatedAdministrator(call.world, call.account);
  if (!mayRead) throw denied();
  return organization;
}

/** The member, whatever state its account is in. @throws AwsError AccountNotFoundException */
export function requireMember(
  call: Call,
  organization: Organization,
  accountId: string | undefined,
): { readonly membership: Membership; readonly account: Account } {
  const membership = organization.members.get(accountId ?? '');
  const account = call.world.directory.get(accountId ?? '');
  if (!membership || !account)
    throw new AwsError('AccountNotFoundException', "You specified an account that doesn't exist.");
  return { membership, account };
}

export const isParent = (organization: Organization, id: string): boolean =>
  id === organization.rootId || organization.units.has(id);

/** @throws AwsError ParentNotFoundException */
export function requireParent(organization: Organization, id: string | undefined): string {
  if (id === undefined || !isParent(organization, id))
    throw new AwsError('ParentNotFoundException', `You specified parent that doesn't exist.`);
  return id;
}

/** @throws AwsError OrganizationalUnitNotFoundException */
export function requireUnit(
  organization: Organization,
  id: string | undefined,
): OrganizationalUnit {
  const unit = organization.units.get(id ?? '');
  if (!unit)
    throw new AwsError(
      'OrganizationalUnitNotFoundException',
      "You specified an organizational unit that doesn't exist.",
    );
  return unit;
}

/** The ids from the root down to a parent. */
export function lineageOf(organization: Organization, parentId: string): string[] {
  const unit = organization.units.get(parentId);
  return unit ? [...lineageOf(organization, unit.parentId), unit.id] : [organization.rootId];
}

/** `o-id/r-id/ou-id/` */
export const pathOf = (organization: Organization, parentId: string): string =>
  `${[organization.id, ...lineageOf(organization, parentId)].join('/')}/`;

/** The ARN of whatever an id names; the id itself where it names nothing. */
export function arnOf(organization: Organization | undefined, id: string | undefined): string {
  if (!organization || id === undefined) return '*';
  const { managementAccountId: owner, id: organizationId } = organization;
  if (id === organization.rootId) return organization.rootArn;
  const kind = id.startsWith('ou-') ? 'ou' : id.startsWith('r-') ? 'root' : 'account';
  return (
    organization.units.get(id)?.arn ??
    organization.members.get(id)?.arn ??
    `arn:aws:organizations::${owner}:${kind}/${organizationId}/${id}`
  );
}

/**
 * What IAM checks. The resources belong to the management account; for delegated administrators the organization
 * itself decides, so that their own policies suffice.
 */
export function check(
  call: Call,
  action: string,
  ids: readonly (string | undefined)[] = [],
  context: AccessCheck['context'] = {},
): AccessCheck[] {
  const organization = organizationOf(call.world, call.account);
  const resources = ids.length === 0 ? ['*'] : ids.map((id) => arnOf(organization, id));
  return resources.map((resource, index) => ({
    action: `organizations:${action}`,
    resource,
    resourceAccount: call.account,
    context: {
      ...Object.fromEntries(
        [...(organization?.tags.get(ids[index] ?? '') ?? [])].map(([key, value]) => [
          `aws:ResourceTag/${key}`,
          value,
        ]),
      ),
      ...context,
    },
  }));
}

/** Everything of Organizations is one state; the scope only says when and with which ids. */
export const organizationsOf = (scope: Scope): Map<string, Organization> =>
  organizationsState.in(scope).organizations;
