import { describe, expect, it } from '@jest/globals';
import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  DescribeEventBusCommand,
  EventBridgeClient,
  ListEventBusesCommand,
  PutEventsCommand,
  PutPermissionCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemovePermissionCommand,
  ResourceAlreadyExistsException,
  ResourceNotFoundException,
} from '@aws-sdk/client-eventbridge';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { accountFixture } from '../../../test/account-fixture.ts';
import { account, queueArn, aWorld, walk, anyOrder } from '../../../test/events-fixture.ts';
import { createAccount } from '../../accounts/create-account.ts';
import { iam } from '../iam/operations.ts';
import { sqs } from '../sqs/operations.ts';
import { events } from './operations.ts';

describe('event buses', () => {
  it('are made, described, listed in pages and deleted without rules only', async () => {
    const { client, rule } = aWorld();
    for (const Name of ['a', 'b', 'c', 'd'])
      await client.send(new CreateEventBusCommand({ Name, Description: Name }));
    await expect(client.send(new CreateEventBusCommand({ Name: 'a' }))).rejects.toBeInstanceOf(
      ResourceAlreadyExistsException,
    );
    const pages: number[] = [];
    await walk(async (NextToken) => {
      const page = await client.send(new ListEventBusesCommand({ NextToken }));
      pages.push(page.EventBuses?.length ?? 0);
      return page.NextToken;
    });
    expect(pages).toEqual([2, 2, 1]);
    expect(await rule({ ...anyOrder, EventBusName: 'a' })).toBe(
      `arn:aws:events:eu-west-1:${account}:rule/a/r`,
    );
    const drop = async (Name: string) => client.send(new DeleteEventBusCommand({ Name }));
    await expect(drop('a')).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(drop('default')).rejects.toMatchObject({ name: 'ValidationException' });
    await drop('b');
    await drop('b');
    await expect(client.send(new DescribeEventBusCommand({ Name: 'b' }))).rejects.toBeInstanceOf(
      ResourceNotFoundException,
    );
  });

  it('take events of another account when their policy allows it', async () => {
    const { client, eventsClient, addUser, queue, received, rule, pass } = aWorld();
    const url = await queue('q');
    await client.send(new CreateEventBusCommand({ Name: 'shared' }));
    await rule({ ...anyOrder, EventBusName: 'shared' }, { Arn: queueArn('q') });
    addUser(
      'stranger',
      { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } },
      '222222222222',
    );
    const stranger = eventsClient(EventBridgeClient, { user: 'stranger' });
    const put = async () =>
      stranger.send(
        new PutEventsCommand({
          Entries: [
            {
              EventBusName: `arn:aws:events:eu-west-1:${account}:event-bus/shared`,
              Source: 'shop',
              DetailType: 'x',
              Detail: '{}',
            },
          ],
        }),
      );
    await expect(put()).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await client.send(
      new PutPermissionCommand({
        EventBusName: 'shared',
        StatementId: 's',
        Action: 'events:PutEvents',
        Principal: '222222222222',
      }),
    );
    expect((await put()).FailedEntryCount).toBe(0);
    await pass(3_000);
    const [message] = await received(url);
    // The Region is that of the endpoint that was called, wherever the caller lives.
    expect(JSON.parse(message?.Body ?? '')).toMatchObject({
      account: '222222222222',
      region: 'eu-west-1',
    });
    await client.send(new RemovePermissionCommand({ EventBusName: 'shared', StatementId: 's' }));
    await expect(put()).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(
      client.send(new RemovePermissionCommand({ EventBusName: 'shared', StatementId: 's' })),
    ).rejects.toBeInstanceOf(ResourceNotFoundException);
  });
});

describe('forwarding to another bus', () => {
  const other = '222222222222';
  const roleArn = `arn:aws:iam::${account}:role/forward`;

  async function aForward(targetAccount: string, trusts = 'events.amazonaws.com') {
    const fixture = accountFixture([iam, events, sqs]);
    const { client, world } = fixture;
    const receiver =
      targetAccount === account
        ? fixture.account
        : createAccount(world, { id: targetAccount, name: 'other' });
    const here = client(EventBridgeClient);
    const there = client(EventBridgeClient, { as: receiver.adminCredentials });
    const queues = client(SQSClient, { as: receiver.adminCredentials });
    await client(IAMClient).send(
      new CreateRoleCommand({
        RoleName: 'forward',
        AssumeRolePolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: { Effect: 'Allow', Principal: { Service: trusts }, Action: 'sts:AssumeRole' },
        }),
      }),
    );
    const Arn = `arn:aws:events:eu-west-1:${targetAccount}:event-bus/target`;
    await client(IAMClient).send(
      new PutRolePolicyCommand({
        RoleName: 'forward',
        PolicyName: 'p',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: { Effect: 'Allow', Action: 'events:PutEvents', Resource: Arn },
        }),
      }),
    );
    await fixture.spread();
    await there.send(new CreateEventBusCommand({ Name: 'target' }));
    const name = `arn:aws:sqs:eu-west-1:${targetAccount}:end`;
    const { QueueUrl } = await queues.send(
      new CreateQueueCommand({
        QueueName: 'end',
        Attributes: {
          Policy: JSON.stringify({
            Version: '2012-10-17',
            Statement: {
              Effect: 'Allow',
              Principal: { Service: 'events.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: name,
            },
          }),
        },
      }),
    );
    await there.send(new PutRuleCommand({ Name: 'end', EventBusName: 'target', ...anyOrder }));
    await there.send(
      new PutTargetsCommand({
        Rule: 'end',
        EventBusName: 'target',
        Targets: [{ Id: 'q', Arn: name }],
      }),
    );
    await here.send(new PutRuleCommand({ Name: 'forward', ...anyOrder }));
    await here.send(
      new PutTargetsCommand({ Rule: 'forward', Targets: [{ Id: 'b', Arn, RoleArn: roleArn }] }),
    );
    const run = async () => {
      await here.send(
        new PutEventsCommand({ Entries: [{ Source: 'shop', DetailType: 'x', Detail: '{}' }] }),
      );
      await world.scheduler.runFor(6_000);
      const { Messages = [] } = await queues.send(new ReceiveMessageCommand({ QueueUrl }));
      const failures = world.journal.entries.filter(
        ({ name: event }) => event === 'event-delivery-failed',
      );
      return {
        events: Messages.map(({ Body = '' }) => JSON.parse(Body) as Record<string, unknown>),
        failures: failures.map(({ detail }) => detail['code']),
      };
    };
    return { ...fixture, here, there, run };
  }

  it('needs a role that trusts EventBridge and may put events', async () => {
    expect((await (await aForward(account)).run()).events).toMatchObject([
      { source: 'shop', account },
    ]);
    const distrusted = await aForward(account, 'lambda.amazonaws.com');
    expect(await distrusted.run()).toEqual({ events: [], failures: ['NO_PERMISSIONS'] });
  });

  it('into another account needs that bus to allow it, and the event keeps its account', async () => {
    const { run, there } = await aForward(other);
    expect(await run()).toEqual({ events: [], failures: ['NO_PERMISSIONS'] });
    await there.send(
      new PutPermissionCommand({
        EventBusName: 'target',
        StatementId: 'a',
        Action: 'events:PutEvents',
        Principal: account,
      }),
    );
    expect((await run()).events).toMatchObject([{ source: 'shop', account }]);
  });
});
