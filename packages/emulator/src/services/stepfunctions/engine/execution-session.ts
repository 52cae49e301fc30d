import type { AssumedRolePrincipal } from '../../../iam/principal.ts';
import type { Scope } from '../../../world/scope.ts';
import { isAssumableBy, serviceSession } from '../../iam/service-session.ts';
import type { Execution } from '../state.ts';

export const statesService = 'states.amazonaws.com';

/**
 * A session of a role that was passed to Step Functions, which it assumes as its global or its regional principal.
 *
 * @throws AwsError AccessDenied when the role trusts neither
 */
export function statesSession(
  scope: Scope,
  options: {
    readonly roleArn: string;
    readonly machineArn: string;
    readonly account: string;
    readonly sessionName: string;
  },
): AssumedRolePrincipal {
  const source = {
    roleArn: options.roleArn,
    sessionName: options.sessionName,
    sourceArn: options.machineArn,
    sourceAccount: options.account,
  };
  const regional = `states.${scope.region}.amazonaws.com`;
  const service = isAssumableBy(scope, options.roleArn, statesService, source)
    ? statesService
    : regional;
  return serviceSession(scope, { ...source, service });
}

/**
 * The session in which an execution works: that of its machine's role, with the machine as `aws:SourceArn`.
 *
 * Source: Step Functions Developer Guide, "Creating an IAM role for your state machine", confused deputy prevention
 *
 * @throws AwsError AccessDenied when the role does not trust Step Functions any more
 */
export const executionSession = (scope: Scope, execution: Execution): AssumedRolePrincipal =>
  statesSession(scope, {
    roleArn: execution.roleArn,
    machineArn: execution.machine.arn,
    account: execution.account,
    // AWS makes 32 letters up for each session.
    sessionName: execution.name.replaceAll(/[^\w+=,.@-]/g, '').slice(0, 64) || 'execution',
  });
