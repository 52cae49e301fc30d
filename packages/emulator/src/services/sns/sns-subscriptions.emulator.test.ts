import { describe, expect, it } from '@jest/globals';
import {
  ConfirmSubscriptionCommand,
  GetTopicAttributesCommand,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import { functionArn, queueArn, aWorld } from '../../../test/sns-fixture.ts';
import { inbox } from './inbox.ts';

describe('subscriptions', () => {
  it.each([
    ['a protocol that is not modelled', 'https', 'https://example.com'],
    ['an endpoint that is no queue', 'sqs', 'q'],
    ['a FIFO queue', 'sqs', queueArn('q.fifo')],
    ['a queue of another account', 'sqs', 'arn:aws:sqs:eu-west-1:222222222222:q'],
    ['an address that is none', 'email', 'nobody'],
  ])('refuse %s', async (_, protocol, endpoint) => {
    const { topic, subscribe } = aWorld();
    await topic();
    await expect(subscribe(protocol, endpoint)).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  it('exist once for an endpoint and end at once', async () => {
    const { topic, subscribe, publish, pass, invocations, client } = aWorld();
    await topic();
    const SubscriptionArn = await subscribe('lambda', functionArn);
    expect(await subscribe('lambda', functionArn)).toBe(SubscriptionArn);
    await expect(
      subscribe('lambda', functionArn, { FilterPolicy: '{"a":["b"]}' }),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await publish();
    await client.send(new UnsubscribeCommand({ SubscriptionArn }));
    await client.send(new UnsubscribeCommand({ SubscriptionArn }));
    await pass(2_500);
    expect(invocations).toEqual([]);
  });

  it('by e-mail get nothing before they are confirmed', async () => {
    const { topic, subscribe, publish, pass, client, world } = aWorld();
    const TopicArn = await topic();
    const to = 'me@example.com';
    expect(await subscribe('email', to)).toBe('pending confirmation');
    await publish({ Message: 'early' });
    await pass(2_500);
    expect(await subscribe('email', to)).toBe('pending confirmation');
    const mails = inbox(world, to);
    expect(mails.map(({ sentAt }) => sentAt)).toEqual([
      '2026-11-21T08:00:00.000Z',
      '2026-11-21T08:00:02.500Z',
    ]);
    expect(mails[1]?.confirmationToken).toMatch(/^[0-9a-f]{64}$/);
    const confirm = async (Token: string | undefined) =>
      client.send(new ConfirmSubscriptionCommand({ TopicArn, Token }));
    await expect(confirm('made-up')).rejects.toMatchObject({ name: 'InvalidParameterException' });
    const { SubscriptionArn = '' } = await confirm(mails[1]?.confirmationToken);
    expect(SubscriptionArn).toMatch(`${TopicArn}:`);
    await publish({ Message: 'late', Subject: 'News' });
    await pass(2_500);
    expect(inbox(world, to).slice(2)).toEqual([
      {
        to,
        subject: 'News',
        body: 'late',
        sentAt: expect.stringMatching(/^2026-11-21T08:00:0[2-4]/),
        topicArn: TopicArn,
        confirmationToken: undefined,
      },
    ]);
    expect(inbox(world, 'you@example.com')).toEqual([]);
    expect(world.journal.entries.findLast(({ name }) => name === 'email-sent')?.detail).toEqual({
      to,
      subject: 'News',
    });
  });

  it('that nobody confirms cannot be ended and end after two days', async () => {
    const { topic, pass, client, world } = aWorld();
    const TopicArn = await topic();
    const { SubscriptionArn } = await client.send(
      new SubscribeCommand({
        TopicArn,
        Protocol: 'email',
        Endpoint: 'me@example.com',
        ReturnSubscriptionArn: true,
      }),
    );
    const pending = async () =>
      (await client.send(new GetTopicAttributesCommand({ TopicArn }))).Attributes?.[
        'SubscriptionsPending'
      ];
    await expect(client.send(new UnsubscribeCommand({ SubscriptionArn }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    await pass(47 * 3_600_000);
    expect(await pending()).toBe('1');
    await pass(2 * 3_600_000);
    expect(await pending()).toBe('0');
    const [mail] = inbox(world, 'me@example.com');
    await expect(
      client.send(new ConfirmSubscriptionCommand({ TopicArn, Token: mail?.confirmationToken })),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });
});
