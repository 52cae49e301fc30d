import type { AmiId, ImageLine } from '../model/ids.ts';
import { isRecord, problemWith } from './shape.ts';
import type { Shape } from './shape.ts';

/**
 * The version of these messages. A handler answers in the version that it was asked in; 2 has the group state `unknown`, which
 * 1 has to call `failed`.
 */
export const workloadSchemaVersion = 2;
/** The oldest version that both sides speak: while a StackSet updates, handlers of two releases are in the fleet. */
export const oldestWorkloadSchema = 1;

export type WorkloadSchema = 1 | 2;

/** The image that a line moves to, as the target's Region has it. */
export interface NamedImage {
  ami: AmiId;
  region: string;
  /** `1.0.<n>` */
  version: string;
  /** The customer key that it is encrypted with; AWS shows it to the image's owner only. */
  kmsKeyArn?: string;
}

interface About {
  schema: WorkloadSchema;
  line: ImageLine;
  image: NamedImage;
}

/** A request about one rollout. */
export type RolloutRequest = About & { rolloutId: string } & (
    | { action: 'refresh' | 'status' }
    /** `reason`: why, in a word or two. */
    | { action: 'rollback'; reason: string }
  );

/** What the infra account asks of a target. */
export type WorkloadRequest = (About & { action: 'survey' }) | RolloutRequest;

const about: Shape = {
  schema: new Set([oldestWorkloadSchema, workloadSchemaVersion]),
  // Checked before: it says which shape holds.
  action: /^/,
  line: /^[A-Za-z0-9][\w-]{0,62}$/,
  image: {
    ami: /^ami-[0-9a-f]{8,17}$/,
    region: /^[a-z]{2}(-[a-z]+)+-\d$/,
    version: /^1\.0\.\d{1,10}$/,
    'kmsKeyArn?': /^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[a-z0-9-]{1,64}$/,
  },
};
// It stands in a tag's value (256 characters), beside up to 199 of a record.
const aboutRollout: Shape = { ...about, rolloutId: /^[\w-]{1,50}$/ };

const shapes: ReadonlyMap<unknown, Shape> = new Map<string, Shape>([
  ['survey', about],
  ['refresh', aboutRollout],
  ['status', aboutRollout],
  ['rollback', { ...aboutRollout, reason: /^[\w .,:-]{1,100}$/ }],
]);

const anyAction: Shape = { action: new RegExp(`^(${[...shapes.keys()].join('|')})$`) };

/** What is wrong with a request; undefined for a good one. */
export const workloadRequestProblem = (value: unknown): string | undefined => {
  const shape = isRecord(value) ? shapes.get(value['action']) : undefined;
  return problemWith(value, shape ?? anyAction, { isClosed: shape !== undefined });
};

export const isWorkloadRequest = (value: unknown): value is WorkloadRequest =>
  workloadRequestProblem(value) === undefined;
