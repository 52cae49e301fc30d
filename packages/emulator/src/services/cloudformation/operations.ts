import * as client from '@aws-sdk/client-cloudformation';
import type { ServiceDefinition } from '../../world/service.ts';
import { readServiceModel } from '../../wire/model.ts';
import { changeSetOperations } from './change-sets.ts';
import { resourceDescriptions } from './describe-resources.ts';
import { stackDescriptions } from './describe-stacks.ts';
import { exportOperations } from './exports.ts';
import { cloudFormationResources } from './resources.ts';
import { stackOperations } from './stack-operations.ts';
import { followOrganizations } from './stack-sets/auto-deployment.ts';
import { operationDescriptions } from './stack-sets/describe-operations.ts';
import { stackInstanceDescriptions } from './stack-sets/describe-stack-instances.ts';
import { stackSetDescriptions } from './stack-sets/describe-stack-sets.ts';
import { organizationAccessOperations } from './stack-sets/organization-access.ts';
import { stackInstanceOperations } from './stack-sets/stack-instance-operations.ts';
import { stackSetOperations } from './stack-sets/stack-set-operations.ts';
import { updateStackSet } from './stack-sets/update-stack-set.ts';
import { templateOperations } from './templates.ts';
import constraints from './constraints.json' with { type: 'json' };

export const cloudformation: ServiceDefinition = {
  name: 'cloudformation',
  model: readServiceModel(client, constraints),
  scope: 'regional',
  accessDenied: { code: 'AccessDenied', status: 403 },
  validationError: 'ValidationError',
  operations: {
    ...changeSetOperations,
    ...exportOperations,
    ...operationDescriptions,
    ...organizationAccessOperations,
    ...resourceDescriptions,
    ...stackDescriptions,
    ...stackInstanceDescriptions,
    ...stackInstanceOperations,
    ...stackOperations,
    ...stackSetDescriptions,
    ...stackSetOperations,
    ...templateOperations,
    UpdateStackSet: updateStackSet,
  },
  resources: cloudFormationResources,
  start: followOrganizations,
};
