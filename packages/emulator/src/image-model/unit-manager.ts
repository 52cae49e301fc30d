import { readDockerConfiguration } from './docker-configuration.ts';
import type { RunningSystem } from './system.ts';
import { conditionsHold, environmentOf } from './unit-environment.ts';
import type { Unit } from './unit-files.ts';
import {
  bootTargets,
  enablement,
  linkedUnits,
  loadUnit,
  settingOf,
  settingsOf,
  unitFile,
  unitName,
  unitsIn,
} from './unit-files.ts';

/** Runs one command line of a unit; the model's shell is behind it. */
export type RunUnitCommand = (
  line: string,
  environment: Readonly<Record<string, string>>,
) => Promise<{ exitCode: number; stderr: string }>;

export type StartOutcome =
  | { readonly kind: 'started' }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'masked'; readonly unit: string }
  | { readonly kind: 'dependency'; readonly unit: string }
  | { readonly kind: 'failed'; readonly reason: string }
  /** Ordered after what is running now: it would wait for its own caller. */
  | { readonly kind: 'stuck' };

const started: StartOutcome = { kind: 'started' };

/** How deep requirements may nest; deeper is a loop. */
const depthMax = 32;

/** Targets and the like that systemd itself brings; they need no file here. */
const isAlwaysThere = (unit: string): boolean => /\.(target|slice|mount|device|swap)$/.test(unit);

/** Starts and stops the units of a running system. Source: systemd.unit(5), systemd.service(5). */
export class UnitManager {
  readonly #system: RunningSystem;
  readonly #run: RunUnitCommand;
  /** Called when boot reaches the unit that runs user data. It tells whether that comes to an end. */
  onUserData: (() => Promise<'ended' | 'stuck'>) | undefined;
  /** Start jobs that were asked for without waiting. */
  readonly #queued = new Set<string>();
  /** Units whose start job was cancelled by a stop before boot came to them. */
  readonly #cancelled = new Set<string>();
  #userDataStuck = false;

  constructor(system: RunningSystem, run: RunUnitCommand) {
    this.#system = system;
    this.#run = run;
  }

  /** Starts everything that the image's links pull in, in the order that the units ask for. */
  async boot(): Promise<{ unit: string; reason: string }[]> {
    const { tree } = this.#system;
    const wanted = bootTargets(tree).flatMap((target) => [
      ...linkedUnits(tree, target, 'wants'),
      ...linkedUnits(tree, target, 'requires'),
    ]);
    const failures: { unit: string; reason: string }[] = [];
    const startAll = async (units: readonly string[]): Promise<void> => {
      for (const unit of this.#inOrder(this.#withRequirements(units))) {
        if (this.isActive(unit) || this.#cancelled.has(unit)) continue;
        const reason = failureText(unit, await this.start(unit));
        if (reason !== undefined) failures.push({ unit, reason });
      }
    };
    await startAll(wanted);
    await startAll([...this.#queued]);
    this.#queued.clear();
    this.#cancelled.clear();
    return failures;
  }

  /** Asks for a start without waiting for it (`--no-block`). */
  async queue(unit: string): Promise<StartOutcome> {
    const state = enablement(this.#system.tree, unit);
    if (state === 'not-found') return { kind: 'not-found' };
    if (state === 'masked') return { kind: 'masked', unit };
    if (this.#system.runsUserData) {
      this.#cancelled.delete(unit);
      this.#queued.add(unit);
    } else await this.start(unit);
    return started;
  }

  isActive(unit: string): boolean {
    return this.#system.active.get(unit) === 'active';
  }

  async start(unit: string, depth = 0): Promise<StartOutcome> {
    const { tree, active } = this.#system;
    if (isAlwaysThere(unit) && unitFile(tree, unit) === undefined) return started;
    const state = enablement(tree, unit);
    if (state === 'not-found') return { kind: 'not-found' };
    if (state === 'masked') return { kind: 'masked', unit };
    if (this.isActive(unit)) return started;
    const loaded = loadUnit(tree, unit);
    const waitsForUserData = unitsIn(loaded, 'Unit', 'After').includes(userDataUnit);
    if (waitsForUserData && (this.#system.runsUserData || this.#userDataStuck))
      return { kind: 'stuck' };
    const missing = await this.#startRequirements(loaded, depth);
    if (missing !== undefined) return missing;
    if (!conditionsHold(tree, loaded)) return started;
    const reason = await this.#execute(loaded);
    if (reason === undefined) {
      active.set(unit, isFinished(loaded) ? 'inactive' : 'active');
      await this.#retryWaiting();
      return started;
    }
    active.set(unit, restarts(loaded) ? 'activating' : 'failed');
    return { kind: 'failed', reason };
  }

  stop(unit: string): void {
    const { tree, active } = this.#system;
    active.set(unit, 'inactive');
    if (this.#system.runsUserData) {
      this.#cancelled.add(unit);
      this.#queued.delete(unit);
    }
    for (const [other, state] of active) {
      if (state !== 'active') continue;
      const loaded = loadUnit(tree, other);
      if (requirementsOf(loaded).includes(unit)) this.stop(other);
      // The agent is a container: it goes when Docker goes, and its unit tries again.
      else if (other === agentUnit && unit === dockerUnit) active.set(other, 'activating');
    }
  }

  async #startRequirements(unit: Unit, depth: number): Promise<StartOutcome | undefined> {
    if (depth >= depthMax) return undefined;
    const { tree } = this.#system;
    const required = [...requirementsOf(unit), ...linkedUnits(tree, unit.name, 'requires')];
    for (const name of this.#inOrder(required)) {
      const outcome = await this.start(name, depth + 1);
      if (outcome.kind === 'stuck') return outcome;
      if (outcome.kind === 'masked' || outcome.kind === 'not-found')
        return outcome.kind === 'masked' ? outcome : { kind: 'dependency', unit: name };
      if (outcome.kind !== 'started') return { kind: 'dependency', unit: name };
    }
    const wanted = [...unitsIn(unit, 'Unit', 'Wants'), ...linkedUnits(tree, unit.name, 'wants')];
    for (const name of this.#inOrder(wanted)) await this.start(name, depth + 1);
    return undefined;
  }

  /** Units whose `Restart=` keeps them trying come up as soon as what they need is there. */
  async #retryWaiting(): Promise<void> {
    for (const [unit, state] of [...this.#system.active]) {
      if (state !== 'activating') continue;
      const loaded = loadUnit(this.#system.tree, unit);
      if (enablement(this.#system.tree, unit) === 'masked') continue;
      if ((await this.#execute(loaded)) === undefined) this.#system.active.set(unit, 'active');
    }
  }

  /** Runs what a unit runs before and at its start. Returns why it fails. */
  async #execute(unit: Unit): Promise<string | undefined> {
    const environment = environmentOf(this.#system.tree, unit);
    if (typeof environment === 'string') return environment;
    for (const line of settingsOf(unit, 'Service', 'ExecStartPre')) {
      const failure = await this.#command(line, environment);
      if (failure !== undefined) return `ExecStartPre=${line}: ${failure}`;
    }
    if (unit.name === userDataUnit && (await this.onUserData?.()) === 'stuck') {
      this.#userDataStuck = true;
      return 'user data does not end';
    }
    const own = this.#ownCheck(unit);
    if (own !== undefined) return own;
    const commands = settingsOf(unit, 'Service', 'ExecStart');
    const runs = typeOf(unit) === 'oneshot' && !systemUnits.has(unit.name);
    for (const line of commands) {
      const failure = runs ? await this.#command(line, environment) : this.#missingProgram(line);
      if (failure !== undefined) return failure;
    }
    if (commands.length === 0 && unit.name.endsWith('.service') && typeOf(unit) !== 'oneshot')
      return 'Service has no ExecStart= setting. Refusing.';
    for (const line of settingsOf(unit, 'Service', 'ExecStartPost')) {
      const failure = await this.#command(line, environment);
      if (failure !== undefined) return `ExecStartPost=${line}: ${failure}`;
    }
    return undefined;
  }

  async #command(
    line: string,
    environment: Readonly<Record<string, string>>,
  ): Promise<string | undefined> {
    const [, prefixes = '', command = ''] = /^([-@:+!]*)(.*)$/.exec(line) ?? [];
    // What the agent's own unit asks at every boot is answered without loading the interpreter.
    const asked = /^\/usr\/bin\/systemctl is-active --quiet ([\w.@-]+)$/.exec(command)?.[1];
    const { exitCode } =
      asked === undefined
        ? await this.#run(command, environment)
        : { exitCode: this.isActive(unitName(asked)) ? 0 : 3 };
    if (exitCode === 0 || prefixes.includes('-')) return undefined;
    return `the control process exited, status=${exitCode}`;
  }

  /** A service that stays runs no program here; its program must be there, though. */
  #missingProgram(line: string): string | undefined {
    const program = /^[-@:+!]*(\S+)/.exec(line)?.[1] ?? '';
    if (!program.startsWith('/')) return undefined;
    const entry = this.#system.tree.entry(program);
    if (entry === undefined)
      return `Unable to locate executable '${program}': No such file or directory`;
    if (entry.kind !== 'file' || (entry.mode & 0o111) === 0)
      return `Unable to locate executable '${program}': Permission denied`;
    return undefined;
  }

  #ownCheck(unit: Unit): string | undefined {
    if (unit.name !== dockerUnit) return undefined;
    const { valid, reason = '' } = readDockerConfiguration(this.#system.tree);
    return valid
      ? undefined
      : `unable to configure the Docker daemon with file /etc/docker/daemon.json: ${reason}`;
  }

  #withRequirements(units: readonly string[]): string[] {
    const all = new Set<string>();
    const pending = [...units];
    for (let unit = pending.pop(); unit !== undefined; unit = pending.pop()) {
      if (all.has(unit)) continue;
      all.add(unit);
      const loaded = loadUnit(this.#system.tree, unit);
      pending.push(...requirementsOf(loaded), ...unitsIn(loaded, 'Unit', 'Wants'));
    }
    return [...all];
  }

  /** Orders units by their After= and Before=, then by name. A cycle is cut where the walk meets it again. */
  #inOrder(units: readonly string[]): string[] {
    const all = new Set(units);
    const after = new Map<string, Set<string>>([...all].map((unit) => [unit, new Set<string>()]));
    for (const unit of all) {
      const loaded = loadUnit(this.#system.tree, unit);
      for (const other of unitsIn(loaded, 'Unit', 'After')) after.get(unit)?.add(other);
      for (const other of unitsIn(loaded, 'Unit', 'Before')) after.get(other)?.add(unit);
    }
    const done = new Set<string>();
    const ordered: string[] = [];
    const visit = (unit: string): void => {
      if (done.has(unit) || !all.has(unit)) return;
      done.add(unit);
      for (const other of [...(after.get(unit) ?? [])].sort()) visit(other);
      ordered.push(unit);
    };
    for (const unit of [...all].sort()) visit(unit);
    return ordered;
  }
}

export const agentUnit = 'ecs.service';
export const dockerUnit = 'docker.service';
export const userDataUnit = 'cloud-final.service';

/** Oneshot units of the base image: their programs are the model's own. */
const systemUnits = new Set(['cloud-init.service', 'cloud-config.service', userDataUnit]);

const requirementsOf = (unit: Unit): string[] => [
  ...unitsIn(unit, 'Unit', 'Requires'),
  ...unitsIn(unit, 'Unit', 'BindsTo'),
];

const typeOf = (unit: Unit): string => settingOf(unit, 'Service', 'Type') ?? 'simple';

const isFinished = (unit: Unit): boolean =>
  typeOf(unit) === 'oneshot' &&
  !/^(yes|true|on|1)$/i.test(settingOf(unit, 'Service', 'RemainAfterExit') ?? '');

const restarts = (unit: Unit): boolean =>
  /^(on-failure|always|on-abnormal)$/.test(settingOf(unit, 'Service', 'Restart') ?? '');

export function failureText(unit: string, outcome: StartOutcome): string | undefined {
  switch (outcome.kind) {
    case 'started':
    case 'not-found':
      return undefined;
    case 'masked':
      return outcome.unit === unit ? undefined : `Unit ${outcome.unit} is masked.`;
    case 'dependency':
      return `Dependency failed: ${outcome.unit}`;
    case 'failed':
      return outcome.reason;
    case 'stuck':
      return `waits for ${userDataUnit}`;
  }
}
