import type { Evaluation } from './evaluation.ts';

/** No expression can spell this name: `#` is an operator of JSONata. */
const evaluationName = '#evaluation';

/** The part of a jsonata environment that is looked at; every run binds its evaluation there. */
export interface EvaluationFrame {
  lookup(name: typeof evaluationName): Evaluation;
}

/** The evaluation that a run of an expression belongs to. */
export const evaluationOf = (environment: EvaluationFrame): Evaluation =>
  environment.lookup(evaluationName);

/** What the names of an expression stand for. */
export const bindingsOf = (evaluation: Evaluation): Record<string, unknown> => {
  const { input, result, errorOutput, context } = evaluation;
  return {
    ...Object.fromEntries(evaluation.variables),
    states: {
      input,
      context,
      ...(result === undefined ? {} : { result }),
      ...(errorOutput === undefined ? {} : { errorOutput }),
    },
    [evaluationName]: evaluation,
  };
};
