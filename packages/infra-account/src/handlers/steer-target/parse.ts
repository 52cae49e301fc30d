import * as v from 'valibot';
import { PayloadError } from '@golden/shared/model/golden-error.ts';
import { parseWith } from '@golden/shared/payload/parse.ts';
import { parseReachAnswer } from '@golden/shared/payload/reach-answer.ts';
import type { ReachAnswer } from '@golden/shared/payload/reach-answer.ts';
import { rolloutIdSchema, waveNumber } from '../../rollout/environment.ts';
import type { Action } from './decide/situation.ts';

const targetSchema = v.strictObject({
  rolloutId: rolloutIdSchema,
  purpose: v.picklist(['survey', 'move', 'recheck']),
  /** With purpose `move`. */
  wave: v.exactOptional(waveNumber),
  account: v.pipe(v.string(), v.regex(/^[0-9]{12}$/)),
  region: v.pipe(v.string(), v.regex(/^[a-z]{2}(?:-[a-z]+)+-[0-9]$/)),
});

const steerSchema = v.strictObject({
  ...targetSchema.entries,
  /** The answer to the last request; absent at the first step. */
  said: v.exactOptional(
    v.strictObject({
      asked: v.picklist(['survey', 'refresh', 'status', 'rollback']),
      answer: v.unknown(),
    }),
  ),
});

/** One target on its way through a map of the state machine. */
export type SteeredTarget = v.InferOutput<typeof targetSchema>;

export interface SteerRequest {
  target: SteeredTarget;
  said?: { asked: Action; answer: ReachAnswer };
}

/** @throws PayloadError */
export const parseSteerRequest = (event: unknown): SteerRequest => {
  const { said, ...target } = parseWith(steerSchema, event, 'request about a target');
  if (target.purpose === 'move' && target.wave === undefined)
    throw new PayloadError(
      `request about a target: ${target.account}/${target.region} is to be moved in no wave`,
    );
  return {
    target,
    ...(said && { said: { asked: said.asked, answer: parseReachAnswer(said.answer) } }),
  };
};
