import * as client from '@aws-sdk/client-auto-scaling';
import { readServiceModel } from '../../wire/model.ts';
import type { ServiceDefinition } from '../../world/service.ts';
import { createAutoScalingGroup } from './create-group.ts';
import { describeScalingActivities } from './describe-activity.ts';
import { describeAutoScalingGroups, describeAutoScalingInstances } from './describe-groups.ts';
import { followInstances } from './follow-instances.ts';
import { hookOperations } from './hook-operations.ts';
import {
  setInstanceHealth,
  setInstanceProtection,
  terminateInstanceInAutoScalingGroup,
} from './instance-operations.ts';
import { launchConfigurationOperations } from './launch-configuration-operations.ts';
import { processOperations } from './process-operations.ts';
import { refreshOperations, startRefreshes } from './refresh-operations.ts';
import { autoScalingResources } from './resources.ts';
import { detachInstances, enterStandby, exitStandby } from './standby-operations.ts';
import { tagOperations } from './tag-operations.ts';
import {
  deleteAutoScalingGroup,
  setDesiredCapacity,
  updateAutoScalingGroup,
} from './update-group.ts';
import constraints from './constraints.json' with { type: 'json' };

export const autoscaling: ServiceDefinition = {
  name: 'autoscaling',
  model: readServiceModel(client, constraints),
  scope: 'regional',
  accessDenied: { code: 'AccessDenied', status: 403 },
  validationError: 'ValidationError',
  operations: {
    CreateAutoScalingGroup: createAutoScalingGroup,
    DeleteAutoScalingGroup: deleteAutoScalingGroup,
    DescribeAutoScalingGroups: describeAutoScalingGroups,
    DescribeAutoScalingInstances: describeAutoScalingInstances,
    DescribeScalingActivities: describeScalingActivities,
    DetachInstances: detachInstances,
    EnterStandby: enterStandby,
    ExitStandby: exitStandby,
    SetDesiredCapacity: setDesiredCapacity,
    SetInstanceHealth: setInstanceHealth,
    SetInstanceProtection: setInstanceProtection,
    TerminateInstanceInAutoScalingGroup: terminateInstanceInAutoScalingGroup,
    UpdateAutoScalingGroup: updateAutoScalingGroup,
    ...hookOperations,
    ...launchConfigurationOperations,
    ...processOperations,
    ...refreshOperations,
    ...tagOperations,
  },
  resources: autoScalingResources,
  start: (root) => {
    followInstances(root);
    startRefreshes(root);
  },
};
