import * as v from 'valibot';
import { rolloutEnvironment } from '../../rollout/environment.ts';

/** The environment that the template gives this function. */
export const configSchema = v.object(rolloutEnvironment);
