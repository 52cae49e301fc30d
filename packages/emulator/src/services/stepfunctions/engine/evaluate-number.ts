import type { Template } from '../asl/definition.ts';
import type { Flow } from './flow.ts';
import type { Visit } from './visit.ts';

/**
 * A field that is a whole number or an expression for one.
 *
 * @throws StateError States.QueryEvaluationError for anything else
 */
export async function evaluateNumber(
  flow: Flow,
  visit: Visit,
  options: {
    readonly field: string;
    readonly template: Template;
    readonly min: number;
    readonly max: number;
  },
): Promise<number> {
  const { field, min, max } = options;
  const value = await flow.evaluate(visit, field, options.template);
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max)
    return value;
  throw flow.evaluationFailed(
    visit,
    field,
    `The value ${JSON.stringify(value)} of the field '${field}' is not an integer from ${min} to ${max}.`,
  );
}
