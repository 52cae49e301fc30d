import * as v from 'valibot';
import type { RolloutId } from '@golden/shared/model/rollout-id.ts';
import { parseWith } from '@golden/shared/payload/parse.ts';
import { rolloutIdSchema } from '../../rollout/environment.ts';

export interface ListTargetsRequest {
  rolloutId: RolloutId;
}

const requestSchema = v.strictObject({ rolloutId: rolloutIdSchema });

/** @throws PayloadError */
export const parseListTargets = (event: unknown): ListTargetsRequest =>
  parseWith(requestSchema, event, 'request to list targets');
