import {
  paginateDescribeAutoScalingGroups,
  paginateDescribeInstanceRefreshes,
  type AutoScalingClient,
  type DesiredConfiguration,
} from '@aws-sdk/client-auto-scaling';
import { paginateDescribeLaunchTemplateVersions, type EC2Client } from '@aws-sdk/client-ec2';
import { readMarker } from '@golden/shared/model/rollout-marker.ts';

/** One refresh of a group that the product began, as AWS remembers it. */
export interface RefreshView {
  readonly group: string;
  readonly refreshId: string;
  /** `forward`: to an image; `back`: to what the group ran before. */
  readonly direction: 'forward' | 'back';
  /** The rollout that made the version which the refresh goes to; undefined for what was there before any. */
  readonly rolloutId: string | undefined;
  readonly status: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt: number | undefined;
}

/** All refreshes of all groups of an account and Region, by their start. */
export async function readRefreshes(clients: {
  scaling: AutoScalingClient;
  ec2: EC2Client;
}): Promise<readonly RefreshView[]> {
  const found: RefreshView[] = [];
  for (const group of await groupNames(clients.scaling)) {
    const pages = paginateDescribeInstanceRefreshes(
      { client: clients.scaling },
      { AutoScalingGroupName: group },
    );
    for await (const { InstanceRefreshes = [] } of pages)
      for (const refresh of InstanceRefreshes)
        found.push({
          group,
          refreshId: refresh.InstanceRefreshId ?? '',
          // A way back carries neither alarm nor automatic rollback.
          direction: refresh.Preferences?.AutoRollback === true ? 'forward' : 'back',
          rolloutId: await rolloutOf(clients.ec2, refresh.DesiredConfiguration),
          status: refresh.Status ?? '',
          startedAt: refresh.StartTime?.getTime() ?? 0,
          endedAt: refresh.EndTime?.getTime(),
        });
  }
  return found.sort((one, other) => one.startedAt - other.startedAt);
}

async function groupNames(client: AutoScalingClient): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { AutoScalingGroups = [] } of paginateDescribeAutoScalingGroups({ client }, {}))
    names.push(...AutoScalingGroups.map(({ AutoScalingGroupName = '' }) => AutoScalingGroupName));
  return names;
}

async function rolloutOf(
  client: EC2Client,
  desired: DesiredConfiguration | undefined,
): Promise<string | undefined> {
  const template =
    desired?.LaunchTemplate ??
    desired?.MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification;
  if (template?.LaunchTemplateId === undefined || template.Version === undefined) return undefined;
  const pages = paginateDescribeLaunchTemplateVersions(
    { client },
    { LaunchTemplateId: template.LaunchTemplateId, Versions: [template.Version] },
  );
  for await (const { LaunchTemplateVersions = [] } of pages)
    for (const { VersionDescription } of LaunchTemplateVersions)
      return readMarker(VersionDescription)?.rolloutId;
  return undefined;
}
