import type { Scope } from '../../../world/scope.ts';
import type { Json } from '../asl/definition.ts';
import { stepFunctionsState, type Execution, type Standing } from '../state.ts';
import { endRun } from './end-run.ts';
import { logEvent } from './execution-log.ts';
import { Flow } from './flow.ts';
import { Run, runsState } from './run.ts';
import { tellOfStatus } from './tell-of-status.ts';
import type { Value } from './value.ts';
import { Variables } from './variables.ts';

/** Sets an execution going that has just been made. Its first state is entered right after. */
export function startRun(
  place: Scope,
  execution: Execution,
  options: { readonly input: Value; readonly onEnd?: (execution: Execution) => void },
): void {
  const run = openRun(place, execution, options.input);
  run.onEnd = options.onEnd;
  stepFunctionsState.in(run.scope).executions.set(execution.arn, execution);
  const startedId = run.note('ExecutionStarted', 0, {
    executionStartedEventDetails: {
      input: execution.input,
      inputDetails: { truncated: false },
      roleArn: execution.roleArn,
    },
  });
  tellOfStatus(run);
  openFlow(run, new Variables(), startedId).start(options.input);
}

/**
 * Lets an execution that has ended without success go on in the state in which it stood, with the variables of then; its
 * retriers begin anew, and so does its time-out.
 *
 * Source: Step Functions Developer Guide, "Restarting state machine executions with redrive"
 */
export function redriveRun(place: Scope, execution: Execution, stood: Standing): void {
  execution.status = 'RUNNING';
  delete execution.stoppedAt;
  delete execution.error;
  delete execution.cause;
  const run = openRun(place, execution, {
    json: JSON.parse(execution.input) as Json,
    text: execution.input,
  });
  const redrivenId = run.note('ExecutionRedriven', execution.history.length, {
    executionRedrivenEventDetails: { redriveCount: execution.redrives?.count ?? 0 },
  });
  tellOfStatus(run);
  openFlow(run, stood.variables, redrivenId).resume(stood);
}

function openRun(place: Scope, execution: Execution, input: Value): Run {
  const scope = place.at({
    account: execution.account,
    region: execution.region,
    service: 'states',
  });
  const run = new Run({ scope, execution, input, finish: endRun, note: logEvent });
  runsState.in(scope).runs.set(execution.arn, run);
  if (execution.definition.TimeoutSeconds !== undefined)
    run.timer = scope.after(run.deadline - scope.now, 'execution timeout', () => {
      run.end({ status: 'TIMED_OUT' });
    });
  return run;
}

function openFlow(run: Run, variables: Variables, previousEventId: number): Flow {
  const flow = new Flow({
    run,
    definition: run.execution.definition,
    variables,
    previousEventId,
    onEnd: (ending, { lastEventId }) => {
      run.end(
        ending.ok
          ? { status: 'SUCCEEDED', output: ending.output, previousEventId: lastEventId }
          : { status: 'FAILED', error: ending.error, previousEventId: lastEventId },
      );
      return Promise.resolve();
    },
  });
  run.close = () => {
    const { standing } = flow;
    if (standing !== undefined && run.execution.status !== 'SUCCEEDED')
      run.execution.stoodAt = standing;
    flow.close();
  };
  return flow;
}
