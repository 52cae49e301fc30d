import { describe, expect, it } from '@jest/globals';
import {
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListTagsForResourceCommand,
  NotFoundException,
  TagResourceCommand,
  UntagResourceCommand,
  paginateListSubscriptions,
  paginateListSubscriptionsByTopic,
  paginateListTopics,
} from '@aws-sdk/client-sns';
import { account, functionArn, queueArn, topicArn, aWorld } from '../../../test/sns-fixture.ts';

describe('topics', () => {
  it('are made once: equal attributes return the topic, different ones are refused', async () => {
    const { topic, client } = aWorld();
    expect(await topic('t', { DisplayName: 'd' })).toBe(topicArn('t'));
    expect(await topic('t', { DisplayName: 'd' })).toBe(topicArn('t'));
    expect(await topic('t')).toBe(topicArn('t'));
    await expect(topic('t', { DisplayName: 'e' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    const { Attributes } = await client.send(
      new GetTopicAttributesCommand({ TopicArn: topicArn('t') }),
    );
    expect(Attributes).toMatchObject({
      TopicArn: topicArn('t'),
      Owner: account,
      DisplayName: 'd',
      SubscriptionsConfirmed: '0',
      SubscriptionsPending: '0',
    });
    expect(JSON.parse(Attributes?.['Policy'] ?? '')).toMatchObject({
      Statement: [{ Condition: { StringEquals: { 'AWS:SourceOwner': account } } }],
    });
  });

  it.each([
    ['a FIFO name', 't.fifo', {}],
    ['a name with a blank', 'a b', {}],
    ['an attribute that is not modelled', 't', { DeliveryPolicy: '{}' }],
    ['a policy that is none', 't', { Policy: '{}' }],
    [
      'a policy with all actions',
      't',
      {
        Policy: JSON.stringify({
          Version: '2012-10-17',
          Statement: { Effect: 'Allow', Principal: '*', Action: 'sns:*', Resource: '*' },
        }),
      },
    ],
  ])('refuse %s', async (_, name, attributes) => {
    await expect(aWorld().topic(name, attributes)).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  it('and subscriptions are listed in pages', async () => {
    const { client, topic, queue, subscribe } = aWorld();
    for (const name of ['t', 'a', 'b', 'c', 'd']) await topic(name);
    for (const name of ['1', '2', '3', '4', '5']) {
      await queue(name);
      await subscribe('sqs', queueArn(name));
    }
    const sizes = {
      topics: [] as number[],
      subscriptions: [] as number[],
      ofTopic: [] as number[],
    };
    for await (const page of paginateListTopics({ client }, {}))
      sizes.topics.push(page.Topics?.length ?? 0);
    for await (const page of paginateListSubscriptions({ client }, {}))
      sizes.subscriptions.push(page.Subscriptions?.length ?? 0);
    for await (const page of paginateListSubscriptionsByTopic(
      { client },
      { TopicArn: topicArn('t') },
    ))
      sizes.ofTopic.push(page.Subscriptions?.length ?? 0);
    expect(sizes).toEqual({ topics: [2, 2, 1], subscriptions: [2, 2, 1], ofTopic: [2, 2, 1] });
  });

  it('carry tags and go with their subscriptions', async () => {
    const { client, topic, subscribe, publish } = aWorld();
    const ResourceArn = await topic();
    await client.send(
      new TagResourceCommand({
        ResourceArn,
        Tags: [
          { Key: 'a', Value: 'b' },
          { Key: 'c', Value: 'd' },
        ],
      }),
    );
    await client.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['a'] }));
    const { Tags } = await client.send(new ListTagsForResourceCommand({ ResourceArn }));
    expect(Tags).toEqual([{ Key: 'c', Value: 'd' }]);
    const SubscriptionArn = await subscribe('lambda', functionArn);
    await client.send(new DeleteTopicCommand({ TopicArn: ResourceArn }));
    await client.send(new DeleteTopicCommand({ TopicArn: ResourceArn }));
    await expect(publish()).rejects.toBeInstanceOf(NotFoundException);
    await expect(
      client.send(new GetSubscriptionAttributesCommand({ SubscriptionArn })),
    ).rejects.toBeInstanceOf(NotFoundException);
  });
});
