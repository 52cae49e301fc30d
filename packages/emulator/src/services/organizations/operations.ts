import * as client from '@aws-sdk/client-organizations';
import type { ServiceDefinition } from '../../world/service.ts';
import { readServiceModel } from '../../wire/model.ts';
import { accountOperations } from './account-operations.ts';
import { createAccountOperations } from './create-account-operations.ts';
import { delegationOperations } from './delegation-operations.ts';
import { handshakeOperations } from './handshake-operations.ts';
import { organizationOperations } from './organization-operations.ts';
import { policyOperations } from './policy-operations.ts';
import { tagOperations } from './tag-operations.ts';
import { unitOperations } from './unit-operations.ts';
import { refuseInput } from './refuse-input.ts';
import constraints from './constraints.json' with { type: 'json' };
import { organizationsThrottle } from './request-rates.ts';

export const organizations: ServiceDefinition = {
  name: 'organizations',
  model: readServiceModel(client, constraints),
  scope: 'global',
  accessDenied: { code: 'AccessDeniedException', status: 400 },
  validationError: 'InvalidInputException',
  refuseInput,
  throttle: organizationsThrottle,
  operations: {
    ...accountOperations,
    ...createAccountOperations,
    ...delegationOperations,
    ...handshakeOperations,
    ...organizationOperations,
    ...policyOperations,
    ...tagOperations,
    ...unitOperations,
  },
};
