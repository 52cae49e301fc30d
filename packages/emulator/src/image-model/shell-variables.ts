import type { Bash, BashExecResult } from 'just-bash';
import { calls } from './control-flow-rewriting.ts';
import type { BashProcess, ProcessResult, ScriptRun } from './script-run.ts';

/** What a shell keeps beside its variables. */
export interface ShellState {
  /** Commands of `trap`, by signal. */
  readonly traps: Map<string, string>;
  /** The shell's variables when it was left by `exit`. */
  left?: Readonly<Record<string, string>>;
}

/** Positional parameters and what stands in for clock and chance. */
export function variablesOf(run: ScriptRun, process: BashProcess): Record<string, string> {
  const args = process.args ?? [];
  const { system } = run;
  const variables: Record<string, string> = {
    0: process.name,
    '#': String(args.length),
    '@': args.join(' '),
    '*': args.join(' '),
    HOSTNAME: (system.tree.text('/etc/hostname') ?? 'localhost').trim(),
    EMULATOR_SECONDS: '0',
    EMULATOR_EPOCHSECONDS: String(Math.floor(system.now / 1000)),
    EMULATOR_RANDOM: String((run.depth * 7919 + system.seconds * 31) % 32_768),
  };
  args.forEach((value, index) => {
    variables[String(index + 1)] = value;
  });
  return variables;
}

/** Lets the shell that waited see the time that passed. */
export function tellTime(environment: Map<string, string>, seconds: number): void {
  for (const name of ['EMULATOR_SECONDS', 'EMULATOR_EPOCHSECONDS']) {
    const before = Number(environment.get(name) ?? '0');
    environment.set(name, String(Math.floor(before + seconds)));
  }
}

/** Runs what a script asked for with `trap` for its end, with the script's variables and functions. */
export async function withTraps(
  bash: Bash,
  shell: ShellState,
  ended: { process: BashProcess; script: string; result: BashExecResult },
): Promise<ProcessResult> {
  const { process, script, result } = ended;
  const output: ProcessResult = {
    stdout: result.stdout,
    stderr: result.stderr,
    exitCode: result.exitCode,
    ...(result.stdoutKind === undefined ? {} : { stdoutKind: result.stdoutKind }),
  };
  const variables = shell.left ?? result.env;
  const errexit = /\berrexit\b/.test(variables['SHELLOPTS'] ?? '');
  const failed = shell.left === undefined && errexit && result.exitCode !== 0;
  const onError = failed ? shell.traps.get('ERR') : undefined;
  for (const command of [onError, shell.traps.get('EXIT')]) {
    if (command === undefined) continue;
    const status = `emulator_status() { return ${output.exitCode}; }; emulator_status`;
    const ran = await bash.exec(`${functionsOf(bash, script)}\n${status}\n${command}`, {
      rawScript: true,
      replaceEnv: true,
      env: variables,
      cwd: variables['PWD'] ?? process.directory ?? '/',
    });
    output.stdout += ran.stdout;
    output.stderr += ran.stderr;
    if (calls(bash.transform(command).ast, 'exit')) output.exitCode = ran.exitCode;
  }
  return output;
}

function functionsOf(bash: Bash, script: string): string {
  const { ast } = bash.transform(script);
  const definitions = ast.statements.filter((statement) =>
    statement.pipelines.some(({ commands }) => commands.some(({ type }) => type === 'FunctionDef')),
  );
  return definitions.map((statement) => statement.sourceText ?? '').join('\n');
}
