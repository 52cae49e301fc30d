import type { Json, MapState } from '../asl/definition.ts';
import { StateError } from '../asl/state-error.ts';
import type { MapItem } from './context-object.ts';
import { evaluateNumber } from './evaluate-number.ts';
import type { Flow, FlowEnding, Step } from './flow.ts';
import { isList, requireSize, toValue } from './value.ts';
import type { Attempt, Visit } from './visit.ts';

/** Step Functions Developer Guide, "Using Map state in Inline mode": up to 40 concurrent iterations. */
const concurrentMax = 40;

/** Runs the items in iterations within the execution; the results keep the order of the items. */
export async function performInlineMap(
  flow: Flow,
  visit: Visit,
  state: MapState,
): Promise<Step | undefined> {
  const items =
    state.Items === undefined ? visit.input.json : await flow.evaluate(visit, 'Items', state.Items);
  if (!isList(items))
    throw flow.evaluationFailed(
      visit,
      'Items',
      `The field 'Items' has to be an array in this emulator, not ${JSON.stringify(items).slice(0, 100)}.`,
    );
  const wanted =
    state.MaxConcurrency === undefined
      ? 0
      : await evaluateNumber(flow, visit, {
          field: 'MaxConcurrency',
          template: state.MaxConcurrency,
          min: 0,
          max: Number.MAX_SAFE_INTEGER,
        });
  flow.note('MapStateStarted', { mapStateStartedEventDetails: { length: items.length } });
  if (items.length === 0) {
    flow.note('MapStateSucceeded');
    return () => flow.succeed(visit, []);
  }
  const attempt = visit.beginAttempt();
  const iterations = new Iterations(flow, { visit, state, attempt, items });
  attempt.onClose(() => {
    iterations.close();
  });
  await iterations.begin(wanted === 0 ? concurrentMax : Math.min(wanted, concurrentMax));
  return undefined;
}

interface Work {
  readonly visit: Visit;
  readonly state: MapState;
  readonly attempt: Attempt;
  readonly items: readonly Json[];
}

class Iterations {
  readonly #flow: Flow;
  readonly #work: Work;
  readonly #startedEventId: number;
  readonly #results: Json[];
  readonly #open = new Map<number, Flow>();
  #begun = 0;
  #done = 0;

  constructor(flow: Flow, work: Work) {
    this.#flow = flow;
    this.#work = work;
    this.#startedEventId = flow.lastEventId;
    this.#results = work.items.map(() => null);
  }

  async begin(count: number): Promise<void> {
    for (let started = 0; started < count && this.#work.attempt.isOpen; started += 1)
      await this.#beginNext();
  }

  /** The map has ended otherwise. */
  close(): void {
    for (const iteration of this.#open.values()) iteration.close();
  }

  async #beginNext(): Promise<void> {
    const { visit, state, items } = this.#work;
    const flow = this.#flow;
    const Index = this.#begun;
    const Value = items[Index];
    if (Value === undefined) return;
    this.#begun += 1;
    const item: MapItem = { Index, Value };
    const about = { name: state.Name, index: Index };
    const startedId = flow.run.note('MapIterationStarted', this.#startedEventId, {
      mapIterationStartedEventDetails: about,
    });
    const iteration = flow.fork({
      definition: state.ItemProcessor.definition,
      item,
      previousEventId: startedId,
      onEnd: (ending, ended) => this.#ended(item, ended, ending),
    });
    this.#open.set(Index, iteration);
    let input = toValue(Value);
    if (state.ItemSelector !== undefined)
      try {
        const evaluation = flow.evaluationOf(visit, { item });
        input = toValue(await flow.evaluate(visit, 'ItemSelector', state.ItemSelector, evaluation));
        requireSize(input.text, `The iteration ${Index} of the state '${state.Name}' got an input`);
      } catch (error) {
        if (!(error instanceof StateError)) throw error;
        await this.#ended(item, iteration, { ok: false, error });
        return;
      }
    iteration.start(input);
  }

  async #ended(item: MapItem, iteration: Flow, ending: FlowEnding): Promise<void> {
    const { attempt, state, visit } = this.#work;
    const flow = this.#flow;
    if (!attempt.isOpen) return;
    const about = { name: state.Name, index: item.Index };
    this.#open.delete(item.Index);
    if (!ending.ok) {
      iteration.note('MapIterationFailed', { mapIterationFailedEventDetails: about });
      this.#abortOthers();
      flow.lastEventId = iteration.lastEventId;
      flow.note('MapStateFailed');
      await flow.settle(visit, attempt, ending);
      return;
    }
    iteration.note('MapIterationSucceeded', { mapIterationSucceededEventDetails: about });
    this.#results[item.Index] = ending.output.json;
    this.#done += 1;
    if (this.#done < this.#work.items.length) {
      await this.#beginNext();
      return;
    }
    flow.lastEventId = iteration.lastEventId;
    flow.note('MapStateSucceeded');
    await flow.settle(visit, attempt, { ok: true, output: this.#results });
  }

  /** Source: Step Functions Developer Guide, "Map workflow state": a failed iteration stops the state and its others. */
  #abortOthers(): void {
    for (const [index, iteration] of this.#open) {
      iteration.abort();
      iteration.note('MapIterationAborted', {
        mapIterationAbortedEventDetails: { name: this.#work.state.Name, index },
      });
    }
  }
}
