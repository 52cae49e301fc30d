import { AsyncLocalStorage } from 'node:async_hooks';
import { RealTime } from './real-time.ts';

// Functions get virtual timers by way of the global ones; the scheduler itself needs the real ones.
const realSetImmediate = globalThis.setImmediate;

/** What the event loop still waits for that is neither a timer nor a socket: reading a file, say. */
const isAtWork = (): boolean =>
  process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq'));

/** A due event. What is due at one instant runs in the order in which it was scheduled. */
export interface Timer {
  readonly at: number;
  readonly order: number;
  readonly label: string;
  readonly run: () => unknown;
  cancelled: boolean;
}

/**
 * One piece of work: a due event or a request, or a call in flight within one. It ends, or it parks because all that it
 * waits for is virtual time: its own sleep, or calls that are parked themselves. Work runs strictly one piece after the
 * other, which is what makes two runs of one seed alike.
 */
class Work {
  #isFinished = false;
  /** Sleepers of this work itself that wait for virtual time. */
  #asleep = 0;
  /** Calls in flight: while one of them runs, the work is not parked, whoever else sleeps. */
  readonly #calls = new Set<Work>();
  #parent: Work | undefined;
  #waiters: (() => void)[] = [];

  isFinished(): boolean {
    return this.#isFinished;
  }

  /** Nothing goes on in it until time passes. */
  isStill(): boolean {
    for (const call of this.#calls) if (!call.isStill()) return false;
    return this.#isFinished || this.#asleep > 0 || this.#calls.size > 0;
  }

  /** Calls that outlive their caller go on as calls of its caller. */
  finish(): void {
    this.#isFinished = true;
    const parent = this.#parent;
    if (parent) {
      parent.#calls.delete(this);
      for (const call of this.#calls) parent.#adopt(call);
      this.#calls.clear();
    }
    this.#changed();
  }

  beginCall(): Work {
    const call = new Work();
    this.#living().#adopt(call);
    return call;
  }

  fallAsleep(): void {
    this.#asleep += 1;
    this.#changed();
  }

  wakeUp(): void {
    this.#asleep -= 1;
  }

  /**
   * Resolves when the whole piece of work that this belongs to has finished or parked. A few turns of the event loop tell
   * a pause from a standstill.
   */
  async settled(): Promise<void> {
    const quietTurnsMin = 3;
    const root = this.#root();
    for (let quietTurns = 0; quietTurns < quietTurnsMin;) {
      if (root.#isFinished && root.#calls.size === 0) return;
      if (root.isStill()) {
        // Code that reads a file looks like code that waits for time to pass, but goes on by itself.
        quietTurns = isAtWork() ? 0 : quietTurns + 1;
        await new Promise(realSetImmediate);
      } else {
        quietTurns = 0;
        await new Promise<void>((resolve) => root.#waiters.push(resolve));
      }
    }
  }

  #adopt(call: Work): void {
    call.#parent = this;
    this.#calls.add(call);
  }

  /** What a call belongs to whose caller has ended meanwhile. */
  #living(): Work {
    return this.#isFinished && this.#parent ? this.#parent.#living() : this;
  }

  #root(): Work {
    return this.#parent ? this.#parent.#root() : this;
  }

  #changed(): void {
    const root = this.#root();
    const waiters = root.#waiters;
    root.#waiters = [];
    for (const wake of waiters) wake();
  }
}

const currentWork = new AsyncLocalStorage<Work>();

/** Virtual time: a clock that stands still while work is done and jumps to the next due event when none is left. */
export class Scheduler {
  #now: number;
  #order = 0;
  readonly #heap: Timer[] = [];
  #turn: Promise<void> = Promise.resolve();
  #realTime: RealTime | undefined;

  /** @param startsAt milliseconds since 1970 */
  constructor(startsAt: number) {
    this.#now = startsAt;
  }

  get now(): number {
    return this.#now;
  }

  get pending(): number {
    return this.#heap.length;
  }

  at(time: number, label: string, run: () => unknown): Timer {
    const timer: Timer = {
      at: Math.max(time, this.#now),
      order: (this.#order += 1),
      label,
      run,
      cancelled: false,
    };
    push(this.#heap, timer);
    return timer;
  }

  after(delayMs: number, label: string, run: () => unknown): Timer {
    return this.at(this.#now + delayMs, label, run);
  }

  /** Waits in virtual time. Within a piece of work it parks the work, so that time can pass. */
  async sleep(delayMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.later(delayMs, 'sleep', resolve);
    });
  }

  /**
   * Goes on with the present work later: unlike a timer of {@link after}, what runs is part of the work, which sleeps
   * until then, and it runs in the same asynchronous context.
   *
   * @returns the function that calls it off
   */
  later(delayMs: number, label: string, run: () => unknown): () => void {
    const work = currentWork.getStore();
    const inPresentContext = AsyncLocalStorage.snapshot();
    let isWaiting = true;
    const stopWaiting = (): boolean => {
      if (!isWaiting) return false;
      isWaiting = false;
      work?.wakeUp();
      return true;
    };
    work?.fallAsleep();
    const timer = this.after(delayMs, label, async () => {
      if (!stopWaiting()) return;
      inPresentContext(run);
      await work?.settled();
    });
    return () => {
      if (stopWaiting()) timer.cancelled = true;
    };
  }

  /**
   * Marks a call as in flight for as long as it takes: the work around it is not parked, unless the call itself is. Calls
   * that are still in flight when their caller ends go on.
   */
  async busy<T>(run: () => Promise<T>): Promise<T> {
    const call = currentWork.getStore()?.beginCall();
    return call ? this.#start(call, run) : run();
  }

  /** Runs the due events up to an instant, one after the other, until `done` holds. Says whether it came to hold. */
  async runUntil(done: () => boolean, limitMs: number): Promise<boolean> {
    const end = this.#now + limitMs;
    while (!done()) {
      const ran = await this.#exclusively(() => this.#runNext(end));
      if (ran) continue;
      if (!done()) this.#now = Math.max(this.#now, end);
      return done();
    }
    return true;
  }

  /** Lets virtual time pass. */
  async runFor(durationMs: number): Promise<void> {
    await this.runUntil(() => false, durationMs);
  }

  /**
   * Serves a request from outside. Where it sleeps, virtual time passes for everybody until it can go on.
   * In real time it only waits.
   */
  async serve<T>(label: string, run: () => Promise<T>): Promise<T> {
    if (currentWork.getStore()) return run();
    const work = new Work();
    const outcome = this.#start(work, run);
    // Somebody looks at it only after the work has settled; until then a failure is not unhandled.
    outcome.catch(() => undefined);
    for (;;) {
      await work.settled();
      if (work.isFinished()) return outcome;
      if (this.#realTime) await outcome.catch(() => undefined);
      // Another request may have let its time pass while this one waited for its turn.
      else if (!(await this.#exclusively(async () => !work.isStill() || (await this.#runNext()))))
        throw new Error(`${label} waits for virtual time, but nothing is due`);
    }
  }

  /**
   * From now on one virtual millisecond takes one real one; due events run by themselves.
   *
   * @param onDefect takes what a due event throws; unless given it is thrown where nobody catches it
   */
  startRealTime(onDefect: (error: unknown) => void = throwUncaught): void {
    this.#realTime ??= new RealTime({
      now: () => this.#now,
      step: (end) => this.#exclusively(() => this.#runNext(end)),
      arrive: (end) => (this.#now = Math.max(this.#now, end)),
      onDefect,
    });
  }

  stopRealTime(): void {
    this.#realTime?.stop();
    this.#realTime = undefined;
  }

  /** Lets time pass at once in either mode. In real time the clock goes on from there. */
  async advance(durationMs: number): Promise<void> {
    await (this.#realTime?.skip(durationMs) ?? this.runFor(durationMs));
  }

  async #exclusively<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#turn;
    let release: () => void = () => undefined;
    this.#turn = new Promise((resolve) => (release = resolve));
    await before;
    try {
      return await work();
    } finally {
      release();
    }
  }

  async #runNext(end = Number.POSITIVE_INFINITY): Promise<boolean> {
    for (let timer = this.#heap[0]; timer && timer.at <= end; timer = this.#heap[0]) {
      pop(this.#heap);
      if (timer.cancelled) continue;
      this.#now = Math.max(this.#now, timer.at);
      const work = new Work();
      const { run } = timer;
      const outcome = this.#start(work, () => Promise.resolve(run()));
      outcome.catch(() => undefined);
      await work.settled();
      if (work.isFinished()) await outcome;
      else outcome.catch((error: unknown) => this.#failures.push(error));
      this.#reportFailures(timer.label);
      return true;
    }
    this.#reportFailures('nothing is due any more');
    return false;
  }

  #reportFailures(when: string): void {
    if (this.#failures.length === 0) return;
    throw new AggregateError(this.#failures.splice(0), `work that had parked failed: ${when}`);
  }

  /** Defects of work that had parked before it failed; the next step reports them. */
  readonly #failures: unknown[] = [];

  async #start<T>(work: Work, run: () => Promise<T>): Promise<T> {
    return currentWork.run(work, async () => {
      try {
        return await run();
      } finally {
        work.finish();
      }
    });
  }
}

function throwUncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

const isBefore = (a: Timer, b: Timer): boolean =>
  a.at < b.at || (a.at === b.at && a.order < b.order);

function push(heap: Timer[], timer: Timer): void {
  let index = heap.length;
  heap.push(timer);
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent];
    if (!above || !isBefore(timer, above)) break;
    heap[index] = above;
    index = parent;
  }
  heap[index] = timer;
}

function pop(heap: Timer[]): void {
  const last = heap.pop();
  if (!last || heap.length === 0) return;
  let index = 0;
  for (;;) {
    let least = 2 * index + 1;
    let child = heap[least];
    const right = heap[least + 1];
    if (child && right && isBefore(right, child)) {
      least += 1;
      child = right;
    }
    if (!child || !isBefore(child, last)) break;
    heap[index] = child;
    index = least;
  }
  heap[index] = last;
}
