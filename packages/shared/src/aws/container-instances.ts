import {
  DescribeContainerInstancesCommand,
  ECSClient,
  paginateListClusters,
  paginateListContainerInstances,
} from '@aws-sdk/client-ecs';
import { batchesOf } from './batches.ts';
import { clientOptions } from './client-options.ts';
import { orExpected } from './error-codes.ts';
import { allPages } from './pages.ts';

export interface ContainerInstancesPort {
  /** Names of all clusters. */
  clusters(): Promise<string[]>;
  /** EC2 ids of a cluster's container instances and whether their agents are connected; empty for no such cluster. */
  agentsOf(cluster: string): Promise<ReadonlyMap<string, boolean>>;
}

const describedMax = 100; // ECS API reference, DescribeContainerInstances

export const ecsClientIn = (region: string): ECSClient => new ECSClient(clientOptions(region));

export const makeContainerInstances = (client: ECSClient): ContainerInstancesPort => ({
  clusters: async () => {
    const arns = await allPages(paginateListClusters({ client }, {}), (page) => page.clusterArns);
    return arns.map((arn) => arn.slice(arn.lastIndexOf('/') + 1));
  },

  agentsOf: async (cluster) => {
    const agents = new Map<string, boolean>();
    const pages = paginateListContainerInstances({ client }, { cluster });
    const arns = await orExpected(
      allPages(pages, (page) => page.containerInstanceArns),
      { ClusterNotFound: [] },
    );
    for (const batch of batchesOf(arns, describedMax)) {
      const { containerInstances = [] } = await client.send(
        new DescribeContainerInstancesCommand({ cluster, containerInstances: batch }),
      );
      for (const { ec2InstanceId, agentConnected } of containerInstances)
        if (ec2InstanceId !== undefined) agents.set(ec2InstanceId, agentConnected ?? false);
    }
    return agents;
  },
});
