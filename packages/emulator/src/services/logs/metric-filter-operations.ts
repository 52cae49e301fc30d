import type * as client from '@aws-sdk/client-cloudwatch-logs';
import { AwsError } from '../../world/aws-error.ts';
import { onlyModelled } from '../../world/only-modelled.ts';
import { paginate } from '../../world/paging.ts';
import { operation } from '../../world/service.ts';
import { isNumberText } from './compare-value.ts';
import { readSelector } from './json-selector.ts';
import { groupCheck, invalid, requireGroup } from './log-groups.ts';
import { MalformedPattern } from './malformed-pattern.ts';
import { readPattern } from './read-log-events.ts';
import { logsState, type LogGroup, type MetricFilter, type MetricTransformation } from './state.ts';

const filtersMax = 100; // CloudWatch Logs quotas: metric filters of a log group
const pageMax = 50; // CloudWatch Logs API Reference, DescribeMetricFilters, limit
const dimensionsMax = 3; // CloudWatch Logs API Reference, MetricTransformation, dimensions
const metricName = /^[^:*$]{1,255}$/; // CloudWatch Logs API Reference, MetricTransformation

export const putMetricFilter = operation<
  client.PutMetricFilterCommandInput,
  Partial<client.PutMetricFilterCommandOutput>
>({
  authorize: (input, call) => groupCheck(call, 'PutMetricFilter', input.logGroupName ?? ''),
  run(input, call) {
    onlyModelled(
      input,
      ['logGroupName', 'filterName', 'filterPattern', 'metricTransformations'],
      'InvalidParameterException',
    );
    const group = requireGroup(call, input.logGroupName);
    const name = input.filterName ?? '';
    if (group.logClass !== 'STANDARD')
      throw invalid('Metric filters are supported on log groups of the Standard class only.');
    if (!group.metricFilters.has(name) && group.metricFilters.size >= filtersMax)
      throw new AwsError(
        'LimitExceededException',
        `a log group has at most ${filtersMax} metric filters`,
      );
    const pattern = readPattern(input.filterPattern);
    group.metricFilters.set(name, {
      name,
      patternText: input.filterPattern ?? '',
      pattern,
      transformation: readTransformation(input.metricTransformations ?? []),
      createdAt: call.now,
      minute: undefined,
    });
    return {};
  },
});

function readTransformation(given: readonly client.MetricTransformation[]): MetricTransformation {
  const [only, ...others] = given;
  if (!only || others.length > 0)
    throw invalid('a metric filter has exactly one metric transformation');
  const dimensions = new Map(Object.entries(only.dimensions ?? {}));
  const {
    metricName: metric = '',
    metricNamespace: namespace = '',
    metricValue: value = '',
  } = only;
  if (!metricName.test(metric) || !metricName.test(namespace) || namespace.startsWith('AWS/'))
    throw invalid(`${namespace} ${metric} is not a metric that a filter can publish`);
  if (dimensions.size > dimensionsMax)
    throw invalid(`a metric filter has at most ${dimensionsMax} dimensions`);
  if (dimensions.size > 0 && only.defaultValue !== undefined)
    throw invalid('A default value cannot be specified with dimensions.');
  if (!isNumberText(value)) checkReference(value);
  for (const source of dimensions.values()) checkReference(source);
  return { namespace, metric, value, defaultValue: only.defaultValue, dimensions, unit: only.unit };
}

function checkReference(text: string): void {
  if (/^\$[A-Za-z0-9_]+$/.test(text)) return;
  try {
    readSelector(text);
  } catch (error) {
    if (error instanceof MalformedPattern)
      throw invalid(`Invalid metric transformation: ${error.message}`);
    throw error;
  }
}

const describe = (group: LogGroup, filter: MetricFilter): client.MetricFilter => ({
  filterName: filter.name,
  filterPattern: filter.patternText,
  logGroupName: group.name,
  creationTime: filter.createdAt,
  metricTransformations: [
    {
      metricName: filter.transformation.metric,
      metricNamespace: filter.transformation.namespace,
      metricValue: filter.transformation.value,
      ...(filter.transformation.defaultValue === undefined
        ? {}
        : { defaultValue: filter.transformation.defaultValue }),
      ...(filter.transformation.dimensions.size > 0
        ? { dimensions: Object.fromEntries(filter.transformation.dimensions) }
        : {}),
      ...(filter.transformation.unit === undefined
        ? {}
        : { unit: filter.transformation.unit as client.StandardUnit }),
    },
  ],
});

export const describeMetricFilters = operation<
  client.DescribeMetricFiltersCommandInput,
  Partial<client.DescribeMetricFiltersCommandOutput>
>({
  authorize: (input, call) => groupCheck(call, 'DescribeMetricFilters', input.logGroupName ?? ''),
  run(input, call) {
    const groups =
      input.logGroupName === undefined
        ? [...logsState.in(call).groups.values()]
        : [requireGroup(call, input.logGroupName)];
    const found = groups
      .flatMap((group) => [...group.metricFilters.values()].map((filter) => ({ group, filter })))
      .filter(
        ({ filter: { name, transformation } }) =>
          name.startsWith(input.filterNamePrefix ?? '') &&
          (input.metricName === undefined || transformation.metric === input.metricName) &&
          (input.metricNamespace === undefined ||
            transformation.namespace === input.metricNamespace),
      );
    const page = paginate(call, found, {
      keyOf: ({ group, filter }) => `${group.name}:${filter.name}`,
      token: input.nextToken,
      size: input.limit,
      sizeMax: pageMax,
      invalidToken: 'InvalidParameterException',
    });
    return {
      metricFilters: page.items.map(({ group, filter }) => describe(group, filter)),
      nextToken: page.nextToken,
    };
  },
});

export const deleteMetricFilter = operation<
  client.DeleteMetricFilterCommandInput,
  Partial<client.DeleteMetricFilterCommandOutput>
>({
  authorize: (input, call) => groupCheck(call, 'DeleteMetricFilter', input.logGroupName ?? ''),
  run(input, call) {
    const group = requireGroup(call, input.logGroupName);
    if (!group.metricFilters.delete(input.filterName ?? ''))
      throw new AwsError(
        'ResourceNotFoundException',
        'The specified metric filter does not exist.',
      );
    return {};
  },
});

export const testMetricFilter = operation<
  client.TestMetricFilterCommandInput,
  Partial<client.TestMetricFilterCommandOutput>
>({
  // TestMetricFilter has no resource-level permission.
  authorize: () => ({ action: 'logs:TestMetricFilter', resource: '*' }),
  run(input) {
    const pattern = readPattern(input.filterPattern);
    return {
      matches: (input.logEventMessages ?? []).flatMap((eventMessage, index) => {
        const match = pattern.match(eventMessage);
        return match
          ? [{ eventNumber: index + 1, eventMessage, extractedValues: match.extracted }]
          : [];
      }),
    };
  },
});
