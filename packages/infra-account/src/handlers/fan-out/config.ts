import * as v from 'valibot';
import { isImageLine } from '@golden/shared/model/ids.ts';
import type { ImageLine } from '@golden/shared/model/ids.ts';
import { isPipelineArn } from '@golden/shared/model/image-builder-arn.ts';
import { regionList } from '@golden/shared/runtime/config.ts';

/** The environment that the template gives this function. */
export const configSchema = v.object({
  AWS_REGION: v.string(),
  LINE: v.custom<ImageLine>(isImageLine),
  TABLE_NAME: v.pipe(v.string(), v.minLength(1)),
  NOTICES_TOPIC_ARN: v.pipe(v.string(), v.startsWith('arn:')),
  PIPELINE_ARN: v.custom<string>(isPipelineArn),
  IMAGE_RECIPE_NAME: v.pipe(v.string(), v.minLength(1)),
  DISTRIBUTION_REGIONS: regionList,
  BUILD_LOG_GROUP: v.pipe(v.string(), v.minLength(1)),
  /** Empty where images are built and not rolled out. */
  ROLLOUT_MACHINE_ARN: v.string(),
});

export type Config = v.InferOutput<typeof configSchema>;
