import type { HistoryEventType } from '@aws-sdk/client-sfn';
import type { Catcher, Definition, Json, State, Template } from '../asl/definition.ts';
import { evaluateTemplate } from '../asl/evaluate-template.ts';
import type { Evaluation } from '../asl/evaluation.ts';
import { decideRetry, findCatcher } from '../asl/retry.ts';
import { StateError } from '../asl/state-error.ts';
import type { Ending } from '../engine-seam.ts';
import type { Standing } from '../state.ts';
import { contextObject, type MapItem } from './context-object.ts';
import { requireMachine } from './machine-deletion.ts';
import { performState } from './perform-state.ts';
import { RunOver, type EventDetails, type Run } from './run.ts';
import { requireSize, toValue, type Value } from './value.ts';
import type { Variables } from './variables.ts';
import { Visit, type Attempt } from './visit.ts';

/** What comes next; nothing while a flow waits for something. */
export type Step = () => Promise<Step | undefined> | Step | undefined;

/** Where a state leads and what it lets out. */
export interface Exit {
  /** Absent: the flow ends here. */
  readonly next?: string | undefined;
  readonly assign?: Template | undefined;
  readonly output?: Template | undefined;
  /** What comes out where `output` is absent. */
  readonly otherwise: Json;
  readonly result?: Json;
  readonly errorOutput?: Json;
}

export interface FlowOptions {
  readonly run: Run;
  readonly definition: Definition;
  readonly variables: Variables;
  readonly item?: MapItem | undefined;
  /** The event that the first event of the flow follows. */
  readonly previousEventId: number;
  readonly onEnd: (ending: FlowEnding, flow: Flow) => Promise<void>;
}

export type FlowEnding =
  | { readonly ok: true; readonly output: Value }
  | { readonly ok: false; readonly error: StateError };

/**
 * One line of states that follow each other: an execution, or an iteration of an inline map. It takes one step after the
 * other; where a state waits, whatever ends the waiting drives it on.
 */
export class Flow {
  readonly run: Run;
  readonly item: MapItem | undefined;
  readonly variables: Variables;
  readonly #definition: Definition;
  readonly #onEnd: FlowOptions['onEnd'];
  lastEventId: number;
  #visit: Visit | undefined;
  #isClosed = false;

  constructor(options: FlowOptions) {
    this.run = options.run;
    this.item = options.item;
    this.variables = options.variables;
    this.#definition = options.definition;
    this.#onEnd = options.onEnd;
    this.lastEventId = options.previousEventId;
  }

  /** The scope that a flow works in. */
  get scope(): Run['scope'] {
    return this.run.scope;
  }

  /** Begins an iteration within this flow, which sees the variables of this one and keeps its own. */
  fork(options: Pick<FlowOptions, 'definition' | 'item' | 'previousEventId' | 'onEnd'>): Flow {
    return new Flow({ ...options, run: this.run, variables: this.variables.fork() });
  }

  start(input: Value): void {
    this.scope.after(0, 'state', () =>
      this.drive(() => this.#enter(this.#definition.StartAt, input)),
    );
  }

  /** Goes on in the state in which an earlier line of states has come to its end; it was entered then. */
  resume({ state, input }: Standing): void {
    this.scope.after(0, 'state', () => {
      const visit = new Visit(state, input, this.scope.now);
      this.#visit = visit;
      return this.drive(() => this.#attempt(visit));
    });
  }

  /** The state that it is in, or was in when it ended. */
  get standing(): Standing | undefined {
    const { variables } = this;
    return this.#visit && { state: this.#visit.state, input: this.#visit.input, variables };
  }

  /** Takes steps until the flow waits or ends. */
  async drive(first: Step): Promise<void> {
    try {
      for (let step: Step | undefined = first; step && !this.#isClosed && !this.run.isOver;)
        step = await step();
    } catch (error) {
      if (!(error instanceof RunOver)) throw error;
    }
  }

  /** Goes on where an attempt comes to its end, unless it was over before. */
  async settle(visit: Visit, attempt: Attempt, ending: Ending): Promise<void> {
    if (!attempt.isOpen) return;
    attempt.finish();
    await this.drive(() =>
      ending.ok ? this.succeed(visit, ending.output) : this.fail(visit, ending.error),
    );
  }

  /** Nothing more happens in it. */
  close(): void {
    this.#isClosed = true;
    this.#visit?.close();
  }

  /** Nothing more happens in it because something beside it has failed. */
  abort(): void {
    const visit = this.#visit;
    this.close();
    const type = visit?.state.Type;
    if (type === 'Map' || type === 'Task' || type === 'Wait') this.note(`${type}StateAborted`);
  }

  note(type: HistoryEventType, details?: EventDetails): number {
    this.lastEventId = this.run.note(type, this.lastEventId, details);
    return this.lastEventId;
  }

  evaluationOf(
    visit: Visit,
    extra: {
      readonly result?: Json | undefined;
      readonly errorOutput?: Json | undefined;
      readonly item?: MapItem;
    } = {},
  ): Evaluation {
    const { scope } = this;
    return {
      input: visit.input.json,
      ...(extra.result === undefined ? {} : { result: extra.result }),
      ...(extra.errorOutput === undefined ? {} : { errorOutput: extra.errorOutput }),
      context: contextObject(this.run, visit, extra.item ?? this.item),
      variables: this.variables.values,
      now: scope.now,
      chance: () => scope.chance('expression'),
    };
  }

  /**
   * A template with its expressions replaced.
   *
   * @throws StateError States.QueryEvaluationError, which the history notes
   */
  async evaluate(
    visit: Visit,
    field: string,
    template: Template,
    evaluation: Evaluation = this.evaluationOf(visit),
  ): Promise<Json> {
    const at = this.lastEventId;
    try {
      return await evaluateTemplate(template, evaluation, field);
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      throw this.evaluationFailed(visit, field, error.cause, at);
    }
  }

  evaluationFailed(
    visit: Visit,
    location: string,
    problem: string,
    eventId = this.lastEventId,
  ): StateError {
    const state = visit.state.Name;
    const cause = `An error occurred while executing the state '${state}' (entered at the event id #${eventId}). ${problem}`;
    const error = new StateError('States.QueryEvaluationError', cause);
    this.note('EvaluationFailed', {
      evaluationFailedEventDetails: { error: error.error, cause, location, state },
    });
    return error;
  }

  #enter(name: string, input: Value): Step {
    const state = this.#definition.States.get(name);
    if (!state) throw new TypeError(`the checked definition has no state ${name}`);
    requireMachine(this.run);
    const visit = new Visit(state, input, this.scope.now);
    this.#visit = visit;
    this.note(`${state.Type}StateEntered`, {
      stateEnteredEventDetails: { name, input: input.text, inputDetails: notTruncated },
    });
    return () => this.#attempt(visit);
  }

  async #attempt(visit: Visit): Promise<Step | undefined> {
    try {
      return await performState(this, visit);
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      return () => this.fail(visit, error);
    }
  }

  /** The work of the state is done: its fields say what is made of the result. */
  async succeed(visit: Visit, result: Json): Promise<Step | undefined> {
    const { state } = visit;
    try {
      return await this.leave(visit, {
        next: 'Next' in state ? state.Next : undefined,
        assign: 'Assign' in state ? state.Assign : undefined,
        output: state.Output,
        otherwise: result,
        ...(state.Type === 'Task' || state.Type === 'Map' ? { result } : {}),
      });
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      return () => this.fail(visit, error);
    }
  }

  /**
   * Leaves a state for the next one, or ends the flow.
   *
   * @throws StateError when `Assign` or `Output` cannot be evaluated or are too large; nothing is assigned then
   */
  async leave(visit: Visit, exit: Exit): Promise<Step | undefined> {
    const evaluation = this.evaluationOf(visit, exit);
    const assigned =
      exit.assign === undefined
        ? undefined
        : await this.evaluate(visit, 'Assign', exit.assign, evaluation);
    const output =
      exit.output === undefined
        ? exit.otherwise
        : await this.evaluate(visit, 'Output', exit.output, evaluation);
    const value = output === visit.input.json ? visit.input : toValue(output);
    requireSize(value.text, `The state/task '${visit.state.Name}' returned a result`);
    const assignedTexts = assigned === undefined ? undefined : this.variables.assign(assigned);
    const { Type } = visit.state;
    if (Type === 'Fail') throw new TypeError('nothing leaves a Fail state');
    this.note(`${Type}StateExited`, {
      stateExitedEventDetails: {
        name: visit.state.Name,
        output: value.text,
        outputDetails: notTruncated,
        ...(assignedTexts
          ? { assignedVariables: assignedTexts, assignedVariablesDetails: notTruncated }
          : {}),
      },
    });
    visit.close();
    const { next } = exit;
    return next === undefined
      ? () => this.#end({ ok: true, output: value })
      : () => this.#enter(next, value);
  }

  /** A failure in a state: it runs again, a catcher takes over, or the flow fails. */
  async fail(visit: Visit, error: StateError): Promise<Step | undefined> {
    const { state } = visit;
    if (state.Type !== 'Task' && state.Type !== 'Map') return this.#end({ ok: false, error });
    const retry = decideRetry({
      retriers: state.Retry,
      error: error.error,
      attempts: visit.attempts,
      chance: () => this.scope.chance('retry'),
    });
    if (retry) {
      const { retrierIndex, delayMs } = retry;
      visit.attempts.set(retrierIndex, (visit.attempts.get(retrierIndex) ?? 0) + 1);
      visit.retryCount += 1;
      const attempt = visit.beginAttempt();
      attempt.holds(
        this.scope.after(delayMs, 'retry', () => {
          attempt.finish();
          return this.drive(() => this.#attempt(visit));
        }),
      );
      return undefined;
    }
    const catcher = findCatcher(state.Catch, error.error);
    return catcher ? this.#catch(visit, catcher, error) : this.#end({ ok: false, error });
  }

  async #catch(visit: Visit, catcher: Catcher, error: StateError): Promise<Step | undefined> {
    const errorOutput = { Error: error.error, Cause: error.cause };
    try {
      return await this.leave(visit, {
        next: catcher.Next,
        assign: catcher.Assign,
        output: catcher.Output,
        otherwise: errorOutput,
        errorOutput,
      });
    } catch (second) {
      if (!(second instanceof StateError)) throw second;
      return () => this.#end({ ok: false, error: second });
    }
  }

  async #end(ending: FlowEnding): Promise<undefined> {
    this.close();
    await this.#onEnd(ending, this);
  }
}

/** The part of a step that knows its state's type. */
export type Perform<S extends State> = (
  flow: Flow,
  visit: Visit<S>,
) => Promise<Step | undefined> | Step | undefined;

const notTruncated = { truncated: false };
