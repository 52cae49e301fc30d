import {
  paginateDescribeAutoScalingGroups,
  type AutoScalingClient,
  type AutoScalingGroup,
} from '@aws-sdk/client-auto-scaling';
import { paginateDescribeInstances, type EC2Client } from '@aws-sdk/client-ec2';

/** What a group is and runs, as its owner sees it. */
export interface GroupView {
  /** The saved version of the main launch template, as it was given. */
  readonly saved: string;
  /** Versions of overrides' own templates, as they were given. */
  readonly overrides: readonly string[];
  /** `<version> <image>` of each instance InService, sorted. */
  readonly running: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

/** All groups of an account and Region, by the name that the customer's template has for them. */
export async function readGroups(clients: {
  scaling: AutoScalingClient;
  ec2: EC2Client;
}): Promise<ReadonlyMap<string, GroupView>> {
  const found: AutoScalingGroup[] = [];
  const pages = paginateDescribeAutoScalingGroups({ client: clients.scaling }, {});
  for await (const page of pages) found.push(...(page.AutoScalingGroups ?? []));
  const images = await imagesOfInstances(clients.ec2);
  return new Map(
    found
      .map((group): [string, GroupView] => [
        shapeOf(group.AutoScalingGroupName ?? ''),
        viewOf(group, images),
      ])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

async function imagesOfInstances(client: EC2Client): Promise<ReadonlyMap<string, string>> {
  const images = new Map<string, string>();
  for await (const { Reservations = [] } of paginateDescribeInstances({ client }, {}))
    for (const { Instances = [] } of Reservations)
      for (const { InstanceId = '', ImageId = '' } of Instances) images.set(InstanceId, ImageId);
  return images;
}

/** `<stack>-<logical id>-<random>`, as CloudFormation names groups; any other name stays. */
export const shapeOf = (group: string): string =>
  /^ecs-workload-(\w+)-\w+$/.exec(group)?.[1] ?? group;

const viewOf = (group: AutoScalingGroup, images: ReadonlyMap<string, string>): GroupView => {
  const policy = group.MixedInstancesPolicy?.LaunchTemplate;
  return {
    saved: (policy?.LaunchTemplateSpecification ?? group.LaunchTemplate)?.Version ?? '',
    overrides: (policy?.Overrides ?? []).flatMap(
      ({ LaunchTemplateSpecification }) => LaunchTemplateSpecification?.Version ?? [],
    ),
    running: (group.Instances ?? [])
      .filter(({ LifecycleState }) => LifecycleState === 'InService')
      .map(
        ({ LaunchTemplate, InstanceId }) =>
          `${LaunchTemplate?.Version ?? '?'} ${images.get(InstanceId ?? '') ?? '?'}`,
      )
      .sort(),
    tags: Object.fromEntries((group.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
  };
};
