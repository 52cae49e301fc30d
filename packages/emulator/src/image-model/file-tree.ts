import type { Entry, ImageContents } from './contents.ts';
import { joinPath, nameOf, normalizePath, parentOf } from './contents.ts';

export interface Found {
  /** Where the entry really is, after links. */
  readonly path: string;
  readonly entry: Entry | undefined;
}

/** An error of the file tree in the words of a system call, which shell commands translate for their users. */
export class FileError extends Error {
  readonly code: 'ENOENT' | 'EEXIST' | 'ENOTDIR' | 'EISDIR' | 'ENOTEMPTY' | 'ELOOP' | 'EINVAL';

  constructor(code: FileError['code'], operation: string, path: string) {
    super(`${code}: ${texts[code]}, ${operation} '${path}'`);
    this.name = 'FileError';
    this.code = code;
  }
}

const texts = {
  ENOENT: 'no such file or directory',
  EEXIST: 'file already exists',
  ENOTDIR: 'not a directory',
  EISDIR: 'illegal operation on a directory',
  ENOTEMPTY: 'directory not empty',
  ELOOP: 'too many levels of symbolic links',
  EINVAL: 'invalid argument',
};

/** As Linux: path_resolution(7). */
const linksMax = 40;
const fileMode = 0o666;
const directoryMode = 0o777;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The file tree of one running system: the image's entries below, its own changes above. */
export class FileTree {
  umask = 0o022;
  /** Epoch milliseconds that new entries carry. */
  now: number;
  readonly #base: ImageContents['base'];
  #changes: Map<string, Entry | 'absent'>;
  #shared: boolean;

  constructor(contents: ImageContents, now: number) {
    this.#base = contents.base;
    this.#changes = new Map(contents.changes);
    this.#shared = false;
    this.now = now;
  }

  /** The present contents. The tree copies its changes before the next write, so that the snapshot stays as it is. */
  snapshot(): ImageContents {
    this.#shared = true;
    return { base: this.#base, changes: this.#changes };
  }

  /** Finds an entry, following links in the directories of its path and, unless told otherwise, at its end. */
  find(path: string, followLast = true): Found {
    let pending = normalizePath(path).split('/').filter(Boolean);
    let at = '/';
    let links = 0;
    while (pending.length > 0) {
      const [name = '', ...rest] = pending;
      if (name === '..') {
        at = parentOf(at);
        pending = rest;
        continue;
      }
      const next = joinPath(at, name);
      const entry = this.#get(next);
      if (entry?.kind === 'symlink' && (rest.length > 0 || followLast)) {
        links += 1;
        if (links > linksMax) throw new FileError('ELOOP', 'open', path);
        if (entry.target.startsWith('/')) at = '/';
        pending = [
          ...entry.target.split('/').filter((part) => part !== '' && part !== '.'),
          ...rest,
        ];
        continue;
      }
      if (entry === undefined || (rest.length > 0 && entry.kind !== 'directory'))
        return { path: [next, ...rest].join('/'), entry: rest.length > 0 ? undefined : entry };
      at = next;
      pending = rest;
    }
    return { path: at, entry: this.#get(at) };
  }

  entry(path: string, followLast = true): Entry | undefined {
    try {
      return this.find(path, followLast).entry;
    } catch {
      return undefined;
    }
  }

  isDirectory(path: string): boolean {
    return this.entry(path)?.kind === 'directory';
  }

  read(path: string): Uint8Array {
    const { entry } = this.find(path);
    if (entry === undefined) throw new FileError('ENOENT', 'open', path);
    if (entry.kind === 'directory') throw new FileError('EISDIR', 'read', path);
    return entry.kind === 'file' ? entry.bytes : new Uint8Array();
  }

  /** The file as text, or nothing if there is no such file. */
  text(path: string): string | undefined {
    const entry = this.entry(path);
    if (entry?.kind === 'device') return '';
    return entry?.kind === 'file' ? decoder.decode(entry.bytes) : undefined;
  }

  write(path: string, content: Uint8Array | string, mode?: number): void {
    const { path: real, entry } = this.find(path);
    if (entry?.kind === 'device') return;
    if (entry?.kind === 'directory') throw new FileError('EISDIR', 'open', path);
    this.#needDirectory(parentOf(real), 'open', path);
    const kept = entry?.kind === 'file' ? entry.mode : fileMode & ~this.umask;
    this.#set(real, {
      kind: 'file',
      bytes: typeof content === 'string' ? encoder.encode(content) : content,
      mode: mode ?? kept,
      at: this.now,
    });
  }

  makeDirectory(path: string, options: { parents?: boolean; mode?: number } = {}): void {
    const { path: real, entry } = this.find(path);
    if (entry !== undefined) {
      if (options.parents === true && entry.kind === 'directory') return;
      throw new FileError('EEXIST', 'mkdir', path);
    }
    const parent = parentOf(real);
    if (options.parents === true && this.#get(parent) === undefined)
      this.makeDirectory(parent, { parents: true });
    this.#needDirectory(parent, 'mkdir', path);
    const mode = options.mode ?? directoryMode & ~this.umask;
    this.#set(real, { kind: 'directory', mode, at: this.now });
  }

  link(target: string, path: string): void {
    const { path: real, entry } = this.find(path, false);
    if (entry !== undefined) throw new FileError('EEXIST', 'symlink', path);
    this.#needDirectory(parentOf(real), 'symlink', path);
    this.#set(real, { kind: 'symlink', target, at: this.now });
  }

  names(path: string): string[] {
    const { path: real, entry } = this.find(path);
    if (entry === undefined) throw new FileError('ENOENT', 'scandir', path);
    if (entry.kind !== 'directory') throw new FileError('ENOTDIR', 'scandir', path);
    const names = new Set(this.#base.names.get(real));
    for (const [changed, change] of this.#changes) {
      if (changed === '/' || parentOf(changed) !== real) continue;
      if (change === 'absent') names.delete(nameOf(changed));
      else names.add(nameOf(changed));
    }
    return [...names].sort();
  }

  remove(path: string, options: { recursive?: boolean; force?: boolean } = {}): void {
    const { path: real, entry } = this.find(path, false);
    if (entry === undefined) {
      if (options.force === true) return;
      throw new FileError('ENOENT', 'rm', path);
    }
    if (entry.kind === 'directory') {
      const names = this.names(real);
      if (names.length > 0 && options.recursive !== true)
        throw new FileError('ENOTEMPTY', 'rm', path);
      for (const name of names) this.remove(joinPath(real, name), options);
    }
    if (real === '/') return;
    this.#own();
    if (this.#base.entries.has(real)) this.#changes.set(real, 'absent');
    else this.#changes.delete(real);
  }

  copy(from: string, to: string, options: { recursive?: boolean } = {}): void {
    const { path: source, entry } = this.find(from);
    if (entry === undefined) throw new FileError('ENOENT', 'cp', from);
    if (entry.kind !== 'directory') {
      const target = this.find(to);
      this.write(to, this.read(source), target.entry?.kind === 'file' ? undefined : modeOf(entry));
      return;
    }
    if (options.recursive !== true) throw new FileError('EISDIR', 'cp', from);
    if (normalizePath(to).startsWith(`${source}/`)) throw new FileError('EINVAL', 'cp', from);
    this.makeDirectory(to, { parents: true });
    for (const name of this.names(source))
      this.#copyInto(joinPath(source, name), joinPath(to, name));
  }

  #copyInto(from: string, to: string): void {
    const entry = this.entry(from, false);
    if (entry?.kind !== 'symlink') {
      this.copy(from, to, { recursive: true });
      return;
    }
    this.remove(to, { force: true });
    this.link(entry.target, to);
  }

  move(from: string, to: string): void {
    const { path: source, entry } = this.find(from, false);
    if (entry === undefined) throw new FileError('ENOENT', 'mv', from);
    const target = this.find(to, false);
    if (source === target.path) return;
    if (`${target.path}/`.startsWith(`${source}/`)) throw new FileError('EINVAL', 'mv', from);
    this.#needDirectory(parentOf(target.path), 'mv', to);
    if (target.entry?.kind === 'directory' && this.names(target.path).length > 0)
      throw new FileError('ENOTEMPTY', 'mv', to);
    const below = entry.kind === 'directory' ? this.names(source) : [];
    this.#set(target.path, entry);
    for (const name of below) this.move(joinPath(source, name), joinPath(target.path, name));
    this.remove(source);
  }

  setMode(path: string, mode: number): void {
    const { path: real, entry } = this.find(path);
    if (entry === undefined) throw new FileError('ENOENT', 'chmod', path);
    if (entry.kind === 'file' || entry.kind === 'directory') this.#set(real, { ...entry, mode });
  }

  setTime(path: string, at: number): void {
    const { path: real, entry } = this.find(path);
    if (entry === undefined) throw new FileError('ENOENT', 'utimes', path);
    this.#set(real, { ...entry, at });
  }

  /** Every path, sorted: what globs search. */
  paths(): string[] {
    const paths = new Set(this.#base.entries.keys());
    for (const [path, change] of this.#changes) {
      if (change === 'absent') paths.delete(path);
      else paths.add(path);
    }
    return [...paths].sort();
  }

  #get(path: string): Entry | undefined {
    const change = this.#changes.get(path);
    if (change === 'absent') return undefined;
    return change ?? this.#base.entries.get(path);
  }

  #set(path: string, entry: Entry): void {
    this.#own();
    this.#changes.set(path, entry);
  }

  #own(): void {
    if (!this.#shared) return;
    this.#changes = new Map(this.#changes);
    this.#shared = false;
  }

  #needDirectory(path: string, operation: string, asked: string): void {
    const entry = this.#get(path);
    if (entry === undefined) throw new FileError('ENOENT', operation, asked);
    if (entry.kind !== 'directory') throw new FileError('ENOTDIR', operation, asked);
  }
}

export const modeOf = (entry: Entry): number => (entry.kind === 'symlink' ? 0o777 : entry.mode);
