import {
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  type PutEventsRequestEntry,
  type PutRuleCommandInput,
  type Target,
} from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SQSClient,
  type Message,
} from '@aws-sdk/client-sqs';
import type { WorldSettings } from '../src/world/world.ts';
import { sqs } from '../src/services/sqs/operations.ts';
import { events } from '../src/services/events/operations.ts';
import { serviceFixture } from './world-fixture.ts';

export const account = '111111111111';
export const queueArn = (name: string): string => `arn:aws:sqs:eu-west-1:${account}:${name}`;

/** A world with EventBridge and SQS, and short ways to make rules and queues and to put events. */
export function aWorld(settings: Partial<WorldSettings> = {}) {
  const fixture = serviceFixture([events, sqs], settings);
  const client = fixture.client(EventBridgeClient);
  const sqsClient = fixture.client(SQSClient);
  const pass = async (ms: number): Promise<void> => fixture.world.scheduler.runFor(ms);
  const queue = async (
    name: string,
    options: { allow?: boolean; attributes?: Record<string, string> } = {},
  ): Promise<string> => {
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queueArn(name),
        Condition: { ArnLike: { 'aws:SourceArn': `arn:aws:events:eu-west-1:${account}:rule/*` } },
      },
    });
    const { QueueUrl = '' } = await sqsClient.send(
      new CreateQueueCommand({
        QueueName: name,
        Attributes: { ...options.attributes, ...(options.allow === false ? {} : { Policy }) },
      }),
    );
    return QueueUrl;
  };
  const received = async (url: string): Promise<Message[]> => {
    const { Messages = [] } = await sqsClient.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    );
    return Messages;
  };
  const rule = async (
    input: Partial<PutRuleCommandInput>,
    ...targets: (Partial<Target> & { Arn: string })[]
  ): Promise<string> => {
    const Name = input.Name ?? 'r';
    const { RuleArn = '' } = await client.send(new PutRuleCommand({ ...input, Name }));
    if (targets.length > 0)
      await client.send(
        new PutTargetsCommand({
          Rule: Name,
          EventBusName: input.EventBusName,
          Targets: targets.map((target, index) => ({ Id: `t${index}`, ...target })),
        }),
      );
    return RuleArn;
  };
  const put = async (...entries: Partial<PutEventsRequestEntry>[]) =>
    client.send(
      new PutEventsCommand({
        Entries: entries.map((entry) => ({
          Source: 'shop',
          DetailType: 'Order',
          Detail: '{"n":1}',
          ...entry,
        })),
      }),
    );
  return { ...fixture, eventsClient: fixture.client, client, pass, queue, received, rule, put };
}

/** Reads pages until there is no token. */
export async function walk(
  read: (token: string | undefined) => Promise<string | undefined>,
): Promise<void> {
  let token: string | undefined;
  do token = await read(token);
  while (token !== undefined);
}

/** The pattern that the events of `put` match. */
export const anyOrder = { EventPattern: JSON.stringify({ source: ['shop'] }) };
