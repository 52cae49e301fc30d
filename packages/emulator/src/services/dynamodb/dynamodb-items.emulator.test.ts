import { describe, expect, it } from '@jest/globals';
import * as dynamo from '@aws-sdk/client-dynamodb';
import { TableName, withTable, keyOf } from '../../../test/table-fixture.ts';

describe('items', () => {
  it('keeps every type of attribute', async () => {
    const { client, put } = await withTable();
    const attributes: Record<string, dynamo.AttributeValue> = {
      n: { N: '1.5' },
      b: { B: new Uint8Array([0, 255, 7]) },
      bool: { BOOL: false },
      nothing: { NULL: true },
      list: { L: [{ S: 'x' }, { N: '2' }] },
      map: { M: { kept: { SS: ['a', 'b'] } } },
    };
    await put('a', attributes);
    const { Item } = await client.send(
      new dynamo.GetItemCommand({ TableName, Key: keyOf('a'), ConsistentRead: true }),
    );
    expect(Item).toEqual({ ...keyOf('a'), ...attributes });
    const { Item: part } = await client.send(
      new dynamo.GetItemCommand({
        TableName,
        Key: keyOf('a'),
        ProjectionExpression: '#m.kept, b',
        ExpressionAttributeNames: { '#m': 'map' },
      }),
    );
    expect(part).toEqual({ map: attributes['map'], b: attributes['b'] });
  });

  it('lets one of two conditional writes win and shows the loser the item', async () => {
    const { client } = await withTable();
    const write = (who: string) =>
      client.send(
        new dynamo.PutItemCommand({
          TableName,
          Item: { ...keyOf('a'), who: { S: who } },
          ConditionExpression: 'attribute_not_exists(pk)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
    const results = await Promise.allSettled([write('first'), write('second')]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    const refused = results.find((result) => result.status === 'rejected');
    expect(refused?.reason).toBeInstanceOf(dynamo.ConditionalCheckFailedException);
    expect((refused?.reason as dynamo.ConditionalCheckFailedException).Item).toEqual({
      ...keyOf('a'),
      who: { S: 'first' },
    });
  });

  it('loses no update among twenty at once', async () => {
    const { client } = await withTable();
    const bump = () =>
      client.send(
        new dynamo.UpdateItemCommand({
          TableName,
          Key: keyOf('counter'),
          UpdateExpression: 'ADD #n :one',
          ExpressionAttributeNames: { '#n': 'n' },
          ExpressionAttributeValues: { ':one': { N: '1' } },
          ReturnValues: 'UPDATED_NEW',
        }),
      );
    const answers = await Promise.all(Array.from({ length: 20 }, bump));
    expect(new Set(answers.map(({ Attributes }) => Attributes?.['n']?.N)).size).toBe(20);
  });

  it('updates by expression', async () => {
    const { client, put } = await withTable();
    await put('a', {
      list: { L: ['0', '1', '2', '3'].map((S) => ({ S })) },
      seen: { M: { old: { S: 'x' } } },
      gone: { S: 'x' },
      set: { SS: ['a', 'b'] },
      n: { N: '5' },
    });
    const { Attributes } = await client.send(
      new dynamo.UpdateItemCommand({
        TableName,
        Key: keyOf('a'),
        UpdateExpression:
          'SET seen.#new = :s, n = n - :one, begun = if_not_exists(begun, :s), more = list_append(:l, :l) ' +
          'REMOVE gone, #list[0], #list[2] DELETE #set :b',
        ExpressionAttributeNames: { '#new': 'new', '#list': 'list', '#set': 'set' },
        ExpressionAttributeValues: {
          ':s': { S: 's' },
          ':one': { N: '1' },
          ':l': { L: [{ N: '1' }] },
          ':b': { SS: ['b'] },
        },
        ReturnValues: 'ALL_NEW',
      }),
    );
    expect(Attributes).toEqual({
      ...keyOf('a'),
      list: { L: [{ S: '1' }, { S: '3' }] },
      seen: { M: { old: { S: 'x' }, new: { S: 's' } } },
      set: { SS: ['a'] },
      n: { N: '4' },
      begun: { S: 's' },
      more: { L: [{ N: '1' }, { N: '1' }] },
    });
  });

  it.each([
    ['mapped = :m', { ':m': { M: { b: { N: '2' }, a: { L: [{ S: 'x' }] } } } }],
    ['mapped.a[0] = :x AND size(mapped) = :two', { ':x': { S: 'x' }, ':two': { N: '2' } }],
    ['tags = :t', { ':t': { SS: ['b', 'a'] } }],
    ['n BETWEEN :low AND :high', { ':low': { N: '2' }, ':high': { N: '10' } }],
    ['n IN (:a, :b)', { ':a': { N: '1' }, ':b': { N: '9' } }],
    ['NOT contains(tags, :c) OR absent = :c', { ':c': { S: 'c' } }],
  ])('holds %s', async (ConditionExpression, ExpressionAttributeValues) => {
    const { client, put } = await withTable();
    await put('a', {
      mapped: { M: { a: { L: [{ S: 'x' }] }, b: { N: '2' } } },
      tags: { SS: ['a', 'b'] },
      n: { N: '9' },
    });
    const remove = (condition: string) =>
      client.send(
        new dynamo.DeleteItemCommand({
          TableName,
          Key: keyOf('a'),
          ConditionExpression: condition,
          ExpressionAttributeValues: ExpressionAttributeValues,
        }),
      );
    await expect(remove(`NOT (${ConditionExpression})`)).rejects.toBeInstanceOf(
      dynamo.ConditionalCheckFailedException,
    );
    await remove(ConditionExpression);
  });

  it.each([
    ['a reserved word', { UpdateExpression: 'SET name = :v' }],
    [
      'an unused value',
      { UpdateExpression: 'SET a = :v', ConditionExpression: 'attribute_exists(b)', extra: true },
    ],
    ['a part of the key', { UpdateExpression: 'SET sk = :v' }],
    ['a path into nothing', { UpdateExpression: 'SET nowhere.a = :v' }],
  ])(
    'refuses an update of %s',
    async (
      _,
      {
        extra = false,
        ...expressions
      }: { extra?: boolean; UpdateExpression: string; ConditionExpression?: string },
    ) => {
      const { client, put } = await withTable();
      await put('a');
      await expect(
        client.send(
          new dynamo.UpdateItemCommand({
            TableName,
            Key: keyOf('a'),
            ...expressions,
            ExpressionAttributeValues: { ':v': { S: 'v' }, ...(extra ? { ':w': { S: 'w' } } : {}) },
          }),
        ),
      ).rejects.toMatchObject({ name: 'ValidationException' });
    },
  );

  it('counts the size of an item in bytes of UTF-8', async () => {
    const { put } = await withTable();
    const room = 400 * 1024 - 'pk'.length - 'p'.length - 'sk'.length - 'a'.length - 'v'.length;
    await put('a', { v: { S: 'x'.repeat(room) } });
    await expect(put('a', { v: { S: 'x'.repeat(room + 1) } })).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Item size has exceeded the maximum allowed size',
    });
    await expect(put('a', { v: { S: 'ü'.repeat(room / 2 + 1) } })).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  it('reads and writes in batches', async () => {
    const { client } = await withTable();
    const RequestItems = (kind: 'put' | 'delete') => ({
      [TableName]: ['a', 'b', 'c'].map((sk) =>
        kind === 'put'
          ? { PutRequest: { Item: keyOf(sk) } }
          : { DeleteRequest: { Key: keyOf(sk) } },
      ),
    });
    await client.send(new dynamo.BatchWriteItemCommand({ RequestItems: RequestItems('put') }));
    const read = async () => {
      const { Responses } = await client.send(
        new dynamo.BatchGetItemCommand({
          RequestItems: { [TableName]: { Keys: ['c', 'a', 'z'].map(keyOf), ConsistentRead: true } },
        }),
      );
      return Responses?.[TableName]?.map((item) => item['sk']?.S).sort();
    };
    expect(await read()).toEqual(['a', 'c']);
    await client.send(new dynamo.BatchWriteItemCommand({ RequestItems: RequestItems('delete') }));
    expect(await read()).toEqual([]);
    await expect(
      client.send(
        new dynamo.BatchWriteItemCommand({
          RequestItems: {
            [TableName]: [keyOf('a'), keyOf('a')].map((Key) => ({ DeleteRequest: { Key } })),
          },
        }),
      ),
    ).rejects.toMatchObject({ message: 'Provided list of item keys contains duplicates' });
  });
});
