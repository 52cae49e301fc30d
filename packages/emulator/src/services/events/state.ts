import type { Target } from '@aws-sdk/client-eventbridge';
import type { CompiledPolicy } from '../../iam/compiled-policy.ts';
import type { Timer } from '../../world/scheduler.ts';
import { defineState } from '../../world/state.ts';
import type { ScheduleExpression } from '../scheduler/schedule-expression.ts';
import type { EventPattern } from './pattern.ts';

export interface RuleTarget extends Target {
  readonly Id: string;
  readonly Arn: string;
}

export interface Rule {
  readonly name: string;
  readonly busName: string;
  readonly account: string;
  readonly region: string;
  readonly arn: string;
  readonly createdBy: string;
  patternText: string | undefined;
  pattern: EventPattern | undefined;
  scheduleText: string | undefined;
  schedule: ScheduleExpression | undefined;
  isEnabled: boolean;
  state: string;
  description: string | undefined;
  roleArn: string | undefined;
  readonly targets: Map<string, RuleTarget>;
  readonly tags: Map<string, string>;
  timer: Timer | undefined;
}

export interface PolicyStatement {
  readonly Sid: string;
  readonly [element: string]: unknown;
}

export interface EventBus {
  readonly name: string;
  description: string | undefined;
  statements: readonly PolicyStatement[];
  policy: CompiledPolicy | undefined;
  readonly createdAt: number | undefined;
  modifiedAt: number | undefined;
  readonly tags: Map<string, string>;
  readonly rules: Map<string, Rule>;
}

export const newBus = (name: string, createdAt?: number): EventBus => ({
  name,
  description: undefined,
  statements: [],
  policy: undefined,
  createdAt,
  modifiedAt: createdAt,
  tags: new Map(),
  rules: new Map(),
});

/** Every account has a default bus in every Region from the beginning. */
export const eventsState = defineState('events', 'regional', () => ({
  buses: new Map<string, EventBus>([['default', newBus('default')]]),
}));
