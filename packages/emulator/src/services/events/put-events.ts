import type * as client from '@aws-sdk/client-eventbridge';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { refuseUnmodelled } from '../../world/refuse-unmodelled.ts';
import { operation, type AccessCheck } from '../../world/service.ts';
import { isRecord } from '../../wire/scalars.ts';
import { busArn, findBus, placeOfBus, validation } from './bus-lookup.ts';
import { eventTime, type EventEnvelope } from './publish.ts';
import { routeEvent } from './route.ts';
import { parseShallowJson } from '../../wire/json-depth.ts';

// EventBridge API reference, PutEvents.
const entriesMax = 10;
const requestBytesMax = 1_048_576;
const timeBytes = 14;
const detailTypeLengthMax = 128;

type Entry = client.PutEventsRequestEntry;

function entryCheck(call: Call, entry: Entry): AccessCheck {
  const place = placeOfBus(call, entry.EventBusName);
  return {
    action: 'events:PutEvents',
    resource: busArn(place),
    resourceAccount: place.account,
    resourcePolicy: findBus(call, place)?.policy,
    context: { 'events:source': entry.Source, 'events:detail-type': entry.DetailType },
  };
}

/** The size that AWS counts (EventBridge User Guide, "Calculating PutEvents event entry size"). */
const entryBytes = (entry: Entry): number =>
  (entry.Time ? timeBytes : 0) +
  [entry.Source, entry.DetailType, entry.Detail, ...(entry.Resources ?? [])].reduce(
    (sum, text) => sum + Buffer.byteLength(text ?? ''),
    0,
  );

const isComplete = (entry: Entry): boolean =>
  [entry.Source, entry.DetailType, entry.Detail].every((member) => member !== undefined);

const refuse = (code: string, message: string): AwsError => new AwsError(code, message);

/** @throws AwsError with the code of one entry */
function readEntry(call: Call, entry: Entry): EventEnvelope {
  for (const name of ['Source', 'DetailType', 'Detail'] as const)
    if ((entry[name] ?? '') === '')
      throw refuse(
        'InvalidArgument',
        `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
      );
  const { Source: source = '', DetailType: detailType = '', Detail = '', Time = call.date } = entry;
  if (detailType.length > detailTypeLengthMax)
    throw refuse('InvalidArgument', `DetailType has more than ${detailTypeLengthMax} characters.`);
  if (/^aws\./i.test(source))
    throw refuse('NotAuthorizedForSourceException', 'Not authorized for the source.');
  if (!call.allows(entryCheck(call, entry)))
    throw refuse('NotAuthorizedForSourceException', 'Not authorized for the source.');
  return {
    version: '0',
    id: call.uuid('event'),
    'detail-type': detailType,
    source,
    account: call.account,
    time: eventTime(Time),
    region: call.region,
    resources: [...(entry.Resources ?? [])],
    detail: readDetail(Detail),
  };
}

function readDetail(text: string): Record<string, unknown> {
  let detail: unknown;
  try {
    detail = parseShallowJson(text);
  } catch {
    // Reported below.
  }
  if (!isRecord(detail) || Array.isArray(detail))
    throw refuse('MalformedDetail', 'Detail is malformed.');
  return detail;
}

export const putEvents = operation<
  client.PutEventsCommandInput,
  Partial<client.PutEventsCommandOutput>
>({
  // Entries that the caller may not put fail one by one; a call none of whose entries is allowed fails as a whole.
  authorize(input, call) {
    const checks = (input.Entries ?? []).map((entry) => entryCheck(call, entry));
    const allowed = checks.filter((check) => call.allows(check));
    return allowed.length > 0 ? allowed : checks;
  },
  run(input, call) {
    refuseUnmodelled(input, ['EndpointId'], 'ValidationException');
    const entries = input.Entries ?? [];
    if (entries.length < 1 || entries.length > entriesMax)
      throw validation(`Entries has 1 to ${entriesMax} members, not ${entries.length}.`);
    if (entries.reduce((sum, entry) => sum + entryBytes(entry), 0) > requestBytesMax)
      throw validation('Total size of the entries in the request is over the limit.');
    if (!entries.some(isComplete))
      throw validation('Source, DetailType and Detail are required in at least one entry.');
    const results = entries.map((entry) => putEntry(call, entry));
    return {
      Entries: results,
      FailedEntryCount: results.filter(({ ErrorCode }) => ErrorCode !== undefined).length,
    };
  },
});

function putEntry(call: Call, entry: Entry): client.PutEventsResultEntry {
  try {
    refuseUnmodelled(entry, ['TraceHeader'], 'InvalidArgument');
    const place = placeOfBus(call, entry.EventBusName);
    if (place.region !== call.region)
      throw refuse('InvalidArgument', `${busArn(place)} is not a bus of this Region.`);
    // An unknown bus of the own account takes the event all the same, and nobody ever gets it.
    const event = readEntry(call, entry);
    routeEvent(call.at({ ...place, service: 'events' }), place.name, event);
    return { EventId: event.id };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { ErrorCode: error.code, ErrorMessage: error.message };
  }
}
