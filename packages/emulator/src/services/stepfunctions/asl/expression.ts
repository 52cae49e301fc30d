import jsonata from 'jsonata';
import type { Json } from './definition.ts';
import type { Evaluation } from './evaluation.ts';
import { bindingsOf } from './expression-binding.ts';
import { registerFunctions } from './expression-functions.ts';
import { meterExpression } from './expression-meter.ts';
import { followPath, plainPathOf } from './plain-path.ts';

/**
 * A string is an expression when it begins with `{%` and ends with `%}`, without anything around.
 *
 * Source: Step Functions Developer Guide, "Transforming data with JSONata"
 */
export const isExpression = (text: string): boolean =>
  text.length >= 4 && text.startsWith('{%') && text.endsWith('%}');

/** What stands between the delimiters. */
export const expressionSource = (text: string): string => text.slice(2, -2).trim();

export interface CompiledExpression {
  readonly ast: unknown;
  /** @returns what jsonata makes of it, or the very value that a plain path leads to */
  readonly run: (evaluation: Evaluation) => Promise<unknown>;
}

const compiled = new Map<string, CompiledExpression>();
const compiledMax = 2_000;

/**
 * The expression ready to run; one text is compiled once, because a loop evaluates the same few texts thousands of times.
 *
 * @throws what jsonata throws about a syntax error
 */
export const compileExpression = (source: string): CompiledExpression => {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  const expression = compile(source);
  if (compiled.size >= compiledMax) compiled.clear();
  compiled.set(source, expression);
  return expression;
};

/** @throws what jsonata throws about a syntax error; its parser calls itself for whatever nests */
const parsed = (source: string): jsonata.Expression => {
  try {
    return jsonata(source);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Error('the expression nests too deeply to be read', { cause: error });
  }
};

const compile = (source: string): CompiledExpression => {
  const expression = parsed(source);
  registerFunctions(expression);
  meterExpression(expression);
  const ast: unknown = expression.ast();
  const path = plainPathOf(ast);
  const isMarking = JSON.stringify(ast).includes('"keepSingletonArray"');
  const run = async (evaluation: Evaluation): Promise<unknown> => {
    const found = path && followPath(path, evaluation);
    if (found !== undefined) return found;
    const bindings = bindingsOf(isMarking ? copyOf(evaluation) : evaluation);
    const result: unknown = await expression.evaluate(undefined, bindings);
    return result;
  };
  return { ast, run };
};

/** `[]` in a path makes jsonata mark the arrays that it meets, those of the data included. */
const copyOf = (evaluation: Evaluation): Evaluation => ({
  ...evaluation,
  ...structuredClone({
    input: evaluation.input,
    context: evaluation.context,
    ...(evaluation.result === undefined ? {} : { result: evaluation.result }),
    ...(evaluation.errorOutput === undefined ? {} : { errorOutput: evaluation.errorOutput }),
  }),
  variables: new Map<string, Json>(structuredClone([...evaluation.variables])),
});
