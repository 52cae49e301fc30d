import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
  type Message,
  type ReceiveMessageCommandInput,
} from '@aws-sdk/client-sqs';
import { sqs } from '../src/services/sqs/operations.ts';
import type { WorldSettings } from '../src/world/world.ts';
import { serviceFixture } from './world-fixture.ts';

export const minute = 60_000;

/** A world with SQS, and short ways to use its queues. */
export function aWorld(settings: Partial<WorldSettings> = {}) {
  const fixture = serviceFixture([sqs], settings);
  const client = fixture.client(SQSClient);
  const pass = async (ms: number): Promise<void> => fixture.world.scheduler.runFor(ms);
  const create = async (name: string, attributes: Record<string, string> = {}): Promise<string> => {
    const { QueueUrl = '' } = await client.send(
      new CreateQueueCommand({ QueueName: name, Attributes: attributes }),
    );
    return QueueUrl;
  };
  const send = async (url: string, body: string, groupId?: string, deduplicationId?: string) =>
    client.send(
      new SendMessageCommand({
        QueueUrl: url,
        MessageBody: body,
        ...(groupId === undefined ? {} : { MessageGroupId: groupId }),
        ...(deduplicationId === undefined ? {} : { MessageDeduplicationId: deduplicationId }),
      }),
    );
  const receive = async (
    url: string,
    options: Partial<ReceiveMessageCommandInput> = {},
  ): Promise<Message[]> => {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['All'],
        ...options,
      }),
    );
    return Messages;
  };
  const remove = async (url: string, message: Message | undefined): Promise<void> => {
    await client.send(
      new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: message?.ReceiptHandle }),
    );
  };
  const attributes = async (url: string): Promise<Partial<Record<string, string>>> => {
    const { Attributes = {} } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
    );
    return Attributes;
  };
  return {
    ...fixture,
    client,
    sqsClient: fixture.client,
    pass,
    create,
    send,
    receive,
    remove,
    attributes,
  };
}

export const arnOf = (name: string): string => `arn:aws:sqs:eu-west-1:111111111111:${name}`;
export const bodies = (messages: readonly Message[]): string[] =>
  messages.map(({ Body = '' }) => Body);
