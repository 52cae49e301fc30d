import { defineWatch } from '../../world/watch.ts';
import type { Outcome } from '../../runtime/function-error.ts';

/** One run of a function: what it was given and what came of it. */
export interface FunctionRun {
  readonly functionName: string;
  /** JSON text. */
  readonly event: string;
  readonly outcome: Outcome;
}

/** Told after each run of a function, whoever asked for it: services and customers see no events of others, tests record them. */
export const functionRuns = defineWatch<FunctionRun>('function-runs');
