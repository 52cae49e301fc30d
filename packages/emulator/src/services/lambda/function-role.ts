import type { AssumedRolePrincipal } from '../../iam/principal.ts';
import { AwsError, isAwsError } from '../../world/aws-error.ts';
import { Call } from '../../world/call.ts';
import type { Scope } from '../../world/scope.ts';
import { serviceSession } from '../iam/service-session.ts';
import type { LambdaFunction } from './state.ts';

export const lambdaService = 'lambda.amazonaws.com';

/**
 * The session in which Lambda works for a function.
 *
 * @throws AwsError AccessDeniedException when the role is gone or does not let Lambda in any more
 */
export function roleSession(scope: Scope, fn: LambdaFunction): AssumedRolePrincipal {
  try {
    return serviceSession(scope, {
      roleArn: fn.serving.settings.role,
      service: lambdaService,
      sessionName: fn.name,
    });
  } catch (error) {
    if (!isAwsError(error, 'AccessDenied')) throw error;
    throw new AwsError(
      'AccessDeniedException',
      'The role defined for the function cannot be assumed by Lambda.',
      { status: 403, cause: error },
    );
  }
}

/** Whether a role's own policies allow an action; Lambda looks before it accepts a configuration that needs it. */
export function roleAllows(
  scope: Scope,
  role: AssumedRolePrincipal,
  check: { readonly action: string; readonly resource: string },
): boolean {
  const [service = ''] = check.action.split(':');
  const call = new Call({
    world: scope.world,
    account: role.account,
    region: scope.region,
    service,
    caller: role,
    requestId: '',
    operationName: 'SimulatePrincipalPolicy',
    via: [],
  });
  return call.allows({ ...check, resourceAccount: role.account });
}
