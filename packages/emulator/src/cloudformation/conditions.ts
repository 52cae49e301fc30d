import { isRecord } from '../wire/scalars.ts';
import { asText, type Names } from './expression-values.ts';
import { evaluate, functionOf } from './intrinsics.ts';
import { validationError } from './validation-error.ts';

/** CloudFormation User Guide, Fn::And and Fn::Or: 2 to 10 conditions. */
const operandsMin = 2;
const operandsMax = 10;

/**
 * Evaluates the Conditions section.
 *
 * @param names without resources: conditions can refer to parameters, pseudo parameters and mappings only
 * @throws AwsError ValidationError
 */
export function evaluateConditions(
  conditions: ReadonlyMap<string, unknown>,
  names: Omit<Names, 'condition'>,
): ReadonlyMap<string, boolean> {
  const settled = new Map<string, boolean>();
  const open = new Set<string>();
  const settle = (name: string): boolean => {
    const known = settled.get(name);
    if (known !== undefined) return known;
    if (!conditions.has(name))
      throw validationError(
        `Template format error: Unresolved condition dependency ${name} in the Conditions block of the template`,
      );
    if (open.has(name))
      throw validationError(
        `Template format error: Circular dependency between conditions: [${[...open].join(', ')}]`,
      );
    open.add(name);
    const value = evaluateCondition(conditions.get(name), { ...names, condition: settle });
    open.delete(name);
    settled.set(name, value);
    return value;
  };
  for (const name of conditions.keys()) settle(name);
  return settled;
}

function evaluateCondition(expression: unknown, names: Names): boolean {
  if (isRecord(expression) && typeof expression['Condition'] === 'string')
    return names.condition(expression['Condition']);
  const call = functionOf(expression);
  const operands: unknown[] = Array.isArray(call?.argument) ? call.argument : [];
  switch (call?.name) {
    case 'Fn::Equals':
      return evaluateEquals(operands, names);
    case 'Fn::Not':
      if (operands.length !== 1)
        throw validationError(
          'Template error: Fn::Not requires a list argument with one function token',
        );
      return !evaluateCondition(operands[0], names);
    case 'Fn::And':
    case 'Fn::Or': {
      if (operands.length < operandsMin || operands.length > operandsMax)
        throw validationError(
          `Template error: every ${call.name} object requires a list of at least ${operandsMin} and at most ${operandsMax} boolean parameters.`,
        );
      const values = operands.map((operand) => evaluateCondition(operand, names));
      return call.name === 'Fn::And' ? values.every(Boolean) : values.some(Boolean);
    }
    default:
      throw validationError(
        'Template format error: Conditions can only be boolean operations on parameters and other conditions',
      );
  }
}

function evaluateEquals(operands: readonly unknown[], names: Names): boolean {
  const wrong = validationError(
    'Template error: every Fn::Equals object requires a list of 2 string parameters.',
  );
  if (operands.length !== 2) throw wrong;
  const [left, right] = operands.map((operand) => {
    const value = evaluate(operand, names);
    if (Array.isArray(value) || isRecord(value)) throw wrong;
    return asText('Fn::Equals', value);
  });
  return left === right;
}
