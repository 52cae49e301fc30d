import type * as JustBash from 'just-bash';

export type Interpreter = typeof JustBash;

let interpreter: Promise<Interpreter> | undefined;

/** Loads the interpreter when a script first runs: it costs a tenth of a second. */
export const loadInterpreter = (): Promise<Interpreter> => (interpreter ??= import('just-bash'));
