import { describe, expect, it } from '@jest/globals';
import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import {
  DeleteMetricFilterCommand,
  DescribeMetricFiltersCommand,
  InvalidParameterException,
  PutMetricFilterCommand,
  TestMetricFilterCommand,
  paginateDescribeMetricFilters,
  type PutMetricFilterCommandInput,
} from '@aws-sdk/client-cloudwatch-logs';
import type { ServiceFixture } from '../../../test/world-fixture.ts';
import { group, start, withStream, put } from '../../../test/log-fixture.ts';

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
