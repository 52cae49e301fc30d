import type { Interpreter } from './interpreter.ts';
import type { Tree } from './syntax-tree.ts';
import { isTree, listIn, literalOf } from './syntax-tree.ts';

/** Answers with the status that it is given. */
export const statusCommandName = 'emulator-status';
/** Notes that a loop is left by `break`, and answers with what the loop's status is then. */
export const breakCommandName = 'emulator-break';
export const loopStatusCommandName = 'emulator-loop-status';

/** Notes a shell's variables before `exit`, and answers with the status before it. */
export const leaveCommandName = 'emulator-leave';

const loops = new Set(['For', 'CStyleFor', 'While', 'Until']);

/** A statement with one pipeline of one command. */
export const statementOf = (command: unknown): Tree => ({
  type: 'Statement',
  pipelines: [pipelineOf(command)],
  operators: [],
  background: false,
});

const pipelineOf = (command: unknown): Tree => ({
  type: 'Pipeline',
  commands: [command],
  negated: false,
});

const commandIn = (library: Interpreter, script: string): Tree => {
  const command: unknown = library.parse(script).statements[0]?.pipelines[0]?.commands[0];
  if (!isTree(command)) throw new Error(`no command in ${script}`);
  return command;
};

/**
 * With `set -e`, what stands left of `&&` or `||` may fail anywhere inside; the interpreter knows that of conditions
 * only. So `{ a; b; } || c` becomes `if { a; b; }; then :; else emulator-status $? && :; fi || c`.
 */
export function withoutErrexit(
  statement: Tree,
  functions: ReadonlySet<string>,
  library: Interpreter,
): Tree {
  const pipelines = listIn(statement, 'pipelines');
  if (pipelines.length < 2) return statement;
  const last = pipelines.length - 1;
  return {
    ...statement,
    pipelines: pipelines.map((pipeline, index) => {
      if (index === last || !isTree(pipeline) || !canFailInside(pipeline, functions))
        return pipeline;
      const choice = commandIn(library, `if :; then :; else ${statusCommandName} $? && :; fi`);
      const [clause] = listIn(choice, 'clauses');
      const condition = [{ ...statementOf(undefined), pipelines: [pipeline] }];
      return pipelineOf({ ...choice, clauses: [{ ...(isTree(clause) ? clause : {}), condition }] });
    }),
  };
}

function canFailInside(pipeline: Tree, functions: ReadonlySet<string>): boolean {
  return listIn(pipeline, 'commands').some((command) => {
    if (!isTree(command)) return false;
    if (command['type'] !== 'SimpleCommand') return command['type'] !== 'FunctionDef';
    if (command['name'] === null) return false;
    const name = literalOf(command['name']);
    return name === undefined || functions.has(name);
  });
}

/** With `set -e` the interpreter gives `until` up after its first round: it is a `while` that is turned round. */
export function untilAsWhile(loop: Tree): Tree {
  const group = { type: 'Group', body: listIn(loop, 'condition'), redirections: [] };
  const condition = {
    ...statementOf(undefined),
    pipelines: [{ ...pipelineOf(group), negated: true }],
  };
  return { ...loop, type: 'While', condition: [condition] };
}

/** `for name; do` goes over the parameters as they are; the interpreter splits them. */
export function withParameters(loop: Tree, library: Interpreter): Tree {
  if (loop['words'] !== null) return loop;
  return { ...loop, words: listIn(commandIn(library, 'for x in "$@"; do :; done'), 'words') };
}

/** A loop that is left by `break` succeeds; the interpreter answers with the command before it. */
export function loopWithStatus(loop: Tree, library: Interpreter): Tree {
  if (!loops.has(String(loop['type'])) || !calls(loop['body'], breakCommandName)) return loop;
  const group = commandIn(library, `{ : && :; ${loopStatusCommandName} $? && :; }`);
  const [first, ...rest] = listIn(group, 'body');
  const [, colon] = isTree(first) ? listIn(first, 'pipelines') : [];
  return {
    ...group,
    body: [{ ...(isTree(first) ? first : {}), pipelines: [pipelineOf(loop), colon] }, ...rest],
  };
}

export function notedBreak(command: Tree, library: Interpreter): Tree {
  const group = commandIn(library, `{ ${breakCommandName}; break; }`);
  const [note] = listIn(group, 'body');
  return { ...group, body: [note, statementOf(command)] };
}

/** What runs at a shell's end needs the variables that `exit` would lose. */
export function notedExit(command: Tree, library: Interpreter): Tree {
  const group = commandIn(library, `{ ${leaveCommandName} && :; exit; }`);
  const [note] = listIn(group, 'body');
  return { ...group, body: [note, statementOf(command)] };
}

/** Whether a script calls a command by its plain name. */
export const calls = (node: unknown, name: string): boolean => {
  if (Array.isArray(node)) return node.some((each) => calls(each, name));
  if (!isTree(node)) return false;
  if (node['type'] === 'SimpleCommand' && literalOf(node['name']) === name) return true;
  return Object.values(node).some((each) => calls(each, name));
};

/** The names of all functions that a script defines. */
export function functionNames(node: unknown): Set<string> {
  const names = new Set<string>();
  const walk = (each: unknown): void => {
    if (Array.isArray(each)) each.forEach(walk);
    else if (isTree(each)) {
      if (each['type'] === 'FunctionDef') names.add(String(each['name']));
      Object.values(each).forEach(walk);
    }
  };
  walk(node);
  return names;
}

/**
 * With `set -u` the interpreter takes `"${name:-value}"` alone between quotes for an unset variable; next to
 * something, even to nothing, it does not.
 */
export function withCompany(quoted: Tree): Tree {
  const parts = listIn(quoted, 'parts');
  const [only] = parts;
  if (parts.length !== 1 || !isTree(only) || only['type'] !== 'ParameterExpansion') return quoted;
  const isPlain = /^(\w+|\w+\[\w+\])$/.test(String(only['parameter']));
  if (!isPlain || !isTree(only['operation'])) return quoted;
  return { ...quoted, parts: [only, { type: 'Literal', value: '' }] };
}
