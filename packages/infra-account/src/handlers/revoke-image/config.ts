import * as v from 'valibot';
import { settleEnvironment } from '../../rollout/environment.ts';

/** The environment that the template gives this function. */
export const configSchema = v.object(settleEnvironment);
