import type { ExecResult, ResolvedCommandContext } from 'just-bash';
import { runCommandName } from '../script-rewriting.ts';
import type { ScriptRun } from '../script-run.ts';
import type { CommandTable } from './command.ts';
import { fail, parseArguments, quoted, stdinOf } from './command.ts';

/** `xargs`. Source: findutils. */
export const argumentsFromInput = (run: ScriptRun): CommandTable => ({
  xargs: (args, context) => xargs(run, args, context),
});

const withValue = [
  '-n',
  '-L',
  '-I',
  '-P',
  '-d',
  '-s',
  '-a',
  '-E',
  '--max-args',
  '--delimiter',
  '--max-procs',
];
/** What xargs answers if one of its commands failed. */
const commandFailed = 123;

async function xargs(
  run: ScriptRun,
  args: readonly string[],
  context: ResolvedCommandContext,
): Promise<ExecResult> {
  const at = firstOperand(args);
  const { options } = parseArguments(args.slice(0, at), withValue);
  const command = at < args.length ? args.slice(at) : ['echo'];
  const pattern = options.get('-I');
  const items = itemsOf(Buffer.from(stdinOf(context), 'latin1').toString('utf8'), options);
  if (
    items.length === 0 &&
    (options.has('-r') || options.has('--no-run-if-empty') || pattern !== undefined)
  )
    return { stdout: '', stderr: '', exitCode: 0 };
  const size =
    pattern === undefined
      ? Number(options.get('-n') ?? options.get('--max-args') ?? options.get('-L') ?? Infinity)
      : 1;
  if (!(size > 0)) return fail(1, 'xargs: value for -n option should be >= 1\n');
  const total = { stdout: '', stderr: '', exitCode: 0 };
  for (let index = 0; index === 0 || index < items.length; index += size) {
    const group = items.slice(index, Math.min(index + size, items.length));
    const words =
      pattern === undefined
        ? [...command, ...group]
        : command.map((word) => word.replaceAll(pattern, group[0] ?? ''));
    const result = await run.bash({
      name: 'bash',
      script:
        words[0]?.includes('/') === true ? `${runCommandName} ${quoted(words)}` : quoted(words),
      environment: context.exportedEnv ?? {},
      directory: context.cwd,
    });
    total.stdout += result.stdout;
    total.stderr += result.stderr;
    if (result.exitCode === 127 || result.exitCode === 126)
      return { ...total, exitCode: result.exitCode };
    if (result.exitCode !== 0) total.exitCode = commandFailed;
  }
  return total;
}

/** Options end where the command begins. */
function firstOperand(args: readonly string[]): number {
  let index = 0;
  while (index < args.length && args[index]?.startsWith('-') === true)
    index += withValue.includes(args[index] ?? '') ? 2 : 1;
  return index;
}

function itemsOf(text: string, options: ReadonlyMap<string, string>): string[] {
  if (options.has('-0') || options.has('--null')) return text.split('\0').filter(Boolean);
  const delimiter = options.get('-d') ?? options.get('--delimiter');
  if (delimiter !== undefined) return text.split(delimiter.replace('\\n', '\n')).filter(Boolean);
  if (options.has('-I') || options.has('-L'))
    return text
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean);
  return [...text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? '',
  );
}
