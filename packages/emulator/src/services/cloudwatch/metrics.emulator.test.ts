import { describe, expect, it } from '@jest/globals';
import {
  CloudWatchClient,
  GetDashboardCommand,
  GetMetricStatisticsCommand,
  PutDashboardCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  paginateGetMetricData,
  paginateListMetrics,
} from '@aws-sdk/client-cloudwatch';
import { serviceFixture } from '../../../test/world-fixture.ts';
import { cloudwatch } from './operations.ts';
import { registerGauge } from './put-service-metric.ts';
import { minute, anAlarm, stateOf, put } from '../../../test/alarm-fixture.ts';

describe('metrics', () => {
  it('adds up what arrives within a period', async () => {
    const fixture = serviceFixture([cloudwatch]);
    const { world } = fixture;
    const client = fixture.client(CloudWatchClient);
    await put(client, 2);
    await put(client, 4);
    await world.scheduler.runFor(minute);
    await put(client, 9);
    const { Datapoints } = await client.send(
      new GetMetricStatisticsCommand({
        Namespace: 'Team/App',
        MetricName: 'Errors',
        StartTime: new Date('2026-11-21T08:00:00Z'),
        EndTime: new Date('2026-11-21T08:05:00Z'),
        Period: 60,
        Statistics: ['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount'],
      }),
    );
    expect(Datapoints).toMatchObject([
      { Sum: 6, Average: 3, Minimum: 2, Maximum: 4, SampleCount: 2, Unit: 'None' },
      { Sum: 9, SampleCount: 1, Timestamp: new Date('2026-11-21T08:01:00Z') },
    ]);
  });

  it('walks metrics and data points in pages of two', async () => {
    const fixture = serviceFixture([cloudwatch]);
    const { world } = fixture;
    const client = fixture.client(CloudWatchClient);
    for (const name of ['E', 'B', 'D', 'A', 'C']) await put(client, 1, name);
    const listed: number[] = [];
    for await (const page of paginateListMetrics({ client }, { Namespace: 'Team/App' }))
      listed.push(page.Metrics?.length ?? 0);
    expect(listed).toEqual([2, 2, 1]);
    for (let index = 0; index < 4; index += 1) {
      await world.scheduler.runFor(minute);
      await put(client, index, 'A');
    }
    const values: number[] = [];
    for await (const page of paginateGetMetricData(
      { client },
      {
        StartTime: new Date('2026-11-21T08:00:00Z'),
        EndTime: new Date('2026-11-21T08:10:00Z'),
        ScanBy: 'TimestampAscending',
        MetricDataQueries: [
          {
            Id: 'a',
            MetricStat: {
              Metric: { Namespace: 'Team/App', MetricName: 'A' },
              Period: 60,
              Stat: 'Sum',
            },
          },
        ],
      },
    ))
      values.push(...(page.MetricDataResults?.[0]?.Values ?? []));
    expect(values).toEqual([1, 0, 1, 2, 3]);
  });

  it('keeps the namespaces of AWS to AWS', async () => {
    const client = serviceFixture([cloudwatch]).client(CloudWatchClient);
    await expect(
      client.send(
        new PutMetricDataCommand({
          Namespace: 'AWS/SQS',
          MetricData: [{ MetricName: 'x', Value: 1 }],
        }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  });

  it('lets a policy restrict the namespace', async () => {
    const fixture = serviceFixture([cloudwatch]);
    fixture.addUser('writer', {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Action: 'cloudwatch:PutMetricData',
        Resource: '*',
        Condition: { StringEquals: { 'cloudwatch:namespace': 'Team/App' } },
      },
    });
    const client = fixture.client(CloudWatchClient, { user: 'writer' });
    await put(client);
    await expect(
      client.send(
        new PutMetricDataCommand({
          Namespace: 'Other',
          MetricData: [{ MetricName: 'x', Value: 1 }],
        }),
      ),
    ).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('reads a gauge when somebody looks', async () => {
    const fixture = serviceFixture([cloudwatch]);
    const { world, account } = fixture;
    const client = fixture.client(CloudWatchClient);
    let depth = 3;
    const scope = world.scope(account, 'eu-west-1', 'sqs');
    registerGauge(scope, {
      namespace: 'AWS/SQS',
      metric: 'Depth',
      dimensions: { QueueName: 'q' },
      read: () => depth,
    });
    expect(world.scheduler.pending).toBe(0);
    await client.send(
      new PutMetricAlarmCommand(
        anAlarm({
          Namespace: 'AWS/SQS',
          MetricName: 'Depth',
          Dimensions: [{ Name: 'QueueName', Value: 'q' }],
          Statistic: 'Maximum',
          Threshold: 4,
        }),
      ),
    );
    await world.scheduler.runFor(3 * minute);
    expect(await stateOf(client)).toBe('OK');
    depth = 5;
    await world.scheduler.runFor(3 * minute);
    expect(await stateOf(client)).toBe('ALARM');
  });
});

describe('dashboards', () => {
  it('are kept as they were given, if they are dashboards', async () => {
    const client = serviceFixture([cloudwatch]).client(CloudWatchClient);
    const body = JSON.stringify({ widgets: [{ type: 'metric', properties: { metrics: [] } }] });
    await client.send(new PutDashboardCommand({ DashboardName: 'd', DashboardBody: body }));
    expect((await client.send(new GetDashboardCommand({ DashboardName: 'd' }))).DashboardBody).toBe(
      body,
    );
    await expect(
      client.send(
        new PutDashboardCommand({ DashboardName: 'd', DashboardBody: '{"widgets":[{}]}' }),
      ),
    ).rejects.toMatchObject({ dashboardValidationMessages: [{ DataPath: '/widgets/0' }] });
    await expect(
      client.send(new GetDashboardCommand({ DashboardName: 'x' })),
    ).rejects.toMatchObject({
      name: 'ResourceNotFound',
    });
  });
});
