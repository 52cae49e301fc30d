import type { AccessRequest, Denied, StatementRef } from './evaluate.ts';
import type { Principal } from './principal.ts';

/**
 * The text of an access-denied error. Callers must go by the error code: AWS reserves the right to change the
 * text, and some services write their own.
 *
 * Source: IAM User Guide, "Troubleshoot access denied error messages".
 */
export function accessDeniedMessage(request: AccessRequest, denied: Denied): string {
  if (denied.why === 'root-cannot-assume-role') return 'Roles may not be assumed by root accounts.';
  const { principal, action, resource } = request;
  return `User: ${callerName(principal)} is not authorized to perform: ${action} on resource: ${resource} ${reason(denied, action)}`;
}

function callerName(principal: Principal): string {
  return principal.kind === 'service' ? principal.service : principal.arn;
}

function reason({ why, by }: Denied, action: string): string {
  switch (why) {
    case 'explicit-deny':
      return `with an explicit deny in ${denyingPolicy(by?.policyType)}`;
    case 'no-identity-based-allow':
      return `because no identity-based policy allows the ${action} action`;
    case 'no-resource-based-allow':
      return `because no resource-based policy allows the ${action} action`;
    case 'no-role-trust-allow':
      return `because no role trust policy allows the ${action} action`;
    case 'no-session-allow':
      return `because no session policy allows the ${action} action`;
    case 'root-cannot-assume-role':
      return '';
    default:
      return why satisfies never;
  }
}

function denyingPolicy(policyType: StatementRef['policyType'] | undefined): string {
  switch (policyType) {
    case 'identity-based':
      return 'an identity-based policy';
    case 'resource-based':
      return 'a resource-based policy';
    case 'role-trust':
      return 'the role trust policy';
    case 'session':
      return 'a sessions policy';
    case 'account-root-user':
    case undefined:
      return 'a policy';
    default:
      return policyType satisfies never;
  }
}
