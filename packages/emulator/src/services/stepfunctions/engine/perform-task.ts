import type { Json, TaskState } from '../asl/definition.ts';
import { StateError } from '../asl/state-error.ts';
import type { Ending } from '../engine-seam.ts';
import { callIntegration } from '../integrations/call-integration.ts';
import { findResource, type ModelledResource } from '../integrations/resources.ts';
import { evaluateNumber } from './evaluate-number.ts';
import type { Flow, Step } from './flow.ts';
import { requireSize } from './value.ts';
import type { Attempt, Visit } from './visit.ts';

const timeoutSecondsMax = 99_999_999; // Step Functions Developer Guide, "Task workflow state", TimeoutSeconds

/** Calls an integration. Where it takes longer than the state allows, its answer comes to nothing. */
export async function performTask(
  flow: Flow,
  visit: Visit,
  state: TaskState,
): Promise<Step | undefined> {
  const resource = findResource(state.Resource);
  if (!resource) throw new TypeError(`${state.Resource} is in a definition that was checked`);
  const { run, scope } = flow;
  const given = await flow.evaluate(visit, 'Arguments', state.Arguments ?? {});
  const parameters = JSON.stringify(given);
  requireSize(parameters, `The state/task '${state.Name}' was given arguments`);
  const timeoutInSeconds =
    state.TimeoutSeconds === undefined
      ? undefined
      : await evaluateNumber(flow, visit, {
          field: 'TimeoutSeconds',
          template: state.TimeoutSeconds,
          min: 1,
          max: timeoutSecondsMax,
        });
  const names = { resourceType: resource.resourceType, resource: resource.resource };
  flow.note('TaskScheduled', {
    taskScheduledEventDetails: {
      ...names,
      region: scope.region,
      parameters,
      ...(timeoutInSeconds === undefined ? {} : { timeoutInSeconds }),
    },
  });
  flow.note('TaskStarted', { taskStartedEventDetails: names });
  const attempt = visit.beginAttempt();
  if (timeoutInSeconds !== undefined)
    attempt.holds(
      scope.after(timeoutInSeconds * 1000, 'task timeout', () =>
        timeOut(flow, visit, { attempt, names }),
      ),
    );
  const ending = await callTask(flow, state, { resource, given });
  // Time may have passed meanwhile, and taken the attempt or the execution with it.
  if (!attempt.isOpen || run.isOver) return undefined;
  attempt.finish();
  note(flow, names, ending);
  return ending.ok
    ? () => flow.succeed(visit, ending.output)
    : () => flow.fail(visit, ending.error);
}

interface Names {
  readonly resourceType: string;
  readonly resource: string;
}

async function callTask(
  flow: Flow,
  state: TaskState,
  task: { readonly resource: ModelledResource; readonly given: Json },
): Promise<Ending & { readonly text?: string }> {
  try {
    const output = await callIntegration(flow.scope, flow.run.execution, task);
    const text = JSON.stringify(output);
    requireSize(text, `The state/task '${state.Resource}' returned a result`);
    return { ok: true, output, text };
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    return { ok: false, error };
  }
}

function note(flow: Flow, names: Names, ending: Ending & { readonly text?: string }): void {
  if (ending.ok)
    flow.note('TaskSucceeded', {
      taskSucceededEventDetails: {
        ...names,
        output: ending.text,
        outputDetails: { truncated: false },
      },
    });
  else
    flow.note('TaskFailed', {
      taskFailedEventDetails: {
        ...names,
        error: ending.error.error,
        cause: ending.error.cause,
      },
    });
}

/** Source: Step Functions Developer Guide, "Handling errors", States.Timeout. */
async function timeOut(
  flow: Flow,
  visit: Visit,
  { attempt, names }: { readonly attempt: Attempt; readonly names: Names },
): Promise<void> {
  if (!attempt.isOpen || flow.run.isOver) return;
  attempt.finish();
  await flow.drive(() => {
    flow.note('TaskTimedOut', {
      taskTimedOutEventDetails: { ...names, error: 'States.Timeout', cause: '' },
    });
    return () => flow.fail(visit, new StateError('States.Timeout', ''));
  });
}
