import type * as client from '@aws-sdk/client-ecs';
import type { Scope } from '../../world/scope.ts';
import { capacityProviderArn } from './arns.ts';
import { invalidParameter } from './errors.ts';
import type { Cluster, StrategyItem } from './state.ts';

const itemsMax = 20; // ECS API Reference, CapacityProviderStrategyItem: 20 providers at most

/**
 * Reads a capacity provider strategy.
 *
 * @param providers the capacity providers that may occur: those of the cluster
 * @throws AwsError for a strategy that AWS refuses
 */
export function readStrategy(
  given: readonly client.CapacityProviderStrategyItem[],
  providers: readonly string[],
): readonly StrategyItem[] {
  const items = given.map(({ capacityProvider = '', weight = 0, base = 0 }) => ({
    capacityProvider: capacityProvider.split('/').at(-1) ?? '',
    weight,
    base,
  }));
  if (items.length > itemsMax)
    throw invalidParameter(`A strategy can have ${itemsMax} capacity providers at most.`);
  if (items.some(({ capacityProvider }) => !providers.includes(capacityProvider)))
    throw invalidParameter(
      'The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster and try again.',
    );
  if (new Set(items.map(({ capacityProvider }) => capacityProvider)).size < items.length)
    throw invalidParameter('A capacity provider strategy cannot name a capacity provider twice.');
  if (items.filter(({ base }) => base > 0).length > 1)
    throw invalidParameter('A capacity provider strategy cannot contain more than one base.');
  if (items.length > 0 && items.every(({ weight }) => weight === 0))
    throw invalidParameter(
      'At least one capacity provider of a strategy must have a weight greater than 0.',
    );
  return items;
}

/** Launch type and strategy of a service or task. Source: ECS API Reference, CreateService, "launchType" */
export function readLaunch(
  cluster: Cluster,
  input: {
    readonly launchType?: client.LaunchType | undefined;
    readonly capacityProviderStrategy?: readonly client.CapacityProviderStrategyItem[] | undefined;
  },
): { readonly launchType: 'EC2' | undefined; readonly strategy: readonly StrategyItem[] } {
  const given = input.capacityProviderStrategy ?? [];
  if (input.launchType !== undefined && given.length > 0)
    throw invalidParameter(
      'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
    );
  if (input.launchType !== undefined && input.launchType !== 'EC2')
    throw invalidParameter(`the launch type ${input.launchType} is not modelled by this emulator`);
  const strategy =
    given.length > 0
      ? readStrategy(given, cluster.capacityProviders)
      : input.launchType === undefined
        ? cluster.defaultStrategy
        : [];
  return { launchType: strategy.length > 0 ? undefined : 'EC2', strategy };
}

/** Source: Service Authorization Reference, ECS, condition key `ecs:capacity-provider` */
export const providerContext = (
  scope: Scope,
  given: readonly client.CapacityProviderStrategyItem[] | undefined,
): Readonly<Record<string, string[] | undefined>> => ({
  'ecs:capacity-provider':
    given && given.length > 0
      ? given.map(({ capacityProvider = '' }) =>
          capacityProviderArn(scope, capacityProvider.split('/').at(-1) ?? ''),
        )
      : undefined,
});
