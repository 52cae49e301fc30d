import type { Bash, CommandName, CustomCommand, ResolvedCommandContext } from 'just-bash';
import {
  breakCommandName,
  leaveCommandName,
  loopStatusCommandName,
  statusCommandName,
} from './control-flow-rewriting.ts';
import { interpreterFileSystem } from './interpreter-file-system.ts';
import {
  interpreterCommands,
  interpreterCommandsOfPackages,
  shellBuiltins,
} from './command-names.ts';
import {
  rewriting,
  runCommandName,
  backgroundCommandName,
  openCommandName,
} from './script-rewriting.ts';
import { boundedParse, EndlessParse } from './bounded-parse.ts';
import { syntaxErrorIn, type SyntaxProblem } from './syntax-check.ts';
import { loadInterpreter } from './interpreter.ts';
import type { Interpreter } from './interpreter.ts';
import type { BashProcess, ProcessResult, ScriptRun } from './script-run.ts';
import { modelCommandTable } from './commands/table.ts';
import type { ShellState } from './shell-variables.ts';
import { variablesOf, withTraps } from './shell-variables.ts';

/** Bounds on one process. A script that reaches them is taken to run for ever. */
const limits = {
  maxExecutionTimeMs: Infinity,
  maxLoopIterations: 10_000,
  maxCommandCount: 50_000,
  maxCallDepth: 100,
};
/** How many processes may start each other. */
const processDepthMax = 40;
/** What the interpreter says when one of its bounds is reached. */
const boundReached = /increase executionLimits\.|execution limit|limit exceeded/;

const rootEnvironment: Readonly<Record<string, string>> = {
  HOME: '/root',
  LANG: 'en_US.UTF-8',
  LOGNAME: 'root',
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  SHELL: '/bin/bash',
  USER: 'root',
};

/** Runs a script in a bash of its own, as root. */
export async function runBash(run: ScriptRun, process: BashProcess): Promise<ProcessResult> {
  const library = await loadInterpreter();
  if (run.depth > processDepthMax)
    return {
      stdout: '',
      stderr: `${process.name}: fork: retry: Resource temporarily unavailable\n`,
      exitCode: 254,
    };
  const problem = problemIn(library, process);
  if (typeof problem === 'string')
    return { stdout: '', stderr: `${process.name}: ${problem}\n`, exitCode: 2 };
  const script = problem === undefined ? process.script : problem.before;
  const { level } = run;
  const shell: ShellState = { traps: new Map() };
  const bash = newBash(library, { run, process, shell });
  const environment =
    process.bare === true
      ? { ...process.environment }
      : { ...rootEnvironment, ...process.environment };
  const options = (process.options ?? []).map((option) => `set ${option}; `).join('');
  // On the script's own first line, so that line numbers stay.
  const exported = Object.keys(environment).filter(isName);
  const prefix = `${exported.length === 0 ? '' : `export ${exported.join(' ')}; `}${options}`;
  const result = await bash.exec(prefix + script, {
    rawScript: true,
    replaceEnv: true,
    env: { ...environment, ...variablesOf(run, process) },
    cwd: process.directory ?? '/',
    ...(process.stdin === undefined ? {} : { stdin: process.stdin, stdinKind: 'bytes' as const }),
  });
  if (result.exitCode === 126 && boundReached.test(result.stderr)) {
    run.hang();
    return { ...outputOf(result), exitCode: 124 };
  }
  if (level?.ended === true) return { ...outputOf(result), exitCode: 124 };
  const ended = await withTraps(bash, shell, { process, script, result });
  if (problem === undefined || ended.exitCode !== 0) return ended;
  return { ...ended, stderr: ended.stderr + problem.text, exitCode: 2 };
}

/** @returns what bash would say and where, or in words that this emulator cannot read the script at all */
function problemIn(
  library: Interpreter,
  { script, name }: BashProcess,
): SyntaxProblem | string | undefined {
  try {
    return syntaxErrorIn(boundedParse(library.parse), script, name);
  } catch (error) {
    if (error instanceof EndlessParse) return error.message;
    throw error;
  }
}

/** What the interpreter says about being ended; a process that is killed says nothing. */
const ownRemarks = /^bash: .*(increase executionLimits\.|limit exceeded).*\n/gm;

interface NewBash {
  readonly run: ScriptRun;
  readonly process: BashProcess;
  readonly shell: ShellState;
}

/** Overdraws a budget: the one way to end a process from within a command that keeps what it has printed. */
function endProcess(context: ResolvedCommandContext): void {
  context.executionScope?.consumeLimited('end', 2, 1, 'emulator');
}

const isName = (key: string): boolean => /^[A-Za-z_]\w*$/.test(key) && !key.startsWith('EMULATOR_');

const outputOf = (result: ProcessResult): ProcessResult => ({
  stdout: result.stdout,
  stderr: result.stderr.replaceAll(ownRemarks, ''),
  exitCode: result.exitCode,
  ...(result.stdoutKind === undefined ? {} : { stdoutKind: result.stdoutKind }),
});

function newBash(library: Interpreter, { run, process, shell }: NewBash): Bash {
  const { tree } = run.system;
  const { level } = run;
  const customCommands: CustomCommand[] = modelCommandTable(run, shell).map(([name, execute]) =>
    library.defineCommand(name, async (args, context) => {
      const result = await execute(args, context);
      if (level?.ended === true) endProcess(context);
      return result;
    }),
  );
  const bash = new library.Bash({
    fs: interpreterFileSystem(tree, (path) => shellCommandPaths.has(path)),
    cwd: process.directory ?? '/',
    commands: bundled,
    customCommands,
    defenseInDepth: false,
    executionLimits: limits,
    processInfo: { pid: 2000 + run.depth, ppid: 1999 + run.depth, uid: 0, gid: 0 },
  });
  bash.registerTransformPlugin(rewriting(library, (path) => tree.isDirectory(path)));
  return bash;
}

const bundled: CommandName[] = [
  'date',
  ...interpreterCommands,
  ...(Object.keys(interpreterCommandsOfPackages) as (keyof typeof interpreterCommandsOfPackages)[]),
];

const internalCommands = [
  runCommandName,
  backgroundCommandName,
  openCommandName,
  statusCommandName,
  leaveCommandName,
  breakCommandName,
  loopStatusCommandName,
];

const shellCommandPaths = new Set(
  [...shellBuiltins, ...internalCommands].map((name) => `/usr/bin/${name}`),
);
