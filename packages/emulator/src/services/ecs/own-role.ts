import type { AssumedRolePrincipal } from '../../iam/principal.ts';
import type { Call } from '../../world/call.ts';
import type { Scope } from '../../world/scope.ts';
import { findLinkedRole, serviceLinkedRoleCheck } from '../iam/service-linked-roles.ts';
import { serviceLinkedRole } from '../iam/service-session.ts';

const service = 'ecs.amazonaws.com';

/**
 * Makes the service-linked role on first use, if the caller may make it.
 *
 * @returns whether it is there
 * Source: ECS Developer Guide, "Using service-linked roles for Amazon ECS"
 */
export function ensureOwnRole(call: Call): boolean {
  if (findLinkedRole(call, service)) return true;
  if (!call.allows(serviceLinkedRoleCheck(call, service))) return false;
  serviceLinkedRole(call, service, { create: true });
  return true;
}

/**
 * The session in which ECS works in the account.
 *
 * @throws AwsError AccessDenied when there is no such role
 */
export const ownRole = (scope: Scope): AssumedRolePrincipal =>
  serviceLinkedRole(scope, service, { create: false, sessionName: 'ecs-service-scheduler' });
