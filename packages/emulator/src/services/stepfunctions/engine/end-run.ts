import type { StateError } from '../asl/state-error.ts';
import { finishDeletion } from './machine-deletion.ts';
import { runsState, type Run, type RunEnding } from './run.ts';
import { tellOfStatus } from './tell-of-status.ts';

/** Ends an execution in one of its four ways: what is open is closed, the history gets its last event, others are told. */
export function endRun(run: Run, ending: RunEnding): void {
  const { execution, scope } = run;
  const lastEventId =
    ending.status === 'SUCCEEDED' || ending.status === 'FAILED'
      ? (ending.previousEventId ?? execution.history.length)
      : execution.history.length;
  execution.status = ending.status;
  execution.stoppedAt = scope.now;
  run.close();
  if (run.timer) run.timer.cancelled = true;
  runsState.in(scope).runs.delete(execution.arn);
  switch (ending.status) {
    case 'SUCCEEDED': {
      const output = ending.output.text;
      execution.output = output;
      run.note('ExecutionSucceeded', lastEventId, {
        executionSucceededEventDetails: { output, outputDetails: { truncated: false } },
      });
      break;
    }
    case 'FAILED': {
      const { error, cause } = said(ending.error);
      setFailure(run, { error, cause });
      run.note('ExecutionFailed', lastEventId, {
        executionFailedEventDetails: { error, cause },
      });
      break;
    }
    case 'TIMED_OUT':
      run.note('ExecutionTimedOut', lastEventId, { executionTimedOutEventDetails: {} });
      break;
    case 'ABORTED':
      setFailure(run, ending);
      run.note('ExecutionAborted', lastEventId, {
        executionAbortedEventDetails: { error: ending.error, cause: ending.cause },
      });
      break;
    default:
      ending satisfies never;
  }
  tellOfStatus(run);
  finishDeletion(scope, execution.machine.arn);
  run.onEnd?.(execution);
}

/** A Fail state need not name an error or a cause. */
const said = ({
  error,
  cause,
}: StateError): { readonly error: string | undefined; readonly cause: string | undefined } => ({
  error: error === '' ? undefined : error,
  cause: cause === '' ? undefined : cause,
});

function setFailure(
  { execution }: Run,
  failure: { readonly error?: string | undefined; readonly cause?: string | undefined },
): void {
  if (failure.error !== undefined) execution.error = failure.error;
  if (failure.cause !== undefined) execution.cause = failure.cause;
}
