import type { ContainerInstancesPort } from '@golden/shared/aws/container-instances.ts';
import { groupTags } from '@golden/shared/model/group.ts';
import type { Group } from '@golden/shared/model/group.ts';
import type { Deps } from './deps.ts';

/** Reads the agents of each cluster once in an invocation. */
export const makeAgentReader = ({ containers }: Deps): ContainerInstancesPort['agentsOf'] => {
  const known = new Map<string, Promise<ReadonlyMap<string, boolean>>>();
  return (cluster) => {
    const agents = known.get(cluster) ?? containers.agentsOf(cluster);
    known.set(cluster, agents);
    return agents;
  };
};

/**
 * Finds the ECS cluster that the instances of a group are registered with, else takes the parameter. Empty means that nothing
 * is known of a cluster, and then nobody checks whether instances register. An earlier record only says where to look first.
 */
export const makeClusterFinder = (deps: Deps): ((group: Group) => Promise<string>) => {
  const agentsOf = makeAgentReader(deps);
  const { clusterName } = deps.config;
  let all: readonly string[] | undefined;
  return async ({ instances, tags }) => {
    const firstOf = async (clusters: readonly string[]): Promise<string | undefined> => {
      for (const cluster of clusters) {
        const agents = await agentsOf(cluster);
        if (instances.some(({ instanceId }) => agents.has(instanceId))) return cluster;
      }
      return undefined;
    };
    if (instances.length === 0) return clusterName;
    const likely = [tags[groupTags.cluster], clusterName].flatMap((name) => name || []);
    return (
      (await firstOf(likely)) ??
      (await firstOf((all ??= await deps.containers.clusters()))) ??
      clusterName
    );
  };
};
