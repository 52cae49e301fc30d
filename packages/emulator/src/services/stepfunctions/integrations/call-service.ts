import { splitArn } from '../../../iam/arn-match.ts';
import { readJson } from '../../../wire/json.ts';
import { MalformedRequest } from '../../../wire/malformed-request.ts';
import { isRecord } from '../../../wire/scalars.ts';
import type { Shape } from '../../../wire/shape.ts';
import { AwsError } from '../../../world/aws-error.ts';
import type { Json } from '../asl/definition.ts';
import { StateError } from '../asl/state-error.ts';
import { isList, isObject } from '../engine/value.ts';
import type { IntegrationCall } from './call-integration.ts';
import { operationOf, type ModelledResource } from './resources.ts';
import { sdkMetadata } from './sdk-metadata.ts';

type Service = Exclude<ModelledResource['service'], 'lambda'>;

interface ErrorNames {
  /** What stands before the dot. */
  readonly prefix: string;
  /** For errors that the SDK does not know by name. */
  readonly generic: string;
  /** As the cause names the service. */
  readonly service: string;
}

/** The optimized integrations name their errors after the first SDK for Java, the others after the second. */
const optimizedErrors: Readonly<Record<Service, ErrorNames>> = {
  dynamodb: {
    prefix: 'DynamoDB',
    generic: 'AmazonDynamoDBException',
    service: 'AmazonDynamoDBv2',
  },
  sns: { prefix: 'SNS', generic: 'AmazonSNSException', service: 'AmazonSNS' },
  sqs: { prefix: 'SQS', generic: 'AmazonSQSException', service: 'AmazonSQS' },
  events: {
    prefix: 'EventBridge',
    generic: 'AmazonEventBridgeException',
    service: 'AmazonEventBridge',
  },
  ssm: { prefix: 'Ssm', generic: 'SsmException', service: 'Ssm' },
};
const sdkErrors: Readonly<Record<Service, ErrorNames>> = {
  dynamodb: { prefix: 'DynamoDb', generic: 'DynamoDbException', service: 'DynamoDb' },
  sns: { prefix: 'Sns', generic: 'SnsException', service: 'Sns' },
  sqs: { prefix: 'Sqs', generic: 'SqsException', service: 'Sqs' },
  events: { prefix: 'EventBridge', generic: 'EventBridgeException', service: 'EventBridge' },
  ssm: { prefix: 'Ssm', generic: 'SsmException', service: 'Ssm' },
};

/** Errors of every service, which no SDK has a class for. */
const unmodelled: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationError',
  'NotImplemented',
  'ThrottlingException',
  'ValidationError',
  'ValidationException',
]);

/**
 * Calls an operation of another service with the arguments as its input.
 *
 * @throws StateError `<Service>.<Error>`
 */
export async function callService(call: IntegrationCall): Promise<Json> {
  const { scope, resource } = call;
  const requestId = scope.uuid('sdk-request');
  const output = await send(call, requestId);
  const result = toJson(output);
  if (!isObject(result)) throw new TypeError('an operation answers with a structure');
  if (!resource.isOptimized) return result;
  if (resource.service === 'events' && result['FailedEntryCount'] !== 0)
    throw new StateError('EventBridge.FailedEntry', JSON.stringify(result));
  return { ...result, ...sdkMetadata(scope, requestId) };
}

async function send(call: IntegrationCall, requestId: string): Promise<unknown> {
  const { scope, resource, role } = call;
  const { service, isOptimized } = resource;
  const [, , , region = scope.region, account = scope.account] = splitArn(topicOf(call)) ?? [];
  const called = scope.world.service(service);
  const operation = operationOf(resource);
  try {
    return await scope.world.invoke({
      service: called,
      operation,
      input: readInput(called.model.operations.get(operation)?.input, inputOf(call)),
      caller: role,
      account,
      region,
      via: [],
      requestId,
    });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    if (service === 'lambda') throw error;
    const names = (isOptimized ? optimizedErrors : sdkErrors)[service];
    const named = error.code.endsWith('Exception') ? error.code : `${error.code}Exception`;
    const status = error.status ?? 400;
    throw new StateError(
      `${names.prefix}.${unmodelled.has(error.code) ? names.generic : named}`,
      isOptimized
        ? `${error.message} (Service: ${names.service}; Status Code: ${status}; Error Code: ${error.code}; Request ID: ${requestId}; Proxy: null)`
        : `${error.message} (Service: ${names.service}, Status Code: ${status}, Request ID: ${requestId})`,
    );
  }
}

/**
 * The arguments as the service's client takes them: times and bytes are text in JSON.
 *
 * @throws StateError States.Runtime for arguments that the operation does not have or that are of another type
 */
function readInput(
  shape: Shape | undefined,
  given: Readonly<Record<string, Json>>,
): Readonly<Record<string, unknown>> {
  try {
    const input = shape && readJson(shape, given, 'member');
    return isRecord(input) ? input : {};
  } catch (error) {
    if (!(error instanceof MalformedRequest)) throw error;
    throw new StateError(
      'States.Runtime',
      `The Arguments could not be used to start the Task: [${error.message}]`,
    );
  }
}

/** A topic is reached where it is. */
const topicOf = ({ given }: IntegrationCall): string => {
  const arn = given['TopicArn'];
  return typeof arn === 'string' ? arn : '';
};

/** Messages and details may be given as values; they travel as text. */
function inputOf({ resource, given, execution }: IntegrationCall): Readonly<Record<string, Json>> {
  if (!resource.isOptimized) return given;
  switch (resource.service) {
    case 'sns':
      return withText(given, 'Message');
    case 'sqs':
      return withText(given, 'MessageBody');
    case 'events': {
      const entries = given['Entries'];
      if (entries === undefined || !isList(entries)) return given;
      return {
        ...given,
        Entries: entries.map((entry) => (isObject(entry) ? entryOf(entry, execution) : entry)),
      };
    }
    default:
      return given;
  }
}

/** Step Functions Developer Guide, "Add EventBridge events with Step Functions": it adds itself to the resources. */
function entryOf(
  entry: { readonly [name: string]: Json },
  execution: IntegrationCall['execution'],
): Json {
  const own = entry['Resources'];
  return {
    ...withText(entry, 'Detail'),
    Resources: [
      ...(own !== undefined && isList(own) ? own : []),
      execution.machineArn,
      execution.arn,
    ],
  };
}

function withText(
  given: { readonly [name: string]: Json },
  member: string,
): Readonly<Record<string, Json>> {
  const value = given[member];
  return value === undefined || typeof value === 'string'
    ? given
    : { ...given, [member]: JSON.stringify(value) };
}

/** What an operation answered, as JSON: dates as text, bytes in base64, nothing that is absent. */
function toJson(value: unknown): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return value;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== 'object') return null;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, member]) => member !== undefined && name !== '$metadata')
      .map(([name, member]) => [name === 'ARN' ? 'Arn' : name, toJson(member)]),
  );
}
