import { parseArgs } from 'node:util';
import { durationDaysMax, readDuration } from './duration.ts';
import { sizeLimits } from './size-limits.ts';
import type { Topic } from './usage.ts';

/** What the emulator is started with. */
export interface StartOptions {
  /** 0 takes any free one. */
  readonly port: number;
  readonly seed: string;
  readonly accounts: number;
  readonly regions: number;
  readonly isDemo: boolean;
}

/** What the command line asks for. */
export type Asked =
  | { readonly kind: 'help'; readonly topic: Topic }
  | { readonly kind: 'refused'; readonly problem: string; readonly topic: Topic }
  | ({ readonly kind: 'start' } & StartOptions)
  | { readonly kind: 'advance'; readonly port: number; readonly milliseconds: number }
  | {
      readonly kind: 'dump';
      readonly port: number;
      readonly out: string | undefined;
      readonly what: 'state' | 'journal';
    };

class Refusal extends Error {
  override readonly name = 'Refusal';
}

const defaultPort = '4566';
const portMax = 65_535;

const readers = {
  emulator: readStart,
  advance: readAdvance,
  dump: readDump,
} satisfies Partial<Record<Topic, (args: readonly string[]) => Asked>>;

/** Reads the words behind `golden`. */
export function readCommand(args: readonly string[]): Asked {
  const { topic, rest } = findTopic(args);
  if (rest.includes('--help') || rest.includes('-h')) return { kind: 'help', topic };
  try {
    if (topic === 'golden') return readNothing(rest);
    return readers[topic](rest);
  } catch (error) {
    // `parseArgs` says which option it does not know, and which lacks its value.
    if (error instanceof Refusal || isParseError(error))
      return { kind: 'refused', problem: error.message, topic };
    throw error;
  }
}

const isParseError = (error: unknown): error is { readonly message: string } =>
  typeof error === 'object' &&
  error !== null &&
  'message' in error &&
  'code' in error &&
  String(error.code).startsWith('ERR_PARSE_ARGS_');

function findTopic(args: readonly string[]): { topic: Topic; rest: readonly string[] } {
  const [first, second] = args;
  if (first !== 'emulator') return { topic: 'golden', rest: args };
  if (second === 'advance' || second === 'dump') return { topic: second, rest: args.slice(2) };
  return { topic: 'emulator', rest: args.slice(1) };
}

function readNothing([word]: readonly string[]): Asked {
  if (word === undefined) throw new Refusal('a command is missing; the only one is emulator');
  throw new Refusal(`there is no command ${word}; the only one is emulator`);
}

function readStart(args: readonly string[]): Asked {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      port: { type: 'string', default: defaultPort },
      seed: { type: 'string', default: '1' },
      accounts: { type: 'string' },
      regions: { type: 'string' },
      demo: { type: 'boolean', default: false },
    },
  });
  if (positionals[0] !== undefined)
    throw new Refusal(
      `there is no command emulator ${positionals[0]}; use emulator, emulator advance or emulator dump`,
    );
  const limits = sizeLimits[values.demo ? 'demo' : 'plain'];
  return {
    kind: 'start',
    port: readNumber('--port', values.port, { min: 0, max: portMax }),
    seed: values.seed,
    accounts: readNumber(
      '--accounts',
      values.accounts ?? String(limits.accounts.usual),
      limits.accounts,
    ),
    regions: readNumber(
      '--regions',
      values.regions ?? String(limits.regions.usual),
      limits.regions,
    ),
    isDemo: values.demo,
  };
}

function readAdvance(args: readonly string[]): Asked {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { port: { type: 'string', default: defaultPort } },
  });
  const [duration, extra] = positionals;
  if (duration === undefined)
    throw new Refusal('how far to move the clock is missing; give a duration such as 30m');
  if (extra !== undefined) throw new Refusal(`${extra} is one word too many; give one duration`);
  const milliseconds = readDuration(duration);
  if (milliseconds === undefined)
    throw new Refusal(
      `${duration} is no duration; give a whole number with s, m, h or d, such as 90s, and at most ${durationDaysMax}d`,
    );
  return { kind: 'advance', port: readPort(values.port), milliseconds };
}

function readDump(args: readonly string[]): Asked {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: defaultPort },
      out: { type: 'string' },
      journal: { type: 'boolean', default: false },
    },
  });
  if (values.out === '') throw new Refusal('--out is empty; give the name of a file');
  return {
    kind: 'dump',
    port: readPort(values.port),
    out: values.out,
    what: values.journal ? 'journal' : 'state',
  };
}

const readPort = (text: string): number => readNumber('--port', text, { min: 1, max: portMax });

function readNumber(
  name: string,
  text: string,
  { min, max }: { readonly min: number; readonly max: number },
): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new Refusal(`${name} is ${text}; give a whole number from ${min} to ${max}`);
}
