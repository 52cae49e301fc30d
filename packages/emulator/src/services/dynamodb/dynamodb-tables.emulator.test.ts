import { describe, expect, it } from '@jest/globals';
import * as dynamo from '@aws-sdk/client-dynamodb';
import { Deployment, type Properties } from '../../cloudformation/provider.ts';
import { serviceFixture, type ServiceFixture } from '../../../test/world-fixture.ts';
import { dynamodb } from './operations.ts';
import { globalTableProvider, tableProvider } from './resources.ts';
import { TableName, hourMs, aTable, withTable, keyOf } from '../../../test/table-fixture.ts';

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
