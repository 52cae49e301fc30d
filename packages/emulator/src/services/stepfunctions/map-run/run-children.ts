import type { Scope } from '../../../world/scope.ts';
import type { Json } from '../asl/definition.ts';
import { StateError } from '../asl/state-error.ts';
import { startChild } from '../engine/start-child.ts';
import { stopExecution } from '../engine/stop-execution.ts';
import { payloadBytesMax, requireSize } from '../engine/value.ts';
import type { Ending, MapRunRequest } from '../engine-seam.ts';
import type { Execution } from '../state.ts';
import { hasFailedTooMuch } from './count-children.ts';
import { describeChild } from './describe-child.ts';
import { mapRunState, type MapRun, type MapRunStatus } from './map-run-state.ts';
import { planChildren } from './plan-children.ts';
import { readItems } from './read-items.ts';
import { requireStartExecution } from './require-start-execution.ts';
import { evaluateResultPlace, writeResults, type ResultPlace } from './write-results.ts';

/** Source: Step Functions Developer Guide, "Distributed mode", `MaxConcurrency`. */
const concurrencyMax = 10_000;
/** Standard children that a map run begins in a second. Source: Step Functions Developer Guide, "Service quotas". */
const startsPerSecond = 100;
/**
 * AWS says that children may go on for a while after the tolerance is exceeded, but not how long: a model.
 *
 * Source: Step Functions Developer Guide, "Tolerated failure threshold for Distributed Map states", note.
 */
const failureDelayMsMax = 1_000;

/** Carries out one map run: reads the items, begins children as fast as it may, and ends when they have ended. */
export class ChildrenRunner {
  readonly #scope: Scope;
  readonly #request: MapRunRequest;
  readonly #run: MapRun;
  #resultPlace: ResultPlace | undefined;
  #nextIndex = 0;
  #openCount = 0;
  #endedCount = 0;
  #itemsCount = 0;
  #failedItemsCount = 0;
  #isReady = false;
  #isDispatchDue = false;
  #isFailing = false;
  #windowStartsAt = Number.NEGATIVE_INFINITY;
  #startedInWindow = 0;

  constructor(scope: Scope, request: MapRunRequest, run: MapRun) {
    this.#scope = scope;
    this.#request = request;
    this.#run = run;
  }

  /** Reads what the map runs over. Whatever goes wrong ends the map run. */
  async begin(): Promise<void> {
    await this.#orFail(async () => {
      requireStartExecution(this.#scope, this.#request.parent);
      this.#resultPlace = await evaluateResultPlace(this.#request);
      const items = await readItems(this.#scope, this.#request);
      this.#run.children = await planChildren(this.#request, items);
      this.#itemsCount = items.length;
      this.#isReady = true;
      await this.#dispatch();
    });
  }

  /** After `UpdateMapRun`: children that run already go on, even above the new concurrency. */
  settingsChanged(): void {
    this.#judgeFailures();
    this.#dispatchSoon(0);
  }

  abort(): void {
    if (!this.#isRunning()) return;
    this.#close('ABORTED');
  }

  /** An expression, a size or the role may end a map run; anything else that is thrown is a defect. */
  async #orFail(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      this.#fail(error);
    }
  }

  #isRunning(): boolean {
    return this.#run.status === 'RUNNING';
  }

  #dispatchSoon(delayMs: number): void {
    if (this.#isDispatchDue || !this.#isReady || !this.#isRunning()) return;
    this.#isDispatchDue = true;
    this.#scope.after(delayMs, 'map-run-dispatch', async () => {
      this.#isDispatchDue = false;
      await this.#orFail(() => this.#dispatch());
    });
  }

  async #dispatch(): Promise<void> {
    const { children, settings } = this.#run;
    for (;;) {
      if (!this.#isRunning()) return;
      if (this.#endedCount === children.length) return this.#finish();
      const child = children[this.#nextIndex];
      const openMax = Math.min(settings.maxConcurrency || concurrencyMax, concurrencyMax);
      if (!child || this.#openCount >= openMax) return;
      const waitMs = this.#takeTurn();
      if (waitMs > 0) {
        this.#dispatchSoon(waitMs);
        return;
      }
      const input = await child.input();
      requireSize(JSON.stringify(input), `The child execution ${this.#nextIndex} got an input`);
      // What was awaited may have let the map run end.
      if (!this.#isRunning()) return;
      this.#nextIndex += 1;
      this.#openCount += 1;
      child.execution = startChild(this.#scope, {
        parent: this.#request.parent,
        mapRunArn: this.#run.arn,
        definition: this.#request.state.ItemProcessor.definition,
        executionType: this.#request.state.ItemProcessor.ExecutionType ?? 'STANDARD',
        name: this.#scope.uuid('child-execution'),
        input,
        onEnd: (execution) => {
          this.#childEnded(execution, child.itemsCount);
        },
      });
    }
  }

  /** Takes one of the second's starts; otherwise says how long there is none. */
  #takeTurn(): number {
    const { now } = this.#scope;
    if (now >= this.#windowStartsAt + 1_000) {
      this.#windowStartsAt = now;
      this.#startedInWindow = 0;
    }
    if (this.#startedInWindow >= startsPerSecond) return this.#windowStartsAt + 1_000 - now;
    this.#startedInWindow += 1;
    return 0;
  }

  #childEnded(execution: Execution, itemsCount: number): void {
    this.#openCount -= 1;
    this.#endedCount += 1;
    if (!this.#isRunning()) return;
    if (execution.status === 'FAILED' || execution.status === 'TIMED_OUT') {
      this.#failedItemsCount += itemsCount;
      this.#judgeFailures();
    }
    this.#dispatchSoon(0);
  }

  #judgeFailures(): void {
    if (this.#isFailing || !this.#isRunning()) return;
    if (!hasFailedTooMuch(this.#run, this.#failedItemsCount, this.#itemsCount)) return;
    this.#isFailing = true;
    const delayMs = this.#scope.between('tolerance', 0, failureDelayMsMax);
    this.#scope.after(delayMs, 'map-run-fails', () => this.#failForTolerance());
  }

  async #failForTolerance(): Promise<void> {
    if (!this.#isRunning()) return;
    this.#close('FAILED');
    await this.#writeResults();
    this.#end({
      ok: false,
      error: new StateError(
        'States.ExceedToleratedFailureThreshold',
        'The specified tolerated failure threshold was exceeded',
      ),
    });
  }

  /** What ended before a map run failed is exported too; an export that fails then is not what the map run failed for. */
  async #writeResults(): Promise<void> {
    const place = this.#resultPlace;
    if (!place) return;
    try {
      await writeResults(this.#scope, { request: this.#request, run: this.#run, place });
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      this.#scope.record('MapRunResultsNotWritten', { mapRunArn: this.#run.arn });
    }
  }

  async #finish(): Promise<void> {
    if (this.#isFailing) return this.#failForTolerance();
    const place = this.#resultPlace;
    const output = place
      ? await writeResults(this.#scope, { request: this.#request, run: this.#run, place })
      : this.#outputs();
    if (!this.#isRunning()) return;
    this.#close('SUCCEEDED');
    this.#end({ ok: true, output });
  }

  /** Outputs in the order of the items; a child that has not succeeded leaves its description. */
  #outputs(): Json {
    let bytes = 2;
    return this.#run.children.map(({ execution }): Json => {
      if (!execution) throw new TypeError('a map run ended before its children');
      const output: Json =
        execution.status === 'SUCCEEDED'
          ? (JSON.parse(execution.output ?? 'null') as Json)
          : describeChild(this.#run, execution);
      bytes += Buffer.byteLength(execution.output ?? JSON.stringify(output)) + 1;
      if (bytes - 1 > payloadBytesMax)
        throw new StateError(
          'States.DataLimitExceeded',
          `The state '${this.#request.state.Name}' returned a result with a size exceeding the maximum number of bytes service limit.`,
        );
      return output;
    });
  }

  #fail(error: StateError): void {
    if (!this.#isRunning()) return;
    this.#close('FAILED');
    this.#end({ ok: false, error });
  }

  /** No child begins any more; open ones are stopped. */
  #close(status: MapRunStatus): void {
    const run = this.#run;
    run.status = status;
    run.stoppedAt = this.#scope.now;
    mapRunState.in(this.#scope).openCount -= 1;
    for (const { execution } of run.children)
      if (execution?.status === 'RUNNING') stopExecution(this.#scope, execution, {});
    this.#scope.record('MapRunEnded', { mapRunArn: run.arn, status });
  }

  #end(ending: Ending): void {
    this.#request.onEnd(ending);
  }
}
