/*
 * What a script's text does to a machine image: the agreed face of the image model.
 * Everything is asynchronous because the interpreter is.
 */
import { bootSystem as boot, newRun } from './boot.ts';
import type { BootOptions } from './boot.ts';
import { normalizePath } from './contents.ts';
import type { ImageContents } from './contents.ts';
import { FileTree } from './file-tree.ts';
import type { BootReport, System } from './system.ts';
import { running } from './system.ts';
import type { DropIn } from './unit-files.ts';
import { dropInFiles, enablement, unitName } from './unit-files.ts';

export { ecsAgentCapabilities, ecsAgentConfiguration } from './agent-configuration.ts';
export type { EcsAgentConfiguration } from './agent-configuration.ts';
export { amazonLinuxContents } from './base-image.ts';
export type { BootOptions } from './boot.ts';
export type { ImageContents } from './contents.ts';
export { dockerConfiguration } from './docker-configuration.ts';
export type { DockerConfiguration } from './docker-configuration.ts';
export type { BootReport, System, UserDataReport } from './system.ts';
export type { DropIn } from './unit-files.ts';

export interface ScriptResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Virtual seconds that the script took: its sleeps and package installations. */
  readonly seconds: number;
  /** Commands that the model does not know; they had no effect. */
  readonly unmodelled: readonly string[];
  /** It was ended because its time was over, or because it would never have ended; the exit code is 124 then. */
  readonly timedOut: boolean;
}

export interface UnitState {
  readonly active: boolean;
  readonly enabled: 'enabled' | 'disabled' | 'masked' | 'static' | 'not-found';
}

/** Boots an image. User data runs at this boot, as on an instance's first. */
export const bootSystem = (contents: ImageContents, options?: BootOptions): Promise<System> =>
  boot(contents, options);

/** Runs a bash script as root; exit code 194 asks for a reboot. */
export async function runScript(
  system: System,
  script: string,
  options: { secondsMax?: number } = {},
): Promise<ScriptResult> {
  const machine = running(system);
  const run = newRun(machine);
  const before = machine.seconds;
  machine.tree.umask = defaultUmask;
  const { value, timedOut } = await run.within(options.secondsMax ?? Infinity, () =>
    run.bash({ name: 'bash', script }),
  );
  return {
    exitCode: timedOut ? 124 : value.exitCode,
    stdout: asText(value),
    stderr: run.endless ? `${value.stderr}the script does not come to an end\n` : value.stderr,
    seconds: machine.seconds - before,
    unmodelled: [...run.unmodelled].sort(),
    timedOut,
  };
}

const defaultUmask = 0o022;

const asText = (output: { stdout: string; stdoutKind?: 'text' | 'bytes' }): string =>
  output.stdoutKind === 'bytes'
    ? Buffer.from(output.stdout, 'latin1').toString('utf8')
    : output.stdout;

/** Writes a file as a service would, with the folders above it. */
export function writeFile(
  system: System,
  path: string,
  content: Uint8Array,
  mode = 0o644,
): Promise<void> {
  const { tree } = running(system);
  const file = normalizePath(path);
  tree.makeDirectory(file.slice(0, file.lastIndexOf('/')) || '/', { parents: true });
  tree.write(file, Uint8Array.from(content), mode);
  return Promise.resolve();
}

export function unitState(system: System, unit: string): UnitState {
  const machine = running(system);
  const name = unitName(unit);
  return { active: machine.active.get(name) === 'active', enabled: enablement(machine.tree, name) };
}

/** What went wrong while a system booted, and what became of its user data. */
export const bootReport = (system: System): BootReport => running(system).report;

/** Lets virtual time pass on a system between scripts. */
export const passTime = (system: System, seconds: number): void => {
  running(system).pass(seconds);
};

/** A text file of an image, or nothing if there is none. */
export const readTextFile = (contents: ImageContents, path: string): string | undefined =>
  new FileTree(contents, 0).text(path);

/** The drop-ins of a unit in an image, in the order in which they count. */
export const dropIns = (contents: ImageContents, unit: string): readonly DropIn[] =>
  dropInFiles(new FileTree(contents, 0), unitName(unit));

/** How an image's files set a unit, before anything has booted. */
export const unitEnablement = (contents: ImageContents, unit: string): UnitState['enabled'] =>
  enablement(new FileTree(contents, 0), unitName(unit));
