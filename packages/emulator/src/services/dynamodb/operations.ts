import type { ServiceDefinition } from '../../world/service.ts';
import { batchGetItem, batchWriteItem } from './batch-operations.ts';
import { validatedOperations } from './dynalite.ts';
import { deleteItem, getItem, putItem, query, scan, updateItem } from './item-operations.ts';
import { dynamodbModel } from './model.ts';
import { globalTableProvider, tableProvider } from './resources.ts';
import * as tables from './table-operations.ts';
import * as settings from './table-settings.ts';
import { listTagsOfResource, tagResource, untagResource } from './tags.ts';

export const dynamodb: ServiceDefinition = {
  name: 'dynamodb',
  model: dynamodbModel,
  scope: 'regional',
  accessDenied: { code: 'AccessDeniedException', status: 400 },
  validationError: 'ValidationException',
  ownChecks: validatedOperations,
  resources: [tableProvider, globalTableProvider],
  operations: {
    BatchGetItem: batchGetItem,
    BatchWriteItem: batchWriteItem,
    CreateTable: tables.createTable,
    DeleteItem: deleteItem,
    DeleteTable: tables.deleteTable,
    DescribeContinuousBackups: settings.describeContinuousBackups,
    DescribeTable: tables.describeTable,
    DescribeTimeToLive: settings.describeTimeToLive,
    GetItem: getItem,
    ListTables: tables.listTables,
    ListTagsOfResource: listTagsOfResource,
    PutItem: putItem,
    PutResourcePolicy: settings.putResourcePolicy,
    Query: query,
    Scan: scan,
    TagResource: tagResource,
    UntagResource: untagResource,
    UpdateContinuousBackups: settings.updateContinuousBackups,
    UpdateItem: updateItem,
    UpdateTable: tables.updateTable,
    UpdateTimeToLive: settings.updateTimeToLive,
  },
};
