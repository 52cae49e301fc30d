import type { Scope } from '../../world/scope.ts';
import { defineState } from '../../world/state.ts';
import type { Comparison, MissingData, StateValue } from './alarm-evaluation.ts';
import type { CompositeRule } from './composite-rule.ts';
import type { Series } from './series.ts';

export type Statistic = 'SampleCount' | 'Average' | 'Sum' | 'Minimum' | 'Maximum';

export interface AlarmState {
  readonly value: StateValue;
  readonly reason: string;
  /** JSON text. */
  readonly reasonData: string | undefined;
  /** Milliseconds since 1970. */
  readonly updatedAt: number;
  /** When the value last changed. */
  readonly transitionedAt: number;
}

interface AlarmCommon {
  readonly name: string;
  readonly arn: string;
  readonly description: string | undefined;
  actionsEnabled: boolean;
  readonly okActions: readonly string[];
  readonly alarmActions: readonly string[];
  readonly insufficientDataActions: readonly string[];
  readonly configuredAt: number;
  state: AlarmState;
  readonly tags: Map<string, string>;
}

export interface MetricAlarm extends AlarmCommon {
  readonly kind: 'metric';
  /** The id that CloudWatch makes up for the metric in events. */
  readonly metricId: string;
  readonly series: Series;
  readonly statistic: Statistic;
  readonly unit: string | undefined;
  readonly periodSeconds: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  /** Whether the caller gave `datapointsToAlarm`. */
  readonly isMOutOfN: boolean;
  readonly threshold: number;
  readonly comparison: Comparison;
  readonly treatMissing: MissingData;
  /** Whether the caller gave `treatMissing`. */
  readonly treatMissingGiven: string | undefined;
}

export interface CompositeAlarm extends AlarmCommon {
  readonly kind: 'composite';
  readonly rule: CompositeRule;
}

export type Alarm = MetricAlarm | CompositeAlarm;

export interface HistoryItem {
  readonly sequence: number;
  readonly alarmName: string;
  readonly alarmKind: Alarm['kind'];
  readonly at: number;
  readonly type: 'ConfigurationUpdate' | 'StateUpdate' | 'Action';
  readonly summary: string;
  /** JSON text. */
  readonly data: string;
}

export interface Dashboard {
  readonly name: string;
  readonly body: string;
  readonly modifiedAt: Date;
}

export const cloudwatchState = defineState('cloudwatch', 'regional', () => ({
  /** By series id. */
  series: new Map<string, Series>(),
  alarms: new Map<string, Alarm>(),
  history: [] as HistoryItem[],
  historyCount: 0,
}));

/** Dashboards are global within an account. */
export const dashboardState = defineState('cloudwatch-dashboards', 'account', () => ({
  dashboards: new Map<string, Dashboard>(),
}));

export const alarmArn = (scope: Scope, name: string): string =>
  scope.arn(`alarm:${name}`, { service: 'cloudwatch' });
