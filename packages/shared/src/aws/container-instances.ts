import {
  DescribeContainerInstancesCommand,
  ECSClient,
  ListClustersCommand,
  ListContainerInstancesCommand,
} from '@aws-sdk/client-ecs';
import { clientOptions } from './client-options.ts';
import { hasCode } from './error-codes.ts';
import { allPages } from './pages.ts';

export interface ContainerInstancesPort {
  /** Names of all clusters. */
  clusters(): Promise<string[]>;
  /** EC2 ids of a cluster's container instances and whether their agents are connected; empty for no such cluster. */
  agentsOf(cluster: string): Promise<ReadonlyMap<string, boolean>>;
}

const pagesMax = 100; // 100 a page: 10,000 clusters, 10,000 instances of a cluster (ECS quotas: 5,000)
const describedMax = 100; // ECS API reference, DescribeContainerInstances

export const ecsClientIn = (region: string): ECSClient => new ECSClient(clientOptions(region));

export const makeContainerInstances = (ecs: ECSClient): ContainerInstancesPort => ({
  clusters: async () => {
    const arns = await allPages({
      what: 'ListClusters',
      pagesMax,
      read: async (nextToken: string | undefined) => {
        const page = await ecs.send(new ListClustersCommand({ nextToken }));
        return { items: page.clusterArns, next: page.nextToken };
      },
    });
    return arns.map((arn) => arn.slice(arn.lastIndexOf('/') + 1));
  },

  agentsOf: async (cluster) => {
    const agents = new Map<string, boolean>();
    try {
      const arns = await allPages({
        what: 'ListContainerInstances',
        pagesMax,
        read: async (nextToken: string | undefined) => {
          const page = await ecs.send(new ListContainerInstancesCommand({ cluster, nextToken }));
          return { items: page.containerInstanceArns, next: page.nextToken };
        },
      });
      for (let start = 0; start < arns.length; start += describedMax) {
        const { containerInstances = [] } = await ecs.send(
          new DescribeContainerInstancesCommand({
            cluster,
            containerInstances: arns.slice(start, start + describedMax),
          }),
        );
        for (const { ec2InstanceId, agentConnected } of containerInstances)
          if (ec2InstanceId !== undefined) agents.set(ec2InstanceId, agentConnected ?? false);
      }
    } catch (error) {
      if (!hasCode(error, 'ClusterNotFound')) throw error;
    }
    return agents;
  },
});
