import * as dynamo from '@aws-sdk/client-dynamodb';
import { serviceFixture, type ServiceFixture } from './world-fixture.ts';
import { dynamodb } from '../src/services/dynamodb/operations.ts';

export const TableName = 'orders';
export const hourMs = 3600 * 1000;

export const aTable = (overrides: Partial<dynamo.CreateTableCommandInput> = {}) =>
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

export async function withTable(settings: Parameters<typeof serviceFixture>[1] = {}): Promise<{
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

export const keyOf = (sk: string) => ({ pk: { S: 'p' }, sk: { S: sk } });
