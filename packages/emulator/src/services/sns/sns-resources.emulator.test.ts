import { describe, expect, it } from '@jest/globals';
import {
  CreateTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  NotFoundException,
  PublishCommand,
  SNSClient,
} from '@aws-sdk/client-sns';
import { accountFixture } from '../../../test/account-fixture.ts';
import { account, functionArn, queueArn } from '../../../test/sns-fixture.ts';
import { NotReadyYet } from '../../cloudformation/provider.ts';
import { PropertyError } from '../../cloudformation/to-service-input.ts';
import { iam } from '../iam/operations.ts';
import { kms } from '../kms/operations.ts';
import { sqs } from '../sqs/operations.ts';
import { sns } from './operations.ts';
import { subscriptionResource } from './subscription-resource.ts';
import { topicPolicyResource, topicResource } from './topic-resources.ts';

describe('CloudFormation', () => {
  it('makes a topic with subscriptions and policy, changes and deletes them', async () => {
    const fixture = accountFixture([iam, kms, sns]);
    const topics = fixture.client(SNSClient);
    const properties = {
      DisplayName: 'd',
      Subscription: [{ Protocol: 'email', Endpoint: 'me@example.com' }],
    };
    const { physicalId, attributes } = await topicResource.create(
      properties,
      fixture.deployment('Topic'),
    );
    expect(attributes).toEqual({
      TopicArn: physicalId,
      TopicName: expect.stringMatching(/^demo-Topic-[A-Z2-7]{12}$/),
    });
    await topicResource.update?.(
      { Subscription: [{ Protocol: 'lambda', Endpoint: functionArn }] },
      fixture.deployment('Topic'),
      { physicalId, previous: properties },
    );
    const read = async () =>
      (await topics.send(new GetTopicAttributesCommand({ TopicArn: physicalId }))).Attributes;
    expect(await read()).toMatchObject({ DisplayName: '', SubscriptionsConfirmed: '1' });
    const policy = {
      Topics: [physicalId],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: { Effect: 'Deny', Principal: '*', Action: 'sns:Publish', Resource: physicalId },
      },
    };
    const made = await topicPolicyResource.create(policy, fixture.deployment('Policy'));
    await expect(
      topics.send(new PublishCommand({ TopicArn: physicalId, Message: 'x' })),
    ).rejects.toMatchObject({ name: 'AuthorizationErrorException' });
    await topicPolicyResource.delete(made.physicalId, fixture.deployment('Policy'), {
      properties: policy,
    });
    expect((await read())?.['Policy']).toContain('__default_policy_ID');
    await expect(
      topicResource.create(
        { TopicName: physicalId.split(':').at(-1) },
        fixture.deployment('Other'),
      ),
    ).rejects.toMatchObject({ code: 'AlreadyExists' });
    await topicResource.delete(physicalId, fixture.deployment('Topic'), { properties });
    await topicPolicyResource.delete(made.physicalId, fixture.deployment('Policy'), {
      properties: policy,
    });
    await expect(read()).rejects.toBeInstanceOf(NotFoundException);
  });

  it('makes a subscription with its attributes and resets those that go away', async () => {
    const fixture = accountFixture([iam, kms, sns, sqs]);
    const topics = fixture.client(SNSClient);
    const { TopicArn } = await topics.send(new CreateTopicCommand({ Name: 't' }));
    const base = { TopicArn, Protocol: 'sqs', Endpoint: queueArn('q') };
    const properties = {
      ...base,
      RawMessageDelivery: true,
      FilterPolicyScope: 'MessageBody',
      FilterPolicy: { a: { b: ['c'] } },
      RedrivePolicy: { deadLetterTargetArn: queueArn('d') },
    };
    const { physicalId } = await subscriptionResource.create(
      properties,
      fixture.deployment('Subscription'),
    );
    const read = async () =>
      (await topics.send(new GetSubscriptionAttributesCommand({ SubscriptionArn: physicalId })))
        .Attributes;
    expect(await read()).toMatchObject({
      RawMessageDelivery: 'true',
      FilterPolicy: '{"a":{"b":["c"]}}',
      FilterPolicyScope: 'MessageBody',
      RedrivePolicy: `{"deadLetterTargetArn":"${queueArn('d')}"}`,
    });
    await subscriptionResource.update?.(base, fixture.deployment('Subscription'), {
      physicalId,
      previous: properties,
    });
    expect(await read()).toMatchObject({ RawMessageDelivery: 'false' });
    expect(Object.keys((await read()) ?? {})).not.toContain('FilterPolicy');
    await subscriptionResource.delete(physicalId, fixture.deployment('Subscription'), {
      properties: base,
    });
    await subscriptionResource.delete(physicalId, fixture.deployment('Subscription'), {
      properties: base,
    });
    await expect(read()).rejects.toBeInstanceOf(NotFoundException);
  });

  it('waits with a policy for a role that does not exist yet', async () => {
    const fixture = accountFixture([iam, kms, sns]);
    const { TopicArn } = await fixture
      .client(SNSClient)
      .send(new CreateTopicCommand({ Name: 't' }));
    const properties = {
      Topics: [TopicArn],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${account}:role/late` },
          Action: 'sns:Publish',
          Resource: TopicArn,
        },
      },
    };
    await expect(
      topicPolicyResource.create(properties, fixture.deployment('Policy')),
    ).rejects.toBeInstanceOf(NotReadyYet);
  });

  it('refuses what an embedded subscription does not have', async () => {
    const fixture = accountFixture([iam, kms, sns]);
    const Subscription = [{ Protocol: 'sqs', Endpoint: queueArn('q'), RawMessageDelivery: true }];
    await expect(
      topicResource.create({ Subscription }, fixture.deployment('Topic')),
    ).rejects.toBeInstanceOf(PropertyError);
  });
});
