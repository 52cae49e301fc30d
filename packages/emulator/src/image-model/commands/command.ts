import type { ExecResult, ResolvedCommandContext } from 'just-bash';

export type Execute = (args: string[], context: ResolvedCommandContext) => Promise<ExecResult>;
export type CommandTable = Readonly<Record<string, Execute>>;

export const ok = (stdout = '', stderr = ''): ExecResult => ({ stdout, stderr, exitCode: 0 });
export const fail = (exitCode: number, stderr = '', stdout = ''): ExecResult => ({
  stdout,
  stderr,
  exitCode,
});

/** Turns a command that needs not wait into one of the interpreter's. */
export const now =
  (run: (args: string[], context: ResolvedCommandContext) => ExecResult): Execute =>
  (args, context) => {
    try {
      return Promise.resolve(run(args, context));
    } catch (error) {
      return Promise.resolve(
        fail(1, `${error instanceof Error ? error.message : String(error)}\n`),
      );
    }
  };

/** What a command is given to read: bytes, one per character. */
export function stdinOf(context: ResolvedCommandContext): string {
  const bytes: unknown = context.stdin;
  return typeof bytes === 'string' ? bytes : '';
}

/** Splits arguments into options and operands; options named here take the next argument as their value. */
export function parseArguments(
  args: readonly string[],
  withValue: readonly string[] = [],
): { options: ReadonlyMap<string, string>; operands: readonly string[] } {
  const options = new Map<string, string>();
  const operands: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index] ?? '';
    if (argument === '--') {
      operands.push(...args.slice(index + 1));
      break;
    }
    const long = /^(--[^=]+)=(.*)$/s.exec(argument);
    if (long !== null) options.set(long[1] ?? '', long[2] ?? '');
    else if (withValue.includes(argument)) options.set(argument, args[(index += 1)] ?? '');
    else if (argument.startsWith('--')) options.set(argument, '');
    else if (argument.startsWith('-') && argument.length > 1)
      index += shortOptions(argument, args[index + 1], { options, withValue });
    else operands.push(argument);
  }
  return { options, operands };
}

/** `-abc` is `-a -b -c`, unless one of them takes a value: then the rest is it, or the next argument. */
function shortOptions(
  argument: string,
  next: string | undefined,
  into: { options: Map<string, string>; withValue: readonly string[] },
): number {
  for (let at = 1; at < argument.length; at += 1) {
    const option = `-${argument.charAt(at)}`;
    if (!into.withValue.includes(option)) {
      into.options.set(option, '');
      continue;
    }
    const rest = argument.slice(at + 1);
    into.options.set(option, rest === '' ? (next ?? '') : rest);
    return rest === '' ? 1 : 0;
  }
  return 0;
}

/** Quotes words so that the shell reads them as they are. */
export const quoted = (words: readonly string[]): string =>
  words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');

/** `90`, `1.5m`, `2h`, `1d`, `infinity`, in seconds; nothing if it is none. */
export function secondsOf(text: string): number | undefined {
  if (/^inf(inity)?$/i.test(text)) return Infinity;
  const [, number, unit = 's'] = /^(\d*\.?\d+)([smhd]?)$/.exec(text) ?? [];
  if (number === undefined) return undefined;
  return Number(number) * (unitSeconds[unit] ?? 1);
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
