import * as lambdaClient from '@aws-sdk/client-lambda';
import {
  CreateTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
  type PublishCommandInput,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SQSClient,
  type Message,
} from '@aws-sdk/client-sqs';
import { compilePolicy } from '../src/iam/policy-document.ts';
import { readServiceModel } from '../src/wire/model.ts';
import { AwsError } from '../src/world/aws-error.ts';
import { operation, type ServiceDefinition } from '../src/world/service.ts';
import type { WorldSettings } from '../src/world/world.ts';
import { sqs } from '../src/services/sqs/operations.ts';
import { sns } from '../src/services/sns/operations.ts';
import { serviceFixture } from './world-fixture.ts';

export const account = '111111111111';
export const functionArn = `arn:aws:lambda:eu-west-1:${account}:function:f`;
export const queueArn = (name: string): string => `arn:aws:sqs:eu-west-1:${account}:${name}`;
export const topicArn = (name: string): string => `arn:aws:sns:eu-west-1:${account}:${name}`;

interface Invocation {
  readonly payload: unknown;
  readonly type: string | undefined;
}

/** A function that lets the topic `t` in and fails as often as it is told to. */
function aFunction(failures = 0): { lambda: ServiceDefinition; invocations: Invocation[] } {
  const invocations: Invocation[] = [];
  let left = failures;
  const resourcePolicy = compilePolicy(
    {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'lambda:InvokeFunction',
        Resource: functionArn,
        Condition: {
          ArnLike: { 'aws:SourceArn': topicArn('t') },
          StringEquals: { 'aws:SourceAccount': account },
        },
      },
    },
    { name: 'function', kind: 'resource', resourceElement: 'required' },
  );
  const invoke = operation<lambdaClient.InvokeCommandInput, object>({
    authorize: () => ({ action: 'lambda:InvokeFunction', resource: functionArn, resourcePolicy }),
    run(input) {
      if (left > 0) {
        left -= 1;
        throw new AwsError('TooManyRequestsException', 'slow down', { status: 429 });
      }
      const text = Buffer.from((input.Payload ?? '') as Uint8Array).toString();
      invocations.push({ payload: JSON.parse(text), type: input.InvocationType });
      return { StatusCode: 202 };
    },
  });
  const lambda: ServiceDefinition = {
    name: 'lambda',
    model: readServiceModel(lambdaClient),
    scope: 'regional',
    accessDenied: { code: 'AccessDeniedException', status: 403 },
    validationError: 'InvalidParameterValueException',
    operations: { Invoke: invoke },
  };
  return { lambda, invocations };
}

/** A world with SNS, SQS and one function, and short ways to make topics, queues and subscriptions. */
export function aWorld(settings: Partial<WorldSettings> = {}, failures = 0) {
  const { lambda, invocations } = aFunction(failures);
  const fixture = serviceFixture([sns, sqs, lambda], settings);
  const client = fixture.client(SNSClient);
  const queues = fixture.client(SQSClient);
  const pass = async (ms: number): Promise<void> => fixture.world.scheduler.runFor(ms);
  const topic = async (name = 't', attributes: Record<string, string> = {}): Promise<string> => {
    const { TopicArn = '' } = await client.send(
      new CreateTopicCommand({ Name: name, Attributes: attributes }),
    );
    return TopicArn;
  };
  const queue = async (name: string, open = true): Promise<string> => {
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queueArn(name),
        Condition: { ArnEquals: { 'aws:SourceArn': topicArn('t') } },
      },
    });
    const { QueueUrl = '' } = await queues.send(
      new CreateQueueCommand({ QueueName: name, Attributes: open ? { Policy } : {} }),
    );
    return QueueUrl;
  };
  const received = async (url: string): Promise<Message[]> => {
    const { Messages = [] } = await queues.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
      }),
    );
    return Messages;
  };
  const subscribe = async (
    Protocol: string,
    Endpoint: string,
    Attributes: Record<string, string> = {},
  ): Promise<string> => {
    const { SubscriptionArn = '' } = await client.send(
      new SubscribeCommand({ TopicArn: topicArn('t'), Protocol, Endpoint, Attributes }),
    );
    return SubscriptionArn;
  };
  const publish = async (input: Partial<PublishCommandInput> = {}) =>
    client.send(new PublishCommand({ TopicArn: topicArn('t'), Message: 'hello', ...input }));
  return {
    ...fixture,
    snsClient: fixture.client,
    client,
    invocations,
    pass,
    topic,
    queue,
    received,
    subscribe,
    publish,
  };
}
