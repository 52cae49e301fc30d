import * as v from 'valibot';
import type { RolloutImage } from '@golden/shared/model/rollout.ts';
import { parseWith } from '@golden/shared/payload/parse.ts';
import { rolloutImageSchema } from '@golden/shared/store/rollout-schemas.ts';

/** A rollout that wants the line. */
export interface AcquireRequest {
  image: RolloutImage;
  executionArn: string;
  /** When its execution began, ISO 8601 UTC. */
  startedAt: string;
}

const acquireSchema = v.strictObject({
  image: rolloutImageSchema,
  executionArn: v.pipe(v.string(), v.startsWith('arn:'), v.maxLength(2_048)),
  startedAt: v.pipe(v.string(), v.isoTimestamp()),
});

/** @throws PayloadError */
export const parseAcquireRequest = (event: unknown): AcquireRequest =>
  parseWith(acquireSchema, event, 'request for the line');
