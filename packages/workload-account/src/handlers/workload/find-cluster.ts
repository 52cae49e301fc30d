import { groupTags } from '@golden/shared/model/group.ts';
import type { Group } from '@golden/shared/model/group.ts';
import type { Deps } from './deps.ts';

/**
 * Finds the ECS cluster that the instances of a group are registered with: what they say now, else the parameter. Undefined
 * means that nothing is known of a cluster, and then nobody checks whether instances register. Each cluster is read once.
 */
export const makeClusterFinder = ({
  containers,
  config,
}: Deps): ((group: Group) => Promise<string | undefined>) => {
  const known = new Map<string, ReadonlyMap<string, boolean>>();
  let all: readonly string[] | undefined;
  return async ({ instances, tags }) => {
    const firstOf = async (clusters: readonly string[]): Promise<string | undefined> => {
      for (const cluster of clusters) {
        const agents = known.get(cluster) ?? (await containers.agentsOf(cluster));
        known.set(cluster, agents);
        if (instances.some(({ instanceId }) => agents.has(instanceId))) return cluster;
      }
      return undefined;
    };
    const likely = [tags[groupTags.cluster], config.clusterName].flatMap((name) => name || []);
    const found = instances.length === 0 ? undefined : await firstOf(likely);
    if (found ?? instances.length === 0) return found ?? likely.at(-1);
    all ??= await containers.clusters();
    return (await firstOf(all)) ?? likely.at(-1);
  };
};
