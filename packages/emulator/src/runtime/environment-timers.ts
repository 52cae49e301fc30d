import type { VirtualTimer } from './current-environment.ts';

interface Pending {
  readonly run: () => void;
  readonly delayMs: number;
  readonly repeat: boolean;
  /** Milliseconds since 1970, virtual. */
  dueAt: number;
  callOff: (() => void) | undefined;
}

export interface TimerHost {
  readonly now: () => number;
  /** Starts a sleeper of the running invocation; returns what calls it off. */
  readonly start: (delayMs: number, run: () => void) => () => void;
  /** A timer's callback threw. */
  readonly failed: (error: unknown) => void;
}

/** The timers of one environment. They stand still while it is frozen; what came due meanwhile runs after the thaw. */
export class EnvironmentTimers {
  readonly #host: TimerHost;
  readonly #pending = new Set<Pending>();
  #isRunning = false;
  #isStopped = false;

  constructor(host: TimerHost) {
    this.#host = host;
  }

  add(run: () => void, delayMs: number, repeat: boolean): VirtualTimer {
    const pending: Pending = {
      run,
      delayMs,
      repeat,
      dueAt: this.#host.now() + delayMs,
      callOff: undefined,
    };
    this.#enter(pending);
    return this.#handle(pending);
  }

  thaw(now: number): void {
    this.#isRunning = true;
    for (const pending of [...this.#pending].sort((a, b) => a.dueAt - b.dueAt)) {
      pending.dueAt = Math.max(pending.dueAt, now);
      this.#arm(pending);
    }
  }

  freeze(): void {
    this.#isRunning = false;
    for (const pending of this.#pending) this.#disarm(pending);
  }

  /** Nothing runs any more. */
  stop(): void {
    this.freeze();
    this.#isStopped = true;
    this.#pending.clear();
  }

  #enter(pending: Pending): void {
    if (this.#isStopped) return;
    this.#pending.add(pending);
    if (this.#isRunning) this.#arm(pending);
  }

  #arm(pending: Pending): void {
    pending.callOff = this.#host.start(Math.max(0, pending.dueAt - this.#host.now()), () => {
      this.#fire(pending);
    });
  }

  #disarm(pending: Pending): void {
    pending.callOff?.();
    pending.callOff = undefined;
  }

  #fire(pending: Pending): void {
    this.#pending.delete(pending);
    if (pending.repeat) {
      pending.dueAt = this.#host.now() + pending.delayMs;
      this.#enter(pending);
    }
    try {
      pending.run();
    } catch (error) {
      this.#host.failed(error);
    }
  }

  #remove(pending: Pending): void {
    this.#pending.delete(pending);
    this.#disarm(pending);
  }

  #handle(pending: Pending): VirtualTimer {
    const timer: VirtualTimer = {
      isVirtual: true,
      ref: () => timer,
      unref: () => timer,
      hasRef: () => true,
      refresh: () => {
        this.#remove(pending);
        pending.dueAt = this.#host.now() + pending.delayMs;
        this.#enter(pending);
        return timer;
      },
      close: () => {
        this.#remove(pending);
        return timer;
      },
      [Symbol.dispose]: () => {
        this.#remove(pending);
      },
    };
    return timer;
  }
}
