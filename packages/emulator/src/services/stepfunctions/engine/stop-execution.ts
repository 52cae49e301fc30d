import type { Scope } from '../../../world/scope.ts';
import type { Execution } from '../state.ts';
import { runsState } from './run.ts';

/** Ends an execution ABORTED, with what it has open; nothing happens to one that has ended. */
export function stopExecution(
  place: Scope,
  execution: Execution,
  reason: { readonly error?: string | undefined; readonly cause?: string | undefined },
): void {
  const scope = place.at({ account: execution.account, region: execution.region });
  runsState.in(scope).runs.get(execution.arn)?.end({
    status: 'ABORTED',
    error: reason.error,
    cause: reason.cause,
  });
}
