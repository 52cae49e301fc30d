import { joinPath, nameOf } from './contents.ts';
import type { FileTree } from './file-tree.ts';

/** Where units are looked for: the administrator's folder first. Source: systemd.unit(5). */
const unitFolders = ['/etc/systemd/system', '/run/systemd/system', '/usr/lib/systemd/system'];
export const administratorFolder = '/etc/systemd/system';
export const masked = '/dev/null';

export type Enablement = 'enabled' | 'disabled' | 'masked' | 'static' | 'not-found';

/** A unit as systemd would load it: its file with the drop-ins after it. */
export interface Unit {
  readonly name: string;
  /** Section to key to values in order; an empty assignment has cleared what stood before. */
  readonly settings: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;
}

const unitSuffix = /\.(service|socket|target|timer|path|mount|slice|device|swap|automount|scope)$/;

/** Names without a suffix mean services. */
export const unitName = (name: string): string =>
  unitSuffix.test(name) ? name : `${name}.service`;

/** The file that defines a unit, if there is one; an instance of a template is defined by the template. */
export function unitFile(tree: FileTree, unit: string): string | undefined {
  for (const name of [unit, templateOf(unit)])
    for (const folder of name === undefined ? [] : unitFolders) {
      const path = joinPath(folder, name ?? '');
      if (tree.entry(path, false) === undefined) continue;
      if (isMask(tree, path) || tree.entry(path)?.kind === 'file') return path;
    }
  return undefined;
}

function templateOf(unit: string): string | undefined {
  const at = unit.indexOf('@');
  return at < 0 ? undefined : unit.slice(0, at + 1) + unit.slice(unit.lastIndexOf('.'));
}

/** Masked is a link to /dev/null, whoever made it, or an empty unit file. */
function isMask(tree: FileTree, path: string): boolean {
  const entry = tree.entry(path, false);
  if (entry?.kind === 'symlink') return tree.find(path).path === masked;
  return entry?.kind === 'file' && entry.bytes.length === 0;
}

export function enablement(tree: FileTree, unit: string): Enablement {
  const file = unitFile(tree, unit);
  if (file === undefined) return 'not-found';
  if (isMask(tree, file)) return 'masked';
  if (wantedLinks(tree, unit).length > 0) return 'enabled';
  return loadUnit(tree, unit).settings.has('Install') ? 'disabled' : 'static';
}

/** The links in the administrator's `*.wants` and `*.requires` folders that pull a unit in. */
export function wantedLinks(tree: FileTree, unit: string): string[] {
  if (!tree.isDirectory(administratorFolder)) return [];
  return tree
    .names(administratorFolder)
    .filter(
      (name) =>
        /\.(wants|requires)$/.test(name) && tree.isDirectory(joinPath(administratorFolder, name)),
    )
    .map((name) => joinPath(joinPath(administratorFolder, name), unit))
    .filter((path) => tree.entry(path, false) !== undefined);
}

/** Which units another unit or a target pulls in by links. */
export function linkedUnits(tree: FileTree, unit: string, kind: 'wants' | 'requires'): string[] {
  const names = unitFolders.flatMap((folder) => {
    const path = joinPath(folder, `${unit}.${kind}`);
    return tree.isDirectory(path) ? tree.names(path) : [];
  });
  return [...new Set(names)].sort();
}

/** Every target whose links count when a system boots; those for emergencies and shutdown do not. */
export function bootTargets(tree: FileTree): string[] {
  const names = unitFolders.flatMap((folder) =>
    tree.isDirectory(folder) ? tree.names(folder) : [],
  );
  const targets = names
    .filter((name) => name.endsWith('.target.wants') || name.endsWith('.target.requires'))
    .map((name) => name.slice(0, name.lastIndexOf('.')));
  return [...new Set(targets)].filter((name) => !neverBooted.test(name)).sort();
}

const neverBooted =
  /^(rescue|emergency|shutdown|reboot|halt|poweroff|kexec|sleep|suspend|hibernate)\.target$/;

/** The names of all unit files, sorted. */
export function unitNames(tree: FileTree): string[] {
  const names = unitFolders.flatMap((folder) =>
    tree.isDirectory(folder) ? tree.names(folder) : [],
  );
  return [...new Set(names.filter((name) => unitSuffix.test(name)))].sort();
}

export interface DropIn {
  readonly path: string;
  readonly text: string;
}

/** The drop-ins of a unit in the order in which they count: by file name, the administrator's before the vendor's. */
export function dropInFiles(tree: FileTree, unit: string): DropIn[] {
  const byName = new Map<string, DropIn>();
  for (const folder of unitFolders) {
    const path = joinPath(folder, `${unit}.d`);
    if (!tree.isDirectory(path)) continue;
    for (const name of tree.names(path).filter((each) => each.endsWith('.conf'))) {
      const file = joinPath(path, name);
      const text = tree.text(file);
      if (text !== undefined && !byName.has(name)) byName.set(name, { path: file, text });
    }
  }
  return [...byName.values()].sort((a, b) => (nameOf(a.path) < nameOf(b.path) ? -1 : 1));
}

export function loadUnit(tree: FileTree, unit: string): Unit {
  const file = unitFile(tree, unit);
  const texts = [file === undefined ? '' : (tree.text(file) ?? '')];
  for (const { text } of dropInFiles(tree, unit)) texts.push(text);
  const settings = new Map<string, Map<string, string[]>>();
  for (const text of texts) readSettings(text, settings);
  return { name: unit, settings };
}

function readSettings(text: string, settings: Map<string, Map<string, string[]>>): void {
  let section = '';
  for (const line of text.replaceAll(/\\\r?\n/g, ' ').split(/\r?\n/)) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith(';')) continue;
    const heading = /^\[(.+)\]$/.exec(trimmed)?.[1];
    if (heading !== undefined) {
      section = heading;
      if (!settings.has(section)) settings.set(section, new Map());
      continue;
    }
    const equals = trimmed.indexOf('=');
    const keys = settings.get(section);
    if (equals < 0 || keys === undefined) continue;
    const key = trimmed.slice(0, equals).trim();
    const value = trimmed.slice(equals + 1).trim();
    keys.set(key, value === '' ? [] : [...(keys.get(key) ?? []), value]);
  }
}

export const settingsOf = (unit: Unit, section: string, key: string): readonly string[] =>
  unit.settings.get(section)?.get(key) ?? [];

/** The last value of a setting that holds one. */
export const settingOf = (unit: Unit, section: string, key: string): string | undefined =>
  settingsOf(unit, section, key).at(-1);

/** A setting that lists units, over all its lines. */
export const unitsIn = (unit: Unit, section: string, key: string): string[] =>
  settingsOf(unit, section, key)
    .flatMap((value) => value.split(/\s+/).filter(Boolean))
    .map(unitName);
