import type * as client from '@aws-sdk/client-cloudwatch-logs';
import type { Call } from '../../world/call.ts';
import { onlyModelled } from '../../world/only-modelled.ts';
import { operation } from '../../world/service.ts';
import { applyMetricFilters } from './apply-metric-filters.ts';
import {
  dayMs,
  groupCheck,
  invalid,
  requireGroup,
  requireStream,
  storedBytes,
} from './log-groups.ts';
import type { LogEvent, LogGroup, LogStream } from './state.ts';

// CloudWatch Logs API Reference, PutLogEvents
const batchBytesMax = 1_048_576;
const eventBytesMax = 1_048_576;
const pastMs = 14 * dayMs;
const futureMs = 2 * 3_600_000;
const spanMs = dayMs;

export const putLogEvents = operation<
  client.PutLogEventsCommandInput,
  Partial<client.PutLogEventsCommandOutput>
>({
  authorize: (input, call) =>
    groupCheck(call, 'PutLogEvents', input.logGroupName ?? '', input.logStreamName),
  run(input, call) {
    // The sequence token is accepted and ignored since 2023.
    onlyModelled(
      input,
      ['logGroupName', 'logStreamName', 'logEvents', 'sequenceToken'],
      'InvalidParameterException',
    );
    const group = requireGroup(call, input.logGroupName);
    const stream = requireStream(group, input.logStreamName);
    const batch = checkBatch(input.logEvents ?? []);
    const tooOld = countWhile(batch, ({ timestamp }) => timestamp < call.now - pastMs);
    const expired = countWhile(batch, ({ timestamp }) => timestamp < call.now - keptMs(group));
    const tooNew = batch.findIndex(({ timestamp }) => timestamp > call.now + futureMs);
    const accepted = batch
      .slice(Math.max(tooOld, expired), tooNew < 0 ? undefined : tooNew)
      .map((event): LogEvent => newEvent(call, group, event));
    append(stream, accepted, call.now);
    applyMetricFilters(call, group, accepted);
    return {
      nextSequenceToken: undefined,
      rejectedLogEventsInfo:
        accepted.length === batch.length
          ? undefined
          : {
              ...(tooOld > 0 ? { tooOldLogEventEndIndex: tooOld } : {}),
              ...(expired > 0 ? { expiredLogEventEndIndex: expired } : {}),
              ...(tooNew >= 0 ? { tooNewLogEventStartIndex: tooNew } : {}),
            },
    };
  },
});

const keptMs = (group: LogGroup): number =>
  group.retentionDays === undefined ? Number.POSITIVE_INFINITY : group.retentionDays * dayMs;

interface Given {
  readonly timestamp: number;
  readonly message: string;
}

function checkBatch(events: readonly client.InputLogEvent[]): readonly Given[] {
  const batch = events.map(({ timestamp = 0, message = '' }) => ({ timestamp, message }));
  if (storedBytes(batch) > batchBytesMax)
    throw invalid(
      `Upload too large: ${storedBytes(batch)} bytes exceeds limit of ${batchBytesMax}`,
    );
  for (const [index, { message, timestamp }] of batch.entries()) {
    if (storedBytes([{ message }]) > eventBytesMax)
      throw invalid(`Log event too large: exceeds limit of ${eventBytesMax}`);
    if (timestamp < (batch[index - 1]?.timestamp ?? 0))
      throw invalid('Log events in a single PutLogEvents request must be in chronological order.');
  }
  if ((batch.at(-1)?.timestamp ?? 0) - (batch[0]?.timestamp ?? 0) > spanMs)
    throw invalid(
      'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
    );
  return batch;
}

const countWhile = <T>(items: readonly T[], holds: (item: T) => boolean): number => {
  const end = items.findIndex((item) => !holds(item));
  return end < 0 ? items.length : end;
};

function newEvent(call: Call, group: LogGroup, { timestamp, message }: Given): LogEvent {
  group.sequence += 1;
  return {
    // AWS's ids are 56 digits; they grow with time, as these do.
    id: `${String(timestamp).padStart(20, '0')}${String(group.sequence).padStart(36, '0')}`,
    timestamp,
    ingestedAt: call.now,
    message,
    sequence: group.sequence,
  };
}

function append(stream: LogStream, events: readonly LogEvent[], now: number): void {
  const last = stream.events.at(-1);
  stream.events.push(...events);
  stream.lastIngestedAt = now;
  if (last && events[0] && events[0].timestamp < last.timestamp)
    stream.events.sort((a, b) => a.timestamp - b.timestamp || a.sequence - b.sequence);
}
