import type { Scope } from '../../../world/scope.ts';
import { stepFunctionsState, type Execution } from '../state.ts';
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
  const scope = place.at({
    account: execution.account,
    region: execution.region,
    service: 'states',
  });
  const run = new Run({ scope, execution, input: options.input, finish: endRun, note: logEvent });
  run.onEnd = options.onEnd;
  stepFunctionsState.in(scope).executions.set(execution.arn, execution);
  runsState.in(scope).runs.set(execution.arn, run);
  if (execution.definition.TimeoutSeconds !== undefined)
    run.timer = scope.after(run.deadline - scope.now, 'execution timeout', () => {
      run.end({ status: 'TIMED_OUT' });
    });
  const startedId = run.note('ExecutionStarted', 0, {
    executionStartedEventDetails: {
      input: execution.input,
      inputDetails: { truncated: false },
      roleArn: execution.roleArn,
    },
  });
  tellOfStatus(run);
  const flow = new Flow({
    run,
    definition: execution.definition,
    variables: new Variables(),
    previousEventId: startedId,
    onEnd: (ending, { lastEventId: previousEventId }) => {
      run.end(
        ending.ok
          ? { status: 'SUCCEEDED', output: ending.output, previousEventId }
          : { status: 'FAILED', error: ending.error, previousEventId },
      );
      return Promise.resolve();
    },
  });
  run.close = () => {
    flow.close();
  };
  flow.start(options.input);
}
