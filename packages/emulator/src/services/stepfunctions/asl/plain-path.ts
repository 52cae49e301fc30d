import { isRecord } from '../../../wire/scalars.ts';
import type { Json } from './definition.ts';
import type { Evaluation } from './evaluation.ts';
import { isJsonObject } from './json-kinds.ts';

/**
 * The steps of an expression that only names a variable and members of it, such as `$states.input.id`. Most expressions
 * do, and they are followed without jsonata, which spends most of the time of a long loop otherwise.
 */
export const plainPathOf = (ast: unknown): readonly string[] | undefined => {
  if (!isRecord(ast)) return undefined;
  const steps = ast['type'] === 'path' && hasOnly(ast, ['type', 'steps']) ? ast['steps'] : [ast];
  if (!Array.isArray(steps)) return undefined;
  const names: string[] = [];
  for (const step of steps) {
    if (!isRecord(step) || !hasOnly(step, ['type', 'value', 'position'])) return undefined;
    const { type, value } = step;
    if (type !== (names.length === 0 ? 'variable' : 'name')) return undefined;
    if (typeof value !== 'string' || value === '' || value === '$') return undefined;
    names.push(value);
  }
  return names;
};

const hasOnly = (node: Readonly<Record<string, unknown>>, names: readonly string[]): boolean =>
  Object.keys(node).every((name) => names.includes(name));

/**
 * The value at the end of the path. Wherever JSONata has rules of its own (an array on the way, something that is not
 * there, a name of a function), there is none and jsonata decides.
 */
export const followPath = (
  [first = '', ...members]: readonly string[],
  evaluation: Evaluation,
): Json | undefined => {
  let value =
    first === 'states' ? statesOf(evaluation, members.shift()) : evaluation.variables.get(first);
  for (const member of members) {
    if (!isJsonObject(value) || !Object.hasOwn(value, member)) return undefined;
    value = value[member];
  }
  return value;
};

const statesOf = (evaluation: Evaluation, member: string | undefined): Json | undefined => {
  switch (member) {
    case 'input':
      return evaluation.input;
    case 'context':
      return evaluation.context;
    case 'result':
      return evaluation.result;
    case 'errorOutput':
      return evaluation.errorOutput;
    default:
      return undefined;
  }
};
