import * as client from '@aws-sdk/client-cloudwatch';
import type { ServiceDefinition } from '../../world/service.ts';
import { readServiceModel } from '../../wire/model.ts';
import {
  deleteAlarms,
  describeAlarmHistory,
  describeAlarms,
  describeAlarmsForMetric,
  disableAlarmActions,
  enableAlarmActions,
  setAlarmState,
} from './alarm-operations.ts';
import {
  deleteDashboards,
  getDashboard,
  listDashboards,
  putDashboard,
} from './dashboard-operations.ts';
import {
  getMetricData,
  getMetricStatistics,
  listMetrics,
  putMetricData,
} from './metric-operations.ts';
import { putCompositeAlarm, putMetricAlarm } from './put-alarm.ts';
import { cloudwatchResources } from './resources.ts';
import { listTagsForResource, tagResource, untagResource } from './tag-operations.ts';
import { refuseInput } from './refuse-input.ts';
import constraints from './constraints.json' with { type: 'json' };

export const cloudwatch: ServiceDefinition = {
  name: 'cloudwatch',
  model: readServiceModel(client, constraints),
  scope: 'regional',
  accessDenied: { code: 'AccessDenied', status: 403 },
  validationError: 'ValidationError',
  refuseInput,
  resources: cloudwatchResources,
  operations: {
    DeleteAlarms: deleteAlarms,
    DeleteDashboards: deleteDashboards,
    DescribeAlarmHistory: describeAlarmHistory,
    DescribeAlarms: describeAlarms,
    DescribeAlarmsForMetric: describeAlarmsForMetric,
    DisableAlarmActions: disableAlarmActions,
    EnableAlarmActions: enableAlarmActions,
    GetDashboard: getDashboard,
    GetMetricData: getMetricData,
    GetMetricStatistics: getMetricStatistics,
    ListDashboards: listDashboards,
    ListMetrics: listMetrics,
    ListTagsForResource: listTagsForResource,
    PutCompositeAlarm: putCompositeAlarm,
    PutDashboard: putDashboard,
    PutMetricAlarm: putMetricAlarm,
    PutMetricData: putMetricData,
    SetAlarmState: setAlarmState,
    TagResource: tagResource,
    UntagResource: untagResource,
  },
};
