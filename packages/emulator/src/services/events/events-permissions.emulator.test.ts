import { describe, expect, it } from '@jest/globals';
import { EventBridgeClient, PutEventsCommand, PutRuleCommand } from '@aws-sdk/client-eventbridge';
import { account, aWorld, anyOrder } from '../../../test/events-fixture.ts';

describe('permissions', () => {
  it('to put events can be limited to a source, entry by entry', async () => {
    const { addUser, eventsClient } = aWorld();
    addUser('shop', {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Action: 'events:PutEvents',
        Resource: `arn:aws:events:eu-west-1:${account}:event-bus/default`,
        Condition: { StringEquals: { 'events:source': 'shop' } },
      },
    });
    const client = eventsClient(EventBridgeClient, { user: 'shop' });
    const put = async (...sources: string[]) =>
      client.send(
        new PutEventsCommand({
          Entries: sources.map((Source) => ({ Source, DetailType: 'x', Detail: '{}' })),
        }),
      );
    const { Entries } = await put('shop', 'other');
    expect(Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      undefined,
      'NotAuthorizedForSourceException',
    ]);
    await expect(put('other')).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('events:PutEvents'),
    });
  });

  it('to put a rule with a role include passing it', async () => {
    const { addUser, eventsClient } = aWorld();
    addUser('maker', {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 'events:*', Resource: '*' },
    });
    const client = eventsClient(EventBridgeClient, { user: 'maker' });
    const put = async (RoleArn: string | undefined) =>
      client.send(new PutRuleCommand({ Name: 'r', ...anyOrder, RoleArn }));
    await put(undefined);
    await expect(put(`arn:aws:iam::${account}:role/x`)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('iam:PassRole'),
    });
  });
});
