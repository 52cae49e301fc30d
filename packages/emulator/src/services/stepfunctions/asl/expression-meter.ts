import type jsonata from 'jsonata';
import { evaluationOf } from './expression-binding.ts';

/**
 * How deeply one expression may nest, and how many steps it may take. AWS bounds depth and time; steps are counted here
 * instead, because a time would differ from run to run.
 */
const depthMax = 100;
const stepsMax = 500_000;

const entry = Symbol.for('jsonata.__evaluate_entry');

type Frame = jsonata.Environment & { readonly depth: number };

/**
 * Sees to it that every run of the expression ends, and that its clock is the evaluation's: jsonata reads the wall clock
 * when a run begins and takes missing parts of dates from it.
 */
export const meterExpression = (expression: jsonata.Expression): void => {
  const begin = (_node: unknown, _input: unknown, environment: Frame): void => {
    // Once is enough: every frame of this run is made from this one.
    environment.bind(entry, undefined);
    let steps = 0;
    const guardrails = (): void => {
      steps += 1;
      if (environment.depth > depthMax)
        throw new Error(
          `Stack overflow error: Check for non-terminating recursive function. Depth=${String(environment.depth)} max=${String(depthMax)}`,
        );
      if (steps > stepsMax)
        throw new Error('Expression evaluation timeout: Check for infinite loop');
    };
    Object.assign(environment, { timestamp: new Date(evaluationOf(environment).now), guardrails });
  };
  // The type of `assign` only knows names that an expression can spell.
  Reflect.apply(Reflect.get(expression, 'assign'), expression, [entry, begin]);
};
