import * as v from 'valibot';
import { parseWith } from './parse.ts';
import { targetAnswerSchema } from './target-answer.ts';
import type { TargetAnswer } from './target-answer.ts';

/** Why a target gave no answer. Records, the plan and runbooks use the same words. */
export const unreachableReasons = [
  // STS says the same of a role that is missing and of one that refuses us.
  'role-denied',
  'region-disabled',
  'function-missing',
  'function-denied',
  'function-failed',
  'timed-out',
  'throttled',
  'connection-failed',
  'answer-too-large',
  'answer-invalid',
  'call-failed',
] as const;
export type UnreachableReason = (typeof unreachableReasons)[number];

/** What became of one request to one target. Not being reached is an outcome that the caller records, not an error. */
export type ReachAnswer =
  | { readonly outcome: 'answered'; readonly response: TargetAnswer }
  | {
      readonly outcome: 'unreachable';
      readonly reason: UnreachableReason;
      /** AWS's own words, cut. */
      readonly detail: string;
    };

/** Whoever writes a detail cuts it far shorter. */
const detailLengthMax = 2_000;

const reachAnswerSchema = v.variant('outcome', [
  v.object({ outcome: v.literal('answered'), response: targetAnswerSchema }),
  v.object({
    outcome: v.literal('unreachable'),
    reason: v.picklist(unreachableReasons),
    detail: v.pipe(v.string(), v.maxLength(detailLengthMax)),
  }),
]);

/**
 * Reads an answer that came through the engine: what one function of ours gave, and another one is given.
 *
 * @throws PayloadError
 */
export const parseReachAnswer = (value: unknown): ReachAnswer =>
  parseWith(reachAnswerSchema, value, 'answer of reach-account');
