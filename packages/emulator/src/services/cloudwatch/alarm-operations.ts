import type * as client from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { numericKey, paginate } from '../../world/paging.ts';
import { operation, type AccessCheck } from '../../world/service.ts';
import { alarmChanges } from './alarm-changes.ts';
import { wakeAlarm } from './awake-alarms.ts';
import { cloudwatchTime } from './alarm-reason.ts';
import { changeState } from './change-state.ts';
import { describeCompositeAlarm, describeMetricAlarm } from './describe-alarm.ts';
import { noteHistory } from './history.ts';
import { seriesId } from './series.ts';
import { alarmArn, cloudwatchState, type Alarm } from './state.ts';
import { resourceTagContext } from './tags.ts';

const historyPageMax = 100; // CloudWatch API Reference, DescribeAlarmHistory, MaxRecords
const describePageMax = 100; // CloudWatch API Reference, DescribeAlarms, MaxRecords
const deleteMax = 100; // CloudWatch API Reference, DeleteAlarms

export const alarmCheck = (call: Call, action: string, name: string): AccessCheck => ({
  action: `cloudwatch:${action}`,
  resource: alarmArn(call, name),
  context: resourceTagContext(cloudwatchState.in(call).alarms.get(name)?.tags),
});

const checksByName = (
  call: Call,
  action: string,
  names: readonly string[] | undefined,
): readonly AccessCheck[] => {
  const wanted = names === undefined || names.length === 0 ? ['*'] : names;
  return wanted.map((name) => alarmCheck(call, action, name));
};

/** @throws AwsError ResourceNotFound */
function requireAlarm(call: Call, name: string): Alarm {
  const alarm = cloudwatchState.in(call).alarms.get(name);
  if (!alarm) throw new AwsError('ResourceNotFound', `There is no alarm ${name}.`);
  return alarm;
}

export const describeAlarms = operation<
  client.DescribeAlarmsCommandInput,
  Partial<client.DescribeAlarmsCommandOutput>
>({
  authorize: (input, call) => checksByName(call, 'DescribeAlarms', input.AlarmNames),
  run(input, call) {
    if (input.AlarmNames !== undefined && input.AlarmNamePrefix !== undefined)
      throw new AwsError(
        'InvalidParameterCombination',
        'AlarmNames and AlarmNamePrefix exclude each other.',
      );
    // Without AlarmTypes only metric alarms come back, even by the name of a composite one.
    const kinds = (input.AlarmTypes ?? ['MetricAlarm']).map((type) =>
      type === 'CompositeAlarm' ? 'composite' : 'metric',
    );
    const matching = [...cloudwatchState.in(call).alarms.values()].filter(
      (alarm) => kinds.includes(alarm.kind) && matches(alarm, input, call),
    );
    const page = paginate(call, matching, {
      keyOf: ({ name }) => name,
      token: input.NextToken,
      size: input.MaxRecords,
      sizeMax: describePageMax,
      invalidToken: 'InvalidNextToken',
    });
    return {
      MetricAlarms: page.items.flatMap((alarm) =>
        alarm.kind === 'metric' ? [describeMetricAlarm(alarm)] : [],
      ),
      CompositeAlarms: page.items.flatMap((alarm) =>
        alarm.kind === 'composite' ? [describeCompositeAlarm(alarm)] : [],
      ),
      NextToken: page.nextToken,
    };
  },
});

function matches(alarm: Alarm, input: client.DescribeAlarmsCommandInput, call: Call): boolean {
  const { alarms } = cloudwatchState.in(call);
  const childrenOf = (name: string): readonly string[] => {
    const parent = alarms.get(name);
    return parent?.kind === 'composite' ? parent.rule.children : [];
  };
  const actions = [...alarm.alarmActions, ...alarm.okActions, ...alarm.insufficientDataActions];
  return (
    (input.AlarmNames === undefined || input.AlarmNames.includes(alarm.name)) &&
    (input.AlarmNamePrefix === undefined || alarm.name.startsWith(input.AlarmNamePrefix)) &&
    (input.StateValue === undefined || alarm.state.value === input.StateValue) &&
    (input.ActionPrefix === undefined ||
      actions.some((action) => action.startsWith(input.ActionPrefix ?? ''))) &&
    (input.ChildrenOfAlarmName === undefined ||
      childrenOf(input.ChildrenOfAlarmName).includes(alarm.name)) &&
    (input.ParentsOfAlarmName === undefined ||
      childrenOf(alarm.name).includes(input.ParentsOfAlarmName))
  );
}

export const describeAlarmsForMetric = operation<
  client.DescribeAlarmsForMetricCommandInput,
  Partial<client.DescribeAlarmsForMetricCommandOutput>
>({
  // DescribeAlarmsForMetric has no resource-level permission.
  authorize: () => ({ action: 'cloudwatch:DescribeAlarmsForMetric', resource: '*' }),
  run(input, call) {
    if (input.ExtendedStatistic !== undefined)
      throw new AwsError('InvalidParameterValue', 'percentiles are not modelled by this emulator');
    const { series, alarms } = cloudwatchState.in(call);
    const dimensions = (input.Dimensions ?? []).map(({ Name = '', Value = '' }) => ({
      name: Name,
      value: Value,
    }));
    const found = series.get(seriesId(input.Namespace ?? '', input.MetricName ?? '', dimensions));
    const onMetric = [...(found?.watchers ?? [])].sort().flatMap((name) => alarms.get(name) ?? []);
    return {
      MetricAlarms: onMetric.flatMap((alarm) =>
        alarm.kind === 'metric' &&
        (input.Statistic === undefined || alarm.statistic === input.Statistic) &&
        (input.Period === undefined || alarm.periodSeconds === input.Period) &&
        (input.Unit === undefined || alarm.unit === input.Unit)
          ? [describeMetricAlarm(alarm)]
          : [],
      ),
    };
  },
});

export const describeAlarmHistory = operation<
  client.DescribeAlarmHistoryCommandInput,
  Partial<client.DescribeAlarmHistoryCommandOutput>
>({
  authorize: (input, call) => alarmCheck(call, 'DescribeAlarmHistory', input.AlarmName ?? '*'),
  run(input, call) {
    if (input.AlarmContributorId !== undefined)
      throw new AwsError(
        'InvalidParameterValue',
        'AlarmContributorId is not modelled by this emulator',
      );
    const kinds = (input.AlarmTypes ?? ['MetricAlarm']).map((type) =>
      type === 'CompositeAlarm' ? 'composite' : 'metric',
    );
    const items = cloudwatchState
      .in(call)
      .history.filter(
        (item) =>
          kinds.includes(item.alarmKind) &&
          (input.AlarmName === undefined || item.alarmName === input.AlarmName) &&
          (input.HistoryItemType === undefined || item.type === input.HistoryItemType) &&
          (input.StartDate === undefined || item.at >= input.StartDate.getTime()) &&
          (input.EndDate === undefined || item.at <= input.EndDate.getTime()),
      );
    const page = paginate(call, items, {
      // Newest first unless asked otherwise.
      keyOf: ({ sequence }) =>
        numericKey(
          input.ScanBy === 'TimestampAscending' ? sequence : Number.MAX_SAFE_INTEGER - sequence,
        ),
      token: input.NextToken,
      size: input.MaxRecords,
      sizeMax: historyPageMax,
      invalidToken: 'InvalidNextToken',
    });
    return {
      AlarmHistoryItems: page.items.map((item) => ({
        AlarmName: item.alarmName,
        AlarmType:
          item.alarmKind === 'metric' ? ('MetricAlarm' as const) : ('CompositeAlarm' as const),
        Timestamp: new Date(item.at),
        HistoryItemType: item.type,
        HistorySummary: item.summary,
        HistoryData: item.data,
      })),
      NextToken: page.nextToken,
    };
  },
});

export const deleteAlarms = operation<
  client.DeleteAlarmsCommandInput,
  Partial<client.DeleteAlarmsCommandOutput>
>({
  authorize: (input, call) => checksByName(call, 'DeleteAlarms', input.AlarmNames),
  run(input, call) {
    const names = input.AlarmNames ?? [];
    if (names.length > deleteMax)
      throw new AwsError('ValidationError', `at most ${deleteMax} alarms can be deleted at once`);
    // Nothing is deleted when one name is wrong.
    const alarms = names.map((name) => requireAlarm(call, name));
    if (alarms.length > 1 && alarms.some(({ kind }) => kind === 'composite'))
      throw new AwsError(
        'ValidationError',
        'A composite alarm cannot be deleted together with other alarms.',
      );
    for (const alarm of alarms) {
      if (alarm.kind === 'metric') alarm.series.watchers.delete(alarm.name);
      cloudwatchState.in(call).alarms.delete(alarm.name);
      noteHistory(call, alarm, {
        type: 'ConfigurationUpdate',
        summary: `Alarm "${alarm.name}" deleted`,
        data: { version: '1.0', type: 'Delete' },
      });
      alarmChanges.tell(call, { name: alarm.name });
    }
    return {};
  },
});

export const setAlarmState = operation<
  client.SetAlarmStateCommandInput,
  Partial<client.SetAlarmStateCommandOutput>
>({
  authorize: (input, call) => alarmCheck(call, 'SetAlarmState', input.AlarmName ?? ''),
  async run(input, call) {
    const alarm = requireAlarm(call, input.AlarmName ?? '');
    const { StateValue: value, StateReason: reason = '', StateReasonData: data } = input;
    if (value !== 'OK' && value !== 'ALARM' && value !== 'INSUFFICIENT_DATA')
      throw new AwsError('ValidationError', `${String(value)} is not a state of an alarm`);
    if (data !== undefined && !isJson(data))
      throw new AwsError('InvalidFormat', 'StateReasonData is not JSON');
    await changeState(call, alarm, { value, reason, reasonData: data });
    // It lasts until the next evaluation.
    if (alarm.kind === 'metric') wakeAlarm(call, alarm.name);
    return {};
  },
});

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const switchActions = (action: 'EnableAlarmActions' | 'DisableAlarmActions', enabled: boolean) =>
  operation<client.EnableAlarmActionsCommandInput, Partial<client.EnableAlarmActionsCommandOutput>>(
    {
      authorize: (input, call) => checksByName(call, action, input.AlarmNames),
      run(input, call) {
        for (const name of input.AlarmNames ?? []) {
          const alarm = cloudwatchState.in(call).alarms.get(name);
          if (!alarm || alarm.actionsEnabled === enabled) continue;
          alarm.actionsEnabled = enabled;
          noteHistory(call, alarm, {
            type: 'ConfigurationUpdate',
            summary: `Alarm "${name}" updated`,
            data: {
              version: '1.0',
              type: 'Update',
              actionsEnabled: enabled,
              at: cloudwatchTime(call.now),
            },
          });
        }
        return {};
      },
    },
  );

export const enableAlarmActions = switchActions('EnableAlarmActions', true);
export const disableAlarmActions = switchActions('DisableAlarmActions', false);
