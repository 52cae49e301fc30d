import * as v from 'valibot';
import { parseWith } from '@golden/shared/payload/parse.ts';
import { rolloutIdSchema } from '../../rollout/environment.ts';

const planSchema = v.strictObject({ rolloutId: rolloutIdSchema });

/** @throws PayloadError */
export const parsePlanRequest = (event: unknown): v.InferOutput<typeof planSchema> =>
  parseWith(planSchema, event, 'request for a plan');
