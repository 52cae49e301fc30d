import * as v from 'valibot';
import { isImageLine } from '@golden/shared/model/ids.ts';
import type { ImageLine } from '@golden/shared/model/ids.ts';
import { isRolloutId } from '@golden/shared/model/rollout-id.ts';
import type { RolloutId } from '@golden/shared/model/rollout-id.ts';
import { rolloutImageSchema } from '@golden/shared/store/rollout-schemas.ts';

/** The environment of every function of a rollout. */
export const rolloutEnvironment = {
  AWS_REGION: v.string(),
  LINE: v.custom<ImageLine>(isImageLine),
  TABLE_NAME: v.pipe(v.string(), v.minLength(1)),
};

/** The environment of those that may end one. */
export const settleEnvironment = {
  ...rolloutEnvironment,
  NOTICES_TOPIC_ARN: v.pipe(v.string(), v.startsWith('arn:')),
  STABLE_PARAMETER: v.pipe(v.string(), v.startsWith('/')),
};

/** A whole number in text, as a template passes it. */
export const count = v.pipe(v.string(), v.regex(/^[0-9]{1,9}$/), v.transform(Number));

/** Comma separated; empty parts do not count. */
export const list = v.pipe(
  v.string(),
  v.transform((value) =>
    value
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean),
  ),
);

/** What the state machine passes to each of its functions. */
export const rolloutIdSchema = v.custom<RolloutId>(isRolloutId, 'is no rollout id');
export const waveNumber = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100));
export const announcementSchema = v.strictObject({
  image: rolloutImageSchema,
  executionArn: v.pipe(v.string(), v.startsWith('arn:'), v.maxLength(2_048)),
});
