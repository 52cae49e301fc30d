import type { CompiledPolicy } from '../../iam/compiled-policy.ts';
import { defineState } from '../../world/state.ts';
import type { FilterPattern } from './filter-pattern.ts';

export interface LogEvent {
  readonly id: string;
  readonly timestamp: number;
  readonly ingestedAt: number;
  readonly message: string;
  /** Orders events of one timestamp. */
  readonly sequence: number;
}

export interface LogStream {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  /** Oldest first. */
  events: LogEvent[];
  lastIngestedAt: number | undefined;
}

export interface MetricTransformation {
  readonly namespace: string;
  readonly metric: string;
  /** A number, `$.selector` or `$field`. */
  readonly value: string;
  readonly defaultValue: number | undefined;
  readonly dimensions: ReadonlyMap<string, string>;
  readonly unit: string | undefined;
}

export interface MetricFilter {
  readonly name: string;
  readonly patternText: string;
  readonly pattern: FilterPattern;
  readonly transformation: MetricTransformation;
  readonly createdAt: number;
  /** The minute whose default value is already arranged for, and whether something matched in it. */
  minute: { readonly start: number; matched: boolean } | undefined;
}

export interface StoredPolicy {
  readonly name: string;
  /** JSON text. */
  readonly document: string;
  readonly compiled: CompiledPolicy;
  readonly updatedAt: number;
  readonly revisionId: string;
}

export interface LogGroup {
  readonly name: string;
  /** Without the `:*` that IAM policies use. */
  readonly arn: string;
  readonly createdAt: number;
  readonly logClass: 'STANDARD' | 'INFREQUENT_ACCESS' | 'DELIVERY';
  retentionDays: number | undefined;
  kmsKeyId: string | undefined;
  readonly tags: Map<string, string>;
  readonly streams: Map<string, LogStream>;
  readonly metricFilters: Map<string, MetricFilter>;
  /** A policy on this group alone. */
  policy: StoredPolicy | undefined;
  sequence: number;
}

export const logsState = defineState('logs', 'regional', () => ({
  groups: new Map<string, LogGroup>(),
  /** Policies of the account in this Region, by name. */
  policies: new Map<string, StoredPolicy>(),
}));
