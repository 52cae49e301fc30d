import {
  DescribeContainerInstancesCommand,
  DescribeServicesCommand,
  ECSClient,
  ListClustersCommand,
  ListContainerInstancesCommand,
  ListServicesCommand,
  UpdateContainerInstancesStateCommand,
  UpdateServiceCommand,
  type ContainerInstance,
  type Service,
} from '@aws-sdk/client-ecs';
import type { FleetStage, Place } from '@golden/stage/fleet-stage.ts';

/** The one cluster that a customer has at a place, with its one service, as its owner works with them. */
export class CustomerCluster {
  readonly name: string;
  readonly #ecs: ECSClient;

  private constructor(ecs: ECSClient, name: string) {
    this.#ecs = ecs;
    this.name = name;
  }

  static async open(stage: FleetStage, place: Place): Promise<CustomerCluster> {
    const ecs = stage.infra.client(ECSClient, place);
    const { clusterArns = [] } = await ecs.send(new ListClustersCommand({}));
    const [arn, ...others] = clusterArns;
    if (arn === undefined || others.length > 0)
      throw new Error(`one cluster is wanted: ${clusterArns.join(', ')}`);
    return new CustomerCluster(ecs, arn.slice(arn.lastIndexOf('/') + 1));
  }

  async nodes(): Promise<ContainerInstance[]> {
    const cluster = this.name;
    const { containerInstanceArns } = await this.#ecs.send(
      new ListContainerInstancesCommand({ cluster }),
    );
    const { containerInstances = [] } = await this.#ecs.send(
      new DescribeContainerInstancesCommand({ cluster, containerInstances: containerInstanceArns }),
    );
    return containerInstances;
  }

  async service(): Promise<Service> {
    const cluster = this.name;
    const { serviceArns } = await this.#ecs.send(new ListServicesCommand({ cluster }));
    const { services = [] } = await this.#ecs.send(
      new DescribeServicesCommand({ cluster, services: serviceArns }),
    );
    if (!services[0]) throw new Error(`no service in ${cluster}`);
    return services[0];
  }

  async drain({ containerInstanceArn = '' }: ContainerInstance): Promise<void> {
    await this.#ecs.send(
      new UpdateContainerInstancesStateCommand({
        cluster: this.name,
        containerInstances: [containerInstanceArn],
        status: 'DRAINING',
      }),
    );
  }

  async update(change: {
    desiredCount?: number;
    forceNewDeployment?: boolean;
    taskDefinition?: string;
  }): Promise<void> {
    const { serviceName: service } = await this.service();
    await this.#ecs.send(new UpdateServiceCommand({ cluster: this.name, service, ...change }));
  }
}
