import * as v from 'valibot';
import { parseWith } from '@golden/shared/payload/parse.ts';
import { rolloutIdSchema, waveNumber } from '../../rollout/environment.ts';

const gateSchema = v.strictObject({ rolloutId: rolloutIdSchema, wave: waveNumber });

/** @throws PayloadError */
export const parseGateRequest = (event: unknown): v.InferOutput<typeof gateSchema> =>
  parseWith(gateSchema, event, 'request at the gate');
