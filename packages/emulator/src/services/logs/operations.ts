import * as client from '@aws-sdk/client-cloudwatch-logs';
import type { ServiceDefinition } from '../../world/service.ts';
import { readServiceModel } from '../../wire/model.ts';
import {
  associateKmsKey,
  createLogGroup,
  deleteLogGroup,
  deleteRetentionPolicy,
  describeLogGroups,
  disassociateKmsKey,
  listTagsForResource,
  putRetentionPolicy,
  tagResource,
  untagResource,
} from './group-operations.ts';
import {
  deleteMetricFilter,
  describeMetricFilters,
  putMetricFilter,
  testMetricFilter,
} from './metric-filter-operations.ts';
import { putLogEvents } from './put-log-events.ts';
import { filterLogEvents, getLogEvents } from './read-log-events.ts';
import {
  deleteResourcePolicy,
  describeResourcePolicies,
  putResourcePolicy,
} from './resource-policy-operations.ts';
import { logsResources } from './resources.ts';
import { createLogStream, deleteLogStream, describeLogStreams } from './stream-operations.ts';
import constraints from './constraints.json' with { type: 'json' };

export const logs: ServiceDefinition = {
  name: 'logs',
  model: readServiceModel(client, constraints),
  scope: 'regional',
  accessDenied: { code: 'AccessDeniedException', status: 400 },
  validationError: 'InvalidParameterException',
  resources: logsResources,
  operations: {
    AssociateKmsKey: associateKmsKey,
    CreateLogGroup: createLogGroup,
    CreateLogStream: createLogStream,
    DeleteLogGroup: deleteLogGroup,
    DeleteLogStream: deleteLogStream,
    DeleteMetricFilter: deleteMetricFilter,
    DeleteResourcePolicy: deleteResourcePolicy,
    DeleteRetentionPolicy: deleteRetentionPolicy,
    DescribeLogGroups: describeLogGroups,
    DescribeLogStreams: describeLogStreams,
    DescribeMetricFilters: describeMetricFilters,
    DescribeResourcePolicies: describeResourcePolicies,
    DisassociateKmsKey: disassociateKmsKey,
    FilterLogEvents: filterLogEvents,
    GetLogEvents: getLogEvents,
    ListTagsForResource: listTagsForResource,
    PutLogEvents: putLogEvents,
    PutMetricFilter: putMetricFilter,
    PutResourcePolicy: putResourcePolicy,
    PutRetentionPolicy: putRetentionPolicy,
    TagResource: tagResource,
    TestMetricFilter: testMetricFilter,
    UntagResource: untagResource,
  },
};
