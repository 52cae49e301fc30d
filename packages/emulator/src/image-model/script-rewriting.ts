import type { CommandNode, ScriptNode, StatementNode, WordNode } from 'just-bash';

import {
  calls,
  functionNames,
  loopWithStatus,
  notedBreak,
  notedExit,
  untilAsWhile,
  withCompany,
  withParameters,
  withoutErrexit,
} from './control-flow-rewriting.ts';
import type { Interpreter } from './interpreter.ts';
import type { Tree } from './syntax-tree.ts';
import { isTree, listIn, literalOf, partsOf } from './syntax-tree.ts';
import { ownMember } from '../wire/own-member.ts';
type Plugin = Parameters<InstanceType<Interpreter['Bash']>['registerTransformPlugin']>[0];

/** Runs an executable file in a process of its own: the interpreter would run it in the shell that calls it. */
export const runCommandName = 'emulator-run';
/** Runs a command in the background. */
export const backgroundCommandName = 'emulator-background';

/** Variables that the interpreter takes from the host or lacks; scripts get them from the model instead. */
export const hostVariables: Readonly<Record<string, string>> = {
  RANDOM: 'EMULATOR_RANDOM',
  SRANDOM: 'EMULATOR_RANDOM',
  SECONDS: 'EMULATOR_SECONDS',
  EPOCHSECONDS: 'EMULATOR_EPOCHSECONDS',
  EPOCHREALTIME: 'EMULATOR_EPOCHSECONDS',
  BASH_SOURCE: '0',
  'BASH_SOURCE[0]': '0',
};

/**
 * Changes a parsed script where the interpreter differs from bash:
 *
 * - a command given by its path runs as a process of its own (shebang, options, variables);
 * - `exec command` ends the shell; `exec > >(command)` is left out, so that output stays where it is;
 * - a command whose output goes to a file in a folder that is not there fails and does not run;
 * - a command in the background takes no time and cannot end the script;
 * - failures left of `&&` and `||`, loops left by `break` and defaults of unset variables count as in bash;
 * - variables that come from the host's clock and chance come from the model.
 */
export const rewriting = (
  library: Interpreter,
  isDirectory: (path: string) => boolean,
): Plugin => ({
  name: 'image-model',
  transform: ({ ast, metadata }) => {
    const functions = functionsIn(ast, library);
    const rewritten = rewrite(ast, {
      library,
      functions,
      names: functionNames(ast),
      traps: calls(ast, 'trap'),
      isDirectory,
    });
    return { ast: rewritten as ScriptNode, metadata };
  },
});

interface Rewriting {
  readonly library: Interpreter;
  /** Definitions that a command in the background may need. */
  readonly functions: string;
  readonly names: ReadonlySet<string>;
  /** Whether the script sets traps. */
  readonly traps: boolean;
  readonly isDirectory: (path: string) => boolean;
}

function functionsIn(ast: ScriptNode, library: Interpreter): string {
  const definitions = ast.statements.filter((statement) =>
    statement.pipelines.some(({ commands }) => commands.some(({ type }) => type === 'FunctionDef')),
  );
  return definitions.length === 0 ? '' : library.serialize({ ...ast, statements: definitions });
}

function rewrite(node: unknown, how: Rewriting): unknown {
  if (Array.isArray(node)) return node.map((each) => rewrite(each, how));
  if (!isTree(node)) return node;
  if (node['type'] === 'Statement' && node['background'] === true)
    return inBackground(node as unknown as StatementNode, how);
  const copy: Tree = {};
  for (const [key, value] of Object.entries(node)) copy[key] = rewrite(value, how);
  switch (copy['type']) {
    case 'SimpleCommand':
      return afterOpening(simpleCommand(copy, how), how);
    case 'Statement':
      return withoutErrexit(copy, how.names, how.library);
    case 'For':
      return loopWithStatus(withParameters(copy, how.library), how.library);
    case 'Until':
      return loopWithStatus(untilAsWhile(copy), how.library);
    case 'CStyleFor':
    case 'While':
      return loopWithStatus(copy, how.library);
    case 'DoubleQuoted':
      return withCompany(copy);
    case 'ParameterExpansion':
      return renamed(copy, 'parameter');
    case 'ArithVariable':
    case 'Assignment':
      return renamed(copy, 'name');
    default:
      return copy;
  }
}

function renamed(node: Tree, key: string): Tree {
  const name = node[key];
  const own = typeof name === 'string' ? ownMember(hostVariables, name) : undefined;
  return own === undefined ? node : { ...node, [key]: own };
}

const literal = (value: string): WordNode => ({
  type: 'Word',
  parts: [{ type: 'Literal', value }],
});

function inBackground(statement: StatementNode, { library, functions }: Rewriting): StatementNode {
  const text = library.serialize({
    type: 'Script',
    statements: [{ ...statement, background: false }],
  });
  const command: CommandNode = {
    type: 'SimpleCommand',
    name: literal(backgroundCommandName),
    args: [{ type: 'Word', parts: [{ type: 'SingleQuoted', value: `${functions}\n${text}` }] }],
    assignments: [],
    redirections: [],
  };
  return {
    type: 'Statement',
    pipelines: [{ type: 'Pipeline', commands: [command], negated: false }],
    operators: [],
    background: false,
  };
}

function simpleCommand(node: Tree, how: Rewriting): Tree {
  const name = node['name'];
  const args = listIn(node, 'args');
  if (literalOf(name) === 'exec') return execCommand(node, args, how);
  if (literalOf(name) === 'exit' && how.traps) return notedExit(node, how.library);
  if (literalOf(name) === 'break') return notedBreak(node, how.library);
  if (!namesPath(name)) return node;
  return { ...node, name: literal(runCommandName), args: [name, ...args] };
}

function execCommand(node: Tree, args: readonly unknown[], how: Rewriting): Tree {
  const [first, ...rest] = args;
  const redirections = Array.isArray(node['redirections']) ? node['redirections'] : [];
  if (first === undefined) {
    const into = redirections.some((each) => isTree(each) && isProcess(each['target']));
    return into ? { ...node, redirections: [] } : node;
  }
  if (literalOf(first)?.startsWith('-') === true) return node;
  const command = simpleCommand({ ...node, name: first, args: rest }, how);
  const [exit] = how.library.parse('exit $?').statements;
  return {
    type: 'Group',
    body: [
      { ...exit, pipelines: [{ type: 'Pipeline', commands: [command], negated: false }] },
      exit,
    ],
    redirections: [],
  };
}

const isProcess = (word: unknown): boolean =>
  partsOf(word).some(({ type }) => type === 'ProcessSubstitution');

/** Commands of the base image resolve by their path as well; everything else with a slash is a file to run. */
function namesPath(word: unknown): boolean {
  const text = literalOf(word);
  if (text !== undefined) return text.includes('/') && !/^\/(usr\/)?bin\/[^/]+$/.test(text);
  return partsOf(word).some((part) => hasSlash(part));
}

const hasSlash = (part: Tree): boolean =>
  (typeof part['value'] === 'string' && part['value'].includes('/')) ||
  partsOf(part).some((inner) => hasSlash(inner));

/** Fails if a file cannot be opened for writing; keeps the status of the command before. */
export const openCommandName = 'emulator-open';
export const statusVariable = 'EMULATOR_STATUS';
const outputOperators = new Set(['>', '>>', '>|', '&>', '&>>']);

/** The interpreter has no failed redirections: the file is looked at first where its folder is not known to exist. */
function afterOpening(command: Tree, how: Rewriting): Tree {
  const redirections = Array.isArray(command['redirections']) ? command['redirections'] : [];
  const targets = redirections
    .filter((each): each is Tree => isTree(each) && outputOperators.has(String(each['operator'])))
    .map((each) => each['target'])
    .filter((target) => mayNotOpen(target, how));
  if (targets.length === 0) return command;
  const [statement] = how.library.parse(`if ${openCommandName}; then :; else false; fi`).statements;
  const [choice] = statement?.pipelines[0]?.commands ?? [];
  if (statement === undefined || choice?.type !== 'If') return command;
  const [clause] = choice.clauses;
  const open = { ...clause?.condition[0]?.pipelines[0]?.commands[0], args: targets };
  const alone = (only: unknown): unknown => ({
    ...statement,
    pipelines: [{ type: 'Pipeline', commands: [only], negated: false }],
  });
  const body = alone(keepingStatus(command));
  return { ...choice, clauses: [{ condition: [alone(open)], body: [body] }] };
}

function mayNotOpen(target: unknown, { isDirectory }: Rewriting): boolean {
  if (!isTree(target) || target['type'] !== 'Word' || isProcess(target)) return false;
  if (partsOf(target).some(({ type }) => type === 'CommandSubstitution')) return false;
  const path = literalOf(target);
  if (path === undefined) return true;
  if (!path.includes('/')) return false;
  const folder = path.slice(0, path.lastIndexOf('/')) || '/';
  return !(path.startsWith('/') && isDirectory(folder));
}

function keepingStatus(node: unknown): unknown {
  if (Array.isArray(node)) return node.map((each) => keepingStatus(each));
  if (!isTree(node)) return node;
  const copy: Tree = {};
  for (const [key, value] of Object.entries(node)) copy[key] = keepingStatus(value);
  const isStatus = copy['type'] === 'ParameterExpansion' && copy['parameter'] === '?';
  return isStatus ? { ...copy, parameter: statusVariable } : copy;
}
