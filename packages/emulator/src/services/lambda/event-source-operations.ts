import type * as client from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { AssumedRolePrincipal } from '../../iam/principal.ts';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { onlyModelled } from '../../world/only-modelled.ts';
import { paginate } from '../../world/paging.ts';
import { operation, type AccessCheck } from '../../world/service.ts';
import { onQueueActivity } from '../sqs/poller.ts';
import { placeOfArn, queueUrl } from '../sqs/queue-lookup.ts';
import { findMapping, requireMapping } from './event-source-lookup.ts';
import { functionCheck, invalid, requestTagContext, requireFunction } from './function-name.ts';
import { roleAllows, roleSession } from './function-role.ts';
import { pumpQueue } from './queue-poller.ts';
import { readMappingSettings, type MappingSettings } from './event-source-settings.ts';
import {
  lambdaState,
  type EventSourceMapping,
  type LambdaFunction,
  type MappingState,
} from './state.ts';

const listPageMax = 100; // Lambda API Reference, ListEventSourceMappings, MaxItems
/** How long a mapping takes to come, change and go. AWS states no figures; it is a matter of seconds. */
const settleMs = { min: 2_000, max: 8_000 };
const neededActions = ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'] as const;

const modelled = [
  'FunctionName',
  'Enabled',
  'BatchSize',
  'MaximumBatchingWindowInSeconds',
  'FunctionResponseTypes',
  'ScalingConfig',
] as const;

const functionArnCheck = (
  action: string,
  mapping: EventSourceMapping | undefined,
  resource: string,
): AccessCheck => ({
  action: `lambda:${action}`,
  resource,
  context: {
    'lambda:FunctionArn': mapping?.functionArn,
    ...Object.fromEntries(
      [...(mapping?.tags ?? [])].map(([key, value]) => [`aws:ResourceTag/${key}`, value]),
    ),
  },
});

const checkById =
  (action: string) =>
  (input: { UUID?: string | undefined }, call: Call): AccessCheck =>
    functionArnCheck(
      action,
      findMapping(call, input.UUID),
      call.arn(`event-source-mapping:${input.UUID ?? ''}`),
    );

export const createEventSourceMapping = operation<
  client.CreateEventSourceMappingCommandInput,
  Partial<client.CreateEventSourceMappingCommandOutput>
>({
  // It has no ARN yet; policies restrict it by the function.
  authorize: (input, call) => {
    const { resource } = functionCheck(call, 'CreateEventSourceMapping', input.FunctionName);
    return {
      action: 'lambda:CreateEventSourceMapping',
      resource: '*',
      context: { 'lambda:FunctionArn': resource, ...requestTagContext(input.Tags) },
    };
  },
  async run(input, call) {
    onlyModelled(input, [...modelled, 'EventSourceArn', 'Tags'], 'InvalidParameterValueException');
    const fn = requireFunction(call, input.FunctionName);
    const queueArn = input.EventSourceArn ?? '';
    const place = placeOfArn(queueArn);
    if (!place || place.region !== call.region)
      throw invalid(
        `Unrecognized event source ${queueArn}: this emulator models SQS queues of the function's Region`,
      );
    refuseDuplicate(call, fn, queueArn);
    const settings = readMappingSettings(input, queueArn, undefined);
    await requirePermissions(call, fn, queueArn);
    const mapping = newMapping(call, fn, { queueArn, settings, isEnabled: input.Enabled ?? true });
    for (const [key, value] of Object.entries(input.Tags ?? {})) mapping.tags.set(key, value);
    lambdaState.in(call).mappings.set(mapping.id, mapping);
    settle(call, mapping);
    return describe(mapping);
  },
});

function refuseDuplicate(call: Call, fn: LambdaFunction, queueArn: string): void {
  const same = [...lambdaState.in(call).mappings.values()].find(
    (mapping) => mapping.queueArn === queueArn && mapping.functionArn === fn.arn,
  );
  if (same)
    throw new AwsError(
      'ResourceConflictException',
      `An event source mapping with SQS arn (" ${queueArn} ") and function (" ${fn.name} ") already exists. Please update or delete the existing mapping with UUID ${same.id}`,
      { status: 409 },
    );
}

/** Lambda polls as the function's role, so it looks what the role may before it begins. */
async function requirePermissions(call: Call, fn: LambdaFunction, queueArn: string): Promise<void> {
  const role = roleSession(call, fn);
  for (const action of neededActions)
    if (!roleAllows(call, role, { action: `sqs:${action}`, resource: queueArn }))
      throw invalid(
        `The provided execution role does not have permissions to call ${action} on SQS`,
      );
  const visibility = await readVisibility(call, role, queueArn);
  const { timeoutSeconds } = fn.settings;
  if (visibility < timeoutSeconds)
    throw invalid(
      `Queue visibility timeout: ${visibility} seconds is less than Function timeout: ${timeoutSeconds} seconds`,
    );
}

async function readVisibility(
  call: Call,
  role: AssumedRolePrincipal,
  queueArn: string,
): Promise<number> {
  const place = placeOfArn(queueArn);
  try {
    const { Attributes } = await call.send(
      new GetQueueAttributesCommand({
        QueueUrl: place && queueUrl(place),
        AttributeNames: ['VisibilityTimeout'],
      }),
      { as: role },
    );
    return Number(Attributes?.['VisibilityTimeout'] ?? 0);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw invalid(
      `Error occurred while ReceiveMessage. SQS Error Code: ${error.code}. SQS Error Message: ${error.message}`,
    );
  }
}

function newMapping(
  call: Call,
  fn: LambdaFunction,
  given: {
    readonly queueArn: string;
    readonly settings: MappingSettings;
    readonly isEnabled: boolean;
  },
): EventSourceMapping {
  const id = call.uuid('event-source-mapping');
  return {
    id,
    arn: call.arn(`event-source-mapping:${id}`),
    functionArn: fn.arn,
    functionName: fn.name,
    queueArn: given.queueArn,
    tags: new Map(),
    ...given.settings,
    isEnabled: given.isEnabled,
    state: 'Creating',
    reason: 'USER_INITIATED',
    modifiedAt: call.date,
    lastResult: 'No records processed',
    active: 0,
    isReceiving: false,
    stop: undefined,
  };
}

/** Lets a mapping reach the state that it was asked for. */
function settle(call: Call, mapping: EventSourceMapping): void {
  mapping.modifiedAt = call.date;
  const delayMs = call.between('event-source-mapping', settleMs.min, settleMs.max);
  call.after(delayMs, 'event source mapping', () => {
    if (mapping.state === 'Deleting') {
      stop(mapping);
      lambdaState.in(call).mappings.delete(mapping.id);
      return;
    }
    mapping.state = mapping.isEnabled ? 'Enabled' : 'Disabled';
    if (mapping.isEnabled)
      mapping.stop ??= onQueueActivity(call, mapping.queueArn, () => pumpQueue(call, mapping));
    else stop(mapping);
  });
}

function stop(mapping: EventSourceMapping): void {
  mapping.stop?.();
  mapping.stop = undefined;
}

const describe = (mapping: EventSourceMapping): client.EventSourceMappingConfiguration => ({
  UUID: mapping.id,
  EventSourceMappingArn: mapping.arn,
  EventSourceArn: mapping.queueArn,
  FunctionArn: mapping.functionArn,
  BatchSize: mapping.batchSize,
  MaximumBatchingWindowInSeconds: mapping.windowSeconds,
  FunctionResponseTypes: mapping.reportsItemFailures ? ['ReportBatchItemFailures'] : [],
  ...(mapping.concurrencyMax === undefined
    ? {}
    : { ScalingConfig: { MaximumConcurrency: mapping.concurrencyMax } }),
  LastModified: mapping.modifiedAt,
  LastProcessingResult: mapping.lastResult,
  State: mapping.state,
  StateTransitionReason: mapping.reason,
});

export const getEventSourceMapping = operation<
  client.GetEventSourceMappingCommandInput,
  Partial<client.GetEventSourceMappingCommandOutput>
>({
  authorize: checkById('GetEventSourceMapping'),
  run: (input, call) => describe(requireMapping(call, input.UUID)),
});

export const listEventSourceMappings = operation<
  client.ListEventSourceMappingsCommandInput,
  Partial<client.ListEventSourceMappingsCommandOutput>
>({
  authorize: () => ({ action: 'lambda:ListEventSourceMappings', resource: '*' }),
  run(input, call) {
    const fn =
      input.FunctionName === undefined ? undefined : requireFunction(call, input.FunctionName);
    const found = [...lambdaState.in(call).mappings.values()].filter(
      (mapping) =>
        (fn === undefined || mapping.functionArn === fn.arn) &&
        (input.EventSourceArn === undefined || mapping.queueArn === input.EventSourceArn),
    );
    const page = paginate(call, found, {
      keyOf: ({ id }) => id,
      token: input.Marker,
      size: input.MaxItems,
      sizeMax: listPageMax,
      invalidToken: 'InvalidParameterValueException',
    });
    return { EventSourceMappings: page.items.map(describe), NextMarker: page.nextToken };
  },
});

/** @throws AwsError ResourceInUseException while a mapping is on its way to another state */
function requireSettled(mapping: EventSourceMapping): void {
  if (mapping.state !== 'Enabled' && mapping.state !== 'Disabled')
    throw new AwsError(
      'ResourceInUseException',
      `Cannot update the event source mapping because it is in use. (${mapping.state})`,
      { status: 400 },
    );
}

const stateTowards = (mapping: EventSourceMapping, isEnabled: boolean): MappingState =>
  isEnabled === mapping.isEnabled ? 'Updating' : isEnabled ? 'Enabling' : 'Disabling';

export const updateEventSourceMapping = operation<
  client.UpdateEventSourceMappingCommandInput,
  Partial<client.UpdateEventSourceMappingCommandOutput>
>({
  authorize: checkById('UpdateEventSourceMapping'),
  async run(input, call) {
    onlyModelled(input, [...modelled, 'UUID'], 'InvalidParameterValueException');
    const mapping = requireMapping(call, input.UUID);
    requireSettled(mapping);
    const fn = requireFunction(call, input.FunctionName ?? mapping.functionArn);
    if (fn.arn !== mapping.functionArn)
      throw invalid(
        'moving an event source mapping to another function is not modelled by this emulator',
      );
    const settings = readMappingSettings(input, mapping.queueArn, mapping);
    const isEnabled = input.Enabled ?? mapping.isEnabled;
    if (isEnabled) await requirePermissions(call, fn, mapping.queueArn);
    Object.assign(mapping, settings, { state: stateTowards(mapping, isEnabled), isEnabled });
    settle(call, mapping);
    return describe(mapping);
  },
});

export const deleteEventSourceMapping = operation<
  client.DeleteEventSourceMappingCommandInput,
  Partial<client.DeleteEventSourceMappingCommandOutput>
>({
  authorize: checkById('DeleteEventSourceMapping'),
  run(input, call) {
    const mapping = requireMapping(call, input.UUID);
    requireSettled(mapping);
    mapping.state = 'Deleting';
    settle(call, mapping);
    return describe(mapping);
  },
});
