import type { Scope } from '../../../world/scope.ts';
import { StateError } from '../asl/state-error.ts';
import { stepFunctionsState } from '../state.ts';
import { RunOver, runsState, type Run } from './run.ts';

/**
 * Where a machine is being deleted, its executions fail at their next transition.
 *
 * Source: Step Functions API Reference, DeleteStateMachine; AWS re:Post, "state machine stuck in DELETING"
 *
 * @throws RunOver
 */
export function requireMachine(run: Run): void {
  const { arn, name } = run.execution.machine;
  if (stepFunctionsState.in(run.scope).machines.get(arn)?.status === 'ACTIVE') return;
  run.end({
    status: 'FAILED',
    error: new StateError('States.Runtime', `State machine ${name} has been deleted.`),
  });
  throw new RunOver();
}

/** A machine that is being deleted is gone once none of its executions goes on. */
export function finishDeletion(scope: Scope, machineArn: string): void {
  const { machines } = stepFunctionsState.in(scope);
  if (machines.get(machineArn)?.status !== 'DELETING') return;
  for (const { execution } of runsState.in(scope).runs.values())
    if (execution.machine.arn === machineArn) return;
  machines.delete(machineArn);
}
