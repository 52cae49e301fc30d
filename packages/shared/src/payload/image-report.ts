import * as v from 'valibot';
import { PayloadError } from '../model/golden-error.ts';
import { isAmiId } from '../model/ids.ts';
import type { AmiId } from '../model/ids.ts';
import { parseImageBuildArn } from '../model/image-builder-arn.ts';
import type { ImageBuildArn } from '../model/image-builder-arn.ts';
import { parseJson, parseWith, text } from './parse.ts';

/** What Image Builder says about the end of one build, from whichever channel it came. */
export type ImageReport = {
  imageArn: string;
  image: ImageBuildArn;
  /** Only the SNS message names it. */
  pipelineArn?: string;
} & (
  | { status: 'AVAILABLE'; amis: readonly ReportedAmi[] }
  | { status: 'FAILED'; reason: string }
  | { status: 'CANCELLED' }
);

export interface ReportedAmi {
  region: string;
  ami: AmiId;
  /** Whose copy it is; a distribution may make copies in other accounts. */
  accountId?: string;
}

const arn = text(1024);
// Member `semver` of the message passes 2^53 and is therefore never read; the dates are not ISO, nor are they.
const snsMessageSchema = v.object({
  arn,
  sourcePipelineArn: v.nullish(arn),
  state: v.object({ status: text(64), reason: v.nullish(v.string()) }),
  outputResources: v.nullish(
    v.object({
      amis: v.nullish(
        v.pipe(
          v.array(
            v.object({
              region: text(64),
              image: v.custom<AmiId>(isAmiId, 'not an AMI id'),
              accountId: v.nullish(text(12)),
            }),
          ),
          v.maxLength(10_000),
        ),
      ),
    }),
  ),
});

/**
 * Reads the message that Image Builder publishes to SNS for AVAILABLE and FAILED.
 *
 * @throws PayloadError also for a status that this channel does not announce
 */
export const parseImageMessage = (message: string): ImageReport => {
  const body = parseWith(
    snsMessageSchema,
    parseJson(message, 'Image Builder message'),
    'Image Builder message',
  );
  const about = {
    imageArn: body.arn,
    image: imageBuild(body.arn),
    ...(body.sourcePipelineArn ? { pipelineArn: body.sourcePipelineArn } : {}),
  };
  switch (body.state.status) {
    case 'AVAILABLE': {
      const amis = (body.outputResources?.amis ?? []).map(({ region, image, accountId }) => ({
        region,
        ami: image,
        ...(accountId ? { accountId } : {}),
      }));
      return { ...about, status: 'AVAILABLE', amis };
    }
    case 'FAILED':
      return { ...about, status: 'FAILED', reason: body.state.reason ?? 'no reason given' };
    default:
      throw new PayloadError(`Image Builder message: status "${body.state.status}" is not an end`);
  }
};

const stateChangeSchema = v.object({
  source: v.literal('aws.imagebuilder'),
  'detail-type': v.literal('EC2 Image Builder Image State Change'),
  resources: v.tuple([arn]),
  detail: v.object({ state: v.object({ status: text(64) }) }),
});

/**
 * Reads the EventBridge event of a cancelled build. The other ends are read from SNS only, because the event
 * carries neither AMIs nor a reason.
 *
 * @throws PayloadError also for any other status
 */
export const parseImageStateChange = (event: unknown): ImageReport => {
  const { resources, detail } = parseWith(stateChangeSchema, event, 'image state change event');
  const [imageArn] = resources;
  if (detail.state.status !== 'CANCELLED') {
    throw new PayloadError(`image state change event: "${detail.state.status}" is told by SNS`);
  }
  return { imageArn, image: imageBuild(imageArn), status: 'CANCELLED' };
};

const imageBuild = (imageArn: string): ImageBuildArn => {
  const image = parseImageBuildArn(imageArn);
  if (image === undefined) {
    throw new PayloadError(
      `"${imageArn.slice(0, 200)}" is not a build of an image version 1.0.<n>`,
    );
  }
  return image;
};
