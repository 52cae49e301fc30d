import * as v from 'valibot';
import { parseWith } from '@golden/shared/payload/parse.ts';
import { announcementSchema, rolloutIdSchema } from '../../rollout/environment.ts';

const finishSchema = v.strictObject({
  rolloutId: rolloutIdSchema,
  /** Absent where a person asks, and in executions of an earlier release. */
  begun: v.exactOptional(announcementSchema),
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
