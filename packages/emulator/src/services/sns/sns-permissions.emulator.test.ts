import { describe, expect, it } from '@jest/globals';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DisableKeyCommand,
  KMSClient,
} from '@aws-sdk/client-kms';
import {
  CreateTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsCommand,
  NotFoundException,
  PublishCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import { accountFixture } from '../../../test/account-fixture.ts';
import { account, functionArn, topicArn, aWorld } from '../../../test/sns-fixture.ts';
import type { ServicePrincipal } from '../../iam/principal.ts';
import { iam } from '../iam/operations.ts';
import { kms } from '../kms/operations.ts';
import { sns } from './operations.ts';

describe('permissions', () => {
  const alarm: ServicePrincipal = {
    kind: 'service',
    service: 'cloudwatch.amazonaws.com',
    sourceArn: `arn:aws:cloudwatch:eu-west-1:${account}:alarm:a`,
    sourceAccount: account,
  };

  it('to publish come from identity policies, not from the default topic policy', async () => {
    const { topic, addUser, snsClient } = aWorld();
    const TopicArn = await topic();
    addUser('reader', {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 'sns:GetTopicAttributes', Resource: TopicArn },
    });
    const client = snsClient(SNSClient, { user: 'reader' });
    await client.send(new GetTopicAttributesCommand({ TopicArn }));
    await expect(client.send(new PublishCommand({ TopicArn, Message: 'x' }))).rejects.toMatchObject(
      {
        name: 'AuthorizationErrorException',
        message: expect.stringContaining(`sns:Publish on resource: ${TopicArn}`),
      },
    );
  });

  it('of alarms come with the default topic policy and go with it', async () => {
    const { topic, client, world } = aWorld();
    const TopicArn = await topic();
    const publishAs = async (as: ServicePrincipal) =>
      world
        .scope(account, 'eu-west-1', 'x')
        .send(new PublishCommand({ TopicArn, Message: 'x' }), { as });
    await publishAs(alarm);
    await expect(publishAs({ ...alarm, sourceAccount: '222222222222' })).rejects.toMatchObject({
      code: 'AuthorizationError',
    });
    await expect(publishAs({ ...alarm, service: 'events.amazonaws.com' })).rejects.toMatchObject({
      code: 'AuthorizationError',
    });
    await client.send(
      new SetTopicAttributesCommand({
        TopicArn,
        AttributeName: 'Policy',
        AttributeValue: JSON.stringify({
          Version: '2012-10-17',
          Statement: {
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'sns:Publish',
            Resource: TopicArn,
          },
        }),
      }),
    );
    await publishAs({ ...alarm, service: 'events.amazonaws.com' });
    await expect(publishAs(alarm)).rejects.toMatchObject({ code: 'AuthorizationError' });
  });

  it('of alarms hold under any statement for the owner of their account', async () => {
    const { topic, client, world } = aWorld();
    const TopicArn = await topic();
    const { Attributes } = await client.send(new GetTopicAttributesCommand({ TopicArn }));
    const standard = JSON.parse(Attributes?.['Policy'] ?? '') as { Statement: object[] };
    const AttributeValue = JSON.stringify({
      ...standard,
      Statement: [
        ...standard.Statement,
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 'sns:Publish',
          Resource: TopicArn,
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    });
    await client.send(
      new SetTopicAttributesCommand({ TopicArn, AttributeName: 'Policy', AttributeValue }),
    );
    const shown = await client.send(new GetTopicAttributesCommand({ TopicArn }));
    expect(shown.Attributes?.['Policy']).toBe(AttributeValue);
    const { MessageId } = await world
      .scope(account, 'eu-west-1', 'x')
      .send(new PublishCommand({ TopicArn, Message: 'x' }), { as: alarm });
    expect(MessageId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each<[string, object]>([
    ['about another topic', { Resource: topicArn('u') }],
    ['about two resources', { Resource: [topicArn('t'), topicArn('t')] }],
    ['about an action on no topic', { Action: 'sns:Unsubscribe' }],
    ['for a role that does not exist', { Principal: { AWS: `arn:aws:iam::${account}:role/none` } }],
  ])('in a topic policy are refused %s', async (_, change) => {
    const { topic, client } = aWorld();
    const TopicArn = await topic();
    const statement = {
      Effect: 'Allow',
      Principal: '*',
      Action: 'sns:Publish',
      Resource: TopicArn,
      ...change,
    };
    await expect(
      client.send(
        new SetTopicAttributesCommand({
          TopicArn,
          AttributeName: 'Policy',
          AttributeValue: JSON.stringify({ Version: '2012-10-17', Statement: statement }),
        }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  it('let another account subscribe its queue, which then owns the subscription', async () => {
    const { topic, client, addUser, snsClient } = aWorld();
    const TopicArn = await topic('t', {
      Policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${account}:root` },
          Action: 'sns:Subscribe',
          Resource: topicArn('t'),
        },
      }),
    });
    const other = '222222222222';
    const all = { Effect: 'Allow', Action: 'sns:*', Resource: '*' };
    addUser('other', { Version: '2012-10-17', Statement: all }, other);
    const theirs = snsClient(SNSClient, { user: 'other' });
    const endpoint = `arn:aws:sqs:eu-west-1:${other}:q`;
    const subscribe = async (Protocol: string, Endpoint: string) =>
      theirs.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint }));
    const denied = { name: 'AuthorizationErrorException' };
    await expect(subscribe('sqs', endpoint)).rejects.toMatchObject(denied);
    await client.send(
      new SetTopicAttributesCommand({
        TopicArn,
        AttributeName: 'Policy',
        AttributeValue: JSON.stringify({
          Version: '2012-10-17',
          Statement: {
            Effect: 'Allow',
            Principal: { AWS: other },
            Action: 'sns:Subscribe',
            Resource: TopicArn,
            Condition: { StringEquals: { 'sns:Protocol': 'sqs', 'sns:Endpoint': endpoint } },
          },
        }),
      }),
    );
    await expect(subscribe('email', 'me@example.com')).rejects.toMatchObject(denied);
    const { SubscriptionArn } = await subscribe('sqs', endpoint);
    const { Subscriptions } = await theirs.send(new ListSubscriptionsCommand({}));
    expect(Subscriptions).toMatchObject([{ SubscriptionArn, Owner: other }]);
    const read = new GetSubscriptionAttributesCommand({ SubscriptionArn });
    expect((await theirs.send(read)).Attributes).toMatchObject({
      Owner: other,
      SubscriptionPrincipal: `arn:aws:iam::${other}:user/other`,
    });
    await expect(client.send(read)).rejects.toMatchObject(denied);
    // The owner of a topic may end any subscription to it.
    await client.send(new UnsubscribeCommand({ SubscriptionArn }));
    await expect(theirs.send(read)).rejects.toBeInstanceOf(NotFoundException);
  });

  it('for one subscription cannot be limited to its topic', async () => {
    const { topic, subscribe, addUser, snsClient } = aWorld();
    await topic();
    const SubscriptionArn = await subscribe('lambda', functionArn);
    addUser('limited', {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 'sns:*', Resource: `${topicArn('t')}*` },
    });
    await expect(
      snsClient(SNSClient, { user: 'limited' }).send(new UnsubscribeCommand({ SubscriptionArn })),
    ).rejects.toMatchObject({ name: 'AuthorizationErrorException' });
  });

  it('to publish to an encrypted topic include its key', async () => {
    const fixture = accountFixture([iam, kms, sns]);
    const { world } = fixture;
    const keys = fixture.client(KMSClient);
    const statement = (service: string) => ({
      Effect: 'Allow',
      Principal: { Service: service },
      Action: ['kms:GenerateDataKey*', 'kms:Decrypt'],
      Resource: '*',
    });
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
            statement('cloudwatch.amazonaws.com'),
          ],
        }),
      }),
    );
    await keys.send(
      new CreateAliasCommand({ AliasName: 'alias/k', TargetKeyId: KeyMetadata?.KeyId }),
    );
    const topics = fixture.client(SNSClient);
    const open = JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { Service: ['cloudwatch.amazonaws.com', 'events.amazonaws.com'] },
        Action: 'sns:Publish',
        Resource: '*',
      },
    });
    const make = async (Name: string, KmsMasterKeyId: string) =>
      (
        await topics.send(
          new CreateTopicCommand({ Name, Attributes: { KmsMasterKeyId, Policy: open } }),
        )
      ).TopicArn;
    const TopicArn = await make('secret', 'alias/k');
    const publishAs = async (as: ServicePrincipal) =>
      world
        .scope(account, 'eu-west-1', 'x')
        .send(new PublishCommand({ TopicArn, Message: 'x' }), { as });
    await topics.send(new PublishCommand({ TopicArn, Message: 'x' }));
    await publishAs(alarm);
    await expect(publishAs({ ...alarm, service: 'events.amazonaws.com' })).rejects.toMatchObject({
      code: 'KMSAccessDenied',
    });
    const missing = await make('lost', 'alias/none');
    await expect(
      topics.send(new PublishCommand({ TopicArn: missing, Message: 'x' })),
    ).rejects.toMatchObject({ name: 'KMSNotFoundException' });
    await keys.send(new DisableKeyCommand({ KeyId: KeyMetadata?.KeyId }));
    await expect(topics.send(new PublishCommand({ TopicArn, Message: 'x' }))).rejects.toMatchObject(
      { name: 'KMSDisabledException' },
    );
  });
});
