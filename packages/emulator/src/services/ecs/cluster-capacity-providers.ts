import type * as client from '@aws-sdk/client-ecs';
import { AwsError } from '../../world/aws-error.ts';
import { operation } from '../../world/service.ts';
import { shortName } from './arns.ts';
import { findProvider } from './capacity-provider-operations.ts';
import { clusterCheck } from './cluster-operations.ts';
import { describeCluster, requireCluster } from './clusters.ts';
import { invalidParameter } from './errors.ts';
import { deleteDrainingHook, putDrainingHook } from './managed-draining.ts';
import type { Cluster } from './state.ts';
import { providerContext, readStrategy } from './strategies.ts';
import { wakeScheduler } from './wake.ts';

const providersMax = 20; // ECS service quotas: capacity providers per cluster

/** Source: ECS API Reference, PutClusterCapacityProviders: what is given replaces what was there */
export const putClusterCapacityProviders = operation<
  client.PutClusterCapacityProvidersCommandInput,
  Partial<client.PutClusterCapacityProvidersCommandOutput>
>({
  authorize: (input, call) => {
    const check = clusterCheck('PutClusterCapacityProviders')(input, call);
    return {
      ...check,
      context: {
        ...check.context,
        ...providerContext(
          call,
          input.capacityProviders?.map((capacityProvider) => ({ capacityProvider })),
        ),
      },
    };
  },
  async run(input, call) {
    const cluster = requireCluster(call, input.cluster);
    const names = (input.capacityProviders ?? []).map(shortName);
    if (names.length > providersMax)
      throw invalidParameter(`A cluster can have ${providersMax} capacity providers at most.`);
    const providers = names.map((name) => {
      const found = findProvider(call, name);
      if (found?.status !== 'ACTIVE')
        throw invalidParameter(
          'The specified capacity provider does not exist. Specify a valid name or ARN and try again.',
        );
      return found;
    });
    const strategy = readStrategy(input.defaultCapacityProviderStrategy ?? [], names);
    const gone = cluster.capacityProviders.filter((name) => !names.includes(name));
    refuseInUse(cluster, gone);
    const added = providers.filter(({ name }) => !cluster.capacityProviders.includes(name));
    cluster.capacityProviders = names;
    cluster.defaultStrategy = strategy;
    for (const provider of added)
      if (provider.managedDraining === 'ENABLED') await putDrainingHook(call, provider);
    for (const name of gone) {
      const provider = findProvider(call, name);
      if (provider) await deleteDrainingHook(call, provider);
    }
    wakeScheduler(call, cluster);
    return { cluster: describeCluster(cluster) };
  },
});

function refuseInUse(cluster: Cluster, gone: readonly string[]): void {
  const used = [...cluster.services.values()].some(
    ({ status, strategy }) =>
      status !== 'INACTIVE' &&
      strategy.some(({ capacityProvider }) => gone.includes(capacityProvider)),
  );
  if (used)
    throw new AwsError(
      'ResourceInUseException',
      'The specified capacity provider is in use and cannot be removed.',
    );
}
