import * as client from '@aws-sdk/client-kms';
import type { ServiceDefinition } from '../../world/service.ts';
import { readServiceModel } from '../../wire/model.ts';
import { aliasOperations } from './alias-operations.ts';
import { cryptographicOperations } from './cryptographic-operations.ts';
import { grantOperations } from './grant-operations.ts';
import { keyOperations } from './key-operations.ts';
import { keyStateOperations } from './key-state-operations.ts';
import { replicateKey } from './replicate-key.ts';
import { kmsResources } from './resources.ts';
import { tagOperations } from './tag-operations.ts';
import constraints from './constraints.json' with { type: 'json' };

export const kms: ServiceDefinition = {
  name: 'kms',
  model: readServiceModel(client, constraints),
  scope: 'regional',
  accessDenied: { code: 'AccessDeniedException', status: 400 },
  validationError: 'ValidationException',
  operations: {
    ...aliasOperations,
    ...cryptographicOperations,
    ...grantOperations,
    ...keyOperations,
    ...keyStateOperations,
    ...tagOperations,
    ReplicateKey: replicateKey,
  },
  resources: kmsResources,
};
