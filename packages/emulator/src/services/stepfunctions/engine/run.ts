import type { HistoryEvent, HistoryEventType } from '@aws-sdk/client-sfn';
import type { Timer } from '../../../world/scheduler.ts';
import type { Scope } from '../../../world/scope.ts';
import { defineState } from '../../../world/state.ts';
import { StateError } from '../asl/state-error.ts';
import type { Execution } from '../state.ts';
import type { Value } from './value.ts';

/** What an event says besides its type. */
export type EventDetails = Omit<HistoryEvent, 'id' | 'previousEventId' | 'timestamp' | 'type'>;

/** Thrown where an execution has come to its end underneath a step that was going on; the step goes no further. */
export class RunOver extends Error {
  override readonly name = 'RunOver';
}

// Step Functions Developer Guide, "Avoid reaching the history quota": the last of 25,000 events can only be the end.
const historyEventsMax = 25_000;
/** Step Functions Developer Guide, "Service quotas": an execution lasts one year. */
const lifetimeMsMax = 365 * 24 * 3_600_000;

/** An execution while it goes on. What it keeps is gone with it; the execution itself stays. */
export class Run {
  readonly scope: Scope;
  readonly execution: Execution;
  /** Parsed input, for `$states.context`. */
  readonly input: Value;
  /** When it times out, milliseconds since 1970. */
  readonly deadline: number;
  readonly #finish: (run: Run, ending: RunEnding) => void;
  readonly #note: (run: Run, event: HistoryEvent) => void;
  /** Ends what is open. */
  close: () => void = () => undefined;
  timer: Timer | undefined;
  #lastDate: Date | undefined;
  onEnd: ((execution: Execution) => void) | undefined;

  constructor(options: {
    readonly scope: Scope;
    readonly execution: Execution;
    readonly input: Value;
    readonly finish: (run: Run, ending: RunEnding) => void;
    readonly note: (run: Run, event: HistoryEvent) => void;
  }) {
    this.scope = options.scope;
    this.execution = options.execution;
    this.input = options.input;
    this.#finish = options.finish;
    this.#note = options.note;
    const { TimeoutSeconds } = options.execution.definition;
    const { startedAt, redrives } = options.execution;
    this.deadline =
      (redrives?.at ?? startedAt) +
      Math.min(lifetimeMsMax, TimeoutSeconds === undefined ? lifetimeMsMax : TimeoutSeconds * 1000);
  }

  get isOver(): boolean {
    return this.execution.status !== 'RUNNING';
  }

  /**
   * Adds an event to the history.
   *
   * @throws RunOver when the execution has ended meanwhile, and when there is no room for it, which fails the execution
   */
  note(type: HistoryEventType, previousEventId: number, details: EventDetails = {}): number {
    const { history } = this.execution;
    if (this.isOver && !type.startsWith('Execution')) throw new RunOver();
    if (history.length >= historyEventsMax - 1 && !type.startsWith('Execution')) {
      this.end({
        status: 'FAILED',
        error: new StateError(
          'States.Runtime',
          `The execution reached the maximum number of history events (${historyEventsMax}).`,
        ),
      });
      throw new RunOver();
    }
    const event: HistoryEvent = {
      timestamp: this.#date(),
      type,
      id: history.length + 1,
      previousEventId,
      ...details,
    };
    history.push(event);
    this.#note(this, event);
    return history.length;
  }

  /** Events of one moment share their date: histories are long. */
  #date(): Date {
    if (this.#lastDate?.getTime() !== this.scope.now) this.#lastDate = this.scope.date;
    return this.#lastDate;
  }

  /** Ends the execution, with all that is open in it. Only the first end counts. */
  end(ending: RunEnding): void {
    if (this.isOver) return;
    this.#finish(this, ending);
  }
}

export type RunEnding =
  | { readonly status: 'SUCCEEDED'; readonly output: Value; readonly previousEventId: number }
  | { readonly status: 'FAILED'; readonly error: StateError; readonly previousEventId?: number }
  | { readonly status: 'TIMED_OUT' }
  | {
      readonly status: 'ABORTED';
      readonly error?: string | undefined;
      readonly cause?: string | undefined;
    };

/** The executions that go on, by ARN. */
export const runsState = defineState('stepfunctions-runs', 'regional', () => ({
  runs: new Map<string, Run>(),
}));
