import {
  AutoScalingClient,
  paginateDescribeAutoScalingGroups,
  paginateDescribeInstanceRefreshes,
  paginateDescribeScalingActivities,
} from '@aws-sdk/client-auto-scaling';
import {
  CloudWatchClient,
  paginateDescribeAlarms,
  paginateListMetrics,
} from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  EC2Client,
  paginateDescribeImages,
  paginateDescribeInstances,
  paginateDescribeLaunchTemplateVersions,
  paginateDescribeLaunchTemplates,
  paginateDescribeSecurityGroups,
  paginateDescribeSnapshots,
  paginateDescribeSubnets,
  paginateDescribeVpcs,
} from '@aws-sdk/client-ec2';
import {
  DescribeClustersCommand,
  DescribeContainerInstancesCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  paginateListClusters,
  paginateListContainerInstances,
  paginateListServices,
  paginateListTasks,
} from '@aws-sdk/client-ecs';
import {
  GetImageCommand,
  ImagebuilderClient,
  paginateListComponents,
  paginateListDistributionConfigurations,
  paginateListImageBuildVersions,
  paginateListImagePipelines,
  paginateListImageRecipes,
  paginateListImages,
  paginateListInfrastructureConfigurations,
} from '@aws-sdk/client-imagebuilder';
import { all, each, type Connect, type Look } from './look-around.ts';

const groupsOf = (connect: Connect) =>
  all(
    paginateDescribeAutoScalingGroups({ client: connect(AutoScalingClient) }, {}),
    ({ AutoScalingGroups }) => AutoScalingGroups,
  );

const clustersOf = (connect: Connect) =>
  all(paginateListClusters({ client: connect(ECSClient) }, {}), ({ clusterArns }) => clusterArns);

/** What instances run in and from, and what is written about them. */
export const fleetLooks: Readonly<Record<string, Look>> = {
  groups: async (connect) =>
    (await groupsOf(connect)).map(
      ({ AutoScalingGroupName = '', Instances = [] }) =>
        `${AutoScalingGroupName} ${Instances.map(({ InstanceId }) => InstanceId).join()}`,
    ),
  refreshes: async (connect) =>
    each(await groupsOf(connect), async ({ AutoScalingGroupName }) =>
      (
        await all(
          paginateDescribeInstanceRefreshes(
            { client: connect(AutoScalingClient) },
            { AutoScalingGroupName },
          ),
          ({ InstanceRefreshes }) => InstanceRefreshes,
        )
      ).map(({ InstanceRefreshId, Status }) => `${InstanceRefreshId ?? ''} ${Status ?? ''}`),
    ),
  activities: async (connect) =>
    (
      await all(
        paginateDescribeScalingActivities({ client: connect(AutoScalingClient) }, {}),
        ({ Activities }) => Activities,
      )
    ).map(({ ActivityId, StatusCode }) => `${ActivityId ?? ''} ${StatusCode ?? ''}`),
  'own-images': async (connect) =>
    (
      await all(
        paginateDescribeImages({ client: connect(EC2Client) }, { Owners: ['self'] }),
        ({ Images }) => Images,
      )
    ).map(({ ImageId, Name }) => `${ImageId ?? ''} ${Name ?? ''}`),
  'shared-images': async (connect) =>
    (
      await all(
        paginateDescribeImages({ client: connect(EC2Client) }, { ExecutableUsers: ['self'] }),
        ({ Images }) => Images,
      )
    ).map(({ ImageId, OwnerId }) => `${ImageId ?? ''} ${OwnerId ?? ''}`),
  snapshots: async (connect) =>
    (
      await all(
        paginateDescribeSnapshots({ client: connect(EC2Client) }, { OwnerIds: ['self'] }),
        ({ Snapshots }) => Snapshots,
      )
    ).map(({ SnapshotId, State }) => `${SnapshotId ?? ''} ${State ?? ''}`),
  'launch-template-versions': async (connect) => {
    const client = connect(EC2Client);
    const templates = await all(
      paginateDescribeLaunchTemplates({ client }, {}),
      ({ LaunchTemplates }) => LaunchTemplates,
    );
    return each(templates, async ({ LaunchTemplateId }) =>
      (
        await all(
          paginateDescribeLaunchTemplateVersions({ client }, { LaunchTemplateId }),
          ({ LaunchTemplateVersions }) => LaunchTemplateVersions,
        )
      ).map(
        ({ VersionNumber, LaunchTemplateData }) =>
          `${LaunchTemplateId ?? ''} ${VersionNumber ?? ''} ${LaunchTemplateData?.ImageId ?? ''}`,
      ),
    );
  },
  instances: async (connect) =>
    (
      await all(
        paginateDescribeInstances({ client: connect(EC2Client) }, {}),
        ({ Reservations }) => Reservations,
      )
    ).flatMap(({ Instances = [] }) =>
      Instances.map(
        ({ InstanceId, ImageId, State }) =>
          `${InstanceId ?? ''} ${ImageId ?? ''} ${State?.Name ?? ''}`,
      ),
    ),
  network: async (connect) => {
    const client = connect(EC2Client);
    const vpcs = await all(paginateDescribeVpcs({ client }, {}), ({ Vpcs }) => Vpcs);
    const subnets = await all(paginateDescribeSubnets({ client }, {}), ({ Subnets }) => Subnets);
    const groups = await all(
      paginateDescribeSecurityGroups({ client }, {}),
      ({ SecurityGroups }) => SecurityGroups,
    );
    return [
      ...vpcs.map(({ VpcId }) => VpcId),
      ...subnets.map(
        ({ SubnetId, AvailabilityZone }) => `${SubnetId ?? ''} ${AvailabilityZone ?? ''}`,
      ),
      ...groups.map(({ GroupId }) => GroupId),
    ];
  },
  clusters: async (connect) => {
    const { clusters = [] } = await connect(ECSClient).send(
      new DescribeClustersCommand({ clusters: await clustersOf(connect) }),
    );
    return clusters.map(
      ({ clusterArn, registeredContainerInstancesCount: instances, runningTasksCount: tasks }) =>
        `${clusterArn ?? ''} ${instances ?? ''} ${tasks ?? ''}`,
    );
  },
  services: async (connect) => {
    const client = connect(ECSClient);
    return each(await clustersOf(connect), async (cluster) => {
      const arns = await all(
        paginateListServices({ client }, { cluster }),
        (page) => page.serviceArns,
      );
      if (arns.length === 0) return [];
      const { services = [] } = await client.send(
        new DescribeServicesCommand({ cluster, services: arns }),
      );
      return services.map(
        ({ serviceName, runningCount }) => `${serviceName ?? ''} ${runningCount ?? ''}`,
      );
    });
  },
  tasks: async (connect) => {
    const client = connect(ECSClient);
    return each(await clustersOf(connect), async (cluster) => {
      const arns = await all(paginateListTasks({ client }, { cluster }), (page) => page.taskArns);
      if (arns.length === 0) return [];
      const { tasks = [] } = await client.send(new DescribeTasksCommand({ cluster, tasks: arns }));
      return tasks.map(({ taskArn, lastStatus }) => `${taskArn ?? ''} ${lastStatus ?? ''}`);
    });
  },
  'container-instances': async (connect) => {
    const client = connect(ECSClient);
    return each(await clustersOf(connect), async (cluster) => {
      const arns = await all(
        paginateListContainerInstances({ client }, { cluster }),
        (page) => page.containerInstanceArns,
      );
      if (arns.length === 0) return [];
      const { containerInstances = [] } = await client.send(
        new DescribeContainerInstancesCommand({ cluster, containerInstances: arns }),
      );
      return containerInstances.map(
        ({ ec2InstanceId, status }) => `${ec2InstanceId ?? ''} ${status ?? ''}`,
      );
    });
  },
  'image-builder': async (connect) => {
    const client = connect(ImagebuilderClient);
    const of = { client };
    return [
      ...(await all(paginateListImagePipelines(of, {}), (page) => page.imagePipelineList)),
      ...(await all(paginateListImageRecipes(of, {}), (page) => page.imageRecipeSummaryList)),
      ...(await all(paginateListComponents(of, {}), (page) => page.componentVersionList)),
      ...(await all(
        paginateListInfrastructureConfigurations(of, {}),
        (page) => page.infrastructureConfigurationSummaryList,
      )),
      ...(await all(
        paginateListDistributionConfigurations(of, {}),
        (page) => page.distributionConfigurationSummaryList,
      )),
    ].map(({ arn }) => arn);
  },
  builds: async (connect) => {
    const client = connect(ImagebuilderClient);
    const versions = await all(paginateListImages({ client }, {}), (page) => page.imageVersionList);
    return each(versions, async ({ arn: imageVersionArn }) =>
      each(
        await all(
          paginateListImageBuildVersions({ client }, { imageVersionArn }),
          (page) => page.imageSummaryList,
        ),
        async ({ arn }) => {
          const { image } = await client.send(new GetImageCommand({ imageBuildVersionArn: arn }));
          const amis = image?.outputResources?.amis ?? [];
          return [
            `${arn ?? ''} ${image?.state?.status ?? ''} ${amis.map((ami) => ami.image).join()}`,
          ];
        },
      ),
    );
  },
  'log-events': async (connect) => {
    const client = connect(CloudWatchLogsClient);
    const groups = await all(paginateDescribeLogGroups({ client }, {}), (page) => page.logGroups);
    return each(groups, async ({ logGroupName }) => [
      logGroupName,
      ...(
        await all(paginateFilterLogEvents({ client }, { logGroupName }), ({ events }) => events)
      ).map(({ eventId }) => eventId),
    ]);
  },
  alarms: async (connect) =>
    (
      await all(
        paginateDescribeAlarms({ client: connect(CloudWatchClient) }, {}),
        ({ MetricAlarms }) => MetricAlarms,
      )
    ).map(({ AlarmArn, StateValue }) => `${AlarmArn ?? ''} ${StateValue ?? ''}`),
  metrics: async (connect) =>
    (
      await all(
        paginateListMetrics({ client: connect(CloudWatchClient) }, {}),
        ({ Metrics }) => Metrics,
      )
    ).map(
      ({ Namespace = '', MetricName = '', Dimensions = [] }) =>
        `${Namespace} ${MetricName} ${Dimensions.map(({ Name = '', Value = '' }) => `${Name}=${Value}`).join()}`,
    ),
};
