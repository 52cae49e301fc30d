import * as client from '@aws-sdk/client-cloudformation';
import type { ServiceDefinition } from '../../world/service.ts';
import { readServiceModel } from '../../wire/model.ts';
import { changeSetOperations } from './change-sets.ts';
import { resourceDescriptions } from './describe-resources.ts';
import { stackDescriptions } from './describe-stacks.ts';
import { exportOperations } from './exports.ts';
import { stackOperations } from './stack-operations.ts';
import { templateOperations } from './templates.ts';

export const cloudformation: ServiceDefinition = {
  name: 'cloudformation',
  model: readServiceModel(client),
  scope: 'regional',
  accessDenied: { code: 'AccessDenied', status: 403 },
  validationError: 'ValidationError',
  operations: {
    ...changeSetOperations,
    ...exportOperations,
    ...resourceDescriptions,
    ...stackDescriptions,
    ...stackOperations,
    ...templateOperations,
  },
};
