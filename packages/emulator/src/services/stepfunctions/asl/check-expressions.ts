import type { Json } from './definition.ts';
import { compileExpression, expressionSource, isExpression } from './expression.ts';
import { referencesOf } from './expression-references.ts';
import type { FieldReader } from './field-reader.ts';
import { isJsonArray, isJsonObject } from './json-kinds.ts';
import type { Problems } from './problems.ts';

/** What `$states` has in a place. */
export type StatesField = 'input' | 'context' | 'result' | 'errorOutput';

/**
 * Reports the expressions in these fields that cannot be right: AWS refuses them when the machine is created.
 *
 * @param available what `$states` has when these fields are evaluated
 *
 * Source: Step Functions Developer Guide, "Transforming data with JSONata"; messages as CreateStateMachine answers them
 */
export const checkExpressions = (
  reader: FieldReader,
  fields: readonly string[],
  available: readonly StatesField[],
): void => {
  for (const field of fields) {
    const value = reader.get(field);
    if (value !== undefined) checkValue(value, reader.at(field), available, reader.problems);
  }
};

const checkValue = (
  value: Json,
  location: string,
  available: readonly StatesField[],
  problems: Problems,
): void => {
  if (typeof value === 'string') {
    if (isExpression(value)) checkExpression(value, location, available, problems);
    else if (isHalfExpression(value))
      problems.add(
        'INVALID_JSONATA_EXPRESSION',
        'A JSONata expression must begin with {% and end with %}, without anything around',
        location,
      );
  } else if (isJsonArray(value)) {
    for (const [index, item] of value.entries())
      checkValue(item, `${location}[${String(index)}]`, available, problems);
  } else if (isJsonObject(value)) {
    for (const [name, member] of Object.entries(value))
      checkValue(member, `${location}/${name}`, available, problems);
  }
};

const isHalfExpression = (text: string): boolean =>
  text.trimStart().startsWith('{%') || text.trimEnd().endsWith('%}');

const checkExpression = (
  text: string,
  location: string,
  available: readonly StatesField[],
  problems: Problems,
): void => {
  const known: readonly string[] = available;
  let references: ReturnType<typeof referencesOf>;
  try {
    references = referencesOf(compileExpression(expressionSource(text)).ast);
  } catch (error) {
    problems.add('INVALID_JSONATA_EXPRESSION', messageOf(error), location);
    return;
  }
  for (const symbol of references.youngOperators)
    problems.add(
      'INVALID_JSONATA_EXPRESSION',
      `The symbol "${symbol}" cannot be used as a unary operator`,
      location,
    );
  const refuse = (message: string): void => {
    problems.add('UNSUPPORTED_JSONATA_EXPRESSION', message, location);
  };
  for (const name of references.names)
    refuse(`Reference to '${name}' at the top level is not supported.`);
  for (const name of references.roots) refuse(`Reference to '${name}' is not supported.`);
  for (const field of references.statesFields)
    if (!known.includes(field)) refuse(`Field '$states.${field}' does not exist.`);
};

const messageOf = (thrown: unknown): string =>
  typeof thrown === 'object' && thrown !== null && 'message' in thrown
    ? String(thrown.message)
    : String(thrown);
