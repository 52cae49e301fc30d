import type { AmiId, ImageLine } from './ids.ts';
import type { VersionNumber } from './image-version.ts';
import type { BuildOrder, RolloutId } from './rollout-id.ts';

/** States of a rollout; the last four are ends. */
export const rolloutStates = [
  'planned',
  'running',
  'baking',
  'paused',
  'halted',
  'completed',
  'aborted',
  'superseded',
] as const;
export type RolloutState = (typeof rolloutStates)[number];

/** The states in which a rollout ends; `aborted` is its end when its execution died. */
export const rolloutEnds = ['halted', 'completed', 'aborted', 'superseded'] as const;
export type RolloutEnd = (typeof rolloutEnds)[number];

export const isRolloutEnd = (state: RolloutState): state is RolloutEnd =>
  rolloutEnds.some((end) => end === state);

/** The image that is rolled out, as its builder reported it. */
export interface RolloutImage {
  rolloutId: RolloutId;
  order: BuildOrder;
  n: VersionNumber;
  /** `1.0.<n>` */
  version: string;
  imageArn: string;
  /** AMI per Region; a Region without one has no targets. */
  amis: Readonly<Record<string, AmiId>>;
}

/** Why a rollout stops before its last wave, for records, notices and people. */
export interface StopReason {
  code: StopCode;
  /** With the value and the way out; without its full stop. */
  sentence: string;
}

export const stopCodes = [
  'accounts-not-listed',
  'budget-exceeded',
  'engine-error',
  'execution-died',
  'late-rollback',
  'no-target',
  'superseded',
  'taken-over',
  'waves-invalid',
] as const;
export type StopCode = (typeof stopCodes)[number];

/** How often each outcome occurs, in targets. */
export type OutcomeCounts = Readonly<Record<string, number>>;

/** One image on its way through the fleet. */
export interface RolloutRecord extends RolloutImage {
  line: ImageLine;
  state: RolloutState;
  executionArn: string;
  /** Targets by wave, first wave first; absent until planned. */
  waves?: readonly number[];
  /** Waves that have been judged good, bake included. */
  wavesDone: number;
  stop?: StopReason;
  /** Set with the end. */
  outcomes?: OutcomeCounts;
  /** ISO 8601 UTC per state. */
  reachedAt: Readonly<Partial<Record<RolloutState, string>>>;
  /** ISO 8601 UTC; absent until people were told of the end. */
  noticedAt?: string;
}

/** The budget of one wave. */
export interface WaveRecord {
  /** From 1. */
  wave: number;
  targets: number;
  /** How many targets may fail without stopping the rollout. */
  budget: number;
  /** `<account>/<region>` of each target that spent budget, sorted. */
  failedTargets: readonly string[];
}

/** Who has the line, who waits for it and how far it has come. Orders only ever grow. */
export interface LineLock {
  /** Highest build that Image Builder ever reported as available. */
  highestArrived?: BuildOrder;
  /** Highest build that waits for the line, or waited. */
  highestWaiting?: BuildOrder;
  /** Highest build that ever had the line. */
  highestAcquired?: BuildOrder;
  holder?: LineHolder;
}

export interface LineHolder {
  rolloutId: RolloutId;
  order: BuildOrder;
  executionArn: string;
  /** ISO 8601 UTC */
  since: string;
  /** It has to start nothing more. */
  stop?: StopReason;
}
