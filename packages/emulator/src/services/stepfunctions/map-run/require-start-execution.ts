import { AwsError } from '../../../world/aws-error.ts';
import { Call } from '../../../world/call.ts';
import type { Scope } from '../../../world/scope.ts';
import { StateError } from '../asl/state-error.ts';
import { executionSession } from '../engine/execution-session.ts';
import { machineCheck } from '../machine-lookup.ts';
import type { Execution } from '../state.ts';

/**
 * A distributed map starts executions of its own machine: the role needs `states:StartExecution` on it. Of the other
 * actions in AWS's sample policy (`states:DescribeExecution`, `states:StopExecution`) the map works without: policies that
 * named the wrong resource for them ran for years.
 *
 * Source: Step Functions Developer Guide, "IAM policies for using Distributed Map states"; aws/aws-cdk issue 35390.
 * @throws StateError States.Runtime; AWS documents no name, this is the one that no catcher catches
 */
export function requireStartExecution(scope: Scope, execution: Execution): void {
  try {
    const call = new Call({
      world: scope.world,
      account: scope.account,
      region: scope.region,
      service: scope.service,
      caller: executionSession(scope, execution),
      requestId: scope.uuid('request'),
      operationName: 'StartExecution',
      via: [],
    });
    call.require(machineCheck(call, 'StartExecution', execution.machine.arn));
  } catch (error) {
    if (error instanceof AwsError) throw new StateError('States.Runtime', error.message);
    throw error;
  }
}
