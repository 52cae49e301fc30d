import type { ScriptNode } from 'just-bash';
import { EndlessParse } from './bounded-parse.ts';

export interface SyntaxProblem {
  /** What bash prints. */
  readonly text: string;
  /** The part of the script that bash has run by the time it notices: complete commands before the error. */
  readonly before: string;
}

type Parse = (script: string) => ScriptNode;

interface Finding {
  /** Counted from one. */
  readonly line: number;
  readonly token?: string;
  /** The character that should have closed something. */
  readonly unclosed?: string;
}

/** How many prefixes of a broken script are tried to find what runs before the error. */
const prefixesMax = 300;

/** What `bash -n` says about a script, in the words of bash 5.2; nothing if the script parses. */
export function syntaxErrorIn(
  parse: Parse,
  script: string,
  name: string,
): SyntaxProblem | undefined {
  const lines = script.split('\n');
  const found = findingIn(parse, script);
  if (found === undefined) return undefined;
  const finding = { ...found, line: openedAt(lines, found) };
  return { text: textOf(finding, lines, name), before: runBefore(parse, lines, finding) };
}

function textOf(finding: Finding, lines: readonly string[], name: string): string {
  const end = lines.at(-1) === '' ? lines.length : lines.length + 1;
  const ended = `${name}: line ${end}: syntax error: unexpected end of file\n`;
  const at = `${name}: line ${finding.line}: `;
  if (finding.unclosed !== undefined)
    return `${at}unexpected EOF while looking for matching \`${finding.unclosed}'\n`;
  if (finding.token === undefined) return ended;
  const shown = lines[finding.line - 1] ?? '';
  return `${at}syntax error near unexpected token \`${finding.token}'\n${at}\`${shown}'\n`;
}

/** Where bash says that something was opened and not closed; the parser tells where the file ends. */
function openedAt(lines: readonly string[], { line, unclosed }: Finding): number {
  const opening = unclosed === '`' ? '`' : unclosed === '}' ? '${' : undefined;
  if (opening === undefined) return line;
  return lines.findLastIndex((text) => text.includes(opening)) + 1;
}

function findingIn(parse: Parse, script: string): Finding | undefined {
  try {
    const token = badToken(parse(script));
    if (token === undefined) return undefined;
    if (token === endOfFile) return { line: script.split('\n').length };
    return { line: lineOf(parse, script, token), token };
  } catch (error) {
    if (error instanceof EndlessParse) throw error;
    return findingOf(error);
  }
}

function findingOf(error: unknown): Finding {
  const message = error instanceof Error ? error.message : String(error);
  const line = member(error, 'line');
  const at = typeof line === 'number' ? line : 1;
  const unclosed = /looking for matching `(.)'/.exec(message)?.[1];
  if (unclosed !== undefined) return { line: at, unclosed };
  const token = member(error, 'token');
  const type = member(token, 'type');
  if (/bad substitution/.test(message) && type === 'EOF') return { line: at, unclosed: '}' };
  if (type === undefined || type === 'EOF') return { line: at };
  return { line: at, token: type === 'NEWLINE' ? 'newline' : String(member(token, 'value')) };
}

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

/**
 * The parser accepts some scripts that bash does not: it marks what it would refuse when it comes to it, and it lets
 * operators stand without a command.
 */
function badToken(node: unknown): string | undefined {
  if (Array.isArray(node)) return firstOf(node);
  if (typeof node !== 'object' || node === null) return undefined;
  const deferred = member(member(node, 'deferredError'), 'token');
  if (typeof deferred === 'string') return deferred;
  if (member(node, 'type') === 'Statement' && lacksCommand(node)) return operatorIn(node);
  return firstOf(Object.values(node));
}

function firstOf(nodes: readonly unknown[]): string | undefined {
  for (const node of nodes) {
    const token = badToken(node);
    if (token !== undefined) return token;
  }
  return undefined;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function lacksCommand(statement: object): boolean {
  const pipelines = listOf(member(statement, 'pipelines'));
  const commands = pipelines.flatMap((pipeline) => listOf(member(pipeline, 'commands')));
  return (
    commands.length > 1 &&
    commands.some(
      (command) =>
        member(command, 'type') === 'SimpleCommand' &&
        member(command, 'name') === null &&
        ['args', 'assignments', 'redirections'].every(
          (key) => listOf(member(command, key)).length === 0,
        ),
    )
  );
}

/** The second of two operators in a row; what ends with an operator goes on to the end of the file. */
const endOfFile = '';
function operatorIn(statement: object): string {
  const text = member(statement, 'sourceText');
  if (typeof text !== 'string') return endOfFile;
  return /(?:&&|\|\||\|(?!\|))\s*(&&|\|\|?)/.exec(text)?.[1] ?? endOfFile;
}

/** The line on which a token is refused: the first prefix of the script that shows it. */
function lineOf(parse: Parse, script: string, token: string): number {
  const lines = script.split('\n');
  for (let count = 1; count <= lines.length; count += 1) {
    if (!(lines[count - 1] ?? '').includes(token)) continue;
    try {
      if (badToken(parse(`${lines.slice(0, count).join('\n')}\n`)) === token) return count;
    } catch {
      // The prefix ends inside a command.
    }
  }
  return lines.length;
}

function runBefore(parse: Parse, lines: readonly string[], finding: Finding): string {
  const from = finding.line - 1;
  for (let count = from; count > 0 && from - count < prefixesMax; count -= 1) {
    const before = `${lines.slice(0, count).join('\n')}\n`;
    try {
      if (badToken(parse(before)) === undefined) return before;
    } catch {
      // The prefix ends inside the command that is broken.
    }
  }
  return '';
}
