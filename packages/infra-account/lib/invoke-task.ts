import { type Catcher, type Retrier, type TaskState, type Template } from './states-language.ts';

/** The functions that the state machine invokes, with how long each may take, in seconds. */
export const stepTimeoutSeconds = {
  'acquire-line': 900,
  'list-targets': 900,
  'steer-target': 60,
  'reach-account': 330,
  'plan-rollout': 300,
  'gate-wave': 60,
  'judge-wave': 300,
  'finish-rollout': 900,
} as const;

export type StepFunction = keyof typeof stepTimeoutSeconds;

/** The task waits longer than the function may take, so that it hears of the function's own timeout. */
const patienceSeconds = 30;

/** `steer-target` -> `SteerTarget`: the construct that makes a function. */
export const handlerConstructId = (name: string): string =>
  name.replaceAll(/(?:^|-)([a-z])/g, (_match, letter: string) => letter.toUpperCase());

/** `${...}` in the definition, which CloudFormation replaces by the ARN of the function. */
export const arnPlaceholder = (name: StepFunction): string => `${handlerConstructId(name)}Arn`;

/** Source: Step Functions Developer Guide, "Handle transient Lambda service exceptions". */
const transientErrors = [
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
];

/** What is written in every state may be done twice, so every error is worth another try. */
const whateverHappens = {
  ErrorEquals: ['States.ALL'],
  IntervalSeconds: 5,
  MaxAttempts: 4,
  BackoffRate: 3,
  MaxDelaySeconds: 180,
  JitterStrategy: 'FULL',
} as const satisfies Retrier;

export const retries: readonly Retrier[] = [
  {
    ErrorEquals: transientErrors,
    // For about an hour: a target that is given up because Lambda was busy is one that nobody watches.
    IntervalSeconds: 2,
    MaxAttempts: 50,
    BackoffRate: 2,
    MaxDelaySeconds: 120,
    JitterStrategy: 'FULL',
  },
  whateverHappens,
];

/** For ten hours or so (delays are drawn up to the maximum): whoever repairs the cause meanwhile has nothing else to do. */
export const patientRetries: readonly Retrier[] = [
  { ...whateverHappens, MaxAttempts: 50, MaxDelaySeconds: 1800 },
];

interface InvokeTask {
  readonly comment: string;
  readonly function: StepFunction;
  readonly payload: Template;
  readonly next: string;
  readonly catch: Catcher;
  readonly output?: Template;
  readonly assign?: Readonly<Record<string, Template>>;
}

/** A state that invokes a function and waits for its answer. */
export const invokeTask = (props: InvokeTask): TaskState => ({
  Type: 'Task',
  Comment: props.comment,
  ...invocation(props.function, props.payload),
  ...(props.output === undefined ? {} : { Output: props.output }),
  ...(props.assign === undefined ? {} : { Assign: props.assign }),
  Retry: retries,
  Catch: [props.catch],
  Next: props.next,
});

export const invocation = (name: StepFunction, payload: Template) => ({
  Resource: 'arn:${Partition}:states:::lambda:invoke',
  Arguments: { FunctionName: `\${${arnPlaceholder(name)}}`, Payload: payload },
  TimeoutSeconds: stepTimeoutSeconds[name] + patienceSeconds,
});

/** Members of a function's answer by name; one that is missing is an error of this state, which can still be caught. */
export const answer = (...names: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(names.map((name) => [name, `{% $states.result.Payload.${name} %}`]));
