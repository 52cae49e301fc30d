/** One entry of an image's file tree. Bytes are shared between images and never changed in place. */
export type Entry =
  | {
      readonly kind: 'file';
      readonly bytes: Uint8Array;
      readonly mode: number;
      readonly at: number;
    }
  | { readonly kind: 'directory'; readonly mode: number; readonly at: number }
  | { readonly kind: 'symlink'; readonly target: string; readonly at: number }
  | { readonly kind: 'device'; readonly mode: number; readonly at: number };

/** What images start from: built once per kind of base image and shared by all that descend from it. */
export interface BaseLayer {
  readonly architecture: 'x86_64' | 'arm64';
  readonly entries: ReadonlyMap<string, Entry>;
  /** The names in each directory. */
  readonly names: ReadonlyMap<string, readonly string[]>;
}

/**
 * The state of an image: immutable plain data. Only what differs from the base is kept, so that hundreds of images
 * cost little more than the files that scripts wrote.
 */
export interface ImageContents {
  readonly base: BaseLayer;
  readonly changes: ReadonlyMap<string, Entry | 'absent'>;
}

export function baseLayer(
  architecture: BaseLayer['architecture'],
  entries: ReadonlyMap<string, Entry>,
): BaseLayer {
  const names = new Map<string, string[]>();
  for (const [path, entry] of entries) {
    if (entry.kind === 'directory' && !names.has(path)) names.set(path, []);
    if (path === '/') continue;
    const parent = parentOf(path);
    const siblings = names.get(parent) ?? [];
    siblings.push(nameOf(path));
    names.set(parent, siblings);
  }
  return { architecture, entries, names };
}

export const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
export const joinPath = (directory: string, name: string): string =>
  directory === '/' ? `/${name}` : `${directory}/${name}`;

/** Makes a path absolute and removes `.`, `..` and doubled slashes, without looking at links. */
export function normalizePath(path: string, from = '/'): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${from}/${path}`).split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return `/${parts.join('/')}`;
}
