// Functions get virtual timers by way of the global one; the clock itself needs the real one.
const realSetTimeout = globalThis.setTimeout;

/** How often the clock is looked at, in milliseconds. */
const tickMs = 20;

/** What moves a virtual clock. */
export interface Drive {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Runs one due event up to an instant; false when none is left. */
  readonly step: (end: number) => Promise<boolean>;
  /** The clock has come to an instant and nothing is due before it. */
  readonly arrive: (end: number) => void;
  /** Takes what a due event threw: a defect, which must not stop the clock. */
  readonly onDefect: (error: unknown) => void;
}

/** Lets a virtual clock follow the wall clock, one millisecond for each. Where events take longer the clock lags behind. */
export class RealTime {
  readonly #drive: Drive;
  readonly #startedAt = performance.now();
  #base: number;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(drive: Drive) {
    this.#drive = drive;
    this.#base = drive.now();
    this.#tickLater();
  }

  /** What is due later stays so; an event that runs right now comes to its end. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  /** Makes a span of time pass at once: everything that falls due within it runs, and the clock goes on from its end. */
  async skip(durationMs: number): Promise<void> {
    const end = this.#target + durationMs;
    this.#base += durationMs;
    await this.#catchUp(end);
  }

  get #target(): number {
    return this.#base + (performance.now() - this.#startedAt);
  }

  // One tick after the other, however many events are scheduled meanwhile: a timer that each of them set anew would never come.
  #tickLater(): void {
    if (this.#isStopped) return;
    this.#timer = realSetTimeout(() => {
      void this.#catchUp(this.#target).then(() => {
        this.#tickLater();
      });
    }, tickMs);
  }

  async #catchUp(end: number): Promise<void> {
    while (!this.#isStopped) {
      try {
        if (await this.#drive.step(end)) continue;
        this.#drive.arrive(end);
        return;
      } catch (error) {
        this.#drive.onDefect(error);
      }
    }
  }
}
