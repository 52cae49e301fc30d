import type { Cluster, Deployment, Service, StrategyItem } from './state.ts';

/**
 * The capacity provider of the next task: bases first, then where the share of tasks lags most behind the weight.
 *
 * Source: ECS API Reference, CapacityProviderStrategyItem
 */
export function nextProvider(
  strategy: readonly StrategyItem[],
  tasksOn: (capacityProvider: string) => number,
): string | undefined {
  const lacking = strategy.find(({ capacityProvider, base }) => tasksOn(capacityProvider) < base);
  if (lacking) return lacking.capacityProvider;
  const load = ({ capacityProvider, base, weight }: StrategyItem): number =>
    (tasksOn(capacityProvider) - base + 1) / weight;
  return strategy.filter(({ weight }) => weight > 0).sort((a, b) => load(a) - load(b))[0]
    ?.capacityProvider;
}

export function chooseProvider(
  cluster: Cluster,
  service: Service,
  deployment: Deployment,
): string | undefined {
  if (service.strategy.length === 0) return undefined;
  const counts = new Map<string, number>();
  for (const id of service.taskIds) {
    const task = cluster.tasks.get(id);
    if (!task || task.desiredStatus !== 'RUNNING' || task.startedBy !== deployment.id) continue;
    const provider = task.capacityProvider ?? '';
    counts.set(provider, (counts.get(provider) ?? 0) + 1);
  }
  return nextProvider(service.strategy, (provider) => counts.get(provider) ?? 0);
}
