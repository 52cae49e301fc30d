import type { ExecResult } from 'just-bash';
import type { ScriptRun } from '../script-run.ts';
import {
  dropInFiles,
  enablement,
  loadUnit,
  settingOf,
  unitFile,
  unitNames,
} from '../unit-files.ts';
import { fail, ok } from './command.ts';

/** What a call of systemctl asks for. */
export interface Asked {
  readonly run: ScriptRun;
  readonly units: readonly string[];
  readonly options: ReadonlyMap<string, string>;
}

export const activeState = (run: ScriptRun, unit: string): string =>
  run.system.active.get(unit) ?? 'inactive';

/** Ends with 0 if at least one unit is in one of the states. */
export function states(
  units: readonly string[],
  stateOf: (unit: string) => string,
  good: readonly string[],
  otherwise: number,
): ExecResult {
  const found = units.map(stateOf);
  const text = found.map((state) => `${state}\n`).join('');
  return found.some((state) => good.includes(state)) ? ok(text) : fail(otherwise, '', text);
}

export function isEnabled(run: ScriptRun, units: readonly string[]): ExecResult {
  const { tree } = run.system;
  const found = units.map((unit) => enablement(tree, unit));
  const stderr = units
    .filter((unit) => enablement(tree, unit) === 'not-found')
    .map((unit) => `Failed to get unit file state for ${unit}: No such file or directory\n`)
    .join('');
  const stdout = found
    .filter((state) => state !== 'not-found')
    .map((state) => `${state}\n`)
    .join('');
  const good = found.some((state) => state === 'enabled' || state === 'static');
  return good ? ok(stdout, stderr) : fail(1, stderr, stdout);
}

function typesAsked(options: ReadonlyMap<string, string>): readonly string[] {
  const types = options.get('--type') ?? options.get('-t');
  return types === undefined ? [] : types.split(',');
}

function selected({ run, units, options }: Asked): readonly string[] {
  const types = typesAsked(options);
  const all = unitNames(run.system.tree);
  return (units.length === 0 ? all : all.filter((unit) => units.includes(unit))).filter(
    (unit) => types.length === 0 || types.some((type) => unit.endsWith(`.${type}`)),
  );
}

export function listUnitFiles(asked: Asked): ExecResult {
  const { tree } = asked.run.system;
  const wanted = asked.options.get('--state')?.split(',');
  const rows = selected(asked)
    .map((unit) => ({ unit, state: enablement(tree, unit) }))
    .filter(({ state }) => wanted?.includes(state) ?? true);
  const lines = rows.map(({ unit, state }) => `${unit.padEnd(32)} ${state.padEnd(8)} -`);
  if (!hasLegend(asked)) return ok(lines.map((line) => `${line}\n`).join(''));
  const legend = [
    `${'UNIT FILE'.padEnd(32)} STATE    PRESET`,
    ...lines,
    '',
    `${rows.length} unit files listed.`,
  ];
  return ok(`${legend.join('\n')}\n`);
}

const hasLegend = ({ options }: Asked): boolean =>
  !options.has('--no-legend') && options.get('--legend') !== 'false';

export function listUnits(asked: Asked): ExecResult {
  const { run } = asked;
  const wanted =
    asked.options.get('--state')?.split(',') ??
    (asked.options.has('--failed') ? ['failed'] : undefined);
  const rows = selected(asked).filter((unit) => {
    const state = activeState(run, unit);
    return (
      wanted?.includes(state) ??
      (asked.options.has('--all') || asked.options.has('-a') || state !== 'inactive')
    );
  });
  const lines = rows.map((unit) => `${unit.padEnd(32)} loaded ${activeState(run, unit)}\n`);
  return ok(lines.join('') + (hasLegend(asked) ? `\n${rows.length} loaded units listed.\n` : ''));
}

export function status(run: ScriptRun, unit: string): ExecResult {
  const { tree } = run.system;
  const file = unitFile(tree, unit);
  if (file === undefined) return fail(4, `Unit ${unit} could not be found.\n`);
  const state = activeState(run, unit);
  const description = settingOf(loadUnit(tree, unit), 'Unit', 'Description') ?? unit;
  const masked = enablement(tree, unit) === 'masked';
  const loaded = masked
    ? `masked (Reason: Unit ${unit} is masked.)`
    : `loaded (${file}; ${enablement(tree, unit)})`;
  const shown =
    state === 'active' ? 'active (running)' : state === 'inactive' ? 'inactive (dead)' : state;
  const text = `${state === 'active' ? '●' : '○'} ${unit} - ${description}\n     Loaded: ${loaded}\n     Active: ${shown}\n`;
  return state === 'active' ? ok(text) : fail(3, '', text);
}

export function show(run: ScriptRun, unit: string, options: ReadonlyMap<string, string>): string {
  const { tree } = run.system;
  const state = enablement(tree, unit);
  const active = activeState(run, unit);
  const loaded = loadUnit(tree, unit);
  const properties: Record<string, string> = {
    Id: unit,
    Description: settingOf(loaded, 'Unit', 'Description') ?? unit,
    LoadState: state === 'masked' || state === 'not-found' ? state : 'loaded',
    ActiveState: active,
    SubState: active === 'active' ? 'running' : active === 'inactive' ? 'dead' : active,
    FragmentPath: unitFile(tree, unit) ?? '',
    DropInPaths: dropInFiles(tree, unit)
      .map(({ path }) => path)
      .join(' '),
    UnitFileState: state === 'not-found' ? '' : state,
    Result: active === 'failed' ? 'exit-code' : 'success',
    MainPID: active === 'active' ? '1000' : '0',
  };
  const value = options.get('-P');
  const names = (
    value ??
    options.get('-p') ??
    options.get('--property') ??
    Object.keys(properties).join(',')
  ).split(',');
  const bare = value !== undefined || options.has('--value');
  return names
    .filter((name) => properties[name] !== undefined)
    .map((name) => `${bare ? '' : `${name}=`}${properties[name] ?? ''}\n`)
    .join('');
}

export function cat(run: ScriptRun, unit: string): ExecResult {
  const { tree } = run.system;
  const file = unitFile(tree, unit);
  if (file === undefined) return fail(1, `No files found for ${unit}.\n`);
  const parts = [{ path: file, text: tree.text(file) ?? '' }, ...dropInFiles(tree, unit)];
  return ok(parts.map(({ path, text }) => `# ${path}\n${text}`).join('\n'));
}
