import type { ExecResult, ResolvedCommandContext } from 'just-bash';
import { normalizePath } from '../contents.ts';
import { loadInterpreter } from '../interpreter.ts';
import type { ScriptRun } from '../script-run.ts';
import { backgroundCommandName, runCommandName } from '../script-rewriting.ts';
import { tellTime } from '../shell-variables.ts';
import { syntaxErrorIn } from '../syntax-check.ts';
import type { CommandTable, Execute } from './command.ts';
import { fail, now, ok, quoted, secondsOf, stdinOf } from './command.ts';

/** How long a command in the background may take before it is left alone; it takes none of the script's time. */
const backgroundSeconds = 3600;

/** Commands that start, wait for and end processes. */
export const processCommands = (run: ScriptRun): CommandTable => ({
  bash: bash(run, 'bash'),
  sh: bash(run, 'sh'),
  [runCommandName]: ([path = '', ...args], context) => runFile(run, path, args, context),
  [backgroundCommandName]: async ([script = ''], context) => {
    const before = run.system.seconds;
    await run.within(backgroundSeconds, () =>
      run.bash({
        ...surroundings(context),
        name: 'bash',
        script,
        environment: all(context),
      }),
    );
    run.system.seconds = before;
    run.system.pass(0);
    return ok();
  },
  sleep: now((args, context) => {
    const parts = args.map(secondsOf);
    if (args.length === 0) return fail(1, 'sleep: missing operand\n');
    const bad = parts.indexOf(undefined);
    if (bad >= 0) return fail(1, `sleep: invalid time interval '${args[bad] ?? ''}'\n`);
    const seconds = parts.reduce<number>((sum, part) => sum + (part ?? 0), 0);
    run.pass(seconds);
    if (seconds !== Infinity) tellTime(context.env, seconds);
    return ok();
  }),
  timeout: (args, context) => timeout(run, args, context),
  sudo: (args, context) => {
    const { command, assigned } = sudoArguments(args);
    if (command.length === 0) return Promise.resolve(fail(1, 'usage: sudo -h | -V | command\n'));
    return runWords(run, command, context, assigned);
  },
  nohup: (args, context) => runWords(run, args, context),
  setsid: (args, context) => runWords(run, withoutOptions(args), context),
  nice: (args, context) => runWords(run, withoutOptions(args, ['-n', '--adjustment']), context),
  time: (args, context) => runWords(run, withoutOptions(args, ['-f', '-o']), context),
  env: (args, context) => environment(run, args, context),
  su: (args, context) => switchUser(run, args, context),
  runuser: (args, context) => switchUser(run, args, context),
  flock: (args, context) => flock(run, args, context),
});

const surroundings = (context: ResolvedCommandContext) => ({
  environment: context.exportedEnv ?? {},
  directory: context.cwd,
  stdin: stdinOf(context),
});

const all = (context: ResolvedCommandContext): Record<string, string> =>
  Object.fromEntries([...context.env].filter(([name]) => /^[A-Za-z_]\w*$/.test(name)));

/** Runs words as a command in a process of its own. */
const runWords = (
  run: ScriptRun,
  words: readonly string[],
  context: ResolvedCommandContext,
  assigned: Readonly<Record<string, string>> = {},
): Promise<ExecResult> =>
  run.bash({
    ...surroundings(context),
    environment: { ...context.exportedEnv, ...assigned },
    name: 'bash',
    script: wordsText(words),
  });

const withoutOptions = (args: readonly string[], withValue: readonly string[] = []): string[] => {
  let index = 0;
  while (args[index]?.startsWith('-') === true)
    index += withValue.includes(args[index] ?? '') ? 2 : 1;
  return args.slice(index);
};

const bash =
  (run: ScriptRun, shell: string): Execute =>
  async (args, context) => {
    const options: string[] = [];
    let index = 0;
    let mode: 'command' | 'check' | 'run' | 'input' = 'run';
    for (; /^[-+]./.test(args[index] ?? ''); index += 1) {
      const argument = args[index] ?? '';
      if (argument === '--') {
        index += 1;
        break;
      }
      if (argument.startsWith('--')) continue;
      const flags = argument.slice(1).replaceAll(/[lis]/g, '');
      if (flags.includes('c')) mode = 'command';
      if (flags.includes('n')) mode = 'check';
      if (argument.startsWith('-') && argument.includes('s')) mode = 'input';
      if (flags.includes('o')) options.push(`${argument.charAt(0)}o ${args[(index += 1)] ?? ''}`);
      const rest = flags.replaceAll(/[cno]/g, '');
      if (rest !== '') options.push(`${argument.charAt(0)}${rest}`);
    }
    const operands = args.slice(index);
    const inherited = surroundings(context);
    if (mode === 'command') {
      const [script, name = shell, ...rest] = operands;
      if (script === undefined) return fail(2, `${shell}: -c: option requires an argument\n`);
      return run.bash({ ...inherited, name, script, args: rest, options });
    }
    const file = mode === 'input' ? undefined : operands[0];
    const rest = mode === 'input' ? operands : operands.slice(1);
    const script =
      file === undefined
        ? utf8(inherited.stdin)
        : run.system.tree.text(normalizePath(file, context.cwd));
    if (script === undefined) return unreadable(run, shell, file ?? '', context);
    if (mode === 'check') {
      const { parse } = await loadInterpreter();
      const problem = syntaxErrorIn(parse, script, file ?? shell);
      return problem === undefined ? ok() : fail(2, problem.text);
    }
    const stdin = file === undefined ? '' : inherited.stdin;
    return run.bash({ ...inherited, stdin, name: file ?? shell, script, args: rest, options });
  };

function unreadable(
  run: ScriptRun,
  shell: string,
  file: string,
  context: ResolvedCommandContext,
): ExecResult {
  if (run.system.tree.isDirectory(normalizePath(file, context.cwd)))
    return fail(126, `${shell}: ${file}: Is a directory\n`);
  return fail(127, `${shell}: ${file}: No such file or directory\n`);
}

const utf8 = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8');

/** Executes a file by its path, as the kernel does: its mode and its first line decide. */
async function runFile(
  run: ScriptRun,
  path: string,
  args: readonly string[],
  context: ResolvedCommandContext,
): Promise<ExecResult> {
  const file = normalizePath(path, context.cwd);
  const entry = run.system.tree.entry(file);
  if (!path.includes('/')) return runWords(run, [path, ...args], context);
  if (entry === undefined) return fail(127, `bash: ${path}: No such file or directory\n`);
  if (entry.kind === 'directory') return fail(126, `bash: ${path}: Is a directory\n`);
  if (entry.kind !== 'file' || (entry.mode & 0o111) === 0)
    return fail(126, `bash: ${path}: Permission denied\n`);
  const script = run.system.tree.text(file) ?? '';
  const firstLine = script.slice(0, script.indexOf('\n'));
  if (firstLine.startsWith('#!') && firstLine.endsWith('\r'))
    return fail(
      126,
      `bash: ${path}: ${firstLine.slice(2, -1).trim()}^M: bad interpreter: No such file or directory\n`,
    );
  const words = /^#![ \t]*(.*)/.exec(script)?.[1]?.trim().split(/\s+/) ?? ['/bin/bash'];
  const [program = '', ...options] = programOf(words);
  const name = program.slice(program.lastIndexOf('/') + 1);
  if (program.includes('/') && run.system.tree.entry(program) === undefined)
    return fail(126, `bash: ${path}: ${program}: bad interpreter: No such file or directory\n`);
  if (name !== 'bash' && name !== 'sh')
    return runWords(run, [program, ...options, path, ...args], context);
  return run.bash({
    ...surroundings(context),
    name: path,
    script,
    args,
    options: options.filter((option) => /^[-+]/.test(option)),
  });
}

/** `/usr/bin/env -S bash -e` names the program in its operands. */
function programOf(words: readonly string[]): readonly string[] {
  if (!words[0]?.endsWith('/env')) return words;
  return words.slice(1).filter((word, index) => index > 0 || word !== '-S');
}

async function timeout(
  run: ScriptRun,
  args: readonly string[],
  context: ResolvedCommandContext,
): Promise<ExecResult> {
  const [duration = '', ...command] = withoutOptions(args, [
    '-k',
    '--kill-after',
    '-s',
    '--signal',
  ]);
  const seconds = secondsOf(duration);
  if (seconds === undefined) return fail(125, `timeout: invalid time interval '${duration}'\n`);
  if (command.length === 0) return fail(125, 'timeout: missing operand\n');
  const before = run.system.seconds;
  const preserve = args.includes('--preserve-status');
  // A limit of 0 is none.
  const { value, timedOut } = await run.within(seconds === 0 ? Infinity : seconds, () =>
    run.bash({
      ...surroundings(context),
      name: 'bash',
      script: wordsText(command),
    }),
  );
  tellTime(context.env, run.system.seconds - before);
  if (!timedOut) return value;
  return { ...value, exitCode: preserve ? 143 : 124 };
}

function sudoArguments(args: readonly string[]): {
  command: readonly string[];
  assigned: Record<string, string>;
} {
  const rest = withoutOptions(args, ['-u', '-g', '-h', '-p', '--user', '--group']);
  const assigned: Record<string, string> = {};
  let index = 0;
  for (; /^[A-Za-z_]\w*=/.test(rest[index] ?? ''); index += 1) {
    const [name = '', ...value] = (rest[index] ?? '').split('=');
    assigned[name] = value.join('=');
  }
  const command = rest.slice(index);
  const shell = args.some((each) => each === '-i' || each === '-s');
  return { command: command.length === 0 && shell ? ['true'] : command, assigned };
}

/** Nobody else holds a lock here. */
function flock(
  run: ScriptRun,
  args: readonly string[],
  context: ResolvedCommandContext,
): Promise<ExecResult> {
  const [file = '', ...command] = withoutOptions(args, ['-w', '--timeout', '-E']);
  if (/^\d+$/.test(file) || command.length === 0) return Promise.resolve(ok());
  if (command[0] === '-c') return runWords(run, ['bash', ...command], context);
  return runWords(run, command, context);
}

/** `env [-i] [-u NAME] [NAME=VALUE]... [COMMAND]`. */
function environment(
  run: ScriptRun,
  args: readonly string[],
  context: ResolvedCommandContext,
): Promise<ExecResult> {
  let variables: Record<string, string> = { ...context.exportedEnv };
  let bare = false;
  let index = 0;
  for (; index < args.length; index += 1) {
    const argument = args[index] ?? '';
    const [, name, value = ''] = /^([A-Za-z_]\w*)=(.*)$/s.exec(argument) ?? [];
    if (argument === '-i' || argument === '-' || argument === '--ignore-environment') {
      bare = true;
      variables = {};
    } else if (argument === '-u') {
      const unset = args[(index += 1)] ?? '';
      variables = Object.fromEntries(Object.entries(variables).filter(([key]) => key !== unset));
    } else if (name !== undefined) variables[name] = value;
    else break;
  }
  const command = args.slice(index);
  if (command.length === 0)
    return Promise.resolve(
      ok(
        Object.entries(variables)
          .map(([key, value]) => `${key}=${value}\n`)
          .join(''),
      ),
    );
  return run.bash({
    ...surroundings(context),
    environment: variables,
    bare,
    name: 'bash',
    script: wordsText(command),
  });
}

/** There is one user here: what another one would run, root runs. */
function switchUser(
  run: ScriptRun,
  args: readonly string[],
  context: ResolvedCommandContext,
): Promise<ExecResult> {
  const at = args.findIndex((each) => each === '-c' || each === '--command');
  const script = at < 0 ? undefined : args[at + 1];
  if (script !== undefined) return run.bash({ ...surroundings(context), name: 'bash', script });
  const separator = args.indexOf('--');
  if (separator >= 0) return runWords(run, args.slice(separator + 1), context);
  return Promise.resolve(ok());
}

const wordsText = (words: readonly string[]): string =>
  words[0]?.includes('/') === true ? `${runCommandName} ${quoted(words)}` : quoted(words);
