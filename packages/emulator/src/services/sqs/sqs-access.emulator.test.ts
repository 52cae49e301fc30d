import { describe, expect, it } from '@jest/globals';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { CreateKeyCommand, DisableKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { aWorld, arnOf } from '../../../test/sqs-fixture.ts';
import { accountFixture } from '../../../test/account-fixture.ts';
import type { ServicePrincipal } from '../../iam/principal.ts';
import { iam } from '../iam/operations.ts';
import { kms } from '../kms/operations.ts';
import { sqs } from './operations.ts';

describe('permissions', () => {
  it('refuse what no policy allows, naming action and queue', async () => {
    const { create, addUser, sqsClient } = aWorld();
    const QueueUrl = await create('jobs');
    addUser('sender', {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: arnOf('jobs') },
    });
    const client = sqsClient(SQSClient, { user: 'sender' });
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a' }));
    await expect(client.send(new ReceiveMessageCommand({ QueueUrl }))).rejects.toMatchObject({
      name: 'AccessDenied',
      $metadata: { httpStatusCode: 403 },
      message: expect.stringContaining(`sqs:ReceiveMessage on resource: ${arnOf('jobs')}`),
    });
  });

  it('let a queue policy admit a service for one source, and nobody else', async () => {
    const { client, create, receive, world } = aWorld();
    const QueueUrl = await create('jobs');
    const ruleArn = 'arn:aws:events:eu-west-1:111111111111:rule/r';
    await client.send(
      new SetQueueAttributesCommand({
        QueueUrl,
        Attributes: {
          Policy: JSON.stringify({
            Version: '2012-10-17',
            Statement: {
              Effect: 'Allow',
              Principal: { Service: 'events.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: arnOf('jobs'),
              Condition: { ArnEquals: { 'aws:SourceArn': ruleArn } },
            },
          }),
        },
      }),
    );
    const scope = world.scope('111111111111', 'eu-west-1', 'events');
    const sendAs = async (sourceArn: string) =>
      scope.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a' }), {
        as: { kind: 'service', service: 'events.amazonaws.com', sourceArn },
      });
    await expect(sendAs(`${ruleArn}2`)).rejects.toMatchObject({ code: 'AccessDenied' });
    await sendAs(ruleArn);
    expect(await receive(QueueUrl)).toHaveLength(1);
  });

  it('let another account send where both sides allow it, but never change attributes', async () => {
    const { client, create, addUser, sqsClient } = aWorld();
    const QueueUrl = await create('jobs');
    const everything = { Effect: 'Allow', Action: 'sqs:*', Resource: '*' };
    addUser('stranger', { Version: '2012-10-17', Statement: everything }, '222222222222');
    const stranger = sqsClient(SQSClient, { user: 'stranger' });
    const send = async () => stranger.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a' }));
    await expect(send()).rejects.toMatchObject({ name: 'AccessDenied' });
    await client.send(
      new SetQueueAttributesCommand({
        QueueUrl,
        Attributes: {
          Policy: JSON.stringify({
            Version: '2012-10-17',
            Statement: { ...everything, Principal: { AWS: '222222222222' } },
          }),
        },
      }),
    );
    await send();
    await expect(
      stranger.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { DelaySeconds: '1' } })),
    ).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(
      stranger.send(new SendMessageCommand({ QueueUrl: `${QueueUrl}-none`, MessageBody: 'a' })),
    ).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
  });
});

describe('the policy of a queue', () => {
  const allow = {
    Effect: 'Allow',
    Principal: { AWS: '111111111111' },
    Action: 'sqs:SendMessage',
    Resource: arnOf('jobs'),
  };
  const keys = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`aws:RequestTag/${index}`, 'x']),
    );
  it.each<[string, object[]]>([
    ['more than 20 statements', Array<object>(21).fill(allow)],
    ['more than 50 principals', [{ ...allow, Principal: { AWS: Array(51).fill('111111111111') } }]],
    ['more than 10 conditions', [{ ...allow, Condition: { StringEquals: keys(11) } }]],
    [
      'more than 7 actions in a statement',
      [{ ...allow, Action: Array(8).fill('sqs:SendMessage') }],
    ],
    ['an action of another service', [{ ...allow, Action: 's3:PutObject' }]],
    [
      'a role that does not exist',
      [{ ...allow, Principal: { AWS: 'arn:aws:iam::111111111111:role/none' } }],
    ],
    ['more than 8,192 bytes', [{ ...allow, Sid: 'x'.repeat(8_192) }]],
  ])('is refused with %s', async (_, Statement) => {
    const { client, create } = aWorld();
    const QueueUrl = await create('jobs');
    const set = (statements: object[]) =>
      client.send(
        new SetQueueAttributesCommand({
          QueueUrl,
          Attributes: { Policy: JSON.stringify({ Version: '2012-10-17', Statement: statements }) },
        }),
      );
    await expect(set(Statement)).rejects.toMatchObject({ name: 'InvalidAttributeValue' });
    await set([allow, { ...allow, Action: 'sqs:*' }]);
  });
});

describe('a queue with a key of its own', () => {
  it('is closed to senders and receivers who may not use the key', async () => {
    const { client, world } = accountFixture([iam, kms, sqs]);
    const keys = client(KMSClient);
    const account = '111111111111';
    const { KeyMetadata } = await keys.send(
      new CreateKeyCommand({
        Policy: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { AWS: `arn:aws:iam::${account}:root` },
              Action: 'kms:*',
              Resource: '*',
            },
            {
              Effect: 'Allow',
              Principal: { Service: 'sns.amazonaws.com' },
              Action: ['kms:GenerateDataKey*', 'kms:Decrypt'],
              Resource: '*',
            },
          ],
        }),
      }),
    );
    const queues = client(SQSClient);
    const { QueueUrl } = await queues.send(
      new CreateQueueCommand({
        QueueName: 'secret',
        Attributes: {
          KmsMasterKeyId: KeyMetadata?.KeyId ?? '',
          Policy: JSON.stringify({
            Version: '2012-10-17',
            Statement: {
              Effect: 'Allow',
              Principal: { Service: ['sns.amazonaws.com', 'events.amazonaws.com'] },
              Action: 'sqs:SendMessage',
              Resource: '*',
            },
          }),
        },
      }),
    );
    const sendAs = async (service: string) => {
      const as: ServicePrincipal = { kind: 'service', service };
      await world
        .scope(account, 'eu-west-1', 'x')
        .send(new SendMessageCommand({ QueueUrl, MessageBody: 'a' }), { as });
    };
    await sendAs('sns.amazonaws.com');
    await expect(sendAs('events.amazonaws.com')).rejects.toMatchObject({ code: 'KmsAccessDenied' });
    const receive = async () => queues.send(new ReceiveMessageCommand({ QueueUrl }));
    expect((await receive()).Messages).toHaveLength(1);
    await keys.send(new DisableKeyCommand({ KeyId: KeyMetadata?.KeyId }));
    await expect(receive()).rejects.toMatchObject({ name: 'KmsDisabled' });
  });
});
