import { describe, expect, it } from '@jest/globals';
import * as dynamo from '@aws-sdk/client-dynamodb';
import { Deployment, type Properties } from '../../cloudformation/provider.ts';
import { serviceFixture, type ServiceFixture } from '../../../test/world-fixture.ts';
import { dynamodb } from './operations.ts';
import { globalTableProvider, tableProvider } from './resources.ts';

const TableName = 'orders';
const hourMs = 3600 * 1000;

const aTable = (overrides: Partial<dynamo.CreateTableCommandInput> = {}) =>
  new dynamo.CreateTableCommand({
    TableName,
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
    BillingMode: 'PAY_PER_REQUEST',
    ...overrides,
  });

async function withTable(settings: Parameters<typeof serviceFixture>[1] = {}): Promise<{
  fixture: ServiceFixture;
  client: dynamo.DynamoDBClient;
  put: (sk: string, rest?: Record<string, dynamo.AttributeValue>) => Promise<unknown>;
}> {
  const fixture = serviceFixture([dynamodb], settings);
  const client = fixture.client(dynamo.DynamoDBClient);
  await client.send(aTable());
  await fixture.world.scheduler.runFor(15_000);
  return {
    fixture,
    client,
    put: (sk, rest = {}) =>
      client.send(
        new dynamo.PutItemCommand({ TableName, Item: { pk: { S: 'p' }, sk: { S: sk }, ...rest } }),
      ),
  };
}

const keyOf = (sk: string) => ({ pk: { S: 'p' }, sk: { S: sk } });

describe('tables', () => {
  it('is CREATING for some seconds, without items in reach, and then ACTIVE', async () => {
    const fixture = serviceFixture([dynamodb]);
    const { world } = fixture;
    const db = fixture.client(dynamo.DynamoDBClient);
    const { TableDescription } = await db.send(aTable({ SSESpecification: { Enabled: true } }));
    expect(TableDescription).toMatchObject({
      TableStatus: 'CREATING',
      TableArn: 'arn:aws:dynamodb:eu-west-1:111111111111:table/orders',
      SSEDescription: { Status: 'ENABLED', SSEType: 'KMS' },
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
    });
    await expect(
      db.send(new dynamo.GetItemCommand({ TableName, Key: keyOf('a') })),
    ).rejects.toBeInstanceOf(dynamo.ResourceNotFoundException);
    await expect(db.send(aTable())).rejects.toBeInstanceOf(dynamo.ResourceInUseException);
    await world.scheduler.runFor(15_000);
    const { Table } = await db.send(new dynamo.DescribeTableCommand({ TableName }));
    expect(Table?.TableStatus).toBe('ACTIVE');
  });

  it('refuses a deletion while it is protected, then is DELETING and gone', async () => {
    const { fixture, client } = await withTable();
    const protect = (DeletionProtectionEnabled: boolean) =>
      client.send(new dynamo.UpdateTableCommand({ TableName, DeletionProtectionEnabled }));
    await protect(true);
    await expect(client.send(new dynamo.DeleteTableCommand({ TableName }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
    await protect(false);
    await client.send(new dynamo.DeleteTableCommand({ TableName }));
    await expect(client.send(new dynamo.DeleteTableCommand({ TableName }))).rejects.toBeInstanceOf(
      dynamo.ResourceInUseException,
    );
    await fixture.world.scheduler.runFor(15_000);
    await expect(
      client.send(new dynamo.DescribeTableCommand({ TableName })),
    ).rejects.toBeInstanceOf(dynamo.ResourceNotFoundException);
  });

  it('walks five tables in pages of two, each Region by itself', async () => {
    const fixture = serviceFixture([dynamodb]);
    const db = fixture.client(dynamo.DynamoDBClient);
    for (const name of ['eee', 'ccc', 'aaa', 'ddd', 'bbb'])
      await db.send(aTable({ TableName: name }));
    const pages: (string[] | undefined)[] = [];
    for await (const page of dynamo.paginateListTables({ client: db }, {}))
      pages.push(page.TableNames);
    expect(pages).toEqual([['aaa', 'bbb'], ['ccc', 'ddd'], ['eee']]);
    const elsewhere = fixture.client(dynamo.DynamoDBClient, { region: 'us-east-1' });
    expect((await elsewhere.send(new dynamo.ListTablesCommand({}))).TableNames).toEqual([]);
  });

  it('refuses what it does not model by name', async () => {
    const { client } = await withTable();
    const index = {
      IndexName: 'index',
      KeySchema: [{ AttributeName: 'sk', KeyType: 'HASH' as const }],
      Projection: { ProjectionType: 'ALL' as const },
    };
    await expect(
      client.send(aTable({ TableName: 'other', GlobalSecondaryIndexes: [index] })),
    ).rejects.toMatchObject({
      name: 'NotImplemented',
      message: 'GlobalSecondaryIndexes of CreateTable is not modelled by this emulator',
    });
    await expect(
      client.send(new dynamo.TransactWriteItemsCommand({ TransactItems: [] })),
    ).rejects.toMatchObject({ name: 'NotImplemented' });
    await expect(
      client.send(
        new dynamo.PutResourcePolicyCommand({
          ResourceArn: 'arn:aws:dynamodb:eu-west-1:111111111111:table/orders',
          Policy: '{}',
        }),
      ),
    ).rejects.toMatchObject({ name: 'NotImplemented' });
  });

  it.each([
    ['a key without a definition', { AttributeDefinitions: [] }],
    ['a short name', { TableName: 'ab' }],
    ['a name with a space', { TableName: 'a b c' }],
    ['provisioned capacity without units', { BillingMode: 'PROVISIONED' as const }],
    ['a reserved tag', { Tags: [{ Key: 'aws:x', Value: '1' }] }],
  ])('refuses %s', async (_, overrides) => {
    const db = serviceFixture([dynamodb]).client(dynamo.DynamoDBClient);
    await expect(db.send(aTable(overrides))).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('keeps tags, in pages of two', async () => {
    const { client } = await withTable();
    const ResourceArn = 'arn:aws:dynamodb:eu-west-1:111111111111:table/orders';
    const Tags = ['a', 'b', 'c', 'd', 'e'].map((Key) => ({ Key, Value: `${Key}!` }));
    await client.send(new dynamo.TagResourceCommand({ ResourceArn, Tags }));
    await client.send(new dynamo.UntagResourceCommand({ ResourceArn, TagKeys: ['c'] }));
    const pages: dynamo.Tag[][] = [];
    let NextToken: string | undefined;
    do {
      const page: dynamo.ListTagsOfResourceCommandOutput = await client.send(
        new dynamo.ListTagsOfResourceCommand({ ResourceArn, NextToken }),
      );
      pages.push(page.Tags ?? []);
      ({ NextToken } = page);
    } while (NextToken !== undefined && pages.length < 5);
    expect(pages.map((page) => page.map(({ Key }) => Key))).toEqual([
      ['a', 'b'],
      ['d', 'e'],
    ]);
  });

  it('counts items about every six hours', async () => {
    const { fixture, client, put } = await withTable();
    await put('a');
    const count = async () =>
      (await client.send(new dynamo.DescribeTableCommand({ TableName }))).Table?.ItemCount;
    expect(await count()).toBe(0);
    await fixture.world.scheduler.runFor(6 * hourMs);
    expect(await count()).toBe(1);
  });
});

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

describe('time', () => {
  const enable = (client: dynamo.DynamoDBClient, Enabled = true) =>
    client.send(
      new dynamo.UpdateTimeToLiveCommand({
        TableName,
        TimeToLiveSpecification: { Enabled, AttributeName: 'expiresAt' },
      }),
    );

  it('expires items some time after their time, not before', async () => {
    const { fixture, client, put } = await withTable();
    const { scheduler } = fixture.world;
    await enable(client);
    await expect(enable(client, false)).rejects.toMatchObject({ name: 'ValidationException' });
    await scheduler.runFor(hourMs);
    const { TimeToLiveDescription } = await client.send(
      new dynamo.DescribeTimeToLiveCommand({ TableName }),
    );
    expect(TimeToLiveDescription).toEqual({
      TimeToLiveStatus: 'ENABLED',
      AttributeName: 'expiresAt',
    });
    const inHours = (hours: number) => ({
      expiresAt: { N: String(Math.floor((scheduler.now + hours * hourMs) / 1000)) },
    });
    await put('soon', inHours(1));
    await put('renewed', inHours(1));
    await put('renewed', inHours(100));
    await put('text', { expiresAt: { S: '1' } });
    const there = async () => {
      const found: (string | undefined)[] = [];
      for await (const page of dynamo.paginateScan({ client }, { TableName }))
        found.push(...(page.Items ?? []).map((item) => item['sk']?.S));
      return found.sort();
    };
    await scheduler.runFor(hourMs);
    expect(await there()).toEqual(['renewed', 'soon', 'text']);
    await scheduler.runFor(12 * hourMs);
    expect(await there()).toEqual(['renewed', 'text']);
    await scheduler.runFor(99 * hourMs);
    expect(await there()).toEqual(['text']);
  });

  it('reports the window of point-in-time recovery', async () => {
    const { fixture, client } = await withTable();
    const enabledAt = fixture.world.scheduler.now;
    await client.send(
      new dynamo.UpdateContinuousBackupsCommand({
        TableName,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      }),
    );
    await fixture.world.scheduler.runFor(hourMs);
    const { ContinuousBackupsDescription } = await client.send(
      new dynamo.DescribeContinuousBackupsCommand({ TableName }),
    );
    expect(ContinuousBackupsDescription?.PointInTimeRecoveryDescription).toEqual({
      PointInTimeRecoveryStatus: 'ENABLED',
      RecoveryPeriodInDays: 35,
      EarliestRestorableDateTime: new Date(enabledAt),
      LatestRestorableDateTime: new Date(enabledAt + hourMs - 5 * 60_000),
    });
  });

  it('may miss the latest write in an eventually consistent read, never in a consistent one', async () => {
    const { fixture, client, put } = await withTable({ staleReadShare: 1 });
    await put('a', { v: { N: '1' } });
    const read = async (ConsistentRead: boolean) =>
      (await client.send(new dynamo.GetItemCommand({ TableName, Key: keyOf('a'), ConsistentRead })))
        .Item?.['v']?.N;
    expect([await read(false), await read(true)]).toEqual([undefined, '1']);
    await fixture.world.scheduler.runFor(1_000);
    await put('a', { v: { N: '2' } });
    expect([await read(false), await read(true)]).toEqual(['1', '2']);
    await fixture.world.scheduler.runFor(1_000);
    expect(await read(false)).toBe('2');
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

describe('CloudFormation', () => {
  const deploymentIn = (fixture: ServiceFixture): Deployment =>
    new Deployment({
      world: fixture.world,
      account: fixture.account,
      region: 'eu-west-1',
      stackId: 'arn:aws:cloudformation:eu-west-1:111111111111:stack/s/1',
      stackName: 's',
      logicalId: 'Table',
      principal: fixture.admin,
      stackTags: { team: 'a' },
    });
  const properties: Properties = {
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
    TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: 'true' },
    SSESpecification: { SSEEnabled: true },
  };
  const act = <T>(fixture: ServiceFixture, work: () => Promise<T>): Promise<T> =>
    fixture.world.scheduler.serve('deploy', work);

  it('makes, changes and deletes a table', async () => {
    const fixture = serviceFixture([dynamodb]);
    const client = fixture.client(dynamo.DynamoDBClient);
    const deployment = deploymentIn(fixture);
    const recovery = { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } };
    const before = { ...properties, ...recovery };
    const made = await act(fixture, () => tableProvider.create(before, deployment));
    const { physicalId } = made;
    expect(physicalId).toMatch(/^s-Table-[A-Z2-7]{12}$/);
    expect(made.attributes['Arn']).toBe(
      `arn:aws:dynamodb:eu-west-1:111111111111:table/${physicalId}`,
    );
    const { TimeToLiveDescription } = await client.send(
      new dynamo.DescribeTimeToLiveCommand({ TableName: physicalId }),
    );
    expect(TimeToLiveDescription?.AttributeName).toBe('expiresAt');
    const after = { ...properties, DeletionProtectionEnabled: true };
    await act(fixture, async () => {
      await tableProvider.update?.(after, deployment, { physicalId, previous: before });
    });
    const { ContinuousBackupsDescription } = await client.send(
      new dynamo.DescribeContinuousBackupsCommand({ TableName: physicalId }),
    );
    expect(
      ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus,
    ).toBe('DISABLED');
    const remove = () =>
      act(fixture, () => tableProvider.delete(physicalId, deployment, { properties: after }));
    await expect(remove()).rejects.toMatchObject({ code: 'ValidationException' });
    await client.send(
      new dynamo.UpdateTableCommand({ TableName: physicalId, DeletionProtectionEnabled: false }),
    );
    await remove();
    await remove();
    expect((await client.send(new dynamo.ListTablesCommand({}))).TableNames).toEqual([]);
  });

  it('makes a global table with one replica and refuses two', async () => {
    const fixture = serviceFixture([dynamodb]);
    const deployment = deploymentIn(fixture);
    const replica = { Region: 'eu-west-1', Tags: [{ Key: 'k', Value: 'v' }] };
    const { BillingMode, KeySchema, AttributeDefinitions } = properties;
    const table = { BillingMode, KeySchema, AttributeDefinitions };
    const made = await act(fixture, () =>
      globalTableProvider.create({ ...table, Replicas: [replica] }, deployment),
    );
    expect(made.attributes).toMatchObject({ TableId: expect.any(String) });
    await expect(
      act(fixture, () =>
        globalTableProvider.create(
          { ...table, Replicas: [replica, { Region: 'us-east-1' }] },
          deployment,
        ),
      ),
    ).rejects.toThrow('more than one replica');
  });
});
