import type { Explained, ExplainedReport } from '../payload/target-answer.ts';

/** What became of one target, best first; a target's outcome is the worst of its groups. */
export const targetOutcomes = [
  'up-to-date',
  'refreshed',
  'skipped',
  'rolled-back',
  'failed',
  'not-enrolled',
  'unreachable',
] as const;
export type TargetOutcome = (typeof targetOutcomes)[number];

export interface Ended {
  outcome: TargetOutcome;
  /** A word; absent where the outcome says it all. */
  reason?: string;
  /** For people, without its full stop. */
  sentence?: string;
}

/** How a target comes to have the workload stack, which decides what its silence means. */
export type Enrolment = 'stack-set' | 'by-hand';

/** A group as a target last reported it, with the image that it ran before the rollout. */
export interface GroupRecord extends ExplainedReport {
  /** The image that the group was saved on when it was surveyed. */
  imageBefore: string;
}

/** One account and Region in one rollout. */
export interface TargetRecord {
  account: string;
  /** The account's name in the organization. */
  accountName: string;
  region: string;
  enrolment: Enrolment;
  /** Version of the messages that the handler there speaks, once known. */
  schema?: number;
  groups: readonly GroupRecord[];
  warnings: readonly Explained[];
  /** From 1; only planned targets have one. */
  wave?: number;
  /** All times ISO 8601 UTC. The first request to move its groups. */
  startedAt?: string;
  /** It took too long and was told to go back. */
  timedOutAt?: string;
  /** It answered when it was told to go back; until then it is told again. */
  toldBackAt?: string;
  /** Since when it, or one of its groups, cannot be asked. */
  silentSince?: string;
  /** The last look after its wave or at the end. */
  recheckedAt?: string;
  surveyedAt?: string;
  endedAt?: string;
  ended?: Ended;
}

export const targetName = ({ account, region }: { account: string; region: string }): string =>
  `${account}/${region}`;
