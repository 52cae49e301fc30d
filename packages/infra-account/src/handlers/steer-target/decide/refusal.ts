import type { Ended } from '@golden/shared/model/target.ts';
import type { Explained } from '@golden/shared/payload/target-answer.ts';
import {
  oldestWorkloadSchema,
  workloadSchemaVersion,
} from '@golden/shared/payload/workload-request.ts';
import { askAgain } from './silence.ts';
import type { Purpose } from './silence.ts';
import { ask } from './situation.ts';
import type { Action, Situation, Step } from './situation.ts';

/**
 * While a StackSet updates, handlers of two releases are in the fleet. One that does not take the newest messages is asked
 * again in those before. In the oldest ones it is asked for a while: this step may be a repeated one, whose question was put
 * in newer ones.
 *
 * @returns undefined for any other refusal, and when asking has not helped
 */
export const speakOlder = (
  situation: Situation,
  refusal: { block: Explained; action: Action; purpose: Purpose },
): Step | undefined => {
  const { record } = situation;
  const { block, action, purpose } = refusal;
  if (block.reason !== 'request-invalid') return undefined;
  const spoken = record.schema ?? workloadSchemaVersion;
  return spoken > oldestWorkloadSchema
    ? ask({ ...record, schema: spoken - 1 }, action)
    : askAgain(situation, { reason: 'request-invalid', action, purpose });
};

/** A target that refuses as a whole has changed nothing. */
export const endOfRefusal = (block: Explained): Ended =>
  block.reason === 'request-invalid'
    ? { outcome: 'unreachable', reason: 'handler-too-old', sentence: block.sentence }
    : { outcome: 'skipped', ...block };
