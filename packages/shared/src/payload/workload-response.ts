import type { WorkloadSchema } from './workload-request.ts';

/**
 * Why a target or a group of it is not moved, and which values are part of the reason. Plans, records and runbooks use the
 * same words. A handler sends reason and values; `block-sentence.ts` makes the sentence, so that it is not carried into every
 * account.
 */
export const blockValues = {
  // Of the whole target.
  'request-invalid': ['problem', 'schema'],
  'other-line': ['line', 'asked'],
  'image-wrong-region': ['ami', 'region', 'here'],
  'image-not-visible': ['ami', 'region', 'owner'],
  'image-foreign-owner': ['ami', 'owner', 'wanted'],
  'image-other-name': ['ami', 'name', 'prefix'],
  'image-not-available': ['ami', 'state'],
  // Of every group that is not there yet.
  'alarm-not-ok': ['alarm', 'state'],
  'kms-grant-refused': ['key', 'role'],
  'kms-key-unnamed': ['ami'],
  // Of one group.
  'group-not-found': [],
  'not-moved': [],
  'enrolled-in-other-line': ['line'],
  'being-deleted': [],
  'launch-configuration': [],
  'attribute-based-selection': [],
  'image-overrides': [],
  'mixed-versions': [],
  'too-many-templates': ['count', 'max'],
  'other-template': ['template', 'wanted'],
  'template-not-found': ['template', 'version'],
  'ssm-alias': ['template', 'version', 'image'],
  'refresh-in-progress': ['refresh', 'status'],
  'suspended-processes': ['processes'],
  'instances-on-several-versions': ['template', 'saved', 'versions'],
  'unreleased-template-change': ['template', 'saved', 'latest', 'running'],
  'last-good-not-launchable': ['template', 'version', 'ami', 'state'],
  'no-last-good': ['ami'],
  architecture: ['template', 'version', 'current', 'next'],
  'boot-mode': ['template', 'version', 'current', 'next'],
  'root-device': ['template', 'version', 'current', 'next'],
  'root-volume-size': ['template', 'version', 'current', 'next'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** What deserves a look and stops nothing. */
export const warningValues = {
  'ecs-signal-unproven': ['logGroup'],
  'image-not-allowed': ['ami', 'owner'],
  'kms-grants-unmanaged': ['ami'],
  'registration-not-checked': [],
  'stack-managed': ['stack'],
  'template-shared': ['template', 'other'],
  'unreleased-template-change': ['template', 'saved', 'latest', 'running'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

type Value = string | number;
type Said<Values extends Readonly<Record<string, readonly string[]>>> = {
  [R in keyof Values]: { reason: R } & Readonly<Record<Values[R][number], Value>>;
}[keyof Values];

export type BlockReason = keyof typeof blockValues;
export type Block = Said<typeof blockValues>;
export type WarningReason = keyof typeof warningValues;
export type Warning = Said<typeof warningValues>;

/** Where a group stands; the last five are outcomes. `unknown`: it could not be read just now, whatever it does. */
export const groupStates = [
  'ready',
  'moving',
  'rolling-back',
  'unknown',
  'up-to-date',
  'refreshed',
  'rolled-back',
  'failed',
  'skipped',
] as const;
export type GroupState = (typeof groupStates)[number];

/** Why a group failed or went back, besides what was given to `rollback`; `alarm` is AWS's own doing. */
export type GroupReason =
  | 'agent-not-registered'
  | 'alarm'
  | 'aws-error'
  | 'late-alarm'
  | 'no-last-good'
  | 'refresh-cancelled'
  | 'refresh-failed'
  | 'refresh-in-progress'
  | 'rollback-failed';

/** What one group answers to any request. */
export interface GroupReport {
  group: string;
  state: GroupState;
  /** Desired capacity. */
  size: number;
  /** The image that its main launch template launches as it is saved on the group; empty when it cannot be told. */
  image: string;
  /** With `skipped`. */
  block?: Block;
  /** A {@link GroupReason}, or the reason that `rollback` was given. */
  reason?: string;
  /** AWS's words, or the instances that it is about. */
  detail?: string;
  warnings?: readonly Warning[];
  /** The refresh of this rollout, status verbatim. */
  refresh?: { id: string; status: string; percentageComplete: number };
  registration?: 'checked' | 'not-checked';
}

/** What a target says of its groups, each with its own standing. */
export interface Answered {
  outcome: 'answered';
  warnings: readonly Warning[];
  groups: readonly GroupReport[];
}

/** What a target has to say, in whatever version of the messages. */
export type WorkloadOutcome =
  | Answered
  /** Nothing was changed. */
  | { outcome: 'refused'; block: Block };

/** The answer of a target, in the version that it was asked in. */
export type WorkloadResponse = { schema: WorkloadSchema } & WorkloadOutcome;
