import { isRecord } from '../../wire/scalars.ts';
import { readJson, writeJson } from '../../wire/json.ts';
import { isAwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import type { Scope } from '../../world/scope.ts';
import type { AccessCheck } from '../../world/service.ts';
import { findTable, invalid, tableCheck, tableName } from './access.ts';
import { validateRequest, type Item, type Request, type ValidatedOperation } from './dynalite.ts';
import { checkNesting } from './expression-nesting.ts';
import { requireWithinLimits } from './limits.ts';
import { dynamodbModel } from './model.ts';

const parsed = new WeakMap<object, Request>();

/** Members that dynalite does not know and that the operations here read themselves. */
const ownMembers = new Set(['ReturnValuesOnConditionCheckFailure']);

/**
 * The validated form of an input; authorization and work of one call share it.
 *
 * @throws AwsError `ValidationException`
 */
export function requestOf(scope: Scope, operation: ValidatedOperation, input: object): Request {
  const known = parsed.get(input);
  if (known) return known;
  const json = toJson(operation, input);
  for (const member of ownMembers) Reflect.deleteProperty(json, member);
  if (typeof json['TableName'] === 'string')
    json['TableName'] = tableName(scope, json['TableName']);
  checkFailureValues('ReturnValuesOnConditionCheckFailure' in input ? input : {});
  checkNesting(json);
  const request = validateRequest(operation, { ...json });
  requireWithinLimits(json, request);
  parsed.set(input, request);
  return request;
}

function checkFailureValues(input: { ReturnValuesOnConditionCheckFailure?: unknown }): void {
  const wanted = input.ReturnValuesOnConditionCheckFailure ?? 'NONE';
  if (wanted !== 'NONE' && wanted !== 'ALL_OLD')
    throw invalid(
      `1 validation error detected: Value '${JSON.stringify(wanted)}' at 'returnValuesOnConditionCheckFailure' failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, NONE]`,
    );
}

function shapesOf(operation: string) {
  const model = dynamodbModel.operations.get(operation);
  if (!model) throw new TypeError(`DynamoDB models no operation ${operation}`);
  return model;
}

/** Input in the form in which it travels: bytes as base64. */
export function toJson(operation: string, input: object): Record<string, unknown> {
  const json = writeJson(shapesOf(operation).input, input, 'member');
  return isRecord(json) ? json : {};
}

/** Output as operations give it: bytes as bytes. */
export const fromJson = (operation: string, output: object): Record<string, unknown> => {
  const read = readJson(shapesOf(operation).output, output, 'member');
  return isRecord(read) ? read : {};
};

/** An item as the members of an error carry it. */
export const itemFromJson = (item: Item): unknown => fromJson('GetItem', { Item: item })['Item'];

/**
 * The check of an item operation, with the keys and attributes that it touches. A request that cannot be read is
 * checked too, without them: who may not do it at all does not learn what is wrong with it.
 */
export function itemCheck(
  call: Call,
  operation: Exclude<ValidatedOperation, 'CreateTable' | 'BatchGetItem' | 'BatchWriteItem'>,
  input: {
    readonly TableName?: string | undefined;
    readonly ReturnValues?: string | undefined;
    readonly Select?: string | undefined;
  },
): AccessCheck {
  const request = readableRequest(call, operation, input);
  const name = tableName(call, input.TableName);
  return tableCheck(call, name, operation, {
    'dynamodb:LeadingKeys': request && leadingKeys(call, name, request),
    'dynamodb:Attributes': request && attributesOf(request),
    'dynamodb:ReturnValues': input.ReturnValues,
    'dynamodb:Select': input.Select,
  });
}

function readableRequest(
  scope: Scope,
  operation: ValidatedOperation,
  input: object,
): Request | undefined {
  try {
    return requestOf(scope, operation, input);
  } catch (error) {
    if (isAwsError(error)) return undefined;
    throw error;
  }
}

/** Partition key values, as `dynamodb:LeadingKeys` compares them; a scan has none. */
function leadingKeys(scope: Scope, name: string, request: Request): readonly string[] | undefined {
  const hashKey = findTable(scope, name)?.shape.KeySchema[0]?.AttributeName;
  if (hashKey === undefined) return undefined;
  const condition = request.KeyConditions?.[hashKey]?.AttributeValueList?.[0];
  const attribute = request.Key?.[hashKey] ?? request.Item?.[hashKey] ?? condition;
  return attribute === undefined ? undefined : keyTexts([{ [hashKey]: attribute }], hashKey);
}

export const keyTexts = (keys: readonly Item[], hashKey: string): readonly string[] => [
  ...new Set(keys.map((key) => String(Object.values(key[hashKey] ?? {})[0]))),
];

/** The top-level attributes that a request names; undefined for all of them. */
function attributesOf(request: Request): readonly string[] | undefined {
  const names = new Set<string>([
    ...Object.keys(request.Item ?? {}),
    ...Object.keys(request.Key ?? {}),
    ...(request.AttributesToGet ?? []),
    ...Object.keys(request._condition?.pathHeads ?? {}),
    ...Object.keys(request._filter?.pathHeads ?? {}),
    ...[...(request._projection?.paths ?? []), ...(request._updates?.paths ?? [])].map((path) =>
      String(path[0]),
    ),
  ]);
  return names.size === 0 ? undefined : [...names];
}
