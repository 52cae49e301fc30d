import type { Json, Template } from './definition.ts';
import type { Evaluation } from './evaluation.ts';
import { compileExpression, expressionSource, isExpression } from './expression.ts';
import { isJsonArray } from './json-kinds.ts';
import { plainJson } from './plain-json.ts';
import { StateError } from './state-error.ts';

/**
 * The template with every expression in it replaced by its result. What is not a string between `{%` and `%}` stands for
 * itself, names of members included.
 *
 * @param field where the template stands in its state, such as `Arguments`; for the message of a failure
 * @throws StateError `States.QueryEvaluationError`
 *
 * Source: Step Functions Developer Guide, "Transforming data with JSONata"
 */
export const evaluateTemplate = async (
  template: Template,
  evaluation: Evaluation,
  field = 'Output',
): Promise<Json> => {
  if (typeof template === 'string')
    return isExpression(template) ? evaluateExpression(template, evaluation, field) : template;
  if (template === null || typeof template !== 'object') return template;
  if (isJsonArray(template)) {
    const items: Json[] = [];
    for (const [index, item] of template.entries())
      items.push(await evaluateTemplate(item, evaluation, `${field}[${String(index)}]`));
    return items;
  }
  const members: [string, Json][] = [];
  for (const [name, member] of Object.entries(template))
    members.push([name, await evaluateTemplate(member, evaluation, `${field}/${name}`)]);
  return Object.fromEntries(members);
};

const evaluateExpression = async (
  text: string,
  evaluation: Evaluation,
  field: string,
): Promise<Json> => {
  const source = expressionSource(text);
  const fail = (problem: string): StateError =>
    new StateError(
      'States.QueryEvaluationError',
      `The JSONata expression '${source}' specified for the field '${field}' ${problem}`,
      { location: field },
    );
  let result: unknown;
  try {
    result = await compileExpression(source).run(evaluation);
  } catch (error) {
    throw fail(`threw an error during evaluation${describe(error)}`);
  }
  if (result === undefined) throw fail('returned nothing (undefined).');
  const json = plainJson(result);
  if (json === undefined) throw fail('returned an unsupported result type.');
  return json;
};

/** jsonata throws plain objects with a code; the bounds of an evaluation have none. */
const describe = (thrown: unknown): string => {
  if (typeof thrown !== 'object' || thrown === null) return `: ${String(thrown)}`;
  const message = 'message' in thrown ? String(thrown.message) : 'unknown error';
  return 'code' in thrown && typeof thrown.code === 'string'
    ? `. ${thrown.code}: ${message}`
    : `: ${message}`;
};
