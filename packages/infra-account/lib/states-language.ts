/**
 * As much of the Amazon States Language as the rollout is written in, with JSONata as its query language.
 *
 * Source: Step Functions Developer Guide, "Amazon States Language".
 */
export interface StateMachine {
  readonly Comment: string;
  readonly QueryLanguage: 'JSONata';
  readonly StartAt: string;
  readonly States: States;
}

export type States = Readonly<Record<string, State>>;

/** A value in which texts between `{%` and `%}` are JSONata expressions. */
export type Template =
  string | number | boolean | readonly Template[] | { readonly [name: string]: Template };

type Members = Readonly<Record<string, Template>>;

interface Described {
  readonly Comment: string;
  readonly Output?: Template;
}

type Onward = { readonly Next: string } | { readonly End: true };

export type TaskState = Described &
  Onward & {
    readonly Type: 'Task';
    readonly Resource: string;
    readonly Arguments: Members;
    readonly TimeoutSeconds: number;
    readonly Assign?: Members;
    readonly Retry: readonly Retrier[];
    readonly Catch?: readonly Catcher[];
  };

export type MapState = Described &
  Onward & {
    readonly Type: 'Map';
    readonly Label: string;
    readonly ItemReader: {
      readonly Resource: string;
      readonly ReaderConfig: { readonly InputType: 'JSON' };
      readonly Arguments: { readonly Bucket: string; readonly Key: string };
    };
    readonly ItemSelector: Members;
    readonly ItemProcessor: {
      readonly ProcessorConfig: {
        readonly Mode: 'DISTRIBUTED';
        readonly ExecutionType: 'STANDARD';
      };
      readonly StartAt: string;
      readonly States: States;
    };
    readonly MaxConcurrency: Template;
    readonly ToleratedFailurePercentage: number;
    readonly Retry: readonly Retrier[];
    readonly Catch: readonly Catcher[];
  };

export type ChoiceState = Described & {
  readonly Type: 'Choice';
  readonly Choices: readonly {
    readonly Condition: string;
    readonly Next: string;
    readonly Assign?: Members;
  }[];
  /** A choice that matches nothing fails the execution, and nothing could catch that. */
  readonly Default: string;
  readonly Assign?: Members;
};

export type State =
  | TaskState
  | MapState
  | ChoiceState
  | (Described & {
      readonly Type: 'Wait';
      readonly Seconds: Template;
      readonly Assign?: Members;
      readonly Next: string;
    })
  | (Described & { readonly Type: 'Pass'; readonly Assign: Members; readonly Next: string })
  | (Described & { readonly Type: 'Succeed' });

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly MaxAttempts: number;
  readonly BackoffRate: number;
  readonly MaxDelaySeconds: number;
  readonly JitterStrategy: 'FULL';
}

export interface Catcher {
  readonly ErrorEquals: readonly ['States.ALL'];
  readonly Next: string;
  readonly Assign?: Members;
  readonly Output?: Template;
}
