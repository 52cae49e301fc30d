import type { Scope } from '../../../world/scope.ts';
import type { AssumedRolePrincipal } from '../../../iam/principal.ts';
import { isAwsError } from '../../../world/aws-error.ts';
import type { Json } from '../asl/definition.ts';
import { StateError } from '../asl/state-error.ts';
import { executionSession } from '../engine/execution-session.ts';
import { isObject } from '../engine/value.ts';
import type { Execution } from '../state.ts';
import { callService } from './call-service.ts';
import { invokeFunction } from './invoke-function.ts';
import type { ModelledResource } from './resources.ts';

/** What an integration gets to work with. */
export interface IntegrationCall {
  readonly scope: Scope;
  readonly execution: Execution;
  readonly role: AssumedRolePrincipal;
  readonly resource: ModelledResource;
  readonly given: { readonly [name: string]: Json };
}

/**
 * Carries out the work of a Task as the role of the machine.
 *
 * @throws StateError with the name that `Retry` and `Catch` compare
 */
export async function callIntegration(
  scope: Scope,
  execution: Execution,
  task: { readonly resource: ModelledResource; readonly given: Json },
): Promise<Json> {
  const { resource, given } = task;
  if (!isObject(given))
    throw new StateError('States.Runtime', 'The Arguments of a Task have to be an object.');
  const call = { scope, execution, role: sessionOf(scope, execution), resource, given };
  return resource.service === 'lambda' ? invokeFunction(call) : callService(call);
}

/** AWS documents `States.Permissions` for a Task without the privileges that it needs. */
function sessionOf(scope: Scope, execution: Execution): AssumedRolePrincipal {
  try {
    return executionSession(scope, execution);
  } catch (error) {
    if (!isAwsError(error)) throw error;
    throw new StateError(
      'States.Permissions',
      `Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role. (${execution.roleArn})`,
    );
  }
}
