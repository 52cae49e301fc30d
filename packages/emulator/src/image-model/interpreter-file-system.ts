import type { FsStat, IFileSystem } from 'just-bash';
import type { Entry } from './contents.ts';
import { joinPath, normalizePath } from './contents.ts';
import type { FileTree } from './file-tree.ts';
import { FileError, modeOf } from './file-tree.ts';

type Content = Parameters<IFileSystem['writeFile']>[1];
type Encoding = Parameters<IFileSystem['writeFile']>[2];

/** The names that the shell itself answers to: they resolve as commands and are no files. */
export type IsShellCommand = (path: string) => boolean;

/** The file tree as the interpreter wants to see it. */
export function interpreterFileSystem(tree: FileTree, isShellCommand: IsShellCommand): IFileSystem {
  const statOf = (entry: Entry | undefined, path: string): FsStat => {
    if (entry === undefined) throw new FileError('ENOENT', 'stat', path);
    return {
      isFile: entry.kind === 'file' || entry.kind === 'device',
      isDirectory: entry.kind === 'directory',
      isSymbolicLink: entry.kind === 'symlink',
      mode: modeOf(entry),
      size: entry.kind === 'file' ? entry.bytes.length : 0,
      mtime: new Date(entry.at - fileTimeShiftMs),
    };
  };
  const shellCommand: Entry = { kind: 'device', mode: 0o755, at: tree.now };
  const look = (path: string): Entry | undefined =>
    isShellCommand(path) ? shellCommand : tree.find(path).entry;
  return {
    readFile: later((path, options) => textOf(tree.read(path), encodingOf(options))),
    readFileBuffer: later((path) => tree.read(path)),
    writeFile: later((path, content, options) => {
      tree.write(path, bytesOf(content, encodingOf(options)));
    }),
    appendFile: later((path, content, options) => {
      const before = tree.entry(path)?.kind === 'file' ? tree.read(path) : new Uint8Array();
      tree.write(path, Buffer.concat([before, bytesOf(content, encodingOf(options))]));
    }),
    exists: later((path) => isShellCommand(path) || tree.entry(path) !== undefined),
    stat: later((path) => statOf(look(path), path)),
    lstat: later((path) => statOf(tree.find(path, false).entry, path)),
    mkdir: later((path, options) => {
      tree.makeDirectory(path, { parents: options?.recursive === true });
    }),
    readdir: later((path) => tree.names(path)),
    readdirWithFileTypes: later((path) =>
      tree.names(path).map((name) => {
        const { isFile, isDirectory, isSymbolicLink } = statOf(
          tree.entry(joinPath(path, name), false),
          path,
        );
        return { name, isFile, isDirectory, isSymbolicLink };
      }),
    ),
    rm: later((path, options) => {
      tree.remove(path, options);
    }),
    cp: later((from, to, options) => {
      tree.copy(from, to, options);
    }),
    mv: later((from, to) => {
      tree.move(from, to);
    }),
    resolvePath: (base, path) => normalizePath(path, base),
    getAllPaths: () => tree.paths(),
    chmod: later((path, mode) => {
      tree.setMode(path, mode);
    }),
    symlink: later((target, path) => {
      tree.link(target, path);
    }),
    // Hard links are copies here: nothing that a build does depends on two names for one file.
    link: later((existing, path) => {
      if (tree.entry(path, false) !== undefined) throw new FileError('EEXIST', 'link', path);
      tree.copy(existing, path);
    }),
    readlink: later((path) => {
      const entry = tree.entry(path, false);
      if (entry?.kind !== 'symlink') throw new FileError('EINVAL', 'readlink', path);
      return entry.target;
    }),
    realpath: later((path) => {
      const found = tree.find(path);
      if (found.entry === undefined) throw new FileError('ENOENT', 'realpath', path);
      return found.path;
    }),
    // `touch` would bring the host's clock; entries carry the system's.
    utimes: later((path) => {
      tree.setTime(path, tree.now);
    }),
  };
}

/**
 * What `ls` prints for a time depends on how long ago it is by the host's clock. Seen from far enough away it does
 * not: files keep their order in time, but show dates of a distant year.
 */
const fileTimeShiftMs = Date.UTC(2026, 0, 1) - Date.UTC(2000, 0, 1);

/** Turns a synchronous operation into the asynchronous one of the interpreter's interface. */
const later =
  <A extends unknown[], R>(operation: (...args: A) => R) =>
  (...args: A): Promise<R> => {
    try {
      return Promise.resolve(operation(...args));
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
  };

const encodingOf = (options: Encoding | { encoding?: string | null }): string =>
  (typeof options === 'string' ? options : options?.encoding) ?? 'utf8';

const singleByte = new Set(['binary', 'latin1', 'ascii']);

const bytesOf = (content: Content, encoding: string): Uint8Array =>
  typeof content === 'string'
    ? Buffer.from(content, singleByte.has(encoding) ? 'latin1' : 'utf8')
    : content;

const textOf = (bytes: Uint8Array, encoding: string): string =>
  Buffer.from(bytes).toString(singleByte.has(encoding) ? 'latin1' : 'utf8');
