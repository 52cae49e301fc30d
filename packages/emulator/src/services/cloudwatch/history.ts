import type { Scope } from '../../world/scope.ts';
import { cloudwatchState, type Alarm, type HistoryItem } from './state.ts';

const keptMs = 30 * 24 * 3_600_000; // CloudWatch API Reference, DescribeAlarmHistory: 30 days

export function noteHistory(
  scope: Scope,
  alarm: Alarm,
  item: { type: HistoryItem['type']; summary: string; data: Readonly<Record<string, unknown>> },
): void {
  const state = cloudwatchState.in(scope);
  state.historyCount += 1;
  state.history = state.history.filter(({ at }) => at > scope.now - keptMs);
  state.history.push({
    sequence: state.historyCount,
    alarmName: alarm.name,
    alarmKind: alarm.kind,
    at: scope.now,
    type: item.type,
    summary: item.summary,
    data: JSON.stringify(item.data),
  });
}
