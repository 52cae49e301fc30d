import { describe, expect, it } from '@jest/globals';
import * as dynamo from '@aws-sdk/client-dynamodb';
import { TableName, withTable, keyOf } from '../../../test/table-fixture.ts';

describe('queries and scans', () => {
  const keys = ['V#1', 'V#2', 'V#3', 'V#4', 'V#5', 'W#1'];

  it.each([
    ['forwards', true, ['V#1', 'V#2', 'V#3', 'V#4', 'V#5']],
    ['backwards', false, ['V#5', 'V#4', 'V#3', 'V#2', 'V#1']],
  ])('walks a key prefix %s in pages of two', async (_, ScanIndexForward, expected) => {
    const { client, put } = await withTable();
    for (const key of keys) await put(key);
    await client.send(
      new dynamo.PutItemCommand({ TableName, Item: { pk: { S: 'q' }, sk: { S: 'V#9' } } }),
    );
    const pages: (string | undefined)[][] = [];
    for await (const page of dynamo.paginateQuery(
      { client },
      {
        TableName,
        KeyConditionExpression: 'pk = :p AND begins_with(sk, :v)',
        ExpressionAttributeValues: { ':p': { S: 'p' }, ':v': { S: 'V#' } },
        ScanIndexForward,
      },
    ))
      pages.push((page.Items ?? []).map((item) => item['sk']?.S));
    expect(pages.flat()).toEqual(expected);
    expect(pages.map((page) => page.length)).toEqual([2, 2, 1]);
  });

  it('filters behind the limit, so that a page can be empty and go on', async () => {
    const { client, put } = await withTable();
    for (const key of keys) await put(key, { odd: { BOOL: /[135]$/.test(key) } });
    const input = {
      TableName,
      KeyConditionExpression: 'pk = :p',
      FilterExpression: 'odd = :odd',
      ProjectionExpression: 'sk',
      ExpressionAttributeValues: { ':p': { S: 'p' }, ':odd': { BOOL: true } },
      Limit: 1,
    };
    const pages: dynamo.QueryCommandOutput[] = [];
    for await (const page of dynamo.paginateQuery({ client }, { ...input })) pages.push(page);
    expect(pages.map((page) => page.Items)).toEqual([
      [{ sk: { S: 'V#1' } }],
      [],
      [{ sk: { S: 'V#3' } }],
      [],
      [{ sk: { S: 'V#5' } }],
      [{ sk: { S: 'W#1' } }],
      [],
    ]);
    expect(pages[1]).toMatchObject({ Count: 0, ScannedCount: 1 });
    const { Count, Items } = await client.send(
      new dynamo.QueryCommand({
        ...input,
        ProjectionExpression: undefined,
        Limit: 2,
        Select: 'COUNT',
      }),
    );
    expect({ Count, Items }).toEqual({ Count: 1, Items: undefined });
  });

  it('scans everything once, two items a page', async () => {
    const { client, put } = await withTable();
    for (const key of keys) await put(key);
    const found: (string | undefined)[] = [];
    for await (const page of dynamo.paginateScan({ client }, { TableName })) {
      expect(page.Items?.length ?? 0).toBeLessThanOrEqual(2);
      found.push(...(page.Items ?? []).map((item) => item['sk']?.S));
    }
    expect(found.sort()).toEqual(keys);
  });

  it('ends a page at one megabyte when nothing else does', async () => {
    const { client, put } = await withTable({ pageSizeMax: Number.MAX_SAFE_INTEGER });
    for (const key of ['a', 'b', 'c', 'd']) await put(key, { v: { S: 'x'.repeat(390 * 1024) } });
    const page = await client.send(new dynamo.ScanCommand({ TableName }));
    expect(page.Items).toHaveLength(3);
    expect(page.LastEvaluatedKey).toEqual(keyOf('c'));
  });
});

describe('permissions', () => {
  it('limits a caller to actions, leading keys and attributes', async () => {
    const { fixture, client, put } = await withTable();
    await put('a', { shown: { S: 'o' }, concealed: { S: 's' } });
    await client.send(
      new dynamo.PutItemCommand({ TableName, Item: { pk: { S: 'q' }, sk: { S: 'a' } } }),
    );
    const Resource = 'arn:aws:dynamodb:eu-west-1:111111111111:table/orders';
    fixture.addUser('reader', {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Action: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:BatchGetItem'],
        Resource,
        Condition: {
          'ForAllValues:StringEquals': {
            'dynamodb:LeadingKeys': ['p'],
            'dynamodb:Attributes': ['pk', 'sk', 'shown'],
          },
        },
      },
    });
    const reader = fixture.client(dynamo.DynamoDBClient, { user: 'reader' });
    const get = (pk: string, ProjectionExpression: string) =>
      reader.send(
        new dynamo.GetItemCommand({
          TableName,
          Key: { pk: { S: pk }, sk: { S: 'a' } },
          ProjectionExpression,
        }),
      );
    const denied = { name: 'AccessDeniedException' };
    expect((await get('p', 'shown')).Item).toEqual({ shown: { S: 'o' } });
    await expect(get('q', 'shown')).rejects.toMatchObject(denied);
    await expect(get('p', 'concealed')).rejects.toMatchObject(denied);
    await expect(
      reader.send(
        new dynamo.QueryCommand({
          TableName,
          KeyConditionExpression: 'pk = :q',
          ExpressionAttributeValues: { ':q': { S: 'q' } },
        }),
      ),
    ).rejects.toMatchObject(denied);
    await expect(
      reader.send(
        new dynamo.BatchGetItemCommand({
          RequestItems: { [TableName]: { Keys: [keyOf('a'), { pk: { S: 'q' }, sk: { S: 'a' } }] } },
        }),
      ),
    ).rejects.toMatchObject(denied);
    // Who may not do it at all does not learn what is wrong with the request.
    await expect(
      reader.send(
        new dynamo.PutItemCommand({ TableName, Item: keyOf('x'), ConditionExpression: '(' }),
      ),
    ).rejects.toMatchObject({
      ...denied,
      message: expect.stringContaining(`dynamodb:PutItem on resource: ${Resource}`),
    });
  });
});
