import { joinPath } from './contents.ts';
import type { FileTree } from './file-tree.ts';
import {
  administratorFolder,
  enablement,
  loadUnit,
  masked,
  settingsOf,
  unitFile,
  unitName,
  wantedLinks,
} from './unit-files.ts';

/** Makes the links that a unit's [Install] section asks for. Returns what systemctl says. */
export function enableUnit(tree: FileTree, unit: string): string {
  const file = unitFile(tree, unit);
  if (file === undefined) return '';
  const loaded = loadUnit(tree, unit);
  const words = (key: string): string[] =>
    settingsOf(loaded, 'Install', key).flatMap((value) => value.split(/\s+/).filter(Boolean));
  const links = [
    ...words('WantedBy').map((target) => `${target}.wants/${unit}`),
    ...words('RequiredBy').map((target) => `${target}.requires/${unit}`),
    ...words('Alias').map(unitName),
  ];
  const also = words('Also').filter((other) => other !== unit);
  if (links.length === 0 && also.length === 0)
    return 'The unit files have no installation config (WantedBy=, RequiredBy=, Also=,\nAlias= settings in the [Install] section, and DefaultInstance= for template\nunits). This means they are not meant to be enabled or disabled using systemctl.\n';
  const made = links.map((name) => {
    const path = joinPath(administratorFolder, name);
    if (tree.entry(path, false) !== undefined) return '';
    tree.makeDirectory(path.slice(0, path.lastIndexOf('/')), { parents: true });
    tree.link(file, path);
    return `Created symlink ${path} → ${file}.\n`;
  });
  return made.join('') + also.map((other) => enableUnit(tree, unitName(other))).join('');
}

/** Removes the links that pull a unit in, and its aliases. */
export function disableUnit(tree: FileTree, unit: string): string {
  const file = unitFile(tree, unit);
  const aliases = tree
    .names(administratorFolder)
    .map((name) => joinPath(administratorFolder, name))
    .filter((path) => {
      const entry = tree.entry(path, false);
      return (
        entry?.kind === 'symlink' && file !== undefined && path !== file && entry.target === file
      );
    });
  const removed = [...wantedLinks(tree, unit), ...aliases].map((path) => {
    tree.remove(path);
    return `Removed "${path}".\n`;
  });
  return removed.join('');
}

export function maskUnit(tree: FileTree, unit: string): { failed: boolean; text: string } {
  const path = joinPath(administratorFolder, unit);
  const missing =
    unitFile(tree, unit) === undefined ? `Unit ${unit} does not exist, proceeding anyway.\n` : '';
  if (enablement(tree, unit) === 'masked' && tree.entry(path, false)?.kind === 'symlink')
    return { failed: false, text: '' };
  if (tree.entry(path, false)?.kind === 'file')
    return { failed: true, text: `Failed to mask unit: File ${path} already exists.\n` };
  tree.remove(path, { force: true });
  tree.link(masked, path);
  return { failed: false, text: `${missing}Created symlink ${path} → ${masked}.\n` };
}

export function unmaskUnit(tree: FileTree, unit: string): string {
  const path = joinPath(administratorFolder, unit);
  const entry = tree.entry(path, false);
  if (entry?.kind !== 'symlink' || tree.find(path).path !== masked) return '';
  tree.remove(path);
  return `Removed "${path}".\n`;
}
