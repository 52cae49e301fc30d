import type { ExecResult } from 'just-bash';
import type { ScriptRun } from '../script-run.ts';
import { disableUnit, enableUnit, maskUnit, unmaskUnit } from '../unit-enablement.ts';
import type { StartOutcome } from '../unit-manager.ts';
import { enablement, loadUnit, settingOf, unitFile, unitName, unitNames } from '../unit-files.ts';
import type { CommandTable } from './command.ts';
import { fail, ok, parseArguments } from './command.ts';
import type { Asked } from './systemctl-queries.ts';
import {
  activeState,
  cat,
  isEnabled,
  listUnitFiles,
  listUnits,
  show,
  states,
  status,
} from './systemctl-queries.ts';
import { ownMember } from '../../wire/own-member.ts';

type Verb = (asked: Asked) => ExecResult | Promise<ExecResult>;

/** Source: systemctl(1) of systemd 252, the version of Amazon Linux 2023. */
export const systemctlCommands = (run: ScriptRun): CommandTable => ({
  systemctl: async (args) => {
    const { options, operands } = parseArguments(args, [
      '-t',
      '-p',
      '-n',
      '-o',
      '-H',
      '-M',
      '-s',
      '-P',
      '-S',
    ]);
    const [verb = 'list-units', ...names] = operands;
    const does = ownMember(verbs, verb);
    if (does === undefined) return fail(1, `Unknown command verb ${verb}.\n`);
    if (needUnits.has(verb) && names.length === 0) return fail(1, 'Too few arguments.\n');
    const units = verb === 'set-default' ? names : names.flatMap((name) => matching(run, name));
    const result = await does({ run, units, options });
    const quiet = options.has('-q') || options.has('--quiet');
    return quiet ? { ...result, stdout: '', stderr: quietError(verb, result.stderr) } : result;
  },
  service: async ([name = '', verb = 'status']) => {
    const does = ownMember(verbs, verb);
    if (does === undefined)
      return fail(2, `The service command supports only basic LSB actions.\n`);
    const result = await does({ run, units: [unitName(name)], options: new Map() });
    return {
      ...result,
      stderr: `Redirecting to /bin/systemctl ${verb} ${unitName(name)}\n${result.stderr}`,
    };
  },
});

/** `--quiet` hides what queries and links print, not why a job failed. */
const quietError = (verb: string, stderr: string): string =>
  /^is-|able$|mask/.test(verb) && !stderr.startsWith('Failed') ? '' : stderr;

function matching(run: ScriptRun, name: string): string[] {
  if (!/[*?[]/.test(name)) return [unitName(name.slice(name.lastIndexOf('/') + 1))];
  const pattern = name
    .replaceAll(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return unitNames(run.system.tree).filter((unit) => new RegExp(`^${pattern}$`).test(unit));
}

async function each(
  units: readonly string[],
  act: (unit: string) => ExecResult | Promise<ExecResult>,
): Promise<ExecResult> {
  const total = { stdout: '', stderr: '', exitCode: 0 };
  for (const unit of units) {
    const result = await act(unit);
    total.stdout += result.stdout;
    total.stderr += result.stderr;
    if (result.exitCode !== 0) total.exitCode = result.exitCode;
  }
  return total;
}

const isNow = ({ options }: Asked): boolean => options.has('--now');

const verbs: Readonly<Record<string, Verb>> = {
  enable: (asked) => enable(asked),
  reenable: (asked) => enable(asked),
  preset: (asked) => each(asked.units, (unit) => existing(asked.run, unit, 'preset') ?? ok()),
  disable: (asked) =>
    each(asked.units, (unit) => {
      const missing = existing(asked.run, unit, 'disable');
      if (missing !== undefined) return missing;
      const removed = disableUnit(asked.run.system.tree, unit);
      if (isNow(asked)) asked.run.manager.stop(unit);
      return ok('', removed);
    }),
  mask: (asked) =>
    each(asked.units, (unit) => {
      const made = maskUnit(asked.run.system.tree, unit);
      if (made.failed) return fail(1, made.text);
      if (isNow(asked)) asked.run.manager.stop(unit);
      return ok('', made.text);
    }),
  unmask: (asked) => each(asked.units, (unit) => ok('', unmaskUnit(asked.run.system.tree, unit))),
  start: (asked) => each(asked.units, (unit) => start(asked, unit)),
  stop: (asked) =>
    each(asked.units, (unit) => {
      if (
        enablement(asked.run.system.tree, unit) === 'not-found' &&
        !asked.run.manager.isActive(unit)
      )
        return fail(5, `Failed to stop ${unit}: Unit ${unit} not loaded.\n`);
      asked.run.manager.stop(unit);
      return ok();
    }),
  restart: (asked) => each(asked.units, (unit) => restart(asked, unit)),
  'try-restart': (asked) =>
    each(asked.units, (unit) => (asked.run.manager.isActive(unit) ? restart(asked, unit) : ok())),
  reload: (asked) => each(asked.units, (unit) => reload(asked, unit)),
  'reload-or-restart': (asked) => each(asked.units, (unit) => restart(asked, unit)),
  'try-reload-or-restart': (asked) =>
    each(asked.units, (unit) => (asked.run.manager.isActive(unit) ? restart(asked, unit) : ok())),
  kill: () => ok(),
  'daemon-reload': () => ok(),
  'daemon-reexec': () => ok(),
  'reset-failed': ({ run }) => {
    for (const [unit, state] of run.system.active)
      if (state === 'failed') run.system.active.set(unit, 'inactive');
    return ok();
  },
  'is-active': ({ run, units }) => states(units, (unit) => activeState(run, unit), ['active'], 3),
  'is-failed': ({ run, units }) => states(units, (unit) => activeState(run, unit), ['failed'], 1),
  'is-enabled': ({ run, units }) => isEnabled(run, units),
  'is-system-running': ({ run }) =>
    [...run.system.active.values()].includes('failed')
      ? fail(1, '', 'degraded\n')
      : ok('running\n'),
  'list-unit-files': (asked) => listUnitFiles(asked),
  'list-units': (asked) => listUnits(asked),
  status: ({ run, units }) => each(units, (unit) => status(run, unit)),
  show: ({ run, units, options }) => each(units, (unit) => ok(show(run, unit, options))),
  cat: ({ run, units }) => each(units, (unit) => cat(run, unit)),
  edit: ({ units }) => fail(1, `Cannot edit ${units[0] ?? 'units'} if not on a tty.\n`),
  'get-default': () => ok('multi-user.target\n'),
  'set-default': () => ok(),
  isolate: () => ok(),
};

const needUnits = new Set(
  Object.keys(verbs).filter((verb) =>
    /^(enable|disable|mask|unmask|start|stop|restart|reload|is-active|is-enabled|is-failed|cat|edit|preset)$/.test(
      verb,
    ),
  ),
);

function existing(run: ScriptRun, unit: string, verb: string): ExecResult | undefined {
  if (unitFile(run.system.tree, unit) !== undefined) return undefined;
  return fail(1, `Failed to ${verb} unit: Unit file ${unit} does not exist.\n`);
}

function enable(asked: Asked): Promise<ExecResult> {
  return each(asked.units, async (unit) => {
    const { tree } = asked.run.system;
    const missing = existing(asked.run, unit, 'enable');
    if (missing !== undefined) return missing;
    if (enablement(tree, unit) === 'masked')
      return fail(
        1,
        `Failed to enable unit: Unit file ${unitFile(tree, unit) ?? unit} is masked.\n`,
      );
    const links = enableUnit(tree, unit);
    const started = isNow(asked) ? await start(asked, unit) : ok();
    return { ...started, stderr: links + started.stderr };
  });
}

async function start(asked: Asked, unit: string): Promise<ExecResult> {
  const { run, options } = asked;
  if (options.has('--no-block')) return startResult(run, unit, await run.manager.queue(unit));
  return startResult(run, unit, await run.manager.start(unit));
}

function startResult(run: ScriptRun, unit: string, outcome: StartOutcome): ExecResult {
  switch (outcome.kind) {
    case 'started':
      return ok();
    case 'not-found':
      return fail(5, `Failed to start ${unit}: Unit ${unit} not found.\n`);
    case 'masked':
      return fail(1, `Failed to start ${unit}: Unit ${outcome.unit} is masked.\n`);
    case 'dependency':
      return fail(1, `A dependency job for ${unit} failed. See 'journalctl -xe' for details.\n`);
    case 'failed':
      return fail(
        1,
        `Job for ${unit} failed because the control process exited with error code.\nSee "systemctl status ${unit}" and "journalctl -xeu ${unit}" for details.\n`,
      );
    case 'stuck':
      run.hang();
      return fail(1);
  }
}

async function restart(asked: Asked, unit: string): Promise<ExecResult> {
  const { run } = asked;
  if (enablement(run.system.tree, unit) === 'masked')
    return fail(1, `Failed to restart ${unit}: Unit ${unit} is masked.\n`);
  const cameUp = [...run.system.active]
    .filter(([, state]) => state === 'active')
    .map(([name]) => name);
  run.manager.stop(unit);
  const result = startResult(run, unit, await run.manager.start(unit));
  // What was stopped because it needs this unit is started again with it.
  if (result.exitCode === 0)
    for (const other of cameUp) if (!run.manager.isActive(other)) await run.manager.start(other);
  return { ...result, stderr: result.stderr.replace('Failed to start', 'Failed to restart') };
}

async function reload(asked: Asked, unit: string): Promise<ExecResult> {
  const { run } = asked;
  const { tree } = run.system;
  if (enablement(tree, unit) === 'not-found')
    return fail(5, `Failed to reload ${unit}: Unit ${unit} not found.\n`);
  if (!run.manager.isActive(unit)) return fail(1, `${unit} is not active, cannot reload.\n`);
  if (settingOf(loadUnit(tree, unit), 'Service', 'ExecReload') === undefined)
    return fail(
      1,
      `Failed to reload ${unit}: Job type reload is not applicable for unit ${unit}.\n`,
    );
  return Promise.resolve(ok());
}
