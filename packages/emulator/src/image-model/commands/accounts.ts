import type { ExecResult } from 'just-bash';
import type { FileTree } from '../file-tree.ts';
import type { ScriptRun } from '../script-run.ts';
import type { CommandTable } from './command.ts';
import { fail, now, ok, parseArguments } from './command.ts';

/** Users and groups, as lines of /etc/passwd and /etc/group. */
export const accountCommands = (run: ScriptRun): CommandTable => ({
  id: now((args) => id(run.system.tree, args)),
  getent: now((args) => getent(run.system.tree, args)),
  useradd: now((args) => addUser(run.system.tree, args)),
  groupadd: now((args) => addGroup(run.system.tree, args)),
  usermod: now((args) => changeUser(run.system.tree, args)),
});

interface Account {
  readonly name: string;
  readonly uid: string;
  readonly gid: string;
}

const accounts = (tree: FileTree): Account[] =>
  (tree.text('/etc/passwd') ?? '')
    .split('\n')
    .map((line) => line.split(':'))
    .filter(([name]) => name !== undefined && name !== '')
    .map(([name = '', , uid = '', gid = '']) => ({ name, uid, gid }));

interface Group {
  readonly name: string;
  readonly gid: string;
  readonly members: readonly string[];
}

const groups = (tree: FileTree): Group[] =>
  (tree.text('/etc/group') ?? '')
    .split('\n')
    .map((line) => line.split(':'))
    .filter(([name]) => name !== undefined && name !== '')
    .map(([name = '', , gid = '', members = '']) => ({
      name,
      gid,
      members: members.split(',').filter(Boolean),
    }));

function id(tree: FileTree, args: readonly string[]): ExecResult {
  const { options, operands } = parseArguments(args);
  const name = operands[0] ?? 'root';
  const account = accounts(tree).find((each) => each.name === name);
  if (account === undefined) return fail(1, `id: ‘${name}’: no such user\n`);
  const own = groups(tree).filter(
    (group) => group.gid === account.gid || group.members.includes(name),
  );
  const primary = own.find((group) => group.gid === account.gid)?.name ?? account.gid;
  const named = options.has('-n');
  if (options.has('-u')) return ok(`${named ? account.name : account.uid}\n`);
  if (options.has('-g')) return ok(`${named ? primary : account.gid}\n`);
  if (options.has('-G'))
    return ok(`${own.map((group) => (named ? group.name : group.gid)).join(' ')}\n`);
  const list = own.map((group) => `${group.gid}(${group.name})`).join(',');
  return ok(`uid=${account.uid}(${name}) gid=${account.gid}(${primary}) groups=${list}\n`);
}

function getent(tree: FileTree, args: readonly string[]): ExecResult {
  const [database = '', key] = args;
  const lines = (tree.text(`/etc/${database}`) ?? '').split('\n').filter(Boolean);
  const found = lines.filter((line) => key === undefined || line.split(/[:\s]+/).includes(key));
  return found.length === 0 ? fail(2) : ok(`${found.join('\n')}\n`);
}

/** The first number of the ranges for users and groups that people make. Source: login.defs. */
const firstId = 1000;
const nextId = (taken: readonly string[]): number =>
  Math.max(firstId - 1, ...taken.map(Number).filter((each) => each < 60_000)) + 1;

const appendLine = (tree: FileTree, path: string, line: string): void => {
  tree.write(path, `${tree.text(path) ?? ''}${line}\n`);
};

function addGroup(tree: FileTree, args: readonly string[]): ExecResult {
  const { options, operands } = parseArguments(args, ['-g', '--gid', '-K']);
  const name = operands[0] ?? '';
  if (groups(tree).some((group) => group.name === name))
    return options.has('-f') ? ok() : fail(9, `groupadd: group '${name}' already exists\n`);
  const gid =
    options.get('-g') ??
    options.get('--gid') ??
    String(nextId(groups(tree).map((group) => group.gid)));
  appendLine(tree, '/etc/group', `${name}:x:${gid}:`);
  return ok();
}

const userValues = [
  '-u',
  '--uid',
  '-g',
  '--gid',
  '-G',
  '--groups',
  '-d',
  '--home-dir',
  '--home',
  '-s',
  '--shell',
  '-c',
  '--comment',
  '-k',
  '-K',
  '-b',
  '-e',
  '-f',
  '-p',
  '-l',
];

function addUser(tree: FileTree, args: readonly string[]): ExecResult {
  const { options, operands } = parseArguments(args, userValues);
  const name = operands[0] ?? '';
  if (name === '') return fail(2, 'Usage: useradd [options] LOGIN\n');
  if (accounts(tree).some((account) => account.name === name))
    return fail(9, `useradd: user '${name}' already exists\n`);
  const option = (short: string, long: string): string | undefined =>
    options.get(short) ?? options.get(long);
  const uid = option('-u', '--uid') ?? String(nextId(accounts(tree).map((account) => account.uid)));
  const home = option('-d', '--home-dir') ?? `/home/${name}`;
  const asked = option('-g', '--gid');
  const group = groups(tree).find((each) => each.name === asked || each.gid === asked);
  if (asked !== undefined && group === undefined)
    return fail(6, `useradd: group '${asked}' does not exist\n`);
  if (group === undefined) appendLine(tree, '/etc/group', `${name}:x:${uid}:`);
  appendLine(
    tree,
    '/etc/passwd',
    `${name}:x:${uid}:${group?.gid ?? uid}:${option('-c', '--comment') ?? ''}:${home}:${option('-s', '--shell') ?? '/bin/bash'}`,
  );
  const noHome =
    options.has('-M') ||
    options.has('--no-create-home') ||
    (options.has('-r') && !options.has('-m'));
  if (!noHome) tree.makeDirectory(home, { parents: true });
  return joinGroups(tree, name, option('-G', '--groups'), 'useradd');
}

function changeUser(tree: FileTree, args: readonly string[]): ExecResult {
  const { options, operands } = parseArguments(args, userValues);
  const name = operands[0] ?? '';
  if (!accounts(tree).some((account) => account.name === name))
    return fail(6, `usermod: user '${name}' does not exist\n`);
  return joinGroups(tree, name, options.get('-G') ?? options.get('--groups'), 'usermod');
}

function joinGroups(
  tree: FileTree,
  name: string,
  list: string | undefined,
  command: string,
): ExecResult {
  for (const wanted of (list ?? '').split(',').filter(Boolean)) {
    const group = groups(tree).find((each) => each.name === wanted);
    if (group === undefined) return fail(6, `${command}: group '${wanted}' does not exist\n`);
    if (group.members.includes(name)) continue;
    const lines = (tree.text('/etc/group') ?? '')
      .split('\n')
      .map((line) =>
        line.startsWith(`${wanted}:`)
          ? `${wanted}:x:${group.gid}:${[...group.members, name].join(',')}`
          : line,
      );
    tree.write('/etc/group', lines.join('\n'));
  }
  return ok();
}
