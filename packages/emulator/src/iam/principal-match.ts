import type { Effect } from './condition.ts';
import type { Principal } from './principal.ts';
import type { PrincipalElement } from './principal-element.ts';

/**
 * How a resource-based statement names a caller, weakest first: not at all; by its account, which leaves the
 * grant to the policies of that account; by its role, which session policies still limit; or itself.
 */
export type PrincipalReach = 'none' | 'account' | 'role' | 'direct';

/**
 * Judges a Principal or NotPrincipal element for a caller.
 *
 * Source: IAM User Guide, "Principal", "NotPrincipal" and "How AWS enforcement code logic evaluates requests".
 */
export function principalReach(
  element: PrincipalElement,
  principal: Principal,
  effect: Effect,
): PrincipalReach {
  if (element.negated) return isExempt(element, principal) ? 'none' : 'direct';
  if (element.everyone)
    // Whether an Allow for everyone includes AWS services is not documented, that a Deny does is.
    return principal.kind === 'service' && effect === 'Allow'
      ? namedReach(element, principal)
      : 'direct';
  return namedReach(element, principal);
}

function namedReach(element: PrincipalElement, principal: Principal): PrincipalReach {
  switch (principal.kind) {
    case 'service':
      return element.services.has(principal.service) ? 'direct' : 'none';
    case 'root':
      return element.accounts.has(principal.account) ? 'direct' : 'none';
    case 'user':
      if (element.arns.has(principal.arn) || element.uniqueIds.has(principal.userId))
        return 'direct';
      break;
    case 'assumed-role':
      if (element.arns.has(principal.arn)) return 'direct';
      if (element.arns.has(principal.roleArn) || element.uniqueIds.has(principal.roleId))
        return 'role';
      break;
    default:
      return principal satisfies never;
  }
  return element.accounts.has(principal.account) ? 'account' : 'none';
}

/** NotPrincipal spares only a caller whose account, role and session are all listed. */
function isExempt(element: PrincipalElement, principal: Principal): boolean {
  if (element.everyone) return true;
  switch (principal.kind) {
    case 'service':
      return element.services.has(principal.service);
    case 'root':
      return element.accounts.has(principal.account);
    case 'user':
      return (
        element.accounts.has(principal.account) &&
        (element.arns.has(principal.arn) || element.uniqueIds.has(principal.userId))
      );
    case 'assumed-role':
      return (
        element.accounts.has(principal.account) &&
        (element.arns.has(principal.roleArn) || element.uniqueIds.has(principal.roleId)) &&
        element.arns.has(principal.arn)
      );
    default:
      return principal satisfies never;
  }
}
