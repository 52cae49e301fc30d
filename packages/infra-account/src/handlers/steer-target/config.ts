import * as v from 'valibot';
import { count, rolloutEnvironment } from '../../rollout/environment.ts';

/** The environment that the template gives this function. */
export const configSchema = v.pipe(
  v.object({
    ...rolloutEnvironment,
    PARTITION: v.pipe(v.string(), v.regex(/^aws[a-z-]*$/)),
    REFRESH_TIMEOUT_MINUTES: count,
    ROLLBACK_TIMEOUT_MINUTES: count,
    AMI_KMS_KEY_ID: v.optional(v.string()),
  }),
  // A template cannot multiply what people give in minutes.
  v.transform(({ REFRESH_TIMEOUT_MINUTES, ROLLBACK_TIMEOUT_MINUTES, ...rest }) => ({
    ...rest,
    REFRESH_TIMEOUT_SECONDS: REFRESH_TIMEOUT_MINUTES * 60,
    ROLLBACK_TIMEOUT_SECONDS: ROLLBACK_TIMEOUT_MINUTES * 60,
  })),
);

export type Config = v.InferOutput<typeof configSchema>;
