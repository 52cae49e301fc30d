import {
  BatchWriteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { batchesOf } from './batches.ts';
import { clientOptions } from './client-options.ts';
import { fromAttributes, toAttribute, toAttributes } from './dynamo-values.ts';
import type { StoredValue } from './dynamo-values.ts';
import { isConditionFailed } from './error-codes.ts';
import { GoldenError } from '../model/golden-error.ts';
import { systemClock } from '../runtime/clock.ts';
import type { Clock } from '../runtime/clock.ts';

export interface ItemKey {
  pk: string;
  sk: string;
}

/** `stale`: the condition did not hold, so somebody else was first. */
export type Written = 'done' | 'stale';

export interface ItemUpdate {
  key: ItemKey;
  /** Attributes to set; a dot reaches into a map that is there already: `reachedAt.building`. */
  set: Readonly<Record<string, StoredValue>>;
  /** Attributes that must have this value now; undefined: must not be there. */
  onlyIf: Readonly<Record<string, StoredValue>>;
}

/** The state table: string keys `pk` and `sk`, no index. Reads are consistent, writes conditional. */
export interface Table {
  get(key: ItemKey): Promise<Record<string, unknown> | undefined>;
  putIfAbsent(key: ItemKey, values: Readonly<Record<string, StoredValue>>): Promise<Written>;
  update(update: ItemUpdate): Promise<Written>;
  /** Writes the whole item with the next `revision`, if it still has the one that was read; 0: if there is none. */
  replace(
    key: ItemKey,
    values: Readonly<Record<string, StoredValue>>,
    revision: number,
  ): Promise<Written>;
  /** Writes whole items whatever was there, 25 a call. */
  putAll(
    items: readonly { key: ItemKey; values: Readonly<Record<string, StoredValue>> }[],
  ): Promise<void>;
  /** Adds texts to sets of texts. */
  addToSet(key: ItemKey, members: Readonly<Record<string, readonly string[]>>): Promise<void>;
  /** At most `itemsMax` items whose `sk` begins with the prefix, highest `sk` first. */
  newestFirst(query: ItemsQuery): Promise<Record<string, unknown>[]>;
  /** Every item whose `sk` begins with the prefix, lowest `sk` first. More than `itemsMax` are an error. */
  all(query: ItemsQuery): Promise<Record<string, unknown>[]>;
}

interface ItemsQuery {
  pk: string;
  skPrefix: string;
  itemsMax: number;
}

// A page is at most 1 MiB, which holds some hundred of our items; a page of two still ends.
const queryPagesMax = 60_000;

export const dynamoClientIn = (region: string): DynamoDBClient =>
  new DynamoDBClient(clientOptions(region));

/** @param clock for tests, which do not wait */
export const makeTable = (
  client: DynamoDBClient,
  tableName: string,
  clock: Pick<Clock, 'sleep'> = systemClock,
): Table => ({
  get: async (key) => {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: tableName, Key: keyOf(key), ConsistentRead: true }),
    );
    return Item === undefined ? undefined : fromAttributes(Item);
  },

  putIfAbsent: (key, values) =>
    written(() =>
      client.send(
        new PutItemCommand({
          TableName: tableName,
          Item: { ...toAttributes(values), ...keyOf(key) },
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      ),
    ),

  update: ({ key, set, onlyIf }) => {
    const expression = new Expression();
    const assignments = Object.entries(set).flatMap(([path, value]) =>
      value === undefined ? [] : [`${expression.name(path)} = ${expression.value(value)}`],
    );
    const conditions = Object.entries(onlyIf).map(([path, value]) =>
      value === undefined
        ? `attribute_not_exists(${expression.name(path)})`
        : `${expression.name(path)} = ${expression.value(value)}`,
    );
    return written(() =>
      client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: keyOf(key),
          UpdateExpression: `SET ${assignments.join(', ')}`,
          ...(conditions.length === 0 ? {} : { ConditionExpression: conditions.join(' AND ') }),
          ExpressionAttributeNames: expression.names,
          ExpressionAttributeValues: expression.values,
        }),
      ),
    );
  },

  replace: (key, values, revision) =>
    written(() =>
      client.send(
        new PutItemCommand({
          TableName: tableName,
          Item: { ...toAttributes({ ...values, revision: revision + 1 }), ...keyOf(key) },
          ...(revision === 0
            ? { ConditionExpression: 'attribute_not_exists(pk)' }
            : {
                ConditionExpression: 'revision = :revision',
                ExpressionAttributeValues: { ':revision': { N: String(revision) } },
              }),
        }),
      ),
    ),

  putAll: async (items) => {
    for (const batch of batchesOf(items, batchItemsMax))
      await putBatch({ client, tableName, clock }, batch);
  },

  addToSet: async (key, members) => {
    const expression = new Expression();
    const additions = Object.entries(members).map(
      ([name, texts]) => `${expression.name(name)} ${expression.set(texts)}`,
    );
    await client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: keyOf(key),
        UpdateExpression: `ADD ${additions.join(', ')}`,
        ExpressionAttributeNames: expression.names,
        ExpressionAttributeValues: expression.values,
      }),
    );
  },

  newestFirst: (query) => readItems(client, tableName, { ...query, isNewestFirst: true }),

  all: async (query) => {
    const { itemsMax } = query;
    // One more than there may be, so that a list is never cut off without anybody seeing it.
    const items = await readItems(client, tableName, {
      ...query,
      itemsMax: itemsMax + 1,
      isNewestFirst: false,
    });
    if (items.length > itemsMax)
      throw new GoldenError({
        code: 'page-limit-reached',
        message: `there are more than ${itemsMax} items ${query.skPrefix}; raise the limit if that is real`,
      });
    return items;
  },
});

/** BatchWriteItem (DynamoDB API Reference): "up to 25 item put or delete operations". */
const batchItemsMax = 25;
/**
 * What DynamoDB has no room for at the moment it gives back; the SDK retries calls, not parts of them. The rows of a rollout
 * have one partition key, for which it writes 1,000 units a second: asked again at once it has no more room than before.
 *
 * Source: DynamoDB API Reference, BatchWriteItem: "we strongly recommend that you use an exponential backoff algorithm".
 */
const batchRoundsMax = 20;
const batchDelayMilliseconds = { first: 50, max: 5_000 };

const putBatch = async (
  {
    client,
    tableName,
    clock,
  }: { client: DynamoDBClient; tableName: string; clock: Pick<Clock, 'sleep'> },
  items: readonly { key: ItemKey; values: Readonly<Record<string, StoredValue>> }[],
): Promise<void> => {
  let requests = items.map(({ key, values }) => ({
    PutRequest: { Item: { ...toAttributes(values), ...keyOf(key) } },
  }));
  const { first, max } = batchDelayMilliseconds;
  for (let round = 0; round < batchRoundsMax; round += 1) {
    if (round > 0) await clock.sleep(Math.min(first * 2 ** (round - 1), max));
    const { UnprocessedItems } = await client.send(
      new BatchWriteItemCommand({ RequestItems: { [tableName]: requests } }),
    );
    const left = UnprocessedItems?.[tableName] ?? [];
    if (left.length === 0) return;
    requests = left.flatMap(({ PutRequest }) =>
      PutRequest?.Item === undefined ? [] : [{ PutRequest: { Item: PutRequest.Item } }],
    );
  }
  throw new GoldenError({
    code: 'table-busy',
    message: `the table left ${requests.length} of ${items.length} items unwritten in ${batchRoundsMax} rounds; the caller tries again`,
    retryable: true,
  });
};

const readItems = async (
  client: DynamoDBClient,
  tableName: string,
  { pk, skPrefix, itemsMax, isNewestFirst }: ItemsQuery & { isNewestFirst: boolean },
): Promise<Record<string, unknown>[]> => {
  const items: Record<string, unknown>[] = [];
  let startKey: Record<string, AttributeValue> | undefined;
  for (let page = 0; page < queryPagesMax; page += 1) {
    const answer = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': { S: pk }, ':prefix': { S: skPrefix } },
        ScanIndexForward: !isNewestFirst,
        ConsistentRead: true,
        Limit: itemsMax - items.length,
        ...(startKey === undefined ? {} : { ExclusiveStartKey: startKey }),
      }),
    );
    items.push(...(answer.Items ?? []).map(fromAttributes));
    startKey = answer.LastEvaluatedKey;
    if (startKey === undefined || items.length >= itemsMax) return items;
  }
  throw new GoldenError({
    code: 'page-limit-reached',
    message: `the query of ${skPrefix} did not end after ${queryPagesMax} pages`,
  });
};

const keyOf = ({ pk, sk }: ItemKey): Record<string, AttributeValue> => ({
  pk: { S: pk },
  sk: { S: sk },
});

const written = async (write: () => Promise<unknown>): Promise<Written> => {
  try {
    await write();
    return 'done';
  } catch (error) {
    if (isConditionFailed(error)) return 'stale';
    throw error;
  }
};

/** Collects the placeholders of one expression; every name gets one, since many are reserved words. */
class Expression {
  readonly names: Record<string, string> = {};
  readonly values: Record<string, AttributeValue> = {};

  name(path: string): string {
    return path
      .split('.')
      .map((part) => this.#nameOf(part))
      .join('.');
  }

  value(value: Exclude<StoredValue, undefined>): string {
    const placeholder = `:v${Object.keys(this.values).length}`;
    this.values[placeholder] = toAttribute(value);
    return placeholder;
  }

  set(texts: readonly string[]): string {
    const placeholder = `:v${Object.keys(this.values).length}`;
    this.values[placeholder] = { SS: [...texts] };
    return placeholder;
  }

  #nameOf(part: string): string {
    const known = Object.entries(this.names).find(([, name]) => name === part);
    if (known !== undefined) return known[0];
    const placeholder = `#n${Object.keys(this.names).length}`;
    this.names[placeholder] = part;
    return placeholder;
  }
}
