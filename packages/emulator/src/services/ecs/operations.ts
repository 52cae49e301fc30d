import * as client from '@aws-sdk/client-ecs';
import { readServiceModel } from '../../wire/model.ts';
import type { Scope } from '../../world/scope.ts';
import type { ServiceDefinition } from '../../world/service.ts';
import { providersOf } from './capacity-provider-groups.ts';
import { capacityProviderOperations } from './capacity-provider-operations.ts';
import { putClusterCapacityProviders } from './cluster-capacity-providers.ts';
import { clusterOperations } from './cluster-operations.ts';
import { containerInstanceOperations } from './container-instance-operations.ts';
import { followInstances } from './follow-instances.ts';
import { followTerminations, letEmptyInstancesGo } from './managed-draining.ts';
import { tendProtection } from './managed-protection.ts';
import { tendScaling } from './managed-scaling.ts';
import { ecsResources } from './resources.ts';
import { serviceOperations } from './service-operations.ts';
import { runSchedulers } from './service-scheduler.ts';
import { noteTaskChange } from './start-failures.ts';
import type { Cluster } from './state.ts';
import { tagOperations } from './tag-operations.ts';
import { taskDefinitionOperations } from './task-definition-operations.ts';
import { taskChanges } from './task-lifecycle.ts';
import { taskOperations } from './task-operations.ts';
import { schedulerPass } from './wake.ts';
import { refuseInput } from './refuse-input.ts';
import constraints from './constraints.json' with { type: 'json' };

/** Services first, then what follows from them for the groups behind the instances. */
async function tendCluster(scope: Scope, cluster: Cluster): Promise<void> {
  runSchedulers(scope, cluster);
  await letEmptyInstancesGo(scope, cluster);
  for (const provider of providersOf(scope, cluster)) {
    await tendProtection(scope, cluster, provider);
    tendScaling(scope, cluster, provider);
  }
}

export const ecs: ServiceDefinition = {
  name: 'ecs',
  model: readServiceModel(client, constraints),
  scope: 'regional',
  accessDenied: { code: 'AccessDeniedException', status: 400 },
  validationError: 'InvalidParameterException',
  refuseInput,
  operations: {
    ...capacityProviderOperations,
    ...clusterOperations,
    ...containerInstanceOperations,
    ...serviceOperations,
    ...tagOperations,
    ...taskDefinitionOperations,
    ...taskOperations,
    PutClusterCapacityProviders: putClusterCapacityProviders,
  },
  resources: ecsResources,
  start: (root) => {
    schedulerPass.in(root).run = tendCluster;
    taskChanges.follow(root, (scope, { cluster, task }) => {
      noteTaskChange(scope, cluster, task);
    });
    followInstances(root);
    followTerminations(root);
  },
};
