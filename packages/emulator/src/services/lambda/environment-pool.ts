import type { ExecutionEnvironment } from '../../runtime/execution-environment.ts';
import type { Timer } from '../../world/scheduler.ts';
import type { FunctionLog } from './function-log.ts';
import type { PlatformLog } from './platform-log.ts';

/** An environment with what Lambda keeps beside it. */
export interface PooledEnvironment {
  readonly environment: ExecutionEnvironment;
  readonly log: FunctionLog;
  readonly platform: PlatformLog;
  /** Which code and settings it was made from. */
  readonly generation: number;
  /** From then on its credentials are too old to begin anything with. */
  readonly usableUntil: number;
  idleSince: number;
}

/** Lambda keeps idle environments for a while. AWS states no figure; minutes are usual. */
const idleMsMax = 10 * 60_000;

/** The execution environments of one function: as many as it has had invocations at once. */
export class EnvironmentPool {
  /** Most recently used last. */
  #idle: PooledEnvironment[] = [];
  #active = 0;
  #generation = 0;
  #reaper: Timer | undefined;

  /** Invocations at work. */
  get active(): number {
    return this.#active;
  }

  get generation(): number {
    return this.#generation;
  }

  /** Takes the most recently used environment out, or none when a new one is needed. */
  take(now: number): PooledEnvironment | undefined {
    this.#active += 1;
    for (let found = this.#idle.pop(); found; found = this.#idle.pop())
      if (found.usableUntil > now && now - found.idleSince < idleMsMax) return found;
    return undefined;
  }

  /** Puts an environment back after use, unless it is of no further use. */
  giveBack(
    used: PooledEnvironment | undefined,
    clock: { readonly now: number; readonly after: (delayMs: number, run: () => void) => Timer },
  ): void {
    this.#active -= 1;
    if (!used || used.environment.isGone || used.generation !== this.#generation) return;
    used.idleSince = clock.now;
    this.#idle.push(used);
    this.#armReaper(clock.after);
  }

  /** Code or settings have changed: what is idle goes now, what is at work goes afterwards. */
  renew(): void {
    this.#generation += 1;
    this.#idle = [];
  }

  #armReaper(after: (delayMs: number, run: () => void) => Timer): void {
    if (this.#reaper) return;
    this.#reaper = after(idleMsMax, () => {
      const { at: now } = this.#reaper ?? { at: 0 };
      this.#reaper = undefined;
      this.#idle = this.#idle.filter(({ idleSince }) => now - idleSince < idleMsMax);
      if (this.#idle.length > 0) this.#armReaper(after);
    });
  }
}
