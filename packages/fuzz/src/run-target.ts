import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { Finding } from './finding.ts';
import type { Target } from './target.ts';
import { unwatched, type Watchdog } from './watchdog.ts';

/** How long one case may take, in milliseconds of real time; a slow machine under load needs some of it for itself. */
const caseMsMax = 5_000;

export interface RunOptions {
  readonly seed: number;
  readonly cases: number;
  /** fast-check's path to one case, as a failure prints it. */
  readonly path?: string;
  readonly watchdog?: Watchdog;
}

export interface Failure {
  /** The smallest case that fails. */
  readonly text: string;
  readonly problem: string;
  readonly path: string;
}

export interface TargetResult {
  readonly name: string;
  readonly cases: number;
  readonly seconds: number;
  /** How many cases came to which end. */
  readonly outcomes: ReadonlyMap<string, number>;
  readonly failure: Failure | undefined;
}

/** Every target draws its own cases from the one seed. */
const seedOf = (name: string, seed: number): number =>
  createHash('sha256').update(`${seed}/${name}`).digest().readInt32BE(0);

/** Throws cases at a target until one fails, and makes that one as small as it can. */
export async function runTarget(target: Target, options: RunOptions): Promise<TargetResult> {
  const { watchdog = unwatched } = options;
  const opened = await target.open();
  const outcomes = new Map<string, number>();
  const startedAt = performance.now();
  let ran = 0;
  let isShrinking = false;
  const property = fc.asyncProperty(opened.cases, async (text) => {
    await opened.prepare?.();
    const began = performance.now();
    watchdog.begin(target.name, text);
    try {
      const outcome = await opened.run(text);
      const tookMs = performance.now() - began;
      if (tookMs > caseMsMax)
        throw new Finding(`it takes ${Math.round(tookMs)} ms of real time (${outcome})`);
      if (isShrinking) return;
      ran += 1;
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    } catch (error) {
      isShrinking = true;
      throw error;
    } finally {
      watchdog.end();
    }
  });
  try {
    const details = await fc.check(property, {
      seed: seedOf(target.name, options.seed),
      // A path is one case; without a limit the cases behind it would follow.
      numRuns: options.path === undefined ? options.cases : 1,
      ...(options.path !== undefined && { path: options.path }),
    });
    return {
      name: target.name,
      cases: ran,
      seconds: (performance.now() - startedAt) / 1000,
      outcomes,
      failure: details.failed
        ? {
            text: details.counterexample?.[0] ?? '',
            problem: problemOf(details.errorInstance),
            path: details.counterexamplePath ?? '',
          }
        : undefined,
    };
  } finally {
    await opened.close?.();
  }
}

const problemOf = (error: unknown): string => {
  if (error instanceof Finding) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
};
