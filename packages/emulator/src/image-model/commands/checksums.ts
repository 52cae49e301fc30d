import { createHash } from 'node:crypto';
import type { ExecResult, ResolvedCommandContext } from 'just-bash';
import { normalizePath } from '../contents.ts';
import type { ScriptRun } from '../script-run.ts';
import type { CommandTable } from './command.ts';
import { fail, now, ok, parseArguments, stdinOf } from './command.ts';

/** `sha256sum` and its relatives. Source: coreutils 8.32. */
export const checksumCommands = (run: ScriptRun): CommandTable =>
  Object.fromEntries(
    Object.entries({
      md5sum: 'md5',
      sha1sum: 'sha1',
      sha256sum: 'sha256',
      sha512sum: 'sha512',
    }).map(([name, algorithm]) => [
      name,
      now((args, context) => {
        const { options, operands } = parseArguments(args);
        const files = operands.length === 0 ? ['-'] : operands;
        const asked = { name, algorithm, run, context, options };
        return options.has('-c') || options.has('--check')
          ? check(asked, files)
          : print(asked, files);
      }),
    ]),
  );

interface Asked {
  readonly name: string;
  readonly algorithm: string;
  readonly run: ScriptRun;
  readonly context: ResolvedCommandContext;
  readonly options: ReadonlyMap<string, string>;
}

/** The bytes of a file or of the standard input; nothing if they cannot be read. */
function bytesOf({ run, context }: Asked, file: string): Uint8Array | undefined {
  if (file === '-') return Buffer.from(stdinOf(context), 'latin1');
  const path = normalizePath(file, context.cwd);
  const entry = run.system.tree.entry(path);
  return entry === undefined || entry.kind === 'directory' ? undefined : run.system.tree.read(path);
}

const digestOf = (algorithm: string, bytes: Uint8Array): string =>
  createHash(algorithm).update(bytes).digest('hex');

function print(asked: Asked, files: readonly string[]): ExecResult {
  const total = { stdout: '', stderr: '', exitCode: 0 };
  for (const file of files) {
    const bytes = bytesOf(asked, file);
    if (bytes === undefined) {
      total.stderr += `${asked.name}: ${file}: No such file or directory\n`;
      total.exitCode = 1;
    } else total.stdout += `${digestOf(asked.algorithm, bytes)}  ${file}\n`;
  }
  return total;
}

function check(asked: Asked, lists: readonly string[]): ExecResult {
  const { name, algorithm, options } = asked;
  const lines = lists
    .map((list) => bytesOf(asked, list))
    .flatMap((bytes) =>
      Buffer.from(bytes ?? [])
        .toString('utf8')
        .split('\n'),
    );
  const digits = digestOf(algorithm, new Uint8Array()).length;
  let stdout = '';
  let malformed = 0;
  let different = 0;
  let unread = 0;
  for (const line of lines.filter((each) => each !== '')) {
    const [, digest, file = ''] = /^([0-9a-fA-F]+) [ *](.+)$/.exec(line) ?? [];
    if (digest?.length !== digits) {
      malformed += 1;
      continue;
    }
    const bytes = bytesOf(asked, file);
    if (bytes === undefined && options.has('--ignore-missing')) continue;
    const good = bytes !== undefined && digestOf(algorithm, bytes) === digest.toLowerCase();
    if (bytes === undefined) unread += 1;
    else if (!good) different += 1;
    const shown = bytes === undefined ? 'FAILED open or read' : good ? 'OK' : 'FAILED';
    if (!(good && options.has('--quiet'))) stdout += `${file}: ${shown}\n`;
  }
  const warnings = [
    ...(malformed > 0
      ? [`WARNING: ${malformed} line${malformed === 1 ? ' is' : 's are'} improperly formatted`]
      : []),
    ...(unread > 0
      ? [`WARNING: ${unread} listed file${unread === 1 ? '' : 's'} could not be read`]
      : []),
    ...(different > 0
      ? [`WARNING: ${different} computed checksum${different === 1 ? '' : 's'} did NOT match`]
      : []),
  ].map((text) => `${name}: ${text}\n`);
  if (stdout === '' && malformed > 0)
    return fail(1, `${name}: 'standard input': no properly formatted checksum lines found\n`);
  const bad = different + unread > 0 || (malformed > 0 && options.has('--strict'));
  const silent = options.has('--status');
  const stderr = silent ? '' : warnings.join('');
  return bad ? fail(1, stderr, silent ? '' : stdout) : ok(silent ? '' : stdout, stderr);
}
