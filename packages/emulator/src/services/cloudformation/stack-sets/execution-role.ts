import { AttachRolePolicyCommand, CreateRoleCommand, GetRoleCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { cloudFormationPrincipal, type Actor } from '../../../cloudformation/actor.ts';
import type { Principal } from '../../../iam/principal.ts';
import { AwsError, isAwsError } from '../../../world/aws-error.ts';
import type { Scope } from '../../../world/scope.ts';
import { defineState } from '../../../world/state.ts';
import { linkedRoleArn } from '../../iam/service-linked-roles.ts';
import { serviceLinkedRole } from '../../iam/service-session.ts';
import { adminService, memberService } from './organization-access.ts';

const administratorAccess = 'arn:aws:iam::aws:policy/AdministratorAccess';
const adminRoleName = 'AWSServiceRoleForCloudFormationStackSetsOrgAdmin';
const assumeAttemptsMax = 15;
const assumeDelayMs = 2_000;

/** The name of the role through which StackSets reaches a member account, once it has one. */
const memberState = defineState<{ roleName: string | undefined }>(
  'cloudformation-stack-sets-member',
  'account',
  () => ({ roleName: undefined }),
);

/**
 * As whom StackSets works in a member account: as the role `stacksets-exec-...`, which its service-linked role of that
 * account makes and its role of the management account assumes.
 *
 * Source: CloudFormation User Guide, "Activate trusted access for StackSets with Organizations"; AWS Managed Policy
 * Reference, both StackSets policies.
 *
 * @param home the management account
 * @param place the member account in the Region to work in
 * @throws AwsError AccessDenied when the account does not let StackSets in
 */
export async function executionActor(home: Scope, place: Scope): Promise<Actor> {
  const roleName = await ensureRole(home, place);
  const admin = serviceLinkedRole(home, adminService, { create: false });
  const roleArn = `arn:aws:iam::${place.account}:role/${roleName}`;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const principal = await assume(home, place, { admin, roleArn });
      return { principal, via: [cloudFormationPrincipal] };
    } catch (error) {
      if (!isAwsError(error, 'AccessDenied')) throw error;
      // A role that was made a moment ago does not count everywhere yet.
      if (attempt >= assumeAttemptsMax) throw refused(place, roleName);
      await home.world.scheduler.sleep(assumeDelayMs);
    }
  }
}

const refused = (place: Scope, roleName: string): AwsError =>
  new AwsError(
    'AccessDenied',
    `Account ${place.account} should have '${roleName}' role with trust relationship to Role 'aws-service-role/${adminService}/${adminRoleName}'.`,
  );

async function assume(
  home: Scope,
  place: Scope,
  { admin, roleArn }: { readonly admin: Principal; readonly roleArn: string },
): Promise<Principal> {
  const RoleSessionName = place.uuid('stack-set-session');
  const { Credentials } = await home.send(
    new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName }),
    { as: admin, region: place.region },
  );
  const { AccessKeyId = '', SessionToken } = Credentials ?? {};
  const { credentials, scheduler } = home.world;
  const resolution = credentials.resolve(AccessKeyId, SessionToken, scheduler.now);
  // Nobody outside ever sees these.
  credentials.revoke(AccessKeyId);
  if (resolution.outcome !== 'known') throw new TypeError('the session was not issued');
  return resolution.principal;
}

async function ensureRole(home: Scope, place: Scope): Promise<string> {
  const state = memberState.in(place);
  const member = serviceLinkedRole(place, memberService, { create: true });
  state.roleName ??= `stacksets-exec-${place.at({ region: '-' }).hex('stacksets-exec', 32)}`;
  const { roleName } = state;
  try {
    // It may be there from the last time; whatever its owner did to it since counts.
    await place.send(new GetRoleCommand({ RoleName: roleName }), { as: member });
  } catch (error) {
    if (!isAwsError(error, 'NoSuchEntity')) throw error;
    await makeRole(place, {
      roleName,
      member,
      trusted: linkedRoleArn(home, adminService, adminRoleName),
    });
  }
  return roleName;
}

async function makeRole(
  place: Scope,
  role: { readonly roleName: string; readonly member: Principal; readonly trusted: string },
): Promise<void> {
  const { roleName: RoleName, member, trusted } = role;
  const trust = {
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: { AWS: trusted }, Action: 'sts:AssumeRole' },
  };
  await place.send(
    new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) }),
    { as: member },
  );
  await place.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: administratorAccess }), {
    as: member,
  });
}
