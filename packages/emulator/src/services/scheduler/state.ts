import type { Target } from '@aws-sdk/client-scheduler';
import type { Timer } from '../../world/scheduler.ts';
import { defineState } from '../../world/state.ts';
import type { ScheduleExpression } from './schedule-expression.ts';

export interface ScheduleTarget extends Target {
  readonly Arn: string;
  readonly RoleArn: string;
}

/** What Create and Update set; an update leaves nothing of what was there. */
export interface ScheduleSettings {
  readonly expressionText: string;
  readonly expression: ScheduleExpression;
  readonly timeZone: string;
  /** As it was given; the default is UTC. */
  readonly timeZoneText: string | undefined;
  readonly startsAt: number | undefined;
  readonly endsAt: number | undefined;
  readonly description: string | undefined;
  readonly isEnabled: boolean;
  readonly windowMinutes: number | undefined;
  readonly deletesItself: boolean;
  readonly target: ScheduleTarget;
}

export interface Schedule {
  readonly name: string;
  readonly groupName: string;
  readonly account: string;
  readonly region: string;
  readonly arn: string;
  readonly createdAt: number;
  /** The token of the call that made it, which may be repeated. */
  readonly clientToken: string | undefined;
  settings: ScheduleSettings;
  modifiedAt: number;
  timer: Timer | undefined;
}

export interface ScheduleGroup {
  readonly name: string;
  /** The default group is as old as the account. */
  readonly createdAt: number | undefined;
  readonly tags: Map<string, string>;
  readonly schedules: Map<string, Schedule>;
  readonly clientToken: string | undefined;
  state: 'ACTIVE' | 'DELETING';
}

export const newGroup = (
  name: string,
  made?: { readonly createdAt: number; readonly clientToken: string | undefined },
): ScheduleGroup => ({
  name,
  createdAt: made?.createdAt,
  clientToken: made?.clientToken,
  tags: new Map(),
  schedules: new Map(),
  state: 'ACTIVE',
});

export const schedulerState = defineState('scheduler', 'regional', () => ({
  groups: new Map<string, ScheduleGroup>([['default', newGroup('default')]]),
}));
