import type { Timer } from '../../../world/scheduler.ts';
import type { State } from '../asl/definition.ts';
import type { Value } from './value.ts';

/** One stay in a state, from entering to leaving it, with its retries. */
export class Visit<S extends State = State> {
  readonly state: S;
  readonly input: Value;
  readonly enteredAt: number;
  /** How often each retrier has brought the state to run again. */
  readonly attempts = new Map<number, number>();
  retryCount = 0;
  #open: Attempt | undefined;

  constructor(state: S, input: Value, enteredAt: number) {
    this.state = state;
    this.input = input;
    this.enteredAt = enteredAt;
  }

  beginAttempt(): Attempt {
    this.#open?.close();
    this.#open = new Attempt();
    return this.#open;
  }

  /** What goes on in it comes to nothing. */
  close(): void {
    this.#open?.close();
  }
}

/** Something that a state waits for. It finishes once, or is closed before it does. */
export class Attempt {
  #isOpen = true;
  readonly #timers: Timer[] = [];
  readonly #closers: (() => void)[] = [];

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Calls a timer off when the attempt is over, whichever way. */
  holds(timer: Timer): void {
    this.#timers.push(timer);
  }

  /** What is to be ended with it when it does not finish by itself. */
  onClose(closer: () => void): void {
    this.#closers.push(closer);
  }

  finish(): void {
    this.#isOpen = false;
    for (const timer of this.#timers) timer.cancelled = true;
  }

  close(): void {
    if (!this.#isOpen) return;
    this.finish();
    for (const closer of this.#closers) closer();
  }
}
