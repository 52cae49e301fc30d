import * as v from 'valibot';
import { parseWith } from '@golden/shared/payload/parse.ts';
import { rolloutIdSchema, waveNumber } from '../../rollout/environment.ts';

const judgeSchema = v.strictObject({
  rolloutId: rolloutIdSchema,
  wave: waveNumber,
  /** Whether the wave has baked and its targets were asked again. */
  baked: v.boolean(),
});

/** @throws PayloadError */
export const parseJudgeRequest = (event: unknown): v.InferOutput<typeof judgeSchema> =>
  parseWith(judgeSchema, event, 'request for a judgement');
