import type { ExecResult, ResolvedCommandContext } from 'just-bash';
import { normalizePath } from '../contents.ts';
import type { FileTree } from '../file-tree.ts';
import type { ScriptRun } from '../script-run.ts';
import type { CommandTable } from './command.ts';
import { fail, now, ok, parseArguments, stdinOf } from './command.ts';

/** Commands about files that the interpreter lacks. */
export const fileCommands = (run: ScriptRun): CommandTable => ({
  install: now((args, context) => install(run.system.tree, args, context)),
  mktemp: now((args, context) => makeTemporary(run.system.tree, args, context)),
  realpath: now((args, context) => realPath(run.system.tree, args, context)),
  truncate: now((args, context) => truncate(run.system.tree, args, context)),
});

/** `install [-d] [-D] [-m MODE] SOURCE... TARGET`; owners are not modelled. */
function install(
  tree: FileTree,
  args: readonly string[],
  context: ResolvedCommandContext,
): ExecResult {
  const { options, operands } = parseArguments(args, [
    '-m',
    '--mode',
    '-o',
    '-g',
    '-t',
    '--owner',
    '--group',
    '--target-directory',
    '-S',
  ]);
  const paths = operands.map((path) => normalizePath(path, context.cwd));
  const mode = Number.parseInt(options.get('-m') ?? options.get('--mode') ?? '755', 8);
  if (options.has('-d') || options.has('--directory')) {
    for (const path of paths) {
      tree.makeDirectory(path, { parents: true });
      tree.setMode(path, mode);
    }
    return ok();
  }
  const into = options.get('-t') ?? options.get('--target-directory');
  const target = into === undefined ? paths.at(-1) : normalizePath(into, context.cwd);
  const sources = into === undefined ? paths.slice(0, -1) : paths;
  if (target === undefined || sources.length === 0)
    return fail(1, 'install: missing destination file operand\n');
  for (const source of sources) {
    const text = source === '/dev/stdin' ? Buffer.from(stdinOf(context), 'latin1') : undefined;
    if (text === undefined && tree.entry(source) === undefined)
      return fail(1, `install: cannot stat '${source}': No such file or directory\n`);
    const to = tree.isDirectory(target)
      ? `${target}/${source.slice(source.lastIndexOf('/') + 1)}`
      : target;
    if (options.has('-D'))
      tree.makeDirectory(to.slice(0, to.lastIndexOf('/')) || '/', { parents: true });
    if (!tree.isDirectory(to.slice(0, to.lastIndexOf('/')) || '/'))
      return fail(1, `install: cannot create regular file '${to}': No such file or directory\n`);
    tree.write(to, text ?? tree.read(source), mode);
  }
  return ok();
}

/** Names are counted, not drawn. */
function makeTemporary(
  tree: FileTree,
  args: readonly string[],
  context: ResolvedCommandContext,
): ExecResult {
  const { options, operands } = parseArguments(args, ['-p', '--suffix']);
  const template = operands[0] ?? 'tmp.XXXXXXXXXX';
  const inTmp =
    operands.length === 0 || options.has('-t') || options.has('-p') || options.has('--tmpdir');
  const folder = (options.get('-p') ?? options.get('--tmpdir') ?? '') || '/tmp';
  const place = /X{3,}/.exec(template);
  if (place === null) return fail(1, `mktemp: too few X's in template '${template}'\n`);
  for (let count = 1; ; count += 1) {
    const name = template.replace(/X{3,}/, String(count).padStart(place[0].length, '0'));
    const path = normalizePath(
      inTmp && !name.startsWith('/') ? `${folder}/${name}` : name,
      context.cwd,
    );
    if (tree.entry(path, false) !== undefined) continue;
    if (options.has('-d')) tree.makeDirectory(path, { mode: 0o700 });
    else if (!options.has('-u')) tree.write(path, '', 0o600);
    return ok(`${path}\n`);
  }
}

function realPath(
  tree: FileTree,
  args: readonly string[],
  context: ResolvedCommandContext,
): ExecResult {
  const [path = ''] = parseArguments(args).operands;
  const found = tree.find(normalizePath(path, context.cwd));
  if (!tree.isDirectory(found.path.slice(0, found.path.lastIndexOf('/')) || '/'))
    return fail(1, `realpath: ${path}: No such file or directory\n`);
  return ok(`${found.path}\n`);
}

function truncate(
  tree: FileTree,
  args: readonly string[],
  context: ResolvedCommandContext,
): ExecResult {
  const { options, operands } = parseArguments(args, ['-s', '--size', '-r']);
  const size = Number.parseInt(options.get('-s') ?? options.get('--size') ?? '', 10);
  if (Number.isNaN(size))
    return fail(1, 'truncate: you must specify either ‘--size’ or ‘--reference’\n');
  for (const each of operands) {
    const path = normalizePath(each, context.cwd);
    const bytes = new Uint8Array(Math.min(size, sizeMax));
    if (tree.entry(path)?.kind === 'file') bytes.set(tree.read(path).subarray(0, bytes.length));
    tree.write(path, bytes);
  }
  return ok();
}

/** Files of nothing are kept no larger than this. */
const sizeMax = 1_048_576;
