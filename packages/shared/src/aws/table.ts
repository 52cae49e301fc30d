import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { clientOptions } from './client-options.ts';
import { fromAttributes, toAttribute, toAttributes } from './dynamo-values.ts';
import type { StoredValue } from './dynamo-values.ts';
import { isConditionFailed } from './error-codes.ts';
import { GoldenError } from '../model/golden-error.ts';

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
  /** At most `itemsMax` items whose `sk` begins with the prefix, highest `sk` first. */
  newestFirst(query: {
    pk: string;
    skPrefix: string;
    itemsMax: number;
  }): Promise<Record<string, unknown>[]>;
}

// A page is at most 1 MiB, which holds some hundred of our items; a page of two still ends.
const queryPagesMax = 5_000;

export const dynamoClientIn = (region: string): DynamoDBClient =>
  new DynamoDBClient(clientOptions(region));

export const makeTable = (client: DynamoDBClient, tableName: string): Table => ({
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

  newestFirst: async ({ pk, skPrefix, itemsMax }) => {
    const items: Record<string, unknown>[] = [];
    let startKey: Record<string, AttributeValue> | undefined;
    for (let page = 0; page < queryPagesMax; page += 1) {
      const answer = await client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
          ExpressionAttributeValues: { ':pk': { S: pk }, ':prefix': { S: skPrefix } },
          ScanIndexForward: false,
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
  },
});

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

  #nameOf(part: string): string {
    const known = Object.entries(this.names).find(([, name]) => name === part);
    if (known !== undefined) return known[0];
    const placeholder = `#n${Object.keys(this.names).length}`;
    this.names[placeholder] = part;
    return placeholder;
  }
}
