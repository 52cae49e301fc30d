import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const execute = promisify(execFile);
export const root = fileURLToPath(new URL('../../../../', import.meta.url));
/** How often whatever takes real time is measured; what counts is the median. */
export const rounds = 3;

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

export const rounded = (value: number, digits = 1): number => Number(value.toFixed(digits));

/** Has a process say at its end how much memory it held at most; `maxRSS` is in kilobytes. */
const tellsPeak =
  "data:text/javascript,process.on('exit',()=>console.error('peak '+process.resourceUsage().maxRSS))";

interface Finished {
  readonly stdout: string;
  readonly peakMegabytes: number;
}

/** Runs a script of this repository in a fresh Node. */
export async function node(
  script: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Finished> {
  const { stdout, stderr } = await execute(
    process.execPath,
    ['--import', tellsPeak, `${root}${script}`, ...args],
    { cwd: root, env: { ...process.env, ...env } },
  );
  const peak = /peak (\d+)/.exec(stderr)?.[1];
  return { stdout, peakMegabytes: Math.round(Number(peak) / 1024) };
}

export async function times<T>(measure: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let round = 0; round < rounds; round += 1) results.push(await measure());
  return results;
}
