import type * as client from '@aws-sdk/client-dynamodb';
import type { Call } from '../../world/call.ts';
import { operation } from '../../world/service.ts';
import { findTable, invalid, requireOpenTable, tableCheck } from './access.ts';
import {
  dynaliteDb,
  requireValid,
  runAction,
  type Item,
  type Projection,
  type Request,
} from './dynalite.ts';
import { itemBytes, itemBytesMax } from './item-size.ts';
import { requireKeySize } from './limits.ts';
import { fromJson, keyTexts, requestOf } from './request.ts';
import type { Table } from './state.ts';
import { readMoment, storeOf } from './table-store.ts';

// DynamoDB API reference, BatchGetItem and BatchWriteItem
const answerBytesMax = 16 * 1024 * 1024;
const writesMax = 25;

interface KeysOfTable {
  readonly Keys: readonly Item[];
  readonly ConsistentRead?: boolean;
  readonly AttributesToGet?: readonly string[];
  readonly _projection?: Projection;
}

interface WriteOfTable {
  readonly PutRequest?: { readonly Item: Item };
  readonly DeleteRequest?: { readonly Key: Item };
}

type PerTable<T> = readonly (readonly [table: string, wanted: T])[];

const readsOf = (request: Request): PerTable<KeysOfTable> =>
  Object.entries((request.RequestItems ?? {}) as Readonly<Record<string, KeysOfTable>>);

const writesOf = (request: Request): PerTable<readonly WriteOfTable[]> =>
  Object.entries((request.RequestItems ?? {}) as Readonly<Record<string, WriteOfTable[]>>);

const leadingKeys = (call: Call, table: string, keys: readonly Item[]) => {
  const hashKey = findTable(call, table)?.shape.KeySchema[0]?.AttributeName;
  return hashKey === undefined ? undefined : keyTexts(keys, hashKey);
};

export const batchGetItem = operation<client.BatchGetItemCommandInput, object>({
  authorize: (input, call) =>
    readsOf(requestOf(call, 'BatchGetItem', input)).map(([table, { Keys }]) =>
      tableCheck(call, table, 'BatchGetItem', {
        'dynamodb:LeadingKeys': leadingKeys(call, table, Keys),
      }),
    ),
  run(input, call) {
    const request = requestOf(call, 'BatchGetItem', input);
    const responses: Record<string, Item[]> = {};
    const unprocessed: Record<string, { Keys: Item[] }> = {};
    const units = new Map<string, number>();
    let bytes = 0;
    for (const [name, wanted] of readsOf(request)) {
      const table = requireOpenTable(call, name);
      const asOf = readMoment(call, wanted.ConsistentRead);
      const found = (responses[name] = [] as Item[]);
      for (const [keyText, key] of inKeyOrder(table, wanted)) {
        const item = table.items.get(keyText, asOf);
        bytes += item ? itemBytes(item) : 0;
        if (bytes > answerBytesMax) {
          (unprocessed[name] ??= { ...settingsOf(input, name), Keys: [] }).Keys.push(key);
          continue;
        }
        addUnits(units, name, dynaliteDb.capacityUnits(item, true, wanted.ConsistentRead === true));
        if (item) found.push(projected(item, wanted));
      }
    }
    return fromJson('BatchGetItem', {
      Responses: responses,
      UnprocessedKeys: unprocessed,
      ConsumedCapacity: capacityOf(request, units),
    });
  },
});

/** What a caller needs to send again beside the keys. */
const settingsOf = (input: client.BatchGetItemCommandInput, name: string): object => ({
  ...input.RequestItems?.[name],
});

/** DynamoDB promises no order; the one here is that of the table, not of the request. */
function inKeyOrder(
  table: Table,
  { Keys, _projection }: KeysOfTable,
): readonly (readonly [string, Item])[] {
  requireValid(dynaliteDb.validateKeyPaths(_projection?.nestedPaths, table.shape));
  for (const key of Keys) {
    requireValid(dynaliteDb.validateKey(key, table.shape));
    requireKeySize(key, table.shape);
  }
  return Keys.map((key) => [dynaliteDb.createKey(key, table.shape), key] as const).toSorted(
    ([a], [b]) => (a < b ? -1 : 1),
  );
}

function projected(item: Item, { _projection, AttributesToGet }: KeysOfTable): Item {
  const paths = _projection?.paths ?? AttributesToGet;
  return paths ? dynaliteDb.mapPaths(paths, item) : item;
}

export const batchWriteItem = operation<client.BatchWriteItemCommandInput, object>({
  authorize: (input, call) =>
    writesOf(requestOf(call, 'BatchWriteItem', input)).map(([table, writes]) =>
      tableCheck(call, table, 'BatchWriteItem', {
        'dynamodb:LeadingKeys': leadingKeys(call, table, writes.map(keyOf)),
      }),
    ),
  async run(input, call) {
    const request = requestOf(call, 'BatchWriteItem', input);
    const batches = writesOf(request).map(([name, writes]) => ({
      table: requireOpenTable(call, name),
      writes,
    }));
    if (batches.reduce((sum, { writes }) => sum + writes.length, 0) > writesMax)
      throw invalid('Too many items requested for the BatchWriteItem call');
    for (const batch of batches) checkWrites(batch.table, batch.writes);
    const units = new Map<string, number>();
    for (const { table, writes } of batches)
      for (const write of writes) {
        addUnits(units, table.name, dynaliteDb.capacityUnits(keyOf(write), false, true));
        await performWrite(call, table, write);
      }
    return fromJson('BatchWriteItem', {
      UnprocessedItems: {},
      ConsumedCapacity: capacityOf(request, units),
    });
  },
});

const keyOf = ({ PutRequest, DeleteRequest }: WriteOfTable): Item =>
  PutRequest?.Item ?? DeleteRequest?.Key ?? {};

/** One item may occur once; a wrong key stops the whole batch before anything is written. */
function checkWrites(table: Table, writes: readonly WriteOfTable[]): void {
  const seen = new Set<string>();
  for (const write of writes) {
    const key = keyOf(write);
    const problem = write.PutRequest
      ? dynaliteDb.validateItem(key, table.shape)
      : dynaliteDb.validateKey(key, table.shape);
    if (problem) throw invalid('The provided key element does not match the schema');
    requireKeySize(key, table.shape);
    if (itemBytes(key) > itemBytesMax)
      throw invalid('Item size has exceeded the maximum allowed size');
    const keyText = dynaliteDb.createKey(key, table.shape);
    if (seen.has(keyText)) throw invalid('Provided list of item keys contains duplicates');
    seen.add(keyText);
  }
}

async function performWrite(call: Call, table: Table, write: WriteOfTable): Promise<void> {
  const store = storeOf(call, table, {
    tooLarge: 'Item size has exceeded the maximum allowed size',
  });
  const TableName = table.name;
  if (write.PutRequest)
    await runAction('PutItem', store, { TableName, Item: write.PutRequest.Item });
  else await runAction('DeleteItem', store, { TableName, Key: keyOf(write) });
}

const addUnits = (units: Map<string, number>, table: string, more: number): void => {
  units.set(table, (units.get(table) ?? 0) + more);
};

function capacityOf(request: Request, units: ReadonlyMap<string, number>): object[] | undefined {
  const { ReturnConsumedCapacity: wanted } = request;
  if (wanted !== 'TOTAL' && wanted !== 'INDEXES') return undefined;
  return [...units].map(([TableName, CapacityUnits]) => ({
    TableName,
    CapacityUnits,
    ...(wanted === 'INDEXES' ? { Table: { CapacityUnits } } : {}),
  }));
}
