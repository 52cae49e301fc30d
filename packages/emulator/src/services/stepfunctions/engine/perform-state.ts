import { StateError } from '../asl/state-error.ts';
import type { ChoiceState, FailState } from '../asl/definition.ts';
import type { Flow, Step } from './flow.ts';
import { performDistributedMap } from './perform-distributed-map.ts';
import { performInlineMap } from './perform-inline-map.ts';
import { performTask } from './perform-task.ts';
import { performWait } from './perform-wait.ts';
import type { Visit } from './visit.ts';

type Outcome = Promise<Step | undefined> | Step | undefined;

/**
 * Does what a state does, once; a retry does it again.
 *
 * @throws StateError where it fails at once
 */
export function performState(flow: Flow, visit: Visit): Outcome {
  const { state } = visit;
  switch (state.Type) {
    case 'Pass':
    case 'Succeed':
      return () => flow.succeed(visit, visit.input.json);
    case 'Wait':
      return performWait(flow, visit, state);
    case 'Choice':
      return performChoice(flow, visit, state);
    case 'Fail':
      return performFail(flow, visit, state);
    case 'Task':
      return performTask(flow, visit, state);
    case 'Map':
      return state.ItemProcessor.Mode === 'DISTRIBUTED'
        ? performDistributedMap(flow, visit, state)
        : performInlineMap(flow, visit, state);
    default:
      return unknown(state);
  }
}

const unknown = (state: never): never => {
  throw new TypeError(`there is no such state: ${JSON.stringify(state)}`);
};

/**
 * The first rule that holds is taken. Where none does, `States.NoChoiceMatched` is reserved for later.
 *
 * Source: Step Functions Developer Guide, "Choice workflow state"; "Handling errors", error names.
 */
async function performChoice(flow: Flow, visit: Visit, state: ChoiceState): Promise<Step> {
  for (const [index, rule] of state.Choices.entries()) {
    const field = `Choices[${index}]/Condition`;
    const holds = await flow.evaluate(visit, field, rule.Condition);
    if (typeof holds !== 'boolean')
      throw flow.evaluationFailed(
        visit,
        field,
        `The JSONata expression specified for the field '${field}' returned an unexpected result type. Expected 'boolean', but was '${typeOf(holds)}'.`,
      );
    if (holds)
      return () =>
        leaveChoice(flow, visit, {
          next: rule.Next,
          assign: rule.Assign,
          output: rule.Output,
        });
  }
  const { Default } = state;
  if (Default === undefined)
    throw new StateError(
      'States.Runtime',
      `An error occurred while executing the state '${state.Name}' (entered at the event id #${flow.lastEventId}). Failed to transition out of the state. The state does not point to a next state.`,
    );
  return () =>
    leaveChoice(flow, visit, { next: Default, assign: state.Assign, output: state.Output });
}

async function leaveChoice(
  flow: Flow,
  visit: Visit,
  exit: Pick<Parameters<Flow['leave']>[1], 'next' | 'assign' | 'output'>,
): Promise<Step | undefined> {
  try {
    return await flow.leave(visit, { ...exit, otherwise: visit.input.json });
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    return () => flow.fail(visit, error);
  }
}

async function performFail(flow: Flow, visit: Visit, state: FailState): Promise<never> {
  const text = async (field: 'Error' | 'Cause'): Promise<string> => {
    const template = state[field];
    if (template === undefined) return '';
    const value = await flow.evaluate(visit, field, template);
    if (typeof value !== 'string')
      throw flow.evaluationFailed(
        visit,
        field,
        `The JSONata expression specified for the field '${field}' returned an unexpected result type. Expected 'string', but was '${typeOf(value)}'.`,
      );
    return value;
  };
  throw new StateError(await text('Error'), await text('Cause'));
}

const typeOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
