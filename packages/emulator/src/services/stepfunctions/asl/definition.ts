/** A value that travels between states. */
export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/**
 * A state machine as the engine runs it: what the Amazon States Language says in JSON, checked, with its names kept.
 * Only the query language JSONata is modelled.
 *
 * Source: Step Functions Developer Guide, "Amazon States Language"; states-language.net/spec.html.
 */
export interface Definition {
  readonly StartAt: string;
  readonly States: ReadonlyMap<string, State>;
  /** For the whole execution. */
  readonly TimeoutSeconds?: number;
}

/** A JSON value in which strings that begin with `{%` and end with `%}` are JSONata expressions. */
export type Template = Json;

interface AnyState {
  readonly Name: string;
  readonly Comment?: string;
  readonly Output?: Template;
}

/** Exactly one of the two. */
interface Onward {
  readonly Next?: string;
  readonly End?: true;
  readonly Assign?: Template;
}

export interface TaskState extends AnyState, Onward {
  readonly Type: 'Task';
  readonly Resource: string;
  readonly Arguments?: Template;
  /** Seconds; a number or an expression. */
  readonly TimeoutSeconds?: Template;
  readonly HeartbeatSeconds?: Template;
  readonly Retry: readonly Retrier[];
  readonly Catch: readonly Catcher[];
}

export interface PassState extends AnyState, Onward {
  readonly Type: 'Pass';
}

export interface WaitState extends AnyState, Onward {
  readonly Type: 'Wait';
  /** One of the two; a number or a timestamp, or an expression for it. */
  readonly Seconds?: Template;
  readonly Timestamp?: Template;
}

export interface ChoiceState extends AnyState {
  readonly Type: 'Choice';
  readonly Choices: readonly ChoiceRule[];
  readonly Default?: string;
  /** Applies when the default is taken. */
  readonly Assign?: Template;
}

export interface ChoiceRule {
  readonly Condition: Template;
  readonly Next: string;
  readonly Assign?: Template;
  readonly Output?: Template;
}

export interface MapState extends AnyState, Onward {
  readonly Type: 'Map';
  readonly Items?: Template;
  readonly ItemReader?: ItemReader;
  readonly ItemSelector?: Template;
  readonly ItemBatcher?: ItemBatcher;
  readonly ResultWriter?: { readonly Resource: string; readonly Arguments?: Template };
  readonly ItemProcessor: {
    readonly Mode: 'INLINE' | 'DISTRIBUTED';
    /** Of the children of a distributed map. */
    readonly ExecutionType?: 'STANDARD' | 'EXPRESS';
    readonly definition: Definition;
  };
  readonly MaxConcurrency?: Template;
  readonly ToleratedFailureCount?: Template;
  readonly ToleratedFailurePercentage?: Template;
  readonly Label?: string;
  readonly Retry: readonly Retrier[];
  readonly Catch: readonly Catcher[];
}

export interface ItemReader {
  readonly Resource: string;
  readonly Arguments?: Template;
  readonly InputType?: 'JSON' | 'JSONL' | 'CSV';
  /** A number or an expression. */
  readonly MaxItems?: Template;
}

export interface ItemBatcher {
  readonly MaxItemsPerBatch?: Template;
  readonly MaxInputBytesPerBatch?: Template;
  readonly BatchInput?: Template;
}

export interface SucceedState extends AnyState {
  readonly Type: 'Succeed';
}

export interface FailState extends AnyState {
  readonly Type: 'Fail';
  readonly Error?: Template;
  readonly Cause?: Template;
}

export type State =
  TaskState | PassState | WaitState | ChoiceState | MapState | SucceedState | FailState;

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly MaxAttempts: number;
  readonly BackoffRate: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy: 'NONE' | 'FULL';
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
  readonly Assign?: Template;
  readonly Output?: Template;
}
