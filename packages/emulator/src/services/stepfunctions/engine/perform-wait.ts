import type { WaitState } from '../asl/definition.ts';
import { evaluateNumber } from './evaluate-number.ts';
import type { Flow, Step } from './flow.ts';
import type { Visit } from './visit.ts';

const secondsMax = 99_999_999; // Step Functions Developer Guide, "Wait workflow state", Seconds

// RFC 3339 as ISO 8601 has it, with an upper-case T and a zone: same page, Timestamp.
const timestamp = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/** Lets virtual time pass. */
export async function performWait(
  flow: Flow,
  visit: Visit,
  state: WaitState,
): Promise<Step | undefined> {
  const until = await endOf(flow, visit, state);
  const { run, scope } = flow;
  // AWS ends it at the deadline, so that there is no use in waiting beyond it.
  if (until > run.deadline) {
    const attempt = visit.beginAttempt();
    attempt.holds(
      scope.after(Math.max(0, run.deadline - scope.now), 'deadline', () => {
        run.end({ status: 'TIMED_OUT' });
      }),
    );
    return undefined;
  }
  const attempt = visit.beginAttempt();
  attempt.holds(
    scope.after(Math.max(0, until - scope.now), 'wait', () =>
      flow.settle(visit, attempt, { ok: true, output: visit.input.json }),
    ),
  );
  return undefined;
}

/** Milliseconds since 1970; a moment in the past does not wait. */
async function endOf(flow: Flow, visit: Visit, state: WaitState): Promise<number> {
  if (state.Seconds !== undefined) {
    const seconds = await evaluateNumber(flow, visit, {
      field: 'Seconds',
      template: state.Seconds,
      min: 0,
      max: secondsMax,
    });
    return flow.scope.now + seconds * 1000;
  }
  const at = await flow.evaluate(visit, 'Timestamp', state.Timestamp ?? null);
  if (typeof at !== 'string' || !timestamp.test(at) || Number.isNaN(Date.parse(at)))
    throw flow.evaluationFailed(
      visit,
      'Timestamp',
      `The value ${JSON.stringify(at)} of the field 'Timestamp' is not a valid timestamp.`,
    );
  return Date.parse(at);
}
