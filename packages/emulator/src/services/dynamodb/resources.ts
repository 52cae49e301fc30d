import * as client from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type {
  Deployment,
  Properties,
  Provisioned,
  ResourceProvider,
} from '../../cloudformation/provider.ts';
import {
  booleanProperty,
  integerProperty,
  readProperties,
  tagsProperty,
  textProperty,
} from '../../cloudformation/read-properties.ts';
import { AwsError, isAwsError } from '../../world/aws-error.ts';

const keySchemaProperty = v.array(
  v.strictObject({ AttributeName: textProperty, KeyType: v.picklist(['HASH', 'RANGE']) }),
);
const attributesProperty = v.array(
  v.strictObject({ AttributeName: textProperty, AttributeType: v.picklist(['S', 'N', 'B']) }),
);
const recoveryProperty = v.strictObject({
  PointInTimeRecoveryEnabled: v.optional(booleanProperty),
  RecoveryPeriodInDays: v.optional(integerProperty),
});
const timeToLiveProperty = v.strictObject({
  AttributeName: v.optional(textProperty),
  Enabled: booleanProperty,
});
const throughputProperty = v.strictObject({
  ReadCapacityUnits: integerProperty,
  WriteCapacityUnits: integerProperty,
});
const sseProperty = v.strictObject({
  SSEEnabled: booleanProperty,
  SSEType: v.optional(v.picklist(['KMS', 'AES256'])),
  KMSMasterKeyId: v.optional(textProperty),
});

const tableProperties = v.strictObject({
  TableName: v.optional(textProperty),
  KeySchema: keySchemaProperty,
  AttributeDefinitions: v.optional(attributesProperty),
  BillingMode: v.optional(v.picklist(['PROVISIONED', 'PAY_PER_REQUEST'])),
  ProvisionedThroughput: v.optional(throughputProperty),
  PointInTimeRecoverySpecification: v.optional(recoveryProperty),
  SSESpecification: v.optional(sseProperty),
  TimeToLiveSpecification: v.optional(timeToLiveProperty),
  TableClass: v.optional(v.picklist(['STANDARD', 'STANDARD_INFREQUENT_ACCESS'])),
  DeletionProtectionEnabled: v.optional(booleanProperty),
  Tags: v.optional(tagsProperty),
});

type TableProperties = v.InferOutput<typeof tableProperties>;

const pollMs = 1_000;
const pollsMax = 120;

/** @throws AwsError when the table does not become ACTIVE in time */
async function waitForTable(
  deployment: Deployment,
  TableName: string,
): Promise<client.TableDescription> {
  for (let poll = 0; poll < pollsMax; poll += 1) {
    const { Table } = await deployment.call(new client.DescribeTableCommand({ TableName }));
    if (Table?.TableStatus === 'ACTIVE') return Table;
    await deployment.world.scheduler.sleep(pollMs);
  }
  throw new AwsError('NotStabilized', `the table ${TableName} did not become ACTIVE`);
}

async function waitUntilGone(deployment: Deployment, TableName: string): Promise<void> {
  for (let poll = 0; poll < pollsMax; poll += 1) {
    try {
      await deployment.call(new client.DescribeTableCommand({ TableName }));
    } catch (error) {
      if (isAwsError(error, 'ResourceNotFoundException')) return;
      throw error;
    }
    await deployment.world.scheduler.sleep(pollMs);
  }
  throw new AwsError('NotStabilized', `the table ${TableName} is still there`);
}

const sseOf = (wanted: TableProperties['SSESpecification']): client.SSESpecification | undefined =>
  wanted && {
    Enabled: wanted.SSEEnabled,
    SSEType: wanted.SSEType,
    KMSMasterKeyId: wanted.KMSMasterKeyId,
  };

const tagsOf = (deployment: Deployment, own: TableProperties['Tags']): client.Tag[] =>
  Object.entries(deployment.tags(own)).map(([Key, Value]) => ({ Key, Value }));

/** What CreateTable does not take, in the order in which DynamoDB allows it. */
async function applySettings(
  deployment: Deployment,
  TableName: string,
  change: { readonly wanted: TableProperties; readonly previous: Partial<TableProperties> },
): Promise<void> {
  const { wanted, previous } = change;
  const differs = (name: keyof TableProperties): boolean =>
    JSON.stringify(wanted[name]) !== JSON.stringify(previous[name]);
  if (differs('PointInTimeRecoverySpecification'))
    await deployment.call(
      new client.UpdateContinuousBackupsCommand({
        TableName,
        PointInTimeRecoverySpecification: {
          PointInTimeRecoveryEnabled:
            wanted.PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled ?? false,
          RecoveryPeriodInDays: wanted.PointInTimeRecoverySpecification?.RecoveryPeriodInDays,
        },
      }),
    );
  if (differs('TimeToLiveSpecification')) await applyTimeToLive(deployment, TableName, change);
}

async function applyTimeToLive(
  deployment: Deployment,
  TableName: string,
  change: { readonly wanted: TableProperties; readonly previous: Partial<TableProperties> },
): Promise<void> {
  const before = change.previous.TimeToLiveSpecification;
  const wanted = change.wanted.TimeToLiveSpecification ?? {
    AttributeName: before?.AttributeName,
    Enabled: false,
  };
  if (!wanted.Enabled && before?.Enabled !== true) return;
  await deployment.call(
    new client.UpdateTimeToLiveCommand({
      TableName,
      TimeToLiveSpecification: {
        AttributeName: wanted.AttributeName ?? before?.AttributeName,
        Enabled: wanted.Enabled,
      },
    }),
  );
}

async function createTable(deployment: Deployment, wanted: TableProperties): Promise<Provisioned> {
  const TableName = wanted.TableName ?? deployment.generateName({ lengthMax: 255 });
  await deployment.call(
    new client.CreateTableCommand({
      TableName,
      KeySchema: wanted.KeySchema,
      AttributeDefinitions: wanted.AttributeDefinitions,
      BillingMode: wanted.BillingMode,
      ProvisionedThroughput: wanted.ProvisionedThroughput,
      SSESpecification: sseOf(wanted.SSESpecification),
      TableClass: wanted.TableClass,
      DeletionProtectionEnabled: wanted.DeletionProtectionEnabled,
      Tags: tagsOf(deployment, wanted.Tags),
    }),
  );
  const table = await waitForTable(deployment, TableName);
  try {
    await applySettings(deployment, TableName, { wanted, previous: {} });
  } catch (error) {
    // A resource whose creation fails has no physical id to clean up by.
    await deployment.call(new client.DeleteTableCommand({ TableName }));
    throw error;
  }
  return provisioned(table);
}

const provisioned = ({ TableName = '', TableArn = '', TableId = '' }: client.TableDescription) => ({
  physicalId: TableName,
  attributes: { Arn: TableArn, TableId },
});

async function updateTable(
  deployment: Deployment,
  TableName: string,
  change: { readonly wanted: TableProperties; readonly previous: TableProperties },
): Promise<Provisioned> {
  const { wanted, previous } = change;
  const changed = (name: keyof TableProperties): boolean =>
    JSON.stringify(wanted[name]) !== JSON.stringify(previous[name]);
  const capacity = changed('BillingMode') || changed('ProvisionedThroughput');
  const update: Partial<client.UpdateTableCommandInput> = {
    ...(capacity
      ? {
          BillingMode: wanted.BillingMode ?? 'PROVISIONED',
          ProvisionedThroughput: wanted.ProvisionedThroughput,
        }
      : {}),
    ...(changed('SSESpecification')
      ? { SSESpecification: sseOf(wanted.SSESpecification) ?? { Enabled: false } }
      : {}),
    ...(changed('DeletionProtectionEnabled')
      ? { DeletionProtectionEnabled: wanted.DeletionProtectionEnabled ?? false }
      : {}),
  };
  if (changed('AttributeDefinitions') || changed('TableClass'))
    throw new AwsError(
      'NotImplemented',
      'a change of AttributeDefinitions or TableClass is not modelled by this emulator',
    );
  if (Object.keys(update).length > 0)
    await deployment.call(new client.UpdateTableCommand({ TableName, ...update }));
  const table = await waitForTable(deployment, TableName);
  await applySettings(deployment, TableName, change);
  await updateTags(deployment, table.TableArn ?? '', change);
  return provisioned(table);
}

async function updateTags(
  deployment: Deployment,
  ResourceArn: string,
  { wanted, previous }: { readonly wanted: TableProperties; readonly previous: TableProperties },
): Promise<void> {
  const tags = deployment.tags(wanted.Tags);
  const TagKeys = Object.keys(deployment.tags(previous.Tags)).filter((key) => !(key in tags));
  if (TagKeys.length > 0)
    await deployment.call(new client.UntagResourceCommand({ ResourceArn, TagKeys }));
  await deployment.call(
    new client.TagResourceCommand({ ResourceArn, Tags: tagsOf(deployment, wanted.Tags) }),
  );
}

async function deleteTable(deployment: Deployment, TableName: string): Promise<void> {
  try {
    await deployment.call(new client.DeleteTableCommand({ TableName }));
  } catch (error) {
    if (isAwsError(error, 'ResourceNotFoundException')) return;
    throw error;
  }
  await waitUntilGone(deployment, TableName);
}

const readTable = (properties: Properties): TableProperties =>
  readProperties(tableProperties, properties);

export const tableProvider: ResourceProvider = {
  type: 'AWS::DynamoDB::Table',
  properties: Object.keys(tableProperties.entries),
  required: ['KeySchema'],
  createOnly: ['TableName', 'KeySchema'],
  attributes: ['Arn'],
  create: (properties, deployment) => createTable(deployment, readTable(properties)),
  update: (properties, deployment, { physicalId, previous }) =>
    updateTable(deployment, physicalId, {
      wanted: readTable(properties),
      previous: readTable(previous),
    }),
  delete: (physicalId, deployment) => deleteTable(deployment, physicalId),
};

const globalTableProperties = v.strictObject({
  TableName: v.optional(textProperty),
  KeySchema: keySchemaProperty,
  AttributeDefinitions: attributesProperty,
  BillingMode: v.optional(v.picklist(['PROVISIONED', 'PAY_PER_REQUEST'])),
  SSESpecification: v.optional(v.omit(sseProperty, ['KMSMasterKeyId'])),
  TimeToLiveSpecification: v.optional(timeToLiveProperty),
  Replicas: v.pipe(
    v.array(
      v.strictObject({
        Region: textProperty,
        PointInTimeRecoverySpecification: v.optional(recoveryProperty),
        DeletionProtectionEnabled: v.optional(booleanProperty),
        TableClass: v.optional(v.picklist(['STANDARD', 'STANDARD_INFREQUENT_ACCESS'])),
        Tags: v.optional(tagsProperty),
      }),
    ),
    v.length(1, 'more than one replica is not modelled by this emulator'),
  ),
});

/** A global table with one replica, in the Region of the stack, is a table. */
function readGlobalTable(properties: Properties, deployment: Deployment): TableProperties {
  const { Replicas, ...table } = readProperties(globalTableProperties, properties);
  const [replica] = Replicas;
  if (replica?.Region !== deployment.region)
    throw new AwsError(
      'ValidationError',
      `a global table has a replica in the Region of its stack, ${deployment.region}`,
    );
  return {
    ...table,
    PointInTimeRecoverySpecification: replica.PointInTimeRecoverySpecification,
    DeletionProtectionEnabled: replica.DeletionProtectionEnabled,
    TableClass: replica.TableClass,
    Tags: replica.Tags,
  };
}

export const globalTableProvider: ResourceProvider = {
  type: 'AWS::DynamoDB::GlobalTable',
  properties: Object.keys(globalTableProperties.entries),
  required: ['KeySchema', 'AttributeDefinitions', 'Replicas'],
  createOnly: ['TableName', 'KeySchema'],
  attributes: ['Arn', 'TableId'],
  create: (properties, deployment) =>
    createTable(deployment, readGlobalTable(properties, deployment)),
  update: (properties, deployment, { physicalId, previous }) =>
    updateTable(deployment, physicalId, {
      wanted: readGlobalTable(properties, deployment),
      previous: readGlobalTable(previous, deployment),
    }),
  delete: (physicalId, deployment) => deleteTable(deployment, physicalId),
};
