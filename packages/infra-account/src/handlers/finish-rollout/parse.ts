import * as v from 'valibot';
import { parseWith } from '@golden/shared/payload/parse.ts';
import { rolloutIdSchema } from '../../rollout/environment.ts';

const finishSchema = v.strictObject({
  rolloutId: rolloutIdSchema,
  /** What the engine caught; absent when nothing went wrong. */
  error: v.exactOptional(
    v.object({
      Error: v.optional(v.string(), 'unknown error'),
      Cause: v.optional(v.string(), ''),
      /** The state that it happened in. */
      State: v.optional(v.string(), ''),
    }),
  ),
});

/** @throws PayloadError */
export const parseFinishRequest = (event: unknown): v.InferOutput<typeof finishSchema> =>
  parseWith(finishSchema, event, 'request to finish');
