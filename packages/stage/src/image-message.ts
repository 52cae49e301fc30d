import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { VersionRecord } from '@golden/shared/model/records.ts';
import type { InfraStage } from './infra-stage.ts';

/** What Image Builder publishes when an image of ours is there, as far as anybody reads it. */
export const imageMessage = (infra: InfraStage, version: VersionRecord): object => ({
  arn: version.imageArn,
  sourcePipelineArn: infra.outputs['ImagePipelineArn'],
  state: { status: 'AVAILABLE' },
  outputResources: {
    amis: Object.entries(version.amis ?? {}).map(([region, image]) => ({
      region,
      image,
      accountId: infra.infra.id,
    })),
  },
});

/** Publishes to the topic that Image Builder publishes to: a message that comes once more, late, or from somebody else. */
export async function publishToImages(infra: InfraStage, message: string): Promise<void> {
  await infra
    .client(SNSClient)
    .send(new PublishCommand({ TopicArn: infra.outputs['ImagesTopicArn'], Message: message }));
}

/** An image's message comes once more. */
export const announce = (infra: InfraStage, version: VersionRecord): Promise<void> =>
  publishToImages(infra, JSON.stringify(imageMessage(infra, version)));
