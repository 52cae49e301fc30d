import * as v from 'valibot';
import { count, list, rolloutEnvironment } from '../../rollout/environment.ts';

/** The environment that the template gives this function. */
export const configSchema = v.object({
  ...rolloutEnvironment,
  LISTS_BUCKET: v.pipe(v.string(), v.minLength(1)),
  WAVES: v.string(),
  FAILURE_BUDGET: count,
  CANARY_ACCOUNTS: list,
});

export type Config = v.InferOutput<typeof configSchema>;
