import { describe, expect, it } from '@jest/globals';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  InvalidParameterException,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
  ResourceAlreadyExistsException,
  ResourceNotFoundException,
  paginateDescribeLogGroups,
  paginateDescribeLogStreams,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { serviceFixture } from '../../../test/world-fixture.ts';
import { logs } from './operations.ts';
import { group, start, withStream, put } from '../../../test/log-fixture.ts';

const dayMs = 24 * 3_600_000;
describe('log groups and streams', () => {
  it('come in pages, with the two forms of their ARN', async () => {
    const client = serviceFixture([logs]).client(CloudWatchLogsClient);
    for (const name of ['e', 'c', 'a', 'd', 'b'])
      await client.send(new CreateLogGroupCommand({ logGroupName: name }));
    const pages: string[][] = [];
    for await (const page of paginateDescribeLogGroups({ client }, {}))
      pages.push((page.logGroups ?? []).map(({ logGroupName }) => logGroupName ?? ''));
    expect(pages).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
    const { logGroups } = await client.send(
      new DescribeLogGroupsCommand({ logGroupNamePrefix: 'e' }),
    );
    expect(logGroups).toMatchObject([
      {
        arn: 'arn:aws:logs:eu-west-1:111111111111:log-group:e:*',
        logGroupArn: 'arn:aws:logs:eu-west-1:111111111111:log-group:e',
        creationTime: start,
      },
    ]);
    await expect(
      client.send(new CreateLogGroupCommand({ logGroupName: 'e' })),
    ).rejects.toBeInstanceOf(ResourceAlreadyExistsException);
    for (const name of ['5', '3', '1', '4', '2'])
      await client.send(new CreateLogStreamCommand({ logGroupName: 'e', logStreamName: name }));
    const streams: string[][] = [];
    for await (const page of paginateDescribeLogStreams(
      { client },
      { logGroupName: 'e', descending: true },
    ))
      streams.push((page.logStreams ?? []).map(({ logStreamName }) => logStreamName ?? ''));
    expect(streams).toEqual([['5', '4'], ['3', '2'], ['1']]);
  });

  it('keep their events as long as their retention says', async () => {
    const { fixture, client } = await withStream();
    await put(client, fixture, ['old']);
    await client.send(new PutRetentionPolicyCommand({ logGroupName: group, retentionInDays: 3 }));
    await expect(
      client.send(new PutRetentionPolicyCommand({ logGroupName: group, retentionInDays: 4 })),
    ).rejects.toBeInstanceOf(InvalidParameterException);
    await fixture.world.scheduler.runFor(2 * dayMs);
    await put(client, fixture, ['new']);
    const read = async (): Promise<unknown> =>
      (await client.send(new FilterLogEventsCommand({ logGroupName: group }))).events?.map(
        ({ message }) => message,
      );
    expect(await read()).toEqual(['old', 'new']);
    await fixture.world.scheduler.runFor(1.5 * dayMs);
    expect(await read()).toEqual(['new']);
  });

  it('are guarded with the stream in the ARN', async () => {
    const { fixture } = await withStream();
    const arn = `arn:aws:logs:eu-west-1:111111111111:log-group:${group}`;
    const allow = (name: string, Resource: string): CloudWatchLogsClient => {
      fixture.addUser(name, {
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Action: ['logs:PutLogEvents', 'logs:FilterLogEvents'],
          Resource,
        },
      });
      return fixture.client(CloudWatchLogsClient, { user: name });
    };
    await put(allow('star', `${arn}:*`), fixture, ['x']);
    await put(allow('stream', `${arn}:log-stream:s`), fixture, ['x']);
    await expect(put(allow('bare', arn), fixture, ['x'])).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(`on resource: ${arn}:log-stream:s`),
    });
  });
});

describe('log events', () => {
  it('are read from both ends, and the last token comes back', async () => {
    const { fixture, client } = await withStream();
    await put(client, fixture, ['a', 'b', 'c', 'd', 'e']);
    const read = async (options: { nextToken?: string; startFromHead?: boolean }) => {
      const page = await client.send(
        new GetLogEventsCommand({ logGroupName: group, logStreamName: 's', ...options }),
      );
      return { text: (page.events ?? []).map(({ message }) => message).join(''), page };
    };
    const head = await read({ startFromHead: true });
    const second = await read({ nextToken: head.page.nextForwardToken! });
    const third = await read({ nextToken: second.page.nextForwardToken! });
    const fourth = await read({ nextToken: third.page.nextForwardToken! });
    expect([head.text, second.text, third.text, fourth.text]).toEqual(['ab', 'cd', 'e', '']);
    expect(fourth.page.nextForwardToken).toBe(third.page.nextForwardToken);
    const tail = await read({});
    expect(tail.text).toBe('de');
    expect((await read({ nextToken: tail.page.nextBackwardToken! })).text).toBe('bc');
    await expect(read({ nextToken: 'made-up' })).rejects.toBeInstanceOf(InvalidParameterException);
  });

  it('are searched across streams, in pages', async () => {
    const { fixture, client } = await withStream();
    await put(client, fixture, ['ERROR 1', 'fine', 'ERROR 2', 'ERROR 3', 'ERROR 4', 'ERROR 5']);
    const pages: string[][] = [];
    for await (const page of paginateFilterLogEvents(
      { client },
      { logGroupName: group, filterPattern: 'ERROR' },
    ))
      pages.push((page.events ?? []).map(({ message }) => message ?? ''));
    expect(pages).toEqual([['ERROR 1', 'ERROR 2'], ['ERROR 3', 'ERROR 4'], ['ERROR 5']]);
    await expect(
      client.send(new FilterLogEventsCommand({ logGroupName: group, filterPattern: 'a-b' })),
    ).rejects.toBeInstanceOf(InvalidParameterException);
  });

  it('are refused out of order and rejected one by one when too old or too new', async () => {
    const { fixture, client } = await withStream();
    const event = (timestamp: number) => ({ message: 'x', timestamp });
    const send = (timestamps: readonly number[]) =>
      client.send(
        new PutLogEventsCommand({
          logGroupName: group,
          logStreamName: 's',
          logEvents: timestamps.map(event),
        }),
      );
    await expect(send([start + 1, start])).rejects.toThrow('chronological');
    await expect(send([start - 2 * dayMs, start])).rejects.toThrow('24 hours');
    expect(
      (await send([start - 14.5 * dayMs, start - 13.8 * dayMs])).rejectedLogEventsInfo,
    ).toEqual({
      tooOldLogEventEndIndex: 1,
    });
    expect((await send([start, start + 3 * 3_600_000])).rejectedLogEventsInfo).toEqual({
      tooNewLogEventStartIndex: 1,
    });
    const { events } = await client.send(new FilterLogEventsCommand({ logGroupName: group }));
    expect(events).toHaveLength(2);
    await expect(
      client.send(
        new PutLogEventsCommand({
          logGroupName: group,
          logStreamName: 'none',
          logEvents: [event(fixture.world.scheduler.now)],
        }),
      ),
    ).rejects.toBeInstanceOf(ResourceNotFoundException);
  });
});
