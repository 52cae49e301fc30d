import { AwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import { publishServiceEvent } from '../events/publish.ts';
import { performAction } from './alarm-actions.ts';
import { alarmChanges } from './alarm-changes.ts';
import { stateChangeDetail } from './alarm-messages.ts';
import type { StateValue } from './alarm-evaluation.ts';
import { cloudwatchTime } from './alarm-reason.ts';
import { noteHistory } from './history.ts';
import { cloudwatchState, type Alarm, type AlarmState, type CompositeAlarm } from './state.ts';

export interface NewState {
  readonly value: StateValue;
  readonly reason: string;
  readonly reasonData: string | undefined;
}

/** Composite alarms may stand on composite alarms; a change travels up at most this far. */
const compositeDepthMax = 20;

/**
 * Gives an alarm a new state and does what follows from it: history, event, actions, composite alarms that stand on it.
 * Nothing follows when the value stays.
 */
export async function changeState(
  scope: Scope,
  alarm: Alarm,
  next: NewState,
  depth = 0,
): Promise<void> {
  const previous = alarm.state;
  const changed = previous.value !== next.value;
  alarm.state = {
    ...next,
    updatedAt: scope.now,
    transitionedAt: changed ? scope.now : previous.transitionedAt,
  };
  if (!changed) return;
  noteChange(scope, alarm, previous);
  alarmChanges.tell(scope, { name: alarm.name });
  await runActions(scope, alarm, previous);
  if (depth >= compositeDepthMax)
    throw new TypeError(
      `composite alarms above ${alarm.name} nest deeper than ${compositeDepthMax}`,
    );
  for (const parent of parentsOf(scope, alarm.name))
    await evaluateComposite(scope, parent, depth + 1);
}

function noteChange(scope: Scope, alarm: Alarm, previous: AlarmState): void {
  scope.record('alarm-state-changed', {
    alarm: alarm.name,
    from: previous.value,
    to: alarm.state.value,
    reason: alarm.state.reason,
  });
  noteHistory(scope, alarm, {
    type: 'StateUpdate',
    summary: `Alarm updated from ${previous.value} to ${alarm.state.value}`,
    data: {
      version: '1.0',
      oldState: historyState(previous),
      newState: historyState(alarm.state),
    },
  });
  publishServiceEvent(scope, {
    source: 'aws.cloudwatch',
    detailType: 'CloudWatch Alarm State Change',
    resources: [alarm.arn],
    detail: stateChangeDetail(alarm, previous),
  });
}

const historyState = ({ value, reason, reasonData }: AlarmState): Record<string, unknown> => ({
  stateValue: value,
  stateReason: reason,
  ...(reasonData === undefined ? {} : { stateReasonData: JSON.parse(reasonData) as unknown }),
});

async function runActions(scope: Scope, alarm: Alarm, previous: AlarmState): Promise<void> {
  if (!alarm.actionsEnabled) return;
  for (const action of actionsFor(alarm, alarm.state.value))
    try {
      await performAction(scope, alarm, previous, action);
      noteAction(scope, alarm, `Successfully executed action ${action}`, {
        actionState: 'Succeeded',
        action,
      });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      noteAction(
        scope,
        alarm,
        `Failed to execute action ${action}. Received error: "${error.message}"`,
        {
          actionState: 'Failed',
          action,
          error: error.message,
        },
      );
    }
}

function noteAction(
  scope: Scope,
  alarm: Alarm,
  summary: string,
  { actionState, action, error }: { actionState: string; action: string; error?: string },
): void {
  scope.record('alarm-action', {
    alarm: alarm.name,
    action,
    actionState,
    ...(error === undefined ? {} : { error }),
  });
  noteHistory(scope, alarm, {
    type: 'Action',
    summary,
    data: {
      actionState,
      stateUpdateTimestamp: cloudwatchTime(alarm.state.updatedAt),
      notificationResource: action,
      ...(error === undefined ? {} : { error }),
    },
  });
}

function actionsFor(alarm: Alarm, value: StateValue): readonly string[] {
  switch (value) {
    case 'OK':
      return alarm.okActions;
    case 'ALARM':
      return alarm.alarmActions;
    case 'INSUFFICIENT_DATA':
      return alarm.insufficientDataActions;
    default:
      return value satisfies never;
  }
}

const parentsOf = (scope: Scope, name: string): readonly CompositeAlarm[] =>
  [...cloudwatchState.in(scope).alarms.values()].flatMap((alarm) =>
    alarm.kind === 'composite' && alarm.rule.children.includes(name) ? [alarm] : [],
  );

/** Gives a composite alarm the state that its rule has now. */
export async function evaluateComposite(
  scope: Scope,
  alarm: CompositeAlarm,
  depth = 0,
): Promise<void> {
  const { alarms } = cloudwatchState.in(scope);
  const raised = alarm.rule.holds((name) => alarms.get(name)?.state.value ?? 'INSUFFICIENT_DATA');
  const value = raised ? 'ALARM' : 'OK';
  if (alarm.state.value === value) return;
  const children = alarm.rule.children.map((name) => ({
    arn: alarms.get(name)?.arn,
    state: { value: alarms.get(name)?.state.value },
  }));
  await changeState(
    scope,
    alarm,
    {
      value,
      reason: `The alarm rule ${alarm.rule.text} ${raised ? 'holds' : 'does not hold'} for ${children
        .map(({ arn, state }) => `${String(arn)}: ${String(state.value)}`)
        .join(', ')}`,
      reasonData: JSON.stringify({ triggeringAlarms: children }),
    },
    depth,
  );
}
