import type { Template } from '../asl/definition.ts';
import { evaluateTemplate } from '../asl/evaluate-template.ts';
import type { Evaluation } from '../asl/evaluation.ts';
import { StateError } from '../asl/state-error.ts';

interface NumberField {
  readonly field: string;
  readonly min: number;
  readonly max?: number;
  readonly isInteger: boolean;
}

/**
 * The number that a field holds or that its expression comes to.
 *
 * @throws StateError States.QueryEvaluationError for anything else
 */
export async function evaluateNumber(
  template: Template,
  evaluation: Evaluation,
  { field, min, max = Number.MAX_SAFE_INTEGER, isInteger }: NumberField,
): Promise<number> {
  const value = await evaluateTemplate(template, evaluation, field);
  const said = typeof template === 'string' ? `expression '${template}'` : 'value';
  const fail = (problem: string): StateError =>
    new StateError(
      'States.QueryEvaluationError',
      `The JSONata ${said} specified for the field '${field}' ${problem}`,
      { location: field },
    );
  if (typeof value !== 'number')
    throw fail(
      `returned an unexpected result type. Expected 'number', but was '${value === null ? 'null' : typeof value}'.`,
    );
  if (value < min || value > max || (isInteger && !Number.isInteger(value)))
    throw fail(
      `returned ${value}, which is not ${isInteger ? 'an integer' : 'a number'} from ${min}${max === Number.MAX_SAFE_INTEGER ? '' : ` to ${max}`}.`,
    );
  return value;
}
