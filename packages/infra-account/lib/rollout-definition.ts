import { answer, invocation, invokeTask, patientRetries } from './invoke-task.ts';
import { type Catcher, type ChoiceState, type StateMachine } from './states-language.ts';
import { steerEveryTarget } from './steer-definition.ts';

/** The cause of an error is for people and may be a long stack trace. */
const causeLengthMax = 1000;

/** Whatever goes wrong for good: the rollout ends in order, and its record says why. */
const catchToFinish: Catcher = {
  ErrorEquals: ['States.ALL'],
  Assign: {
    failure: {
      error: {
        Error: "{% $states.errorOutput.Error & '' %}",
        State: '{% $states.context.State.Name %}',
        Cause: `{% $substring($states.errorOutput.Cause & '', 0, ${causeLengthMax}) %}`,
      },
    },
  },
  Next: 'Finish',
};

/** Follows what a function said; anything else than the words given here is taken as `stop`. */
const followNext = (props: {
  readonly comment: string;
  readonly words: Readonly<Record<string, string>>;
  readonly stop: Pick<ChoiceState, 'Default' | 'Assign'>;
}): ChoiceState => ({
  Type: 'Choice',
  Comment: props.comment,
  Choices: Object.entries(props.words).map(([word, state]) => ({
    Condition: `{% $states.input.next = '${word}' %}`,
    Next: state,
  })),
  ...props.stop,
});

/** Moved groups are looked at once more before the rollout ends. */
const recheckThenFinish = { Default: 'AnythingMoved?', Assign: { isBaked: false } } as const;

/**
 * The rollout as a state machine. It wires, waits and fans out; every decision is a function's.
 *
 * Its variables: `rolloutId`; `targetCount`, of those to survey; `wave`, from 1, and `waveCount`; `movedCount`, of the targets
 * that were moved so far; `isBaked`, true while what is rechecked is a wave that was baked, so that it is judged afterwards;
 * `failure`, empty until something is caught.
 */
export const rolloutDefinition: StateMachine = {
  Comment: 'Takes one image through the fleet, wave by wave',
  QueryLanguage: 'JSONata',
  StartAt: 'Begin',
  States: {
    Begin: {
      Type: 'Pass',
      Comment: 'Gives every variable a value',
      Assign: {
        rolloutId: '{% $states.context.Execution.Input.rolloutId %}',
        wave: 1,
        waveCount: 0,
        targetCount: 0,
        movedCount: 0,
        isBaked: false,
        failure: {},
      },
      Next: 'Acquire',
    },
    Acquire: invokeTask({
      comment: 'One rollout per line: takes it, waits for it, or gives way to a newer image',
      function: 'acquire-line',
      payload: {
        image: '{% $states.context.Execution.Input %}',
        executionArn: '{% $states.context.Execution.Id %}',
        startedAt: '{% $states.context.Execution.StartTime %}',
      },
      output: answer('next', 'waitSeconds'),
      next: 'Acquired?',
      catch: catchToFinish,
    }),
    'Acquired?': followNext({
      comment: 'Is the line ours?',
      words: { go: 'ListTargets', wait: 'WaitForLine' },
      stop: { Default: 'Finish' },
    }),
    WaitForLine: {
      Type: 'Wait',
      Comment: 'Until the rollout that has the line has come to rest',
      Seconds: '{% $states.input.waitSeconds %}',
      Next: 'Acquire',
    },
    ListTargets: invokeTask({
      comment: 'Every account and Region, and which of them can be reached at all',
      function: 'list-targets',
      payload: { rolloutId: '{% $rolloutId %}' },
      output: {},
      assign: answer('targetCount'),
      next: 'AnyTarget?',
      catch: catchToFinish,
    }),
    // What a map does with an empty list is not documented.
    'AnyTarget?': {
      Type: 'Choice',
      Comment: 'Is there anybody to ask?',
      Choices: [{ Condition: '{% $targetCount > 0 %}', Next: 'Survey' }],
      Default: 'Plan',
    },
    Survey: steerEveryTarget({
      comment: 'Asks every target what it has and what stands in the way; changes nothing',
      label: 'Survey',
      purpose: 'survey',
      list: "'targets.json'",
      next: 'Plan',
      catch: catchToFinish,
    }),
    Plan: invokeTask({
      comment: 'Decides who is moved in which wave, before anything is moved',
      function: 'plan-rollout',
      payload: { rolloutId: '{% $rolloutId %}' },
      output: answer('next'),
      assign: answer('waveCount'),
      next: 'Planned?',
      catch: catchToFinish,
    }),
    'Planned?': followNext({
      comment: 'Is there anything to move, and in waves that make sense?',
      words: { go: 'NextWave?' },
      stop: { Default: 'Finish' },
    }),
    'NextWave?': {
      Type: 'Choice',
      Comment: 'Is there a wave left?',
      Choices: [{ Condition: '{% $wave <= $waveCount %}', Next: 'Gate' }],
      Default: 'Finish',
    },
    Gate: invokeTask({
      comment: 'May this wave begin now?',
      function: 'gate-wave',
      payload: { rolloutId: '{% $rolloutId %}', wave: '{% $wave %}' },
      output: answer('next', 'waitSeconds'),
      next: 'Gated?',
      catch: catchToFinish,
    }),
    'Gated?': followNext({
      comment: 'Now, later or never?',
      words: { go: 'Refresh', wait: 'WaitAtGate' },
      stop: recheckThenFinish,
    }),
    WaitAtGate: {
      Type: 'Wait',
      Comment: 'Until the gate may have opened',
      Seconds: '{% $states.input.waitSeconds %}',
      Next: 'Gate',
    },
    Refresh: steerEveryTarget({
      comment:
        'Moves the groups of every target of the wave, and waits until each has come to rest',
      label: 'Refresh',
      purpose: 'move',
      list: "'wave-' & $wave & '.json'",
      about: { wave: '{% $wave %}' },
      next: 'Judge',
      catch: catchToFinish,
    }),
    Judge: invokeTask({
      comment: 'Has the wave kept its budget?',
      function: 'judge-wave',
      payload: { rolloutId: '{% $rolloutId %}', wave: '{% $wave %}', baked: false },
      output: answer('next', 'bakeSeconds'),
      assign: answer('movedCount'),
      next: 'Judged?',
      catch: catchToFinish,
    }),
    'Judged?': followNext({
      comment: 'Watch it for a while, go on, or stop?',
      words: { bake: 'Bake', go: 'Advance' },
      stop: recheckThenFinish,
    }),
    Bake: {
      Type: 'Wait',
      Comment: 'Leaves the wave time to show what is wrong with it',
      Seconds: '{% $states.input.bakeSeconds %}',
      Assign: { isBaked: true },
      Next: 'AnythingMoved?',
    },
    'AnythingMoved?': {
      Type: 'Choice',
      Comment: 'Is there anything to look at once more?',
      Choices: [{ Condition: '{% $movedCount > 0 %}', Next: 'Recheck' }],
      Default: 'Rechecked?',
    },
    Recheck: steerEveryTarget({
      comment:
        'Asks every target that was moved once more, since alarms may have taken it back meanwhile',
      label: 'Recheck',
      purpose: 'recheck',
      list: "'moved.json'",
      next: 'Rechecked?',
      catch: catchToFinish,
    }),
    'Rechecked?': {
      Type: 'Choice',
      Comment: 'Was that after a bake, or is it the end?',
      Choices: [{ Condition: '{% $isBaked %}', Next: 'JudgeBaked' }],
      Default: 'Finish',
    },
    JudgeBaked: invokeTask({
      comment: 'Is the wave still good?',
      function: 'judge-wave',
      payload: { rolloutId: '{% $rolloutId %}', wave: '{% $wave %}', baked: true },
      output: answer('next'),
      // It has written the list anew, and may have left it empty.
      assign: answer('movedCount'),
      next: 'JudgedBaked?',
      catch: catchToFinish,
    }),
    'JudgedBaked?': followNext({
      comment: 'Go on or stop? What was moved has just been looked at',
      words: { go: 'Advance' },
      stop: { Default: 'Finish' },
    }),
    Advance: {
      Type: 'Pass',
      Comment: 'To the next wave',
      Assign: { wave: '{% $wave + 1 %}', isBaked: false },
      Next: 'NextWave?',
    },
    Finish: {
      Type: 'Task',
      Comment:
        'Reached on every path: gives every target an outcome, moves what is stable, leaves the line and tells people',
      ...invocation(
        'finish-rollout',
        "{% $merge([{'rolloutId': $rolloutId, 'begun': {'image': $states.context.Execution.Input, 'executionArn': $states.context.Execution.Id}}, $failure]) %}",
      ),
      Output: {},
      // It has nowhere to go: when it fails for good, the execution fails and an alarm says so.
      Retry: patientRetries,
      End: true,
    },
  },
};
