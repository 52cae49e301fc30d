import type { ExecResult, ResolvedCommandContext } from 'just-bash';
import type { ScriptRun } from '../script-run.ts';
import { commandsWithoutEffect } from '../command-names.ts';
import type { CommandTable } from './command.ts';
import { fail, now, ok, parseArguments } from './command.ts';

/** Commands about the machine itself: its names, clock and network; and those without effect. */
export const machineCommands = (run: ScriptRun): CommandTable => ({
  ...withoutEffect(run),
  date: (args, context) => date(run, args, context),
  hostname: now((args) => hostname(run, args)),
  hostnamectl: now((args) =>
    args[0] === 'set-hostname' || args[0] === 'hostname'
      ? hostname(run, args.slice(1))
      : hostname(run, []),
  ),
  whoami: now(() => ok('root\n')),
  uname: now((args) => uname(run, args)),
  arch: now(() => ok(`${machine(run)}\n`)),
  nproc: now(() => ok('2\n')),
  sysctl: now((args) => sysctl(run, args)),
  curl: now((args) => noNetwork(run, 'curl', args)),
  wget: now((args) => noNetwork(run, 'wget', args)),
  docker: now((args) => docker(run, args)),
  logger: now(() => ok()),
  'cloud-init': now((args) => cloudInit(run, args)),
  'update-alternatives': now(() => withoutEffectNoted(run, 'update-alternatives')),
  // The caller sees exit code 194 or nothing: a machine that goes down takes the script with it.
  ...Object.fromEntries(
    ['reboot', 'shutdown', 'poweroff', 'halt'].map((name) => [
      name,
      now(() => withoutEffectNoted(run, name)),
    ]),
  ),
});

function withoutEffectNoted(run: ScriptRun, name: string): ExecResult {
  run.unmodelled.add(name);
  return ok();
}

const withoutEffect = (run: ScriptRun): CommandTable =>
  Object.fromEntries(
    commandsWithoutEffect.map((name) => [name, now(() => withoutEffectNoted(run, name))]),
  );

/** The interpreter formats; the instant is the system's. */
function date(
  run: ScriptRun,
  args: readonly string[],
  context: ResolvedCommandContext,
): Promise<ExecResult> {
  const original = context.origCommand;
  if (original === undefined) return Promise.resolve(fail(127, 'date: not found\n'));
  if (args.some((each) => /^(-s|--set)/.test(each))) {
    run.unmodelled.add('date --set');
    return Promise.resolve(ok());
  }
  const shown = args.map((each) => isoFormats[each] ?? each);
  const at = shown.findIndex((each) => /^(-d|--date)/.test(each));
  const asked =
    at < 0 ? 'now' : (/^(?:--date=|-d)(.+)$/s.exec(shown[at] ?? '')?.[1] ?? shown[at + 1] ?? 'now');
  const instant = instantOf(asked, run.system.now);
  if (instant === undefined) return original([...shown]);
  const separate = at >= 0 && /^(-d|--date)$/.test(shown[at] ?? '');
  const others = shown.filter(
    (_, index) => at < 0 || (index !== at && !(separate && index === at + 1)),
  );
  return original(['-d', `@${Math.floor(instant / 1000)}`, ...others]);
}

const isoFormats: Readonly<Record<string, string>> = {
  '-I': '+%F',
  '--iso-8601': '+%F',
  '-Idate': '+%F',
  '-Iseconds': '+%FT%T+00:00',
  '--iso-8601=seconds': '+%FT%T+00:00',
};

const unitMs: Readonly<Record<string, number>> = {
  sec: 1000, second: 1000, min: 60_000, minute: 60_000, hour: 3_600_000, day: 86_400_000, week: 604_800_000,
}; // prettier-ignore

/** `now`, `yesterday`, `2 days ago`, `+1 hour`; nothing for dates that do not depend on the present. */
function instantOf(text: string, present: number): number | undefined {
  const asked = text.trim().toLowerCase();
  if (asked === 'now' || asked === 'today' || asked === '') return present;
  if (asked === 'yesterday') return present - 86_400_000;
  if (asked === 'tomorrow') return present + 86_400_000;
  const [, sign, count, unit = '', ago] =
    /^([+-]?)\s*(\d+)\s*(sec|second|min|minute|hour|day|week)s?(\s+ago)?$/.exec(asked) ?? [];
  if (count === undefined) return undefined;
  const offset = Number(count) * (unitMs[unit] ?? 0);
  return (sign === '-') !== (ago !== undefined) ? present - offset : present + offset;
}

function hostname(run: ScriptRun, args: readonly string[]): ExecResult {
  const { operands } = parseArguments(args);
  const [name] = operands;
  if (name === undefined) return ok(run.system.tree.text('/etc/hostname') ?? 'localhost\n');
  run.system.tree.write('/etc/hostname', `${name}\n`);
  return ok();
}

const machine = (run: ScriptRun): string =>
  run.system.architecture === 'arm64' ? 'aarch64' : 'x86_64';

function uname(run: ScriptRun, args: readonly string[]): ExecResult {
  const kernel = `6.1.141-155.222.amzn2023.${machine(run)}`;
  const host = (run.system.tree.text('/etc/hostname') ?? '').trim();
  const values: Readonly<Record<string, string>> = {
    s: 'Linux',
    n: host,
    r: kernel,
    v: '#1 SMP',
    m: machine(run),
    p: machine(run),
    i: machine(run),
    o: 'GNU/Linux',
  };
  const flags = args.join('').replaceAll('-', '');
  const wanted = flags.includes('a') ? 'snrvmo' : flags === '' ? 's' : flags;
  return ok(
    `${wanted
      .split('')
      .map((flag) => values[flag] ?? '')
      .join(' ')}\n`,
  );
}

/** Values that are set now are gone at the next boot; files under /etc/sysctl.d are what the image keeps. */
function sysctl(run: ScriptRun, args: readonly string[]): ExecResult {
  const { options, operands } = parseArguments(args, ['-p']);
  run.unmodelled.add('sysctl');
  if (options.has('-p') || options.has('--system') || options.has('-a')) return ok();
  const set = operands.filter((each) => each.includes('='));
  return ok(set.map((each) => `${each.replace(/\s*=\s*/, ' = ')}\n`).join(''));
}

/** There is no network: what a script would download is not there either, and the failure is loud. */
function noNetwork(run: ScriptRun, command: 'curl' | 'wget', args: readonly string[]): ExecResult {
  const address = args.find(
    (each) => /^(https?|ftp|file):\/\//.test(each) || /^169\.254\./.test(each),
  );
  if (address === undefined && args.some((each) => /^(-V|--version)$/.test(each)))
    return ok(`${command} 8.11.1\n`);
  run.unmodelled.add(`${command} ${address ?? ''}`.trim());
  const host = /^(?:\w+:\/\/)?([^/:]+)/.exec(address ?? '')?.[1] ?? '';
  if (command === 'wget') return fail(4, `wget: unable to resolve host address ‘${host}’\n`);
  if (address === undefined) return fail(2, 'curl: no URL specified\n');
  return /^[\d.]+$/.test(host)
    ? fail(7, `curl: (7) Failed to connect to ${host} port 80: Couldn't connect to server\n`)
    : fail(6, `curl: (6) Could not resolve host: ${host}\n`);
}

function docker(run: ScriptRun, args: readonly string[]): ExecResult {
  if (/^(-v|--version)$/.test(args[0] ?? '')) return ok('Docker version 25.0.8, build 0bab007\n');
  if (!run.manager.isActive('docker.service'))
    return fail(
      1,
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n',
    );
  return withoutEffectNoted(run, `docker ${args[0] ?? ''}`.trim());
}

/** Waiting for cloud-init inside user data would wait for itself. */
function cloudInit(run: ScriptRun, args: readonly string[]): ExecResult {
  if (args[0] !== 'status') return withoutEffectNoted(run, `cloud-init ${args[0] ?? ''}`.trim());
  if (run.system.runsUserData && args.includes('--wait')) run.hang();
  return ok(`status: ${run.system.runsUserData ? 'running' : 'done'}\n`);
}
