import { invokeTask, retries } from './invoke-task.ts';
import { type Catcher, type MapState, type States, type Template } from './states-language.ts';

/** What targets are steered for: to look, to move their groups, to look once more. */
type SteerPurpose = 'survey' | 'move' | 'recheck';

interface SteerEveryTarget {
  readonly comment: string;
  /** Also what the names of the map's states begin with, because a name is unique in the whole machine. */
  readonly label: string;
  readonly purpose: SteerPurpose;
  /** JSONata that gives the name of the list of targets, below `rollouts/<id>/`. */
  readonly list: string;
  /** More that each child is told. */
  readonly about?: Readonly<Record<string, Template>>;
  readonly next: string;
  readonly catch: Catcher;
}

/**
 * A Distributed Map over a list of targets. Its children never fail, since a map that fails aborts those that still run, and
 * what becomes of their targets would be lost: they write rows of the state table, and whoever judges reads those.
 */
export const steerEveryTarget = (props: SteerEveryTarget): MapState => ({
  Type: 'Map',
  Comment: props.comment,
  Label: props.label,
  ItemReader: {
    Resource: 'arn:${Partition}:states:::s3:getObject',
    ReaderConfig: { InputType: 'JSON' },
    Arguments: {
      Bucket: '${ListsBucket}',
      Key: `{% 'rollouts/' & $rolloutId & '/' & ${props.list} %}`,
    },
  },
  ItemSelector: {
    rolloutId: '{% $rolloutId %}',
    purpose: props.purpose,
    ...props.about,
    account: '{% $states.context.Map.Item.Value.account %}',
    region: '{% $states.context.Map.Item.Value.region %}',
  },
  ItemProcessor: {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    StartAt: `${props.label}Steer`,
    States: steerOne(props.label),
  },
  MaxConcurrency: '{% ${RolloutConcurrency} %}',
  ToleratedFailurePercentage: 100,
  Output: {},
  // Another run asks every target once more, and each goes on from its row.
  Retry: retries,
  Catch: [props.catch],
  Next: props.next,
});

const askedAnswer = (answer: string): string =>
  `{% $merge([$states.input.target, {'said': {'asked': $states.input.question.request.action, 'answer': ${answer}}}]) %}`;

/** One target: decide what to ask, wait, ask, and decide again with what it said. */
const steerOne = (prefix: string): States => ({
  [`${prefix}Steer`]: invokeTask({
    comment: 'Records what the target said and decides what it is asked next, and when',
    function: 'steer-target',
    payload: '{% $states.input %}',
    output: '{% $states.result.Payload %}',
    next: `${prefix}More?`,
    // Its row stays without an end, which is judged as one that cannot be reached.
    catch: { ErrorEquals: ['States.ALL'], Next: `${prefix}Done` },
  }),
  [`${prefix}More?`]: {
    Type: 'Choice',
    Comment: 'Is there anything left to ask, and is it to be asked later?',
    Choices: [
      {
        Condition: "{% $states.input.next = 'ask' and $states.input.waitSeconds > 0 %}",
        Next: `${prefix}Pause`,
      },
      { Condition: "{% $states.input.next = 'ask' %}", Next: `${prefix}Ask` },
    ],
    Default: `${prefix}Done`,
  },
  [`${prefix}Pause`]: {
    Type: 'Wait',
    Comment: 'Leaves the target time',
    Seconds: '{% $states.input.waitSeconds %}',
    Next: `${prefix}Ask`,
  },
  [`${prefix}Ask`]: invokeTask({
    comment: 'Asks the handler of the target; every question may be asked twice',
    function: 'reach-account',
    payload: '{% $states.input.question %}',
    output: askedAnswer('$states.result.Payload'),
    next: `${prefix}Steer`,
    catch: {
      ErrorEquals: ['States.ALL'],
      Output: askedAnswer(
        "{'outcome': 'unreachable', 'reason': 'call-failed', 'detail': $substring($states.errorOutput.Error & ': ' & $states.errorOutput.Cause, 0, 500)}",
      ),
      Next: `${prefix}Steer`,
    },
  }),
  [`${prefix}Done`]: {
    Type: 'Succeed',
    Comment: 'Everything is in the state table',
    Output: {},
  },
});
