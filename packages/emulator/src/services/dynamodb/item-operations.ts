import type * as client from '@aws-sdk/client-dynamodb';
import { AwsError, isAwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { operation, type Operation } from '../../world/service.ts';
import { requireOpenTable } from './access.ts';
import {
  dynaliteDb,
  requireValid,
  runAction,
  type Item,
  type Request,
  type UpdateSection,
} from './dynalite.ts';
import { holds } from './expressions.ts';
import { requireKeySize } from './limits.ts';
import { fromJson, itemCheck, itemFromJson, requestOf } from './request.ts';
import type { Table } from './state.ts';
import { readMoment, storeOf } from './table-store.ts';

export const getItem = operation<client.GetItemCommandInput, object>({
  authorize: (input, call) => itemCheck(call, 'GetItem', input),
  async run(input, call) {
    const request = requestOf(call, 'GetItem', input);
    const table = requireOpenTable(call, request.TableName ?? '');
    requireKeySize(request.Key ?? {}, table.shape);
    const asOf = readMoment(call, input.ConsistentRead);
    const store = storeOf(call, table, { asOf, tooLarge: '' });
    return fromJson('GetItem', await runAction('GetItem', store, request));
  },
});

interface WriteInput {
  readonly TableName?: string | undefined;
  readonly ReturnValues?: client.ReturnValue | undefined;
  readonly ReturnValuesOnConditionCheckFailure?:
    client.ReturnValuesOnConditionCheckFailure | undefined;
}

function writeOperation(
  name: 'PutItem' | 'UpdateItem' | 'DeleteItem',
  tooLarge: string,
): Operation {
  return operation<WriteInput, object>({
    authorize: (input, call) => itemCheck(call, name, input),
    async run(input, call) {
      const request = requestOf(call, name, input);
      const table = requireOpenTable(call, request.TableName ?? '');
      const existing = existingItem(table, request);
      requireCondition(input, request, existing);
      if (request._updates) request._updates.sections = inOrder(request._updates.sections);
      // From here to the write nothing waits: the condition and the write are one step.
      const store = storeOf(call, table, { tooLarge });
      try {
        return fromJson(name, await runAction(name, store, { ...request, _condition: undefined }));
      } catch (error) {
        throw isAwsError(error, conditionFailed) ? conditionalError(input, existing) : error;
      }
    },
  });
}

const conditionFailed = 'ConditionalCheckFailedException';

/** @throws AwsError `ValidationException` for a key that does not fit the table */
function existingItem(table: Table, request: Request): Item | undefined {
  const { Item: item, Key = {} } = request;
  requireValid(
    item ? dynaliteDb.validateItem(item, table.shape) : dynaliteDb.validateKey(Key, table.shape),
  );
  requireKeySize(item ?? Key, table.shape);
  return table.items.get(dynaliteDb.createKey(item ?? Key, table.shape));
}

function requireCondition(input: WriteInput, request: Request, existing: Item | undefined): void {
  const condition = request._condition?.expression;
  if (condition && !holds(condition, existing ?? {})) throw conditionalError(input, existing);
}

function conditionalError(input: WriteInput, existing: Item | undefined): AwsError {
  const shows = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && existing !== undefined;
  return new AwsError(conditionFailed, 'The conditional request failed', {
    details: shows ? { Item: itemFromJson(existing) } : {},
  });
}

/** List elements are removed from behind: all indexes mean the list as it was. */
function inOrder(sections: readonly UpdateSection[]): UpdateSection[] {
  const indexOf = ({ type, path }: UpdateSection): number => {
    const last = path.at(-1);
    return type === 'remove' && typeof last === 'number' ? last : -1;
  };
  return [
    ...sections.filter((section) => indexOf(section) < 0),
    ...sections
      .filter((section) => indexOf(section) >= 0)
      .toSorted((a, b) => indexOf(b) - indexOf(a)),
  ];
}

export const putItem = writeOperation('PutItem', 'Item size has exceeded the maximum allowed size');

export const updateItem = writeOperation(
  'UpdateItem',
  'Item size to update has exceeded the maximum allowed size',
);

export const deleteItem = writeOperation('DeleteItem', '');

/** An expression that every item fulfils: the filter proper is applied behind dynalite's reading. */
const always = (hashKey: string) =>
  ({ type: 'function', name: 'attribute_exists', args: [[hashKey]] }) as const;

interface ReadPage extends Record<string, unknown> {
  Items?: readonly Item[];
  Count?: number;
}

async function readPage(
  call: Call,
  name: 'Query' | 'Scan',
  input: client.QueryCommandInput | client.ScanCommandInput,
): Promise<object> {
  const request = requestOf(call, name, input);
  const table = requireOpenTable(call, request.TableName ?? '');
  const store = storeOf(call, table, {
    asOf: readMoment(call, input.ConsistentRead),
    tooLarge: '',
  });
  const page: ReadPage = await runAction(name, store, unfiltered(call, table, request));
  const { _filter, _projection, AttributesToGet, Select } = request;
  const filter = _filter?.expression;
  const items = filter
    ? (page.Items ?? []).filter((item) => holds(filter, item))
    : (page.Items ?? []);
  const paths = _projection?.paths ?? AttributesToGet;
  return fromJson(name, {
    ...page,
    Count: items.length,
    Items:
      Select === 'COUNT'
        ? undefined
        : items.map((item) => (paths ? dynaliteDb.mapPaths(paths, item) : item)),
  });
}

/** Filter and projection are left out: they come after the reading, and a count needs the items too. */
function unfiltered(call: Call, table: Table, request: Request): Request {
  const { pageSizeMax } = call.world.settings;
  const { _filter, _projection } = request;
  const limit = Math.min(request.Limit ?? pageSizeMax, pageSizeMax);
  const hashKey = table.shape.KeySchema[0]?.AttributeName ?? '';
  return {
    ...request,
    Limit: limit < Number.MAX_SAFE_INTEGER ? limit : undefined,
    Select: undefined,
    AttributesToGet: undefined,
    _filter: _filter && { ..._filter, expression: always(hashKey) },
    _projection: _projection && { ..._projection, paths: undefined },
  };
}

export const query = operation<client.QueryCommandInput, object>({
  authorize: (input, call) => itemCheck(call, 'Query', input),
  run: (input, call) => readPage(call, 'Query', input),
});

export const scan = operation<client.ScanCommandInput, object>({
  authorize: (input, call) => itemCheck(call, 'Scan', input),
  run: (input, call) => readPage(call, 'Scan', input),
});
