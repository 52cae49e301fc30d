import type { ExecResult, ResolvedCommandContext } from 'just-bash';
import { nameOf, normalizePath } from '../contents.ts';
import { FileError, modeOf } from '../file-tree.ts';
import type { ScriptRun } from '../script-run.ts';
import type { CommandTable, Execute } from './command.ts';
import { fail, now, ok, parseArguments } from './command.ts';

/** Commands of the interpreter with the options that scripts use and it does not know. */
export const adaptedCommands = (run: ScriptRun): CommandTable => ({
  cp: original((args) => copyArguments(args)),
  mv: original((args) =>
    args.filter((each) => !/^(-u|-T|--force|--no-target-directory)$/.test(each)),
  ),
  ls: original((args) =>
    args.filter((each) => !/^--(color|time-style|group-directories-first)/.test(each)),
  ),
  stat: original((args) =>
    args.flatMap((each) => splitValue(each.replace(/^--(format|printf)=/, '-c'), /^(-c)(.+)$/)),
  ),
  rmdir: original((args) => args.filter((each) => each !== '--ignore-fail-on-non-empty')),
  rm: now((args, context) => remove(run, args, context)),
  unlink: now((args, context) => remove(run, args, context)),
  mkdir: (args, context) => makeDirectory(run, args, context),
  chmod: (args, context) => changeMode(run, args, context),
  sed: (args, context) => edit(run, args, context),
  find: (args, context) => find(run, args, context),
  readlink: (args, context) => readLink(run, args, context),
  dd: now((args, context) => {
    run.unmodelled.add('dd');
    return emptyFile(run, args.find((each) => each.startsWith('of='))?.slice(3), context);
  }),
  fallocate: now((args, context) => {
    run.unmodelled.add('fallocate');
    return emptyFile(run, parseArguments(args, ['-l', '-o', '--length']).operands[0], context);
  }),
});

const original =
  (adapt: (args: readonly string[]) => readonly string[]): Execute =>
  (args, context) =>
    callOriginal(context, adapt(args));

const callOriginal = (
  context: ResolvedCommandContext,
  args: readonly string[],
): Promise<ExecResult> =>
  context.origCommand?.([...args]) ?? Promise.resolve(fail(127, 'no such command\n'));

/** `-n1` as `-n 1`. */
function splitValue(argument: string, pattern: RegExp): readonly string[] {
  const [, option, value] = pattern.exec(argument) ?? [];
  return option === undefined || value === undefined ? [argument] : [option, value];
}

/** Attributes are kept anyway; `-t DIRECTORY` becomes the last operand. */
function copyArguments(args: readonly string[]): readonly string[] {
  const { options, operands } = parseArguments(args, ['-t', '--target-directory', '-S']);
  const flags = [...options.keys()].flatMap((option) => {
    if (/^(-a|-r|-R|--recursive|--archive)$/.test(option)) return ['-r'];
    return option === '-v' || option === '-n' ? [option] : [];
  });
  const into = options.get('-t') ?? options.get('--target-directory');
  return [...flags, ...operands, ...(into === undefined ? [] : [into])];
}

function remove(
  run: ScriptRun,
  args: readonly string[],
  context: ResolvedCommandContext,
): ExecResult {
  const { options, operands } = parseArguments(args);
  const has = (...names: string[]): boolean => names.some((name) => options.has(name));
  const force = has('-f', '--force');
  const recursive = has('-r', '-R', '--recursive');
  if (operands.length === 0) return force ? ok() : fail(1, 'rm: missing operand\n');
  const total = { stdout: '', stderr: '', exitCode: 0 };
  for (const operand of operands) {
    const path = normalizePath(operand, context.cwd);
    const entry = run.system.tree.entry(path, false);
    const empty = entry?.kind === 'directory' && run.system.tree.names(path).length === 0;
    const problem =
      entry === undefined
        ? force
          ? undefined
          : 'No such file or directory'
        : entry.kind === 'directory' && !recursive && !(has('-d') && empty)
          ? 'Is a directory'
          : path === '/'
            ? 'it is dangerous to operate recursively on /'
            : undefined;
    if (problem !== undefined) {
      total.stderr += `rm: cannot remove '${operand}': ${problem}\n`;
      total.exitCode = 1;
      continue;
    }
    run.system.tree.remove(path, { recursive: true, force: true });
    if (has('-v', '--verbose') && entry !== undefined) total.stdout += `removed '${operand}'\n`;
  }
  return total;
}

async function makeDirectory(
  run: ScriptRun,
  args: readonly string[],
  context: ResolvedCommandContext,
): Promise<ExecResult> {
  const { options, operands } = parseArguments(args, ['-m', '--mode']);
  const mode = options.get('-m') ?? options.get('--mode');
  const flags = [...options.keys()].filter((option) =>
    /^(-p|--parents|-v|--verbose)$/.test(option),
  );
  const missing = operands.filter(
    (path) => run.system.tree.entry(normalizePath(path, context.cwd)) === undefined,
  );
  const result = await callOriginal(context, [...flags, ...operands]);
  if (mode !== undefined && result.exitCode === 0)
    for (const path of missing)
      run.system.tree.setMode(normalizePath(path, context.cwd), Number.parseInt(mode, 8));
  return result;
}

function changeMode(
  run: ScriptRun,
  args: readonly string[],
  context: ResolvedCommandContext,
): Promise<ExecResult> {
  const reference = args
    .find((each) => each.startsWith('--reference='))
    ?.slice('--reference='.length);
  if (reference === undefined) return callOriginal(context, args);
  const entry = run.system.tree.entry(normalizePath(reference, context.cwd));
  const rest = args.filter((each) => !each.startsWith('--reference='));
  if (entry === undefined)
    return Promise.resolve(
      fail(1, `chmod: failed to get attributes of '${reference}': No such file or directory\n`),
    );
  return callOriginal(context, [(modeOf(entry) & 0o7777).toString(8), ...rest]);
}

/** `-i.bak` keeps a copy under another name. */
function edit(
  run: ScriptRun,
  args: readonly string[],
  context: ResolvedCommandContext,
): Promise<ExecResult> {
  const at = args.findIndex((each) => /^(-[nErs]*i.+|--in-place=.+)$/.test(each));
  const suffix = /^(?:-[nErs]*i|--in-place=)(.+)$/.exec(args[at] ?? '')?.[1];
  if (suffix === undefined) return callOriginal(context, args);
  for (const each of args.slice(at + 1)) {
    const path = normalizePath(each, context.cwd);
    if (run.system.tree.entry(path)?.kind === 'file')
      run.system.tree.copy(path, `${path}${suffix}`);
  }
  const flags = /^(-[nErs]*i)/.exec(args[at] ?? '')?.[1] ?? '-i';
  return callOriginal(
    context,
    args.map((each, index) => (index === at ? flags : each)),
  );
}

/** Files have an order in time but no dates: what asks for dates is refused. */
function find(
  run: ScriptRun,
  args: readonly string[],
  context: ResolvedCommandContext,
): Promise<ExecResult> {
  const test = args.find((each) => /^-([acm](time|min)|newer.*|used)$/.test(each));
  if (test === undefined) return callOriginal(context, args);
  run.unmodelled.add(`find ${test}`);
  return Promise.resolve(fail(1, `find: ${test} is not modelled: files carry no dates\n`));
}

function readLink(
  run: ScriptRun,
  args: readonly string[],
  context: ResolvedCommandContext,
): Promise<ExecResult> {
  const { options, operands } = parseArguments(args);
  const canonical = ['-f', '-e', '-m', '--canonicalize'].some((option) => options.has(option));
  if (!canonical) return callOriginal(context, args);
  const found = run.system.tree.find(normalizePath(operands[0] ?? '', context.cwd));
  if (options.has('-e') && found.entry === undefined) return Promise.resolve(fail(1));
  return Promise.resolve(ok(`${found.path}${options.has('-n') ? '' : '\n'}`));
}

function emptyFile(
  run: ScriptRun,
  operand: string | undefined,
  context: ResolvedCommandContext,
): ExecResult {
  if (operand === undefined) return ok();
  const path = normalizePath(operand, context.cwd);
  try {
    if (run.system.tree.entry(path) === undefined) run.system.tree.write(path, '');
  } catch (error) {
    if (error instanceof FileError)
      return fail(1, `cannot open '${nameOf(path)}': No such file or directory\n`);
    throw error;
  }
  return ok();
}
