import type { ExecResult } from 'just-bash';
import { packageEntries, packageRecordFolder } from '../base-image.ts';
import { knownPackages } from '../base-packages.ts';
import { joinPath } from '../contents.ts';
import type { FileTree } from '../file-tree.ts';
import type { ScriptRun } from '../script-run.ts';
import { disableUnit } from '../unit-enablement.ts';
import type { CommandTable, Execute } from './command.ts';
import { fail, ok, parseArguments } from './command.ts';
import { ownMember } from '../../wire/own-member.ts';

/** Virtual seconds; rough figures, so that builds take time where real ones do. */
const metadataSeconds = 5;
const perPackageSeconds = 3;
const updateSeconds = 30;

export const packageCommands = (run: ScriptRun): CommandTable => ({
  dnf: dnf(run),
  yum: dnf(run),
  rpm: (args) => Promise.resolve(rpm(run, args)),
});

const dnf =
  (run: ScriptRun): Execute =>
  (args) =>
    Promise.resolve(runDnf(run, args));

function runDnf(run: ScriptRun, args: readonly string[]): ExecResult {
  const { options, operands } = parseArguments(args, [
    '-c',
    '-d',
    '-e',
    '-x',
    '--setopt',
    '--releasever',
    '--repo',
  ]);
  const [verb, ...names] = operands;
  const { tree } = run.system;
  const confirmed = ['-y', '--assumeyes', '-q'].some((each) => each !== '-q' && options.has(each));
  switch (verb) {
    case 'install':
    case 'reinstall':
    case 'localinstall':
    case 'groupinstall':
      return change(run, { confirmed, names, act: (name) => installPackage(tree, name) });
    case 'remove':
    case 'erase':
    case 'autoremove':
      return change(run, { confirmed, names, act: (name) => removePackage(run, name) });
    case 'update':
    case 'upgrade':
    case 'update-minimal':
    case 'distro-sync':
      return update(run, confirmed, names);
    case 'swap': {
      const [old = '', other = ''] = names;
      return change(run, {
        confirmed,
        names: [old],
        act: (name) => [...removePackage(run, name), ...installPackage(tree, other)],
      });
    }
    case 'list':
      return list(tree, names);
    case 'check-update':
    case 'makecache':
      run.pass(metadataSeconds);
      return ok('Metadata cache created.\n');
    case 'clean':
    case 'config-manager':
    case 'versionlock':
    case 'module':
    case 'repolist':
    case 'history':
    case 'mark':
    case 'info':
    case 'search':
    case 'repoquery':
    case 'provides':
    case 'updateinfo':
      run.unmodelled.add(`dnf ${verb}`);
      return ok();
    default:
      return fail(1, `No such command: ${verb ?? ''}. Please use /usr/bin/dnf --help\n`);
  }
}

const isInstalled = (tree: FileTree, name: string): boolean =>
  tree.entry(joinPath(packageRecordFolder, name)) !== undefined;

interface Change {
  readonly confirmed: boolean;
  readonly names: readonly string[];
  readonly act: (name: string) => readonly string[];
}

function change(run: ScriptRun, { confirmed, names, act }: Change): ExecResult {
  if (names.length === 0) return fail(1, 'Error: Need to pass a list of pkgs\n');
  // Without a terminal the question is answered with no.
  if (!confirmed) return fail(1, 'Operation aborted.\n', 'Is this ok [y/N]: \n');
  run.pass(metadataSeconds);
  const done = names.flatMap((name) => act(packageName(name)));
  run.pass(perPackageSeconds * done.length);
  return ok(
    done.length === 0
      ? 'Nothing to do.\nComplete!\n'
      : `${done.map((name) => `  ${name}\n`).join('')}Complete!\n`,
  );
}

function update(run: ScriptRun, confirmed: boolean, names: readonly string[]): ExecResult {
  if (!confirmed) return fail(1, 'Operation aborted.\n', 'Is this ok [y/N]: \n');
  run.pass(names.length === 0 ? updateSeconds : metadataSeconds);
  const missing = names.filter((name) => !isInstalled(run.system.tree, packageName(name)));
  return ok(
    'Dependencies resolved.\nNothing to do.\nComplete!\n',
    missing.map((name) => `Package ${name} available, but not installed.\n`).join(''),
  );
}

/** `ecs-init-1.2`, `docker.x86_64`, `./x.rpm` and addresses of package files mean the package they begin with. */
function packageName(text: string): string {
  const file = text
    .slice(text.lastIndexOf('/') + 1)
    .replace(/\.rpm$/, '')
    .replace(/\.(x86_64|aarch64|noarch)$/, '');
  const known = Object.keys(knownPackages).filter(
    (name) => file === name || file.startsWith(`${name}-`),
  );
  if (known.length > 0) return known.reduce((a, b) => (b.length > a.length ? b : a));
  return file.replace(/-\d.*$/, '');
}

function installPackage(tree: FileTree, name: string): string[] {
  if (isInstalled(tree, name)) return [];
  const needed = (ownMember(knownPackages, name)?.needs ?? []).flatMap((other) =>
    installPackage(tree, other),
  );
  for (const { path, text, mode } of packageEntries(name)) {
    if (text === undefined) tree.makeDirectory(path, { parents: true, mode: 0o755 });
    else {
      tree.makeDirectory(path.slice(0, path.lastIndexOf('/')), { parents: true, mode: 0o755 });
      // Configuration that is there stays.
      if (tree.entry(path) === undefined || !path.startsWith('/etc/'))
        tree.write(path, text, mode ?? 0o644);
    }
  }
  return [...needed, name];
}

function removePackage(run: ScriptRun, name: string): string[] {
  const { tree } = run.system;
  if (!isInstalled(tree, name)) return [];
  const facts = ownMember(knownPackages, name);
  const dependent = (facts?.neededBy ?? []).flatMap((other) => removePackage(run, other));
  for (const { path, text } of packageEntries(name)) {
    if (text === undefined) continue;
    const unit = /^\/usr\/lib\/systemd\/system\/([^/]+)$/.exec(path)?.[1];
    if (unit !== undefined) {
      disableUnit(tree, unit);
      run.manager.stop(unit);
      run.system.active.delete(unit);
    }
    // rpm keeps configuration that was changed under another name.
    if (path.startsWith('/etc/') && tree.text(path) !== text && tree.entry(path) !== undefined)
      tree.move(path, `${path}.rpmsave`);
    else tree.remove(path, { force: true });
  }
  removeEmpty(tree, facts?.directories ?? []);
  return [...dependent, name];
}

function removeEmpty(tree: FileTree, directories: readonly string[]): void {
  for (const path of directories)
    if (tree.isDirectory(path) && tree.names(path).length === 0) tree.remove(path);
}

const versionOf = (tree: FileTree, name: string): string =>
  (tree.text(joinPath(packageRecordFolder, name)) ?? '').trim();

const installed = (tree: FileTree): string[] => tree.names(packageRecordFolder);

function list(tree: FileTree, names: readonly string[]): ExecResult {
  const wanted = names.filter(
    (name) => name !== 'installed' && name !== '--installed' && name !== 'available',
  );
  const found = installed(tree).filter(
    (name) => wanted.length === 0 || wanted.some((each) => packageName(each) === name),
  );
  if (found.length === 0) return fail(1, 'Error: No matching Packages to list\n');
  return ok(
    `Installed Packages\n${found.map((name) => `${name} ${versionOf(tree, name)} @System\n`).join('')}`,
  );
}

function rpm(run: ScriptRun, args: readonly string[]): ExecResult {
  const { options, operands } = parseArguments(args, ['--qf', '--queryformat', '--root']);
  const { tree } = run.system;
  if (options.has('--import') || options.has('-K') || options.has('--checksig')) {
    run.unmodelled.add('rpm --import');
    return ok();
  }
  if (options.has('-e') || options.has('--erase')) {
    for (const name of operands) removePackage(run, packageName(name));
    return ok();
  }
  if (options.has('-i') || options.has('-U') || options.has('-F')) {
    if (!options.has('-q')) for (const name of operands) installPackage(tree, packageName(name));
    run.pass(perPackageSeconds * operands.length);
    return ok();
  }
  if (options.has('-E')) return ok(`${operands[0] === '%{amzn}' ? '2023' : ''}\n`);
  if (!options.has('-q') && !options.has('--query')) return fail(1, 'rpm: no operation given\n');
  const names = options.has('-a') ? installed(tree) : operands;
  const missing = names.filter((name) => !isInstalled(tree, name));
  const lines = names.map((name) =>
    isInstalled(tree, name)
      ? `${name}-${versionOf(tree, name)}.${run.system.architecture === 'arm64' ? 'aarch64' : 'x86_64'}\n`
      : `package ${name} is not installed\n`,
  );
  return missing.length === 0 ? ok(lines.join('')) : fail(missing.length, '', lines.join(''));
}
