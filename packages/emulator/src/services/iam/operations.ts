import * as client from '@aws-sdk/client-iam';
import type { ServiceDefinition } from '../../world/service.ts';
import { readServiceModel } from '../../wire/model.ts';
import { accessKeyOperations } from './access-keys.ts';
import { instanceProfileOperations } from './instance-profiles.ts';
import { managedPolicyOperations } from './managed-policies.ts';
import { policyVersionOperations } from './policy-versions.ts';
import { iamResources } from './resources.ts';
import { rolePolicyOperations } from './role-policies.ts';
import { roleOperations } from './roles.ts';
import { serviceLinkedRoleOperations } from './service-linked-role-operations.ts';
import { simulationOperations } from './simulation.ts';
import { userOperations } from './user-operations.ts';
import { userPolicyOperations } from './user-policies.ts';
import { refuseInput } from './refuse-input.ts';
import constraints from './constraints.json' with { type: 'json' };

export const iam: ServiceDefinition = {
  name: 'iam',
  model: readServiceModel(client, constraints),
  scope: 'global',
  accessDenied: { code: 'AccessDenied', status: 403 },
  validationError: 'ValidationError',
  refuseInput,
  operations: {
    ...accessKeyOperations,
    ...instanceProfileOperations,
    ...managedPolicyOperations,
    ...policyVersionOperations,
    ...roleOperations,
    ...rolePolicyOperations,
    ...serviceLinkedRoleOperations,
    ...simulationOperations,
    ...userOperations,
    ...userPolicyOperations,
  },
  resources: iamResources,
};
