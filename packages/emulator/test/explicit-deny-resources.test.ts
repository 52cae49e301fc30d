import { describe, expect, it } from '@jest/globals';
import {
  EventBridgeClient,
  PutEventsCommand,
  PutPermissionCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateRoleCommand, IAMClient, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  CreateKeyCommand,
  EncryptCommand,
  KMSClient,
  PutKeyPolicyCommand,
} from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  DeleteObjectsCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  CreateTopicCommand,
  PublishCommand,
  SetTopicAttributesCommand,
  SNSClient,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { services } from '../src/emulator.ts';
import { accountFixture, type AccountFixture } from './account-fixture.ts';

const account = '111111111111';
const root = `arn:aws:iam::${account}:root`;

/** A resource whose policy its owner may write, and a use of it that the policy can deny. */
interface Guarded {
  readonly use: () => Promise<unknown>;
  /** Writes a policy with this statement, beside what keeps the owner in. */
  readonly deny: (statement: object) => Promise<unknown>;
  readonly action: string;
  /** The resource as its policy names it; a trust policy names none. */
  readonly resource?: string;
  readonly refusal: { readonly name: string; readonly status: number };
}

const documentOf = (...Statement: object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement });

const guarded: Readonly<Record<string, (given: AccountFixture) => Promise<Guarded>>> = {
  async sqs({ client }) {
    const sqs = client(SQSClient);
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'q' }));
    return {
      use: () => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' })),
      deny: (statement) =>
        sqs.send(
          new SetQueueAttributesCommand({
            QueueUrl,
            Attributes: { Policy: documentOf(statement) },
          }),
        ),
      action: 'sqs:SendMessage',
      resource: `arn:aws:sqs:eu-west-1:${account}:q`,
      refusal: { name: 'AccessDenied', status: 403 },
    };
  },
  async sns({ client }) {
    const sns = client(SNSClient);
    const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 't' }));
    return {
      use: () => sns.send(new PublishCommand({ TopicArn, Message: 'x' })),
      deny: (statement) =>
        sns.send(
          new SetTopicAttributesCommand({
            TopicArn,
            AttributeName: 'Policy',
            AttributeValue: documentOf(statement),
          }),
        ),
      action: 'sns:Publish',
      resource: TopicArn,
      refusal: { name: 'AuthorizationErrorException', status: 403 },
    };
  },
  async s3({ client }) {
    const s3 = client(S3Client);
    const Bucket = 'things';
    await s3.send(new CreateBucketCommand({ Bucket }));
    return {
      use: () => s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'x' })),
      deny: (statement) =>
        s3.send(new PutBucketPolicyCommand({ Bucket, Policy: documentOf(statement) })),
      action: 's3:PutObject',
      resource: `arn:aws:s3:::${Bucket}/*`,
      refusal: { name: 'AccessDenied', status: 403 },
    };
  },
  async kms({ client }) {
    const kms = client(KMSClient);
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    const KeyId = KeyMetadata?.KeyId;
    const owner = { Effect: 'Allow', Principal: { AWS: root }, Action: 'kms:*', Resource: '*' };
    return {
      use: () => kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') })),
      deny: (statement) =>
        kms.send(
          new PutKeyPolicyCommand({
            KeyId,
            PolicyName: 'default',
            Policy: documentOf(owner, statement),
          }),
        ),
      action: 'kms:Encrypt',
      resource: '*',
      refusal: { name: 'AccessDeniedException', status: 400 },
    };
  },
  events({ client }) {
    const events = client(EventBridgeClient);
    return Promise.resolve({
      use: async () => {
        const { Entries } = await events.send(
          new PutEventsCommand({ Entries: [{ Source: 's', DetailType: 'd', Detail: '{}' }] }),
        );
        return Entries;
      },
      deny: (statement) => events.send(new PutPermissionCommand({ Policy: documentOf(statement) })),
      action: 'events:PutEvents',
      resource: `arn:aws:events:eu-west-1:${account}:event-bus/default`,
      refusal: { name: 'AccessDeniedException', status: 400 },
    });
  },
  async sts({ client, spread }) {
    const iam = client(IAMClient);
    const trust = (...denials: object[]): string =>
      documentOf(
        { Effect: 'Allow', Principal: { AWS: root }, Action: 'sts:AssumeRole' },
        ...denials,
      );
    const { Role } = await iam.send(
      new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument: trust() }),
    );
    await spread();
    return {
      use: () =>
        client(STSClient).send(
          new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: 'one' }),
        ),
      deny: async (statement) => {
        await iam.send(
          new UpdateAssumeRolePolicyCommand({ RoleName: 'r', PolicyDocument: trust(statement) }),
        );
        await spread();
      },
      action: 'sts:AssumeRole',
      refusal: { name: 'AccessDenied', status: 403 },
    };
  },
};

describe.each(Object.entries(guarded))('a resource policy of %s', (_, prepare) => {
  it.each<[string, unknown]>([
    ['everybody', '*'],
    ['the account', { AWS: root }],
    ['the caller', { AWS: `arn:aws:iam::${account}:user/admin` }],
  ])('refuses an administrator when it denies %s', async (_who, Principal) => {
    const { use, deny, action, resource, refusal } = await prepare(accountFixture(services));
    await expect(use()).resolves.toBeDefined();
    await deny({
      Sid: 'Never',
      Effect: 'Deny',
      Principal,
      Action: action,
      ...(resource === undefined ? {} : { Resource: resource }),
    });
    await expect(use()).rejects.toMatchObject({
      name: refusal.name,
      message: expect.stringContaining(action),
      $metadata: { httpStatusCode: refusal.status },
    });
  });
});

it('tells for each key whether a bucket policy denies its deletion', async () => {
  const { client } = accountFixture(services);
  const s3 = client(S3Client);
  const Bucket = 'things';
  await s3.send(new CreateBucketCommand({ Bucket }));
  for (const Key of ['keep/a', 'b'])
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
  await s3.send(
    new PutBucketPolicyCommand({
      Bucket,
      Policy: documentOf({
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:DeleteObject',
        Resource: `arn:aws:s3:::${Bucket}/keep/*`,
      }),
    }),
  );
  const answer = await s3.send(
    new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'keep/a' }, { Key: 'b' }] } }),
  );
  expect(answer.Deleted).toEqual([expect.objectContaining({ Key: 'b' })]);
  expect(answer.Errors).toEqual([expect.objectContaining({ Key: 'keep/a', Code: 'AccessDenied' })]);
});
