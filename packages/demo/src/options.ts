import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { defaultSize, sizeLimits, type Size } from './size.ts';

export const usage = `npx -y pnpm@12.21.0 demo [--accounts N] [--regions R] [--seed TEXT] [--payload FILE] [--picture FILE] [--quiet | --verbose]

  --accounts N    workload accounts that follow the line (${sizeLimits.accounts.min} to ${sizeLimits.accounts.max}, default ${defaultSize.accounts})
  --regions R     Regions from the start (${sizeLimits.regions.min} to ${sizeLimits.regions.max}, default ${defaultSize.regions}); the story adds one
  --seed TEXT     everything random follows from it; the same seed tells the same story (default 1)
  --payload FILE  builds a script of your own, rolls it out and shows the outcome, instead of the story
  --picture FILE  also draws chapter 4 as an SVG
  --quiet         no headlines between the promises
  --verbose       everything that happens

  npx -y pnpm@12.21.0 demo                                  the story
  npx -y pnpm@12.21.0 demo --seed 7 --accounts 24           another one, in a larger organization
  npx -y pnpm@12.21.0 demo --payload my.sh --quiet          what a script of yours would do to the fleet`;

export interface Options extends Size {
  readonly seed: string;
  /** The path of a person's own script. */
  readonly payload?: string;
  /** Where to draw a picture of chapter 4. */
  readonly picture?: string;
  readonly detail: 'quiet' | 'usual' | 'verbose';
}

/** What the command line asks for. */
export type Asked =
  | { readonly kind: 'help' }
  | { readonly kind: 'refused'; readonly problem: string }
  | ({ readonly kind: 'run' } & Options);

export function readOptions(args: readonly string[]): Asked {
  const { values, problem } = parsed(args);
  if (values === undefined) return { kind: 'refused', problem };
  if (values.help) return { kind: 'help' };
  const accounts = Number(values.accounts);
  const regions = Number(values.regions);
  for (const [name, value] of Object.entries({ accounts, regions })) {
    const { min, max } = sizeLimits[name === 'accounts' ? 'accounts' : 'regions'];
    if (!Number.isInteger(value) || value < min || value > max)
      return { kind: 'refused', problem: `--${name} is a whole number from ${min} to ${max}` };
  }
  const { seed, payload, picture } = values;
  if (payload !== undefined && !existsSync(payload))
    return { kind: 'refused', problem: `there is no file ${payload}` };
  return {
    kind: 'run',
    accounts,
    regions,
    seed,
    ...(payload !== undefined && { payload }),
    ...(picture !== undefined && { picture }),
    detail: values.quiet ? 'quiet' : values.verbose ? 'verbose' : 'usual',
  };
}

function parsed(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        accounts: { type: 'string', default: String(defaultSize.accounts) },
        regions: { type: 'string', default: String(defaultSize.regions) },
        seed: { type: 'string', default: '1' },
        payload: { type: 'string' },
        picture: { type: 'string' },
        quiet: { type: 'boolean', default: false },
        verbose: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    return { values, problem: '' };
  } catch (error) {
    return { values: undefined, problem: error instanceof Error ? error.message : String(error) };
  }
}
