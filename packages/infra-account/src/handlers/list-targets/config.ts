import * as v from 'valibot';
import { regionList } from '@golden/shared/runtime/config.ts';
import { rolloutEnvironment } from '../../rollout/environment.ts';

/** The environment that the template gives this function. */
export const configSchema = v.object({
  ...rolloutEnvironment,
  DISTRIBUTION_REGIONS: regionList,
  LISTS_BUCKET: v.pipe(v.string(), v.minLength(1)),
  /** Empty: there is none, the workload template is deployed by hand. */
  STACK_SET_NAME: v.string(),
});

export type Config = v.InferOutput<typeof configSchema>;
