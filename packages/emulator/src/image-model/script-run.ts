import type { RunningSystem } from './system.ts';
import type { UnitManager } from './unit-manager.ts';

export interface BashProcess {
  readonly script: string;
  /** What `$0` says and errors begin with. */
  readonly name: string;
  readonly args?: readonly string[];
  /** Options as given to `set`, for instance `-e`. */
  readonly options?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Without the variables that every process of root has. */
  readonly bare?: boolean;
  readonly directory?: string;
  /** Bytes, one per character. */
  readonly stdin?: string;
}

export interface ProcessResult {
  stdout: string;
  stderr: string;
  exitCode: number;
  stdoutKind?: 'text' | 'bytes';
}

/** What ends together: a script, or what `timeout` runs. */
export interface Level {
  /** Seconds since the system's start at which it is ended. */
  readonly endsAt: number;
  ended: boolean;
}

export type RunBash = (run: ScriptRun, process: BashProcess) => Promise<ProcessResult>;

/** What all processes of one script share: the virtual clock, its deadlines and what was noticed on the way. */
export class ScriptRun {
  readonly system: RunningSystem;
  readonly manager: UnitManager;
  readonly unmodelled = new Set<string>();
  /** It never ends by itself and nothing would end it. */
  endless = false;
  readonly #runBash: RunBash;
  #levels: Level[] = [];
  #depth = 0;

  constructor(system: RunningSystem, manager: UnitManager, runBash: RunBash) {
    this.system = system;
    this.#runBash = runBash;
    this.manager = manager;
  }

  /** How many processes have started each other. */
  get depth(): number {
    return this.#depth;
  }

  /** What a process that starts now ends with. */
  get level(): Level | undefined {
    return this.#levels.at(-1);
  }

  /** Runs a script in a bash of its own, as root. */
  async bash(process: BashProcess): Promise<ProcessResult> {
    this.#depth += 1;
    try {
      return await this.#runBash(this, process);
    } finally {
      this.#depth -= 1;
    }
  }

  /** Runs something that is ended after so many seconds. Tells whether it was. */
  async within<T>(
    seconds: number,
    run: () => Promise<T>,
  ): Promise<{ value: T; timedOut: boolean }> {
    const level: Level = { endsAt: this.system.seconds + seconds, ended: false };
    this.#levels.push(level);
    try {
      const value = await run();
      return { value, timedOut: level.ended };
    } finally {
      this.#levels = this.#levels.filter((each) => each !== level);
    }
  }

  /** Lets virtual time pass, but no further than the first deadline, which then ends what it belongs to. */
  pass(seconds: number): void {
    const { system } = this;
    const first = Math.min(...this.#levels.map(({ endsAt }) => endsAt));
    if (system.seconds + seconds < first) {
      system.pass(seconds);
      return;
    }
    if (first === Infinity) this.endless = true;
    else system.pass(Math.max(0, first - system.seconds));
    const from = this.#levels.findIndex(({ endsAt }) => endsAt === first);
    for (const level of this.#levels.slice(from)) level.ended = true;
  }

  /** Something waits for ever: time passes up to the deadline, or the script as a whole is endless. */
  hang(): void {
    this.pass(Infinity);
  }
}
