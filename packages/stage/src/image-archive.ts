import { ConfirmSubscriptionCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { inbox } from '@golden/emulator';
import type { InfraStage } from './infra-stage.ts';

const address = 'image-archive@example.com';

/** Somebody keeps what Image Builder says about its images: a mailbox that the topic `images` writes to. */
export async function keepImageMessages(infra: InfraStage): Promise<void> {
  const sns = infra.client(SNSClient);
  const TopicArn = infra.outputs['ImagesTopicArn'];
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: address }));
  const [confirmation] = inbox(infra.world, address);
  await sns.send(
    new ConfirmSubscriptionCommand({ TopicArn, Token: confirmation?.confirmationToken }),
  );
}

/**
 * What Image Builder said when an image became available, to the letter.
 *
 * @throws Error when nothing was kept of it
 */
export function archivedMessage(infra: InfraStage, imageArn: string | undefined): string {
  const found = inbox(infra.world, address).find(({ body }) =>
    body.includes(`"arn":"${imageArn ?? ''}"`),
  );
  if (!found) throw new Error(`no message about ${imageArn ?? 'no image'} was kept`);
  return found.body;
}
