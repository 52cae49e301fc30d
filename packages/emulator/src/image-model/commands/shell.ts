import type { ExecResult } from 'just-bash';
import { normalizePath } from '../contents.ts';
import {
  breakCommandName,
  leaveCommandName,
  loopStatusCommandName,
  statusCommandName,
} from '../control-flow-rewriting.ts';
import { openCommandName, statusVariable } from '../script-rewriting.ts';
import type { ScriptRun } from '../script-run.ts';
import type { ShellState } from '../shell-variables.ts';
import type { CommandTable } from './command.ts';
import { fail, now, ok, parseArguments } from './command.ts';

/** Where a loop that was left by `break` leaves its mark. */
const brokenVariable = 'EMULATOR_BROKEN';

/** Builtins of bash that the interpreter lacks, and what rewritten scripts call. */
export const shellCommands = (run: ScriptRun, shell: ShellState): CommandTable => ({
  trap: now((args) => trap(shell, args)),
  umask: now((args) => umask(run, args)),
  ulimit: now((args) => (args.some((each) => /^\d+$/.test(each)) ? ok() : ok('unlimited\n'))),
  kill: now(() => ok()),
  jobs: now(() => ok()),
  disown: now(() => ok()),
  times: now(() => ok('0m0.000s 0m0.000s\n0m0.000s 0m0.000s\n')),
  logout: now(() => fail(1, "bash: logout: not login shell: use `exit'\n")),
  [openCommandName]: now((paths, context) => {
    context.env.set(statusVariable, context.env.get('?') ?? '0');
    for (const path of paths) {
      const file = normalizePath(path, context.cwd);
      if (path === '' || !run.system.tree.isDirectory(file.slice(0, file.lastIndexOf('/')) || '/'))
        return fail(1, `bash: ${path}: No such file or directory\n`);
    }
    return ok();
  }),
  [statusCommandName]: now(([status = '0']) => fail(Number(status))),
  [leaveCommandName]: now((_args, context) => {
    shell.left = Object.fromEntries(context.env);
    return fail(Number(context.env.get('?') ?? '0'));
  }),
  [breakCommandName]: now((_args, context) => {
    context.env.set(brokenVariable, '1');
    return ok();
  }),
  [loopStatusCommandName]: now(([status = '0'], context) =>
    context.env.delete(brokenVariable) ? ok() : fail(Number(status)),
  ),
});

const signalName = (signal: string): string =>
  signal === '0' ? 'EXIT' : signal.toUpperCase().replace(/^SIG/, '');

function trap(shell: ShellState, args: readonly string[]): ExecResult {
  const [command, ...signals] = args[0] === '--' ? args.slice(1) : args;
  if (command === undefined || command === '-p' || command === '-l') return ok();
  for (const name of (signals.length === 0 ? [command] : signals).map(signalName)) {
    if (signals.length === 0 || command === '-' || command === '') shell.traps.delete(name);
    else shell.traps.set(name, command);
  }
  return ok();
}

function umask(run: ScriptRun, args: readonly string[]): ExecResult {
  const [mask] = parseArguments(args).operands;
  if (mask === undefined) return ok(`${run.system.tree.umask.toString(8).padStart(4, '0')}\n`);
  if (!/^[0-7]{1,4}$/.test(mask))
    return fail(1, `bash: umask: ${mask}: octal number out of range\n`);
  run.system.tree.umask = Number.parseInt(mask, 8);
  return ok();
}
