import type * as client from '@aws-sdk/client-cloudformation';
import {
  DisableAWSServiceAccessCommand,
  EnableAWSServiceAccessCommand,
} from '@aws-sdk/client-organizations';
import { onBehalfOf } from '../../../cloudformation/actor.ts';
import { validationError } from '../../../cloudformation/validation-error.ts';
import { AwsError } from '../../../world/aws-error.ts';
import type { Call } from '../../../world/call.ts';
import type { Scope } from '../../../world/scope.ts';
import { operation, type AccessCheck, type Operation } from '../../../world/service.ts';
import {
  addLinkedRole,
  findLinkedRole,
  serviceLinkedRoleCheck,
} from '../../iam/service-linked-roles.ts';
import { isDelegatedAdministrator, organizationOf } from '../../organizations/lookups.ts';
import type { Organization } from '../../organizations/state.ts';

/** Source of both: CloudFormation User Guide, "Activate trusted access for StackSets with Organizations". */
export const memberService = 'member.org.stacksets.cloudformation.amazonaws.com';
export const adminService = 'stacksets.cloudformation.amazonaws.com';

/** The place in which an organization's StackSets of one Region live. */
export const homeOf = (scope: Scope, organization: Organization): Scope =>
  scope.at({ account: organization.managementAccountId, service: 'cloudformation' });

/** Whether StackSets may use the organization: trusted access alone, without the service's own role, is not enough. */
export const isActivated = (scope: Scope, organization: Organization): boolean =>
  organization.trustedServices.has(memberService) &&
  findLinkedRole(homeOf(scope, organization), adminService) !== undefined;

/** An organization, seen by somebody who administers its StackSets. */
export interface Administration {
  readonly organization: Organization;
  readonly home: Scope;
}

const notAdministrator = (): AwsError =>
  validationError(
    'You must be the management account or delegated admin account of an organization before operating a SERVICE_MANAGED stack set',
  );

/**
 * The organization whose StackSets a caller may see: as its management account, or as a delegated administrator that
 * says so.
 *
 * @returns undefined for an account that acts for itself and is no management account: it has no such StackSets
 * @throws AwsError ValidationError for one that calls itself a delegated administrator and is none
 */
export function findAdministration(
  call: Call,
  callAs: client.CallAs | undefined,
): Administration | undefined {
  const organization = organizationOf(call.world, call.account);
  const isManagement = organization?.managementAccountId === call.account;
  if (callAs === 'DELEGATED_ADMIN') {
    if (!organization || !isDelegatedAdministrator(call.world, call.account, memberService))
      throw notAdministrator();
    // Source: CloudFormation User Guide, "Register a delegated administrator member account": without this permission
    // StackSets cannot find out that the account is one.
    if (!call.allows({ action: 'organizations:ListDelegatedAdministrators', resource: '*' }))
      throw notAdministrator();
  } else if (!isManagement) return undefined;
  return { organization, home: homeOf(call, organization) };
}

/**
 * The same for operations that make or change something, which need the organization's access as well.
 *
 * @throws AwsError ValidationError
 */
export function requireAdministration(
  call: Call,
  callAs: client.CallAs | undefined,
): Administration {
  const found = findAdministration(call, callAs);
  if (!found) throw notAdministrator();
  if (!isActivated(call, found.organization))
    throw validationError(
      'You must enable organizations access to operate a service managed stack set',
    );
  return found;
}

const check = (action: string) => (): AccessCheck => ({
  action: `cloudformation:${action}`,
  resource: '*',
});

/** @throws AwsError InvalidOperationException */
function requireManagement(call: Call): Organization {
  const organization = organizationOf(call.world, call.account);
  if (organization?.managementAccountId !== call.account)
    throw new AwsError(
      'InvalidOperationException',
      'You must be the management account of an organization to change its access for StackSets',
    );
  return organization;
}

const activateOrganizationsAccess = operation<
  client.ActivateOrganizationsAccessCommandInput,
  Partial<client.ActivateOrganizationsAccessCommandOutput>
>({
  authorize: check('ActivateOrganizationsAccess'),
  async run(_, call) {
    const organization = requireManagement(call);
    const home = homeOf(call, organization);
    const { principal, via } = onBehalfOf(call);
    if (!findLinkedRole(home, adminService))
      call.require(serviceLinkedRoleCheck(call, adminService));
    await call.send(new EnableAWSServiceAccessCommand({ ServicePrincipal: memberService }), {
      as: principal,
      via,
    });
    if (!findLinkedRole(home, adminService))
      addLinkedRole(home, { service: adminService, delayMs: 0 });
    return {};
  },
});

const deactivateOrganizationsAccess = operation<
  client.DeactivateOrganizationsAccessCommandInput,
  Partial<client.DeactivateOrganizationsAccessCommandOutput>
>({
  authorize: check('DeactivateOrganizationsAccess'),
  async run(_, call) {
    requireManagement(call);
    const { principal, via } = onBehalfOf(call);
    await call.send(new DisableAWSServiceAccessCommand({ ServicePrincipal: memberService }), {
      as: principal,
      via,
    });
    return {};
  },
});

const describeOrganizationsAccess = operation<
  client.DescribeOrganizationsAccessCommandInput,
  Partial<client.DescribeOrganizationsAccessCommandOutput>
>({
  authorize: check('DescribeOrganizationsAccess'),
  run(input, call) {
    const found = findAdministration(call, input.CallAs);
    if (!found)
      throw new AwsError(
        'InvalidOperationException',
        'You must be the management account or delegated admin account of an organization',
      );
    return { Status: isActivated(call, found.organization) ? 'ENABLED' : 'DISABLED' };
  },
});

export const organizationAccessOperations: Readonly<Record<string, Operation>> = {
  ActivateOrganizationsAccess: activateOrganizationsAccess,
  DeactivateOrganizationsAccess: deactivateOrganizationsAccess,
  DescribeOrganizationsAccess: describeOrganizationsAccess,
};
