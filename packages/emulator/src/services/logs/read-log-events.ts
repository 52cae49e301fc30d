import type * as client from '@aws-sdk/client-cloudwatch-logs';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { onlyModelled } from '../../world/only-modelled.ts';
import { numericKey, paginate } from '../../world/paging.ts';
import { operation } from '../../world/service.ts';
import { parseFilterPattern, type FilterPattern } from './filter-pattern.ts';
import {
  groupCheck,
  invalid,
  keptEvents,
  nameOf,
  requireGroup,
  requireStream,
} from './log-groups.ts';
import { MalformedPattern } from './malformed-pattern.ts';
import type { LogEvent, LogGroup, LogStream } from './state.ts';

const pageMax = 10_000; // CloudWatch Logs API Reference, GetLogEvents and FilterLogEvents, limit
const streamNamesMax = 100; // CloudWatch Logs API Reference, FilterLogEvents, logStreamNames

/** @throws AwsError InvalidParameterException for a pattern that cannot be read */
export function readPattern(text: string | undefined): FilterPattern {
  try {
    return parseFilterPattern(text ?? '');
  } catch (error) {
    if (error instanceof MalformedPattern)
      throw invalid(`Invalid filter pattern: ${error.message}`);
    throw error;
  }
}

const groupNameOf = (
  call: Call,
  input: { logGroupIdentifier?: string | undefined; logGroupName?: string | undefined },
): string => nameOf(call, input.logGroupIdentifier ?? input.logGroupName);

const keyOf = ({ timestamp, sequence }: LogEvent): string =>
  `${numericKey(timestamp)}/${numericKey(sequence)}`;

const isWithin = (
  event: LogEvent,
  { startTime, endTime }: { startTime?: number | undefined; endTime?: number | undefined },
  endIncluded: boolean,
): boolean =>
  (startTime === undefined || event.timestamp >= startTime) &&
  (endTime === undefined || (endIncluded ? event.timestamp <= endTime : event.timestamp < endTime));

export const getLogEvents = operation<
  client.GetLogEventsCommandInput,
  Partial<client.GetLogEventsCommandOutput>
>({
  authorize: (input, call) =>
    groupCheck(call, 'GetLogEvents', groupNameOf(call, input), input.logStreamName),
  run(input, call) {
    onlyModelled(
      input,
      [
        'logGroupName',
        'logGroupIdentifier',
        'logStreamName',
        'startTime',
        'endTime',
        'nextToken',
        'limit',
        'startFromHead',
      ],
      'InvalidParameterException',
    );
    const group = requireGroup(call, groupNameOf(call, input));
    const stream = requireStream(group, input.logStreamName);
    const events = keptEvents(call, group, stream).filter((event) => isWithin(event, input, false));
    const sizeMax = Math.min(input.limit ?? pageMax, pageMax, call.world.settings.pageSizeMax);
    const page = cut(events, readToken(input), sizeMax);
    const first = page[0];
    const last = page.at(-1);
    // At the end of the stream the same token comes back.
    const here = readToken(input).key;
    return {
      events: page.map(({ timestamp, message, ingestedAt }) => ({
        timestamp,
        message,
        ingestionTime: ingestedAt,
      })),
      nextForwardToken: `f/${last ? keyOf(last) : here}`,
      nextBackwardToken: `b/${first ? keyOf(first) : here}`,
    };
  },
});

interface Position {
  readonly direction: 'forward' | 'backward';
  /** Where the page before ended; empty for the beginning or end of the stream. */
  readonly key: string;
}

function readToken(input: client.GetLogEventsCommandInput): Position {
  const token = input.nextToken;
  if (token === undefined)
    return { direction: input.startFromHead === true ? 'forward' : 'backward', key: '' };
  const [, direction, key = ''] = /^([fb])\/((?:\d{16}\/\d{16})?)$/.exec(token) ?? [];
  if (direction === undefined) throw invalid('The specified nextToken is invalid.');
  return { direction: direction === 'f' ? 'forward' : 'backward', key };
}

function cut(
  events: readonly LogEvent[],
  { direction, key }: Position,
  size: number,
): readonly LogEvent[] {
  if (direction === 'forward')
    return events.filter((event) => key === '' || keyOf(event) > key).slice(0, size);
  return events.filter((event) => key === '' || keyOf(event) < key).slice(-size);
}

export const filterLogEvents = operation<
  client.FilterLogEventsCommandInput,
  Partial<client.FilterLogEventsCommandOutput>
>({
  authorize: (input, call) => groupCheck(call, 'FilterLogEvents', groupNameOf(call, input)),
  run(input, call) {
    onlyModelled(
      input,
      [
        'logGroupName',
        'logGroupIdentifier',
        'logStreamNames',
        'logStreamNamePrefix',
        'startTime',
        'endTime',
        'filterPattern',
        'nextToken',
        'limit',
        'interleaved',
      ],
      'InvalidParameterException',
    );
    const group = requireGroup(call, groupNameOf(call, input));
    const pattern = readPattern(input.filterPattern);
    const streams = chooseStreams(group, input);
    const found = streams.flatMap((stream) =>
      keptEvents(call, group, stream)
        .filter((event) => isWithin(event, input, true) && pattern.match(event.message))
        .map((event) => ({ stream, event })),
    );
    const page = paginate(call, found, {
      keyOf: ({ event }) => keyOf(event),
      token: input.nextToken,
      size: input.limit,
      sizeMax: pageMax,
      invalidToken: 'InvalidParameterException',
    });
    return {
      events: page.items.map(({ stream, event }) => ({
        logStreamName: stream.name,
        timestamp: event.timestamp,
        message: event.message,
        ingestionTime: event.ingestedAt,
        eventId: event.id,
      })),
      searchedLogStreams: [],
      nextToken: page.nextToken,
    };
  },
});

function chooseStreams(
  group: LogGroup,
  { logStreamNames: names, logStreamNamePrefix: prefix }: client.FilterLogEventsCommandInput,
): readonly LogStream[] {
  if (names !== undefined && prefix !== undefined)
    throw invalid('logStreamNames and logStreamNamePrefix are mutually exclusive.');
  if (names && names.length > streamNamesMax)
    throw new AwsError('InvalidParameterException', `at most ${streamNamesMax} log streams`);
  if (names) return names.map((name) => requireStream(group, name));
  return [...group.streams.values()].filter(({ name }) => name.startsWith(prefix ?? ''));
}
