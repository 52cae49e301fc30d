import { fork } from 'node:child_process';
import { Coverage } from './coverage.ts';
import { drawScenario } from './draw-scenario.ts';
import { command } from './options.ts';
import { failureText } from './report.ts';
import { simulate, type RunResult } from './simulate.ts';

/** What one process is given to do: every `step`th seed. */
export interface Share {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

export interface SeedResult {
  readonly seed: number;
  readonly result: RunResult;
}

/** Runs a share of the seeds in this process. */
export async function runShare(
  { from, to, step }: Share,
  told: (one: SeedResult) => void,
): Promise<void> {
  for (let seed = from; seed <= to; seed += step) told({ seed, result: await simulateSeed(seed) });
}

/** @throws Error that names the seed, for a defect of the simulation or the emulator */
async function simulateSeed(seed: number): Promise<RunResult> {
  return simulate(drawScenario(seed)).catch((error: unknown) => {
    throw new Error(`seed ${seed} broke off; repeat it: ${repeatOf(seed)}`, { cause: error });
  });
}

export const repeatOf = (seed: number): string => `${command} --seed ${seed}`;

/**
 * Runs many seeds in as many processes as asked for, and says what came of them.
 *
 * @returns how many failed
 */
export async function manySeeds(options: {
  readonly from: number;
  readonly count: number;
  readonly jobs: number;
  readonly say: (line: string) => void;
}): Promise<number> {
  const { from, count, jobs, say } = options;
  const to = from + count - 1;
  const startedAt = performance.now();
  const coverage = new Coverage();
  const failed: number[] = [];
  let done = 0;
  const take = ({ seed, result }: SeedResult): void => {
    coverage.take(result);
    done += 1;
    if (result.verdict.kind === 'failed') {
      failed.push(seed);
      say(failureText(result, { what: `seed ${seed}`, repeat: repeatOf(seed) }));
    }
    if (done % progressEvery === 0) say(`${done} of ${count} seeds, ${failed.length} failed`);
  };
  const shares = Array.from({ length: jobs }, (_, job) => ({ from: from + job, to, step: jobs }));
  const broken = await Promise.all(
    shares.map((share) => (jobs === 1 ? inThisProcess(share, take) : inChild(share, take))),
  );
  const brokeOff = broken.filter((problem) => problem !== undefined);
  for (const problem of brokeOff) say(problem);
  const minutes = (performance.now() - startedAt) / 60_000;
  for (const line of coverage.lines) say(line);
  say(
    `${done} of ${count} seeds from ${from} in ${minutes.toFixed(1)} minutes, ${(done / minutes).toFixed(0)} a minute; failed: ${failed.join(', ') || 'none'}`,
  );
  return failed.length + brokeOff.length;
}

const progressEvery = 100;
/** What one call leaves behind dies young; with Node's own 16 MiB much of it is moved first. */
const youngMiB = 64;

async function inThisProcess(
  share: Share,
  take: (one: SeedResult) => void,
): Promise<string | undefined> {
  await runShare(share, take);
  return undefined;
}

/**
 * Runs a share of the seeds in a process of its own.
 *
 * @returns what went wrong with the process itself
 */
export function inChild(
  share: Share,
  take: (one: SeedResult) => void,
): Promise<string | undefined> {
  const child = fork(new URL('seeds-child.ts', import.meta.url), [JSON.stringify(share)], {
    execArgv: [`--max-semi-space-size=${youngMiB}`],
  });
  child.on('message', (message) => {
    take(message as SeedResult);
  });
  return new Promise((resolve) => {
    child.on('exit', (code, signal) => {
      resolve(code === 0 ? undefined : `a process ended with ${signal ?? `code ${code ?? ''}`}`);
    });
  });
}
