import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { scenarios } from './scenarios.ts';

export const command = 'npx -y pnpm@12.21.0 simulate';

export const usage = `${command} [--seeds N] [--seed S] [--jobs N]
${command} --scenario NAME | --list

Each seed is an organization, its parameters, its payloads, and everything that goes wrong meanwhile. After each journal entry
nothing may have happened that never may; then the faults stop, and everything has to come to rest as it should, or say why not.

  --seeds N        so many seeds, one after the other; without it a single one, with what was drawn from it and how it ended
  --seed S         the seed, or the first of them (default 1)
  --jobs N         processes that share them (default ${defaultJobs()}, one for each core)
  --scenario NAME  one that once found something
  --list           those there are, with what they showed

Examples:
  ${command} --seed 37
  ${command} --seeds 1000
  ${command} --seeds 200 --seed 5001 --jobs 1
  ${command} --scenario ${scenarios[0]?.name ?? ''}

The exit code is 1 when something failed; the output names the one command that repeats it.`;

/** What the command line asks for. */
export type Asked =
  | { readonly kind: 'help' }
  | { readonly kind: 'list' }
  | { readonly kind: 'refused'; readonly problem: string }
  | { readonly kind: 'seed'; readonly seed: number }
  | { readonly kind: 'scenario'; readonly name: string }
  | {
      readonly kind: 'seeds';
      readonly from: number;
      readonly count: number;
      readonly jobs: number;
    };

const wholeMax = 1_000_000_000;

export function readOptions(args: readonly string[]): Asked {
  const { values, problem } = parsed(args);
  if (values === undefined) return { kind: 'refused', problem };
  if (values.help) return { kind: 'help' };
  if (values.list) return { kind: 'list' };
  const { scenario } = values;
  for (const name of ['seed', 'seeds', 'jobs'] as const) {
    const text = values[name];
    if (text === undefined) continue;
    if (scenario !== undefined)
      return {
        kind: 'refused',
        problem: `--${name} and --scenario exclude each other: a scenario brings its own seed`,
      };
    if (!isWhole(text))
      return {
        kind: 'refused',
        problem: `--${name} ${text} is no whole number from 1 to ${wholeMax}`,
      };
  }
  if (scenario !== undefined)
    return scenarios.some(({ name }) => name === scenario)
      ? { kind: 'scenario', name: scenario }
      : {
          kind: 'refused',
          problem: `there is no scenario ${scenario}; --list names those there are`,
        };
  const seed = Number(values.seed ?? 1);
  if (values.seeds === undefined) return { kind: 'seed', seed };
  return {
    kind: 'seeds',
    count: Number(values.seeds),
    from: seed,
    jobs: Math.min(Number(values.jobs ?? defaultJobs()), Number(values.seeds)),
  };
}

function defaultJobs(): number {
  return availableParallelism();
}

const isWhole = (text: string): boolean =>
  /^[1-9][0-9]{0,9}$/.test(text) && Number(text) <= wholeMax;

function parsed(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seed: { type: 'string' },
        seeds: { type: 'string' },
        jobs: { type: 'string' },
        scenario: { type: 'string' },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    return { values, problem: '' };
  } catch (error) {
    return { values: undefined, problem: error instanceof Error ? error.message : String(error) };
  }
}
