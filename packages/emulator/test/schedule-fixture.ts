import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  CreateScheduleCommand,
  SchedulerClient,
  type CreateScheduleCommandInput,
  type Target,
} from '@aws-sdk/client-scheduler';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SQSClient,
  type Message,
} from '@aws-sdk/client-sqs';
import { accountFixture } from './account-fixture.ts';
import type { WorldSettings } from '../src/world/world.ts';
import { events } from '../src/services/events/operations.ts';
import { iam } from '../src/services/iam/operations.ts';
import { sqs } from '../src/services/sqs/operations.ts';
import { scheduler } from '../src/services/scheduler/operations.ts';

export const account = '111111111111';

export const roleArn = `arn:aws:iam::${account}:role/run`;
export const queueArn = (name: string): string => `arn:aws:sqs:eu-west-1:${account}:${name}`;

export const queueUrl = (name: string): string =>
  `https://sqs.eu-west-1.amazonaws.com/${account}/${name}`;

export const minute = 60_000;
export const trust = (condition: object = {}): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Service: 'scheduler.amazonaws.com' },
      Action: 'sts:AssumeRole',
      ...condition,
    },
  });

export const allow = (...actions: string[]): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: actions, Resource: '*' },
  });

/** A world at 08:00:04 with the queues `q` and `dead` and a role that may send to them. */
export async function aWorld(settings: Partial<WorldSettings> = {}) {
  const fixture = accountFixture([iam, sqs, events, scheduler], settings);
  const client = fixture.client(SchedulerClient);
  const roles = fixture.client(IAMClient);
  const queues = fixture.client(SQSClient);
  await roles.send(new CreateRoleCommand({ RoleName: 'run', AssumeRolePolicyDocument: trust() }));
  await roles.send(
    new PutRolePolicyCommand({
      RoleName: 'run',
      PolicyName: 'p',
      PolicyDocument: allow('sqs:SendMessage', 'events:PutEvents'),
    }),
  );
  for (const QueueName of ['q', 'dead']) await queues.send(new CreateQueueCommand({ QueueName }));
  await fixture.spread();
  const start = fixture.world.scheduler.now;
  const pass = async (ms: number): Promise<void> => fixture.world.scheduler.runFor(ms);
  const create = async (
    input: Partial<CreateScheduleCommandInput> = {},
    target: Partial<Target> = {},
  ): Promise<string> => {
    const { ScheduleArn = '' } = await client.send(
      new CreateScheduleCommand({
        Name: 's',
        ScheduleExpression: 'rate(10 minutes)',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { Arn: queueArn('q'), RoleArn: roleArn, ...target },
        ...input,
      }),
    );
    return ScheduleArn;
  };
  const received = async (name = 'q'): Promise<Message[]> => {
    const { Messages = [] } = await queues.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl(name),
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    );
    return Messages;
  };
  return {
    ...fixture,
    accountClient: fixture.client,
    client,
    roles,
    queues,
    start,
    pass,
    create,
    received,
  };
}
