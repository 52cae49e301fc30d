import { describe, expect, it } from '@jest/globals';
import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteMetricFilterCommand,
  DeleteResourcePolicyCommand,
  DescribeLogGroupsCommand,
  DescribeMetricFiltersCommand,
  DescribeResourcePoliciesCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  InvalidParameterException,
  PutLogEventsCommand,
  PutMetricFilterCommand,
  PutResourcePolicyCommand,
  PutRetentionPolicyCommand,
  ResourceAlreadyExistsException,
  ResourceNotFoundException,
  TestMetricFilterCommand,
  paginateDescribeLogGroups,
  paginateDescribeLogStreams,
  paginateDescribeMetricFilters,
  paginateFilterLogEvents,
  type PutMetricFilterCommandInput,
} from '@aws-sdk/client-cloudwatch-logs';
import { accountFixture } from '../../../test/account-fixture.ts';
import { serviceFixture, type ServiceFixture } from '../../../test/world-fixture.ts';
import type { ResourceProvider } from '../../cloudformation/provider.ts';
import { cloudwatch } from '../cloudwatch/operations.ts';
import { iam } from '../iam/operations.ts';
import { logs } from './operations.ts';

const dayMs = 24 * 3_600_000;
const group = '/team/app';
const start = Date.parse('2026-11-21T08:00:00Z');

async function withStream(): Promise<{ fixture: ServiceFixture; client: CloudWatchLogsClient }> {
  const fixture = serviceFixture([logs, cloudwatch]);
  const client = fixture.client(CloudWatchLogsClient);
  await client.send(new CreateLogGroupCommand({ logGroupName: group }));
  await client.send(new CreateLogStreamCommand({ logGroupName: group, logStreamName: 's' }));
  return { fixture, client };
}

const put = (
  client: CloudWatchLogsClient,
  { world }: ServiceFixture,
  messages: readonly string[],
  timestamp = world.scheduler.now,
) =>
  client.send(
    new PutLogEventsCommand({
      logGroupName: group,
      logStreamName: 's',
      logEvents: messages.map((message, index) => ({ message, timestamp: timestamp + index })),
    }),
  );

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

describe('metric filters', () => {
  const aFilter = (
    given: Partial<PutMetricFilterCommandInput> = {},
  ): PutMetricFilterCommandInput => ({
    logGroupName: group,
    filterName: 'errors',
    filterPattern: '{ $.level = "ERROR" }',
    metricTransformations: [
      { metricNamespace: 'Team/App', metricName: 'Errors', metricValue: '1' },
    ],
    ...given,
  });
  const sums = async (
    fixture: ServiceFixture,
    dimensions: Readonly<Record<string, string>> = {},
  ) => {
    const { Datapoints = [] } = await fixture.client(CloudWatchClient).send(
      new GetMetricStatisticsCommand({
        Namespace: 'Team/App',
        MetricName: 'Errors',
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
        StartTime: new Date(start),
        EndTime: new Date(start + 3_600_000),
        Period: 60,
        Statistics: ['Sum'],
      }),
    );
    return Datapoints.map(({ Sum }) => Sum);
  };

  it('count what matches after they were made', async () => {
    const { fixture, client } = await withStream();
    await put(client, fixture, ['{"level":"ERROR"}']);
    await client.send(new PutMetricFilterCommand(aFilter()));
    expect(await sums(fixture)).toEqual([]);
    await put(client, fixture, [
      '{"level":"ERROR"}',
      '{"level":"INFO"}',
      '{"level":"ERROR"}',
      'ERROR',
    ]);
    expect(await sums(fixture)).toEqual([2]);
    await client.send(new DeleteMetricFilterCommand({ logGroupName: group, filterName: 'errors' }));
    await put(client, fixture, ['{"level":"ERROR"}']);
    expect(await sums(fixture)).toEqual([2]);
  });

  it('take values and dimensions out of the event', async () => {
    const { fixture, client } = await withStream();
    await client.send(
      new PutMetricFilterCommand(
        aFilter({
          metricTransformations: [
            {
              metricNamespace: 'Team/App',
              metricName: 'Errors',
              metricValue: '$.count',
              dimensions: { Service: '$.service' },
            },
          ],
        }),
      ),
    );
    await put(client, fixture, [
      '{"level":"ERROR","count":3,"service":"web"}',
      '{"level":"ERROR","count":"4","service":"web"}',
      '{"level":"ERROR","count":"many","service":"web"}',
      '{"level":"ERROR","count":5}',
    ]);
    expect(await sums(fixture, { Service: 'web' })).toEqual([7]);
    expect(await sums(fixture)).toEqual([]);
  });

  it('report the default for a minute with events and without matches', async () => {
    const { fixture, client } = await withStream();
    await client.send(
      new PutMetricFilterCommand(
        aFilter({
          metricTransformations: [
            {
              metricNamespace: 'Team/App',
              metricName: 'Errors',
              metricValue: '1',
              defaultValue: 0,
            },
          ],
        }),
      ),
    );
    await put(client, fixture, ['fine']);
    await fixture.world.scheduler.runFor(120_000);
    await put(client, fixture, ['{"level":"ERROR"}', 'fine']);
    await fixture.world.scheduler.runFor(60_000);
    expect(await sums(fixture)).toEqual([0, 1]);
  });

  it('are checked when they are put, tested without being put, and listed in pages', async () => {
    const { client } = await withStream();
    const transformation = { metricNamespace: 'Team/App', metricName: 'Errors', metricValue: '1' };
    for (const given of [
      { filterPattern: '{ $.a = }' },
      { metricTransformations: [{ ...transformation, metricNamespace: 'AWS/X' }] },
      { metricTransformations: [{ ...transformation, defaultValue: 0, dimensions: { a: '$.a' } }] },
      { metricTransformations: [{ ...transformation, metricValue: 'one' }] },
      { metricTransformations: [transformation, transformation] },
    ])
      await expect(client.send(new PutMetricFilterCommand(aFilter(given)))).rejects.toBeInstanceOf(
        InvalidParameterException,
      );
    const tested = await client.send(
      new TestMetricFilterCommand({
        filterPattern: '[status = 4*, path]',
        logEventMessages: ['200 /a', '404 /b'],
      }),
    );
    expect(tested.matches).toEqual([
      { eventNumber: 2, eventMessage: '404 /b', extractedValues: { $status: '404', $path: '/b' } },
    ]);
    for (const filterName of ['e', 'c', 'a', 'd', 'b'])
      await client.send(new PutMetricFilterCommand(aFilter({ filterName })));
    const pages: number[] = [];
    for await (const page of paginateDescribeMetricFilters({ client }, { logGroupName: group }))
      pages.push(page.metricFilters?.length ?? 0);
    expect(pages).toEqual([2, 2, 1]);
    expect(
      (
        await client.send(
          new DescribeMetricFiltersCommand({ logGroupName: group, filterNamePrefix: 'c' }),
        )
      ).metricFilters,
    ).toEqual([
      expect.objectContaining({ filterName: 'c', metricTransformations: [transformation] }),
    ]);
  });
});

describe('resource policies', () => {
  const arn = `arn:aws:logs:eu-west-1:111111111111:log-group:${group}`;
  const policy = (service: string, condition: object = {}): string =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { Service: service },
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: `${arn}:*`,
        ...condition,
      },
    });
  const asService = (fixture: ServiceFixture, service = 'events.amazonaws.com') =>
    fixture.world.scope(fixture.account, 'eu-west-1', 'events').send(
      new PutLogEventsCommand({
        logGroupName: group,
        logStreamName: 's',
        logEvents: [{ message: 'event', timestamp: fixture.world.scheduler.now }],
      }),
      {
        as: { kind: 'service', service, sourceArn: 'arn:aws:events:eu-west-1:111111111111:rule/r' },
      },
    );

  it('let a service in, for the account or for one group', async () => {
    const { fixture, client } = await withStream();
    await expect(asService(fixture)).rejects.toMatchObject({ code: 'AccessDeniedException' });
    await client.send(
      new PutResourcePolicyCommand({
        policyName: 'p',
        policyDocument: policy('events.amazonaws.com', {
          Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:events:*:*:rule/r' } },
        }),
      }),
    );
    await asService(fixture);
    await expect(asService(fixture, 'other.amazonaws.com')).rejects.toMatchObject({
      code: 'AccessDeniedException',
    });
    await client.send(new DeleteResourcePolicyCommand({ policyName: 'p' }));
    await expect(asService(fixture)).rejects.toMatchObject({ code: 'AccessDeniedException' });
    await client.send(
      new PutResourcePolicyCommand({
        resourceArn: arn,
        policyDocument: policy('events.amazonaws.com'),
      }),
    );
    await asService(fixture);
  });

  it('are at most ten, and well-formed', async () => {
    const { client } = await withStream();
    for (let index = 0; index < 10; index += 1)
      await client.send(
        new PutResourcePolicyCommand({
          policyName: `p${index}`,
          policyDocument: policy('events.amazonaws.com'),
        }),
      );
    await expect(
      client.send(
        new PutResourcePolicyCommand({
          policyName: 'more',
          policyDocument: policy('events.amazonaws.com'),
        }),
      ),
    ).rejects.toMatchObject({ name: 'LimitExceededException' });
    await expect(
      client.send(
        new PutResourcePolicyCommand({ policyName: 'p0', policyDocument: '{"Statement":[]}' }),
      ),
    ).rejects.toBeInstanceOf(InvalidParameterException);
  });

  it('do not let users in', async () => {
    const { fixture, client } = await withStream();
    const user = fixture.addUser('stranger', {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' },
    });
    await client.send(
      new PutResourcePolicyCommand({
        policyName: 'p',
        policyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: {
            Effect: 'Allow',
            Principal: { AWS: user.arn },
            Action: 'logs:*',
            Resource: '*',
          },
        }),
      }),
    );
    const stranger = fixture.client(CloudWatchLogsClient, { user: 'stranger' });
    await expect(put(stranger, fixture, ['x'])).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });
});

describe('resource types', () => {
  const provider = (type: string): ResourceProvider => {
    const found = logs.resources?.find((candidate) => candidate.type === type);
    if (!found) throw new Error(`no provider for ${type}`);
    return found;
  };

  it('make log groups with their filters and policies, change them and delete them', async () => {
    const fixture = accountFixture([iam, logs, cloudwatch]);
    const client = fixture.client(CloudWatchLogsClient);
    const deployment = fixture.deployment('Log', { tags: { team: 'red' } });
    const groups = provider('AWS::Logs::LogGroup');
    const made = await groups.create({ RetentionInDays: '14' }, deployment);
    const name = made.physicalId;
    expect(made.attributes['Arn']).toBe(`arn:aws:logs:eu-west-1:111111111111:log-group:${name}:*`);
    const read = async () =>
      (await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name })))
        .logGroups?.[0];
    expect(await read()).toMatchObject({ retentionInDays: 14 });
    await groups.update?.({ RetentionInDays: 30 }, deployment, {
      physicalId: name,
      previous: { RetentionInDays: '14' },
    });
    expect(await read()).toMatchObject({ retentionInDays: 30 });
    const filters = provider('AWS::Logs::MetricFilter');
    const filter = {
      LogGroupName: name,
      FilterPattern: 'ERROR',
      MetricTransformations: [
        {
          MetricNamespace: 'Team/App',
          MetricName: 'Errors',
          MetricValue: '1',
          Dimensions: [{ Key: 'Code', Value: '$.code' }],
        },
      ],
    };
    const madeFilter = await filters.create(filter, deployment);
    expect(
      await client.send(new DescribeMetricFiltersCommand({ logGroupName: name })),
    ).toMatchObject({
      metricFilters: [{ metricTransformations: [{ dimensions: { Code: '$.code' } }] }],
    });
    await expect(
      filters.create({ ...filter, FilterName: madeFilter.physicalId }, deployment),
    ).rejects.toMatchObject({ code: 'AlreadyExists' });
    const policies = provider('AWS::Logs::ResourcePolicy');
    const policy = {
      PolicyName: 'p',
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'logs:PutLogEvents',
          Resource: made.attributes['Arn'],
        },
      },
    };
    await policies.create(policy, deployment);
    expect(await client.send(new DescribeResourcePoliciesCommand({}))).toMatchObject({
      resourcePolicies: [{ policyName: 'p' }],
    });
    for (let times = 0; times < 2; times += 1) {
      await policies.delete('p', deployment, { properties: policy });
      await filters.delete(madeFilter.physicalId, deployment, { properties: filter });
      await groups.delete(name, deployment, { properties: {} });
    }
    expect(await read()).toBeUndefined();
  });
});
