import { parseArgs } from 'node:util';

const command = 'npx -y pnpm@12.21.0 fuzz';
const defaultCases = 100_000;
const defaultSeed = 1;

export const usage = `${command} [--cases N] [--seed S] [--target NAME] [--path P]

  --cases N      how many cases in all, divided among the targets by their weights (default ${defaultCases})
  --seed S       a whole number that everything random follows from (default ${defaultSeed})
  --target NAME  only the targets whose name begins like that; --list shows the names
  --path P       only the one case of the one target that a failure printed
  --list         the names of all targets
  --help         this

  Ends with 1 when a case brings something about that must not happen.

  ${command}
  ${command} --cases 5000 --seed 7
  ${command} --target handler-steer-target --cases 20000
  ${command} --target endpoint-json --seed 7 --path 4711:0:3`;

export interface Options {
  readonly cases: number;
  readonly seed: number;
  readonly target: string;
  readonly path: string | undefined;
}

/** What the command line asks for. */
export type Asked =
  | { readonly kind: 'help' }
  | { readonly kind: 'list' }
  | { readonly kind: 'refused'; readonly problem: string }
  | ({ readonly kind: 'run' } & Options);

export function readOptions(args: readonly string[]): Asked {
  const read = parsed(args);
  if (typeof read === 'string') return { kind: 'refused', problem: read };
  if (read.help) return { kind: 'help' };
  if (read.list) return { kind: 'list' };
  const cases = Number(read.cases);
  const seed = Number(read.seed);
  if (!Number.isInteger(cases) || cases < 1)
    return { kind: 'refused', problem: `--cases is a whole number from 1, not ${read.cases}` };
  if (!Number.isInteger(seed))
    return { kind: 'refused', problem: `--seed is a whole number, not ${read.seed}` };
  if (read.path !== undefined && read.target === '')
    return { kind: 'refused', problem: `--path ${read.path} needs the --target that it is of` };
  return { kind: 'run', cases, seed, target: read.target, path: read.path };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        cases: { type: 'string', default: String(defaultCases) },
        seed: { type: 'string', default: String(defaultSeed) },
        target: { type: 'string', default: '' },
        path: { type: 'string' },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The command that runs one case again. */
export const repeatCommand = (of: { target: string; seed: number; path: string }): string =>
  `${command} --target ${of.target} --seed ${of.seed} --path ${of.path}`;
