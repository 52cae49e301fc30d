import * as v from 'valibot';
import { count, rolloutEnvironment } from '../../rollout/environment.ts';

/** The environment that the template gives this function. */
export const configSchema = v.pipe(
  v.object({
    ...rolloutEnvironment,
    LISTS_BUCKET: v.pipe(v.string(), v.minLength(1)),
    WAVE_BAKE_MINUTES: count,
  }),
  // A template cannot multiply what people give in minutes.
  v.transform(({ WAVE_BAKE_MINUTES: minutes, ...rest }) => ({
    ...rest,
    BAKE_SECONDS: minutes * 60,
  })),
);

export type Config = v.InferOutput<typeof configSchema>;
