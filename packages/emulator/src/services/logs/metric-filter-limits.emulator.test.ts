import { describe, expect, it } from '@jest/globals';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  PutMetricFilterCommand,
  type PutMetricFilterCommandInput,
} from '@aws-sdk/client-cloudwatch-logs';
import { serviceFixture } from '../../../test/world-fixture.ts';
import { cloudwatch } from '../cloudwatch/operations.ts';
import { logs } from './operations.ts';

const transformation = { metricNamespace: 'Team/App', metricName: 'Errors', metricValue: '1' };

async function aGroup() {
  const client = serviceFixture([logs, cloudwatch]).client(CloudWatchLogsClient);
  await client.send(new CreateLogGroupCommand({ logGroupName: '/app' }));
  const put = (filterName: string, given: Partial<PutMetricFilterCommandInput> = {}) =>
    client.send(
      new PutMetricFilterCommand({
        logGroupName: '/app',
        filterName,
        filterPattern: '',
        metricTransformations: [transformation],
        ...given,
      }),
    );
  return put;
}

describe('metric filters', () => {
  it('are a hundred for a log group', async () => {
    const put = await aGroup();
    for (let number = 1; number <= 100; number += 1) await put(`filter-${number}`);
    await expect(put('another')).rejects.toMatchObject({ name: 'LimitExceededException' });
    await put('filter-100', { filterPattern: 'ERROR' });
  });

  it('have three dimensions, patterns of 1,024 characters and names of 512', async () => {
    const put = await aGroup();
    const dimensions = (count: number) => ({
      metricTransformations: [
        {
          ...transformation,
          dimensions: Object.fromEntries(
            Array.from({ length: count }, (_, index) => [`d${index}`, `$.d${index}`]),
          ),
        },
      ],
    });
    await put('three', dimensions(3));
    await expect(put('four', dimensions(4))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    await put('long', { filterPattern: 'x'.repeat(1_024) });
    for (const [name, filterPattern] of [
      ['longer', 'x'.repeat(1_025)],
      ['n'.repeat(513), ''],
    ] as const)
      await expect(put(name, { filterPattern })).rejects.toMatchObject({
        name: 'InvalidParameterException',
      });
  });
});
