import type * as client from '@aws-sdk/client-cloudwatch-logs';
import { AwsError } from '../../world/aws-error.ts';
import { numericKey, paginate } from '../../world/paging.ts';
import { operation } from '../../world/service.ts';
import {
  groupCheck,
  invalid,
  keptEvents,
  nameOf,
  requireGroup,
  requireStream,
} from './log-groups.ts';
import type { LogStream } from './state.ts';

const pageMax = 50; // CloudWatch Logs API Reference, DescribeLogStreams, limit

export const createLogStream = operation<
  client.CreateLogStreamCommandInput,
  Partial<client.CreateLogStreamCommandOutput>
>({
  authorize: (input, call) =>
    groupCheck(call, 'CreateLogStream', input.logGroupName ?? '', input.logStreamName),
  run(input, call) {
    const group = requireGroup(call, input.logGroupName);
    const name = input.logStreamName ?? '';
    if (group.streams.has(name))
      throw new AwsError(
        'ResourceAlreadyExistsException',
        'The specified log stream already exists',
      );
    group.streams.set(name, {
      name,
      arn: `${group.arn}:log-stream:${name}`,
      createdAt: call.now,
      events: [],
      lastIngestedAt: undefined,
    });
    return {};
  },
});

export const deleteLogStream = operation<
  client.DeleteLogStreamCommandInput,
  Partial<client.DeleteLogStreamCommandOutput>
>({
  authorize: (input, call) =>
    groupCheck(call, 'DeleteLogStream', input.logGroupName ?? '', input.logStreamName),
  run(input, call) {
    const group = requireGroup(call, input.logGroupName);
    group.streams.delete(requireStream(group, input.logStreamName).name);
    return {};
  },
});

export const describeLogStreams = operation<
  client.DescribeLogStreamsCommandInput,
  Partial<client.DescribeLogStreamsCommandOutput>
>({
  authorize: (input, call) =>
    groupCheck(
      call,
      'DescribeLogStreams',
      nameOf(call, input.logGroupIdentifier ?? input.logGroupName),
    ),
  run(input, call) {
    const group = requireGroup(call, nameOf(call, input.logGroupIdentifier ?? input.logGroupName));
    const byTime = input.orderBy === 'LastEventTime';
    if (byTime && input.logStreamNamePrefix !== undefined)
      throw invalid('Cannot order by LastEventTime with a logStreamNamePrefix.');
    const found = [...group.streams.values()].filter(({ name }) =>
      name.startsWith(input.logStreamNamePrefix ?? ''),
    );
    const lastAt = (stream: LogStream): number =>
      keptEvents(call, group, stream).at(-1)?.timestamp ?? 0;
    const ordered = byTime
      ? found
          .map((stream) => ({ stream, key: `${numericKey(lastAt(stream))}/${stream.name}` }))
          .sort((a, b) => (a.key < b.key ? -1 : 1))
          .map(({ stream }) => stream)
      : found.sort((a, b) => (a.name < b.name ? -1 : 1));
    if (input.descending === true) ordered.reverse();
    const page = paginate(call, ordered.entries(), {
      keyOf: ([position]) => numericKey(position),
      token: input.nextToken,
      size: input.limit,
      sizeMax: pageMax,
      invalidToken: 'InvalidParameterException',
    });
    return {
      logStreams: page.items.map(([, stream]) => {
        const events = keptEvents(call, group, stream);
        return {
          logStreamName: stream.name,
          arn: stream.arn,
          creationTime: stream.createdAt,
          firstEventTimestamp: events[0]?.timestamp,
          lastEventTimestamp: events.at(-1)?.timestamp,
          lastIngestionTime: stream.lastIngestedAt,
        };
      }),
      nextToken: page.nextToken,
    };
  },
});
