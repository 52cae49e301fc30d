import * as v from 'valibot';
import { isImageLine } from '@golden/shared/model/ids.ts';
import type { ImageLine } from '@golden/shared/model/ids.ts';

/** The environment that the template gives this function. */
export const configSchema = v.object({
  LINE: v.custom<ImageLine>(isImageLine),
  PARTITION: v.pipe(v.string(), v.regex(/^aws[a-z-]*$/)),
});

export type Config = v.InferOutput<typeof configSchema>;
