import type * as client from '@aws-sdk/client-dynamodb';
import type { Scope } from '../../world/scope.ts';
import type { Table } from './state.ts';

/** DynamoDB API reference, TableDescription: item count and size are renewed about every six hours. */
const countedEveryMs = 6 * 3600 * 1000;

function counts(scope: Scope, table: Table): Table['counted'] {
  if (scope.now - table.counted.at >= countedEveryMs) {
    table.items.prune(scope.now);
    table.counted = { at: scope.now, ...table.items.measure() };
  }
  return table.counted;
}

export function describeTable(scope: Scope, table: Table): client.TableDescription {
  const { count, bytes } = counts(scope, table);
  return {
    TableName: table.name,
    TableArn: table.arn,
    TableId: table.id,
    TableStatus: table.status,
    CreationDateTime: table.createdAt,
    KeySchema: table.keySchema,
    AttributeDefinitions: table.attributeDefinitions,
    ProvisionedThroughput: {
      ReadCapacityUnits: table.throughput.read,
      WriteCapacityUnits: table.throughput.write,
      NumberOfDecreasesToday: 0,
    },
    ...(table.onDemandSince === undefined
      ? {}
      : {
          BillingModeSummary: {
            BillingMode: table.billingMode,
            LastUpdateToPayPerRequestDateTime: table.onDemandSince,
          },
        }),
    ...(table.sse === undefined ? {} : { SSEDescription: table.sse }),
    ItemCount: count,
    TableSizeBytes: bytes,
    DeletionProtectionEnabled: table.isDeletionProtected,
  };
}
