import * as v from 'valibot';
import { isAmiId, isImageLine } from '@golden/shared/model/ids.ts';
import type { ImageLine } from '@golden/shared/model/ids.ts';
import { isPipelineArn } from '@golden/shared/model/image-builder-arn.ts';
import { regionList } from '@golden/shared/runtime/config.ts';

const isParentImage = (value: unknown): value is string =>
  typeof value === 'string' && (isAmiId(value) || value.startsWith('/'));

/** The environment that the template gives this function. */
export const configSchema = v.object({
  AWS_REGION: v.string(),
  LINE: v.custom<ImageLine>(isImageLine),
  TABLE_NAME: v.pipe(v.string(), v.minLength(1)),
  NOTICES_TOPIC_ARN: v.pipe(v.string(), v.startsWith('arn:')),
  PIPELINE_ARN: v.custom<string>(isPipelineArn),
  IMAGE_RECIPE_NAME: v.pipe(v.string(), v.minLength(1)),
  DISTRIBUTION_REGIONS: regionList,
  PAYLOAD_BUCKET: v.pipe(v.string(), v.minLength(3)),
  PAYLOAD_PREFIX: v.pipe(v.string(), v.endsWith('/')),
  COMPONENT_ARN: v.pipe(v.string(), v.startsWith('arn:')),
  /** An AMI id, or the name of a public parameter that holds one. */
  PARENT_IMAGE: v.custom<string>(isParentImage),
  /** Empty: the image is not encrypted by us. */
  AMI_KMS_KEY_ID: v.optional(v.string(), ''),
});

export type Config = v.InferOutput<typeof configSchema>;
