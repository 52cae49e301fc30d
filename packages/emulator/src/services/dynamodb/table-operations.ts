import type * as client from '@aws-sdk/client-dynamodb';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import type { Scope } from '../../world/scope.ts';
import type { AccessCheck } from '../../world/service.ts';
import {
  invalid,
  notModelled,
  requireTable,
  tableArn,
  tableCheck,
  tableName,
  tableOperation,
  tagContext,
} from './access.ts';
import { validateRequest } from './dynalite.ts';
import { ItemStore } from './item-store.ts';
import { toJson } from './request.ts';
import { dynamodbState, type Table } from './state.ts';
import { describeTable as describe } from './table-description.ts';
import { tagMap } from './tags.ts';

// AWS names no durations; tables take seconds.
const createSeconds = { min: 4, max: 12 };
const updateSeconds = { min: 2, max: 6 };
const deleteSeconds = { min: 4, max: 12 };

const tablesOnPageMax = 100; // DynamoDB API reference, ListTables, "Limit"

const inUse = (message: string): AwsError => new AwsError('ResourceInUseException', message);

export const createTable = tableOperation<
  client.CreateTableCommandInput,
  Partial<client.CreateTableCommandOutput>
>(
  [
    'TableName',
    'AttributeDefinitions',
    'KeySchema',
    'BillingMode',
    'ProvisionedThroughput',
    'SSESpecification',
    'StreamSpecification',
    'TableClass',
    'Tags',
    'DeletionProtectionEnabled',
  ],
  {
    authorize(input, call) {
      const tags = (input.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value] as const);
      const context = {
        ...tagContext('aws:RequestTag', tags),
        'aws:TagKeys': tags.length === 0 ? undefined : tags.map(([key]) => key),
      };
      const actions = ['CreateTable', ...(tags.length === 0 ? [] : ['TagResource'])];
      return actions.map((action) => tableCheck(call, input.TableName, action, context));
    },
    run(input, call) {
      refuseOptions(input);
      validateRequest('CreateTable', toJson('CreateTable', input));
      const { tables } = dynamodbState.in(call);
      const name = tableName(call, input.TableName);
      if (tables.has(name)) throw inUse(`Table already exists: ${name}`);
      const table = newTable(call, name, input);
      tables.set(name, table);
      settle(call, table, createSeconds);
      return { TableDescription: describe(call, table) };
    },
  },
);

function refuseOptions(input: {
  readonly StreamSpecification?: client.StreamSpecification | undefined;
  readonly TableClass?: client.TableClass | undefined;
}): void {
  if (input.StreamSpecification?.StreamEnabled === true) throw notModelled('StreamSpecification');
  if (input.TableClass !== undefined && input.TableClass !== 'STANDARD')
    throw notModelled(`TableClass ${input.TableClass}`);
}

function newTable(call: Call, name: string, input: client.CreateTableCommandInput): Table {
  const billingMode = input.BillingMode ?? 'PROVISIONED';
  const { KeySchema = [], AttributeDefinitions = [], ProvisionedThroughput } = input;
  return {
    name,
    arn: tableArn(call, name),
    id: call.uuid('table'),
    createdAt: call.date,
    keySchema: KeySchema,
    attributeDefinitions: AttributeDefinitions,
    shape: {
      TableName: name,
      KeySchema: KeySchema.map(({ AttributeName = '' }) => ({ AttributeName })),
      AttributeDefinitions: AttributeDefinitions.map(
        ({ AttributeName = '', AttributeType = '' }) => ({ AttributeName, AttributeType }),
      ),
    },
    status: 'CREATING',
    billingMode,
    onDemandSince: billingMode === 'PAY_PER_REQUEST' ? call.date : undefined,
    throughput: {
      read: ProvisionedThroughput?.ReadCapacityUnits ?? 0,
      write: ProvisionedThroughput?.WriteCapacityUnits ?? 0,
    },
    sse: sseOf(call, input.SSESpecification),
    isDeletionProtected: input.DeletionProtectionEnabled ?? false,
    timeToLive: undefined,
    expiries: new Map(),
    recovery: undefined,
    tags: tagMap(call, input.Tags ?? []),
    items: new ItemStore(),
    counted: { at: call.now, count: 0, bytes: 0 },
  };
}

/** Encryption is by a key of DynamoDB unless asked for; then by the key that AWS manages in the account. */
function sseOf(
  scope: Scope,
  wanted: client.SSESpecification | undefined,
): client.SSEDescription | undefined {
  if (wanted?.KMSMasterKeyId !== undefined) throw notModelled('KMSMasterKeyId');
  if (wanted?.Enabled !== true) {
    if (wanted?.SSEType !== undefined)
      throw invalid(
        'One or more parameter values were invalid: SSEType can only be specified when Enabled is true',
      );
    return undefined;
  }
  if (wanted.SSEType !== undefined && wanted.SSEType !== 'KMS')
    throw notModelled(`SSEType ${wanted.SSEType}`);
  const state = dynamodbState.in(scope);
  const known = [...state.tables.values()].find((table) => table.sse?.KMSMasterKeyArn);
  return {
    Status: 'ENABLED',
    SSEType: 'KMS',
    KMSMasterKeyArn:
      known?.sse?.KMSMasterKeyArn ??
      scope.arn(`key/${scope.uuid('managed-key')}`, { service: 'kms' }),
  };
}

/** Makes a table ACTIVE some seconds later. */
function settle(scope: Scope, table: Table, seconds: { min: number; max: number }): void {
  const delay = scope.between('table-change', seconds.min, seconds.max) * 1000;
  scope.after(delay, `table ${table.name}`, () => {
    if (table.status === 'DELETING') return;
    table.status = 'ACTIVE';
    scope.record('table-active', { table: table.name });
  });
}

export const describeTable = tableOperation<
  client.DescribeTableCommandInput,
  Partial<client.DescribeTableCommandOutput>
>(['TableName'], {
  authorize: (input, call) => tableCheck(call, input.TableName, 'DescribeTable'),
  run: (input, call) => ({ Table: describe(call, requireTable(call, input.TableName)) }),
});

export const updateTable = tableOperation<
  client.UpdateTableCommandInput,
  Partial<client.UpdateTableCommandOutput>
>(
  [
    'TableName',
    'AttributeDefinitions',
    'BillingMode',
    'ProvisionedThroughput',
    'SSESpecification',
    'StreamSpecification',
    'TableClass',
    'DeletionProtectionEnabled',
  ],
  {
    authorize: (input, call) => tableCheck(call, input.TableName, 'UpdateTable'),
    run(input, call) {
      refuseOptions(input);
      const table = requireTable(call, input.TableName);
      requireIdle(table);
      const { BillingMode, ProvisionedThroughput, SSESpecification } = input;
      if (input.DeletionProtectionEnabled !== undefined)
        table.isDeletionProtected = input.DeletionProtectionEnabled;
      if (BillingMode !== undefined || ProvisionedThroughput !== undefined)
        changeCapacity(call, table, input);
      if (SSESpecification !== undefined) table.sse = sseOf(call, SSESpecification);
      if (BillingMode ?? ProvisionedThroughput ?? SSESpecification) {
        table.status = 'UPDATING';
        settle(call, table, updateSeconds);
      }
      return { TableDescription: describe(call, table) };
    },
  },
);

function changeCapacity(call: Call, table: Table, input: client.UpdateTableCommandInput): void {
  const mode = input.BillingMode ?? table.billingMode;
  const { ReadCapacityUnits: read = 0, WriteCapacityUnits: write = 0 } =
    input.ProvisionedThroughput ?? {};
  if (mode === 'PAY_PER_REQUEST' && input.ProvisionedThroughput)
    throw invalid(
      'One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST',
    );
  if (mode === 'PROVISIONED' && (read < 1 || write < 1))
    throw invalid(
      'One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED',
    );
  if (mode === 'PAY_PER_REQUEST' && table.billingMode !== mode) table.onDemandSince = call.date;
  table.billingMode = mode;
  table.throughput = { read, write };
}

function requireIdle(table: Table): void {
  const doing = { CREATING: 'created', UPDATING: 'updated', DELETING: 'deleted' } as const;
  if (table.status !== 'ACTIVE')
    throw inUse(
      `Attempt to change a resource which is still in use: Table is being ${doing[table.status]}: ${table.name}`,
    );
}

export const deleteTable = tableOperation<
  client.DeleteTableCommandInput,
  Partial<client.DeleteTableCommandOutput>
>(['TableName'], {
  authorize: (input, call) => tableCheck(call, input.TableName, 'DeleteTable'),
  run(input, call) {
    const table = requireTable(call, input.TableName);
    requireIdle(table);
    if (table.isDeletionProtected)
      throw invalid(
        'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
      );
    table.status = 'DELETING';
    const delay = call.between('table-change', deleteSeconds.min, deleteSeconds.max) * 1000;
    call.after(delay, `delete table ${table.name}`, () => {
      dynamodbState.in(call).tables.delete(table.name);
      call.record('table-deleted', { table: table.name });
    });
    return { TableDescription: describe(call, table) };
  },
});

export const listTables = tableOperation<
  client.ListTablesCommandInput,
  Partial<client.ListTablesCommandOutput>
>(['ExclusiveStartTableName', 'Limit'], {
  authorize: (): AccessCheck => ({ action: 'dynamodb:ListTables', resource: '*' }),
  run({ ExclusiveStartTableName: after = '', Limit }, call) {
    if (Limit !== undefined && (Limit < 1 || Limit > tablesOnPageMax))
      throw invalid(`Limit must be from 1 to ${tablesOnPageMax}, not ${Limit}`);
    const size = Math.min(Limit ?? tablesOnPageMax, call.world.settings.pageSizeMax);
    const rest = [...dynamodbState.in(call).tables.keys()].sort().filter((name) => name > after);
    const TableNames = rest.slice(0, size);
    return {
      TableNames,
      LastEvaluatedTableName: rest.length > size ? TableNames.at(-1) : undefined,
    };
  },
});
