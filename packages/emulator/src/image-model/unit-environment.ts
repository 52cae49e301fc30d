import type { FileTree } from './file-tree.ts';
import type { Unit } from './unit-files.ts';
import { settingsOf } from './unit-files.ts';

/** The variables of a unit's commands, or why there are none. */
export function environmentOf(tree: FileTree, unit: Unit): Record<string, string> | string {
  const environment: Record<string, string> = {};
  for (const line of settingsOf(unit, 'Service', 'Environment'))
    for (const [key, value] of assignments(line)) environment[key] = value;
  for (const value of settingsOf(unit, 'Service', 'EnvironmentFile')) {
    const optional = value.startsWith('-');
    const path = optional ? value.slice(1) : value;
    const text = tree.text(path);
    if (text === undefined && !optional)
      return `Failed to load environment files: No such file or directory`;
    for (const line of (text ?? '').split('\n')) {
      const [, key, assigned = ''] = /^\s*([A-Za-z_]\w*)=(.*)$/.exec(line) ?? [];
      if (key !== undefined) environment[key] = unquoted(assigned.trim());
    }
  }
  return environment;
}

/** `KEY=value "OTHER=with spaces"` as systemd splits it. */
function assignments(line: string): [string, string][] {
  const found: [string, string][] = [];
  for (const match of line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)) {
    const text = (match[1] ?? match[2] ?? match[3] ?? '').replaceAll(/\\(.)/g, '$1');
    const equals = text.indexOf('=');
    if (equals > 0) found.push([text.slice(0, equals), unquoted(text.slice(equals + 1))]);
  }
  return found;
}

const unquoted = (text: string): string => /^(["'])(.*)\1$/.exec(text)?.[2] ?? text;

const conditions = {
  ConditionPathExists: (tree: FileTree, path: string) => tree.entry(path) !== undefined,
  ConditionPathIsDirectory: (tree: FileTree, path: string) => tree.isDirectory(path),
  ConditionPathIsSymbolicLink: (tree: FileTree, path: string) =>
    tree.entry(path, false)?.kind === 'symlink',
  ConditionFileNotEmpty: (tree: FileTree, path: string) => (tree.text(path) ?? '').length > 0,
} as const;

/** Conditions about files are evaluated; others are taken to hold. */
export function conditionsHold(tree: FileTree, unit: Unit): boolean {
  return Object.entries(conditions).every(([key, holds]) =>
    settingsOf(unit, 'Unit', key).every((value) => {
      const negated = value.startsWith('!');
      return holds(tree, negated ? value.slice(1) : value) !== negated;
    }),
  );
}
