import {
  CopyImageCommand,
  CreateTagsCommand,
  DescribeImagesCommand,
  ModifyImageAttributeCommand,
  type LaunchPermission,
} from '@aws-sdk/client-ec2';
import type * as client from '@aws-sdk/client-imagebuilder';
import { isAwsError } from '../../world/aws-error.ts';
import { pauseBetween, roleOf, type Build } from './build-context.ts';
import { BuildFailure, distributionFailed } from './build-failure.ts';
import { serviceTags, toTagList } from './build-instance.ts';
import { resolveImageName } from './image-name.ts';
import { untilAvailable } from './stages.ts';

const setupMs = [10_000, 40_000] as const;

/**
 * Brings the AMI into every Region of the distribution configuration, with tags and launch permissions; without a
 * configuration it stays where it was built.
 *
 * @throws BuildFailure naming every Region that failed
 */
export async function distribute(build: Build, sourceId: string): Promise<client.Ami[]> {
  const { scope, image } = build;
  const jobId = scope.uuid('distribution');
  image.jobIds.set('distribution', jobId);
  await pauseBetween(build, 'distribution-setup', setupMs);
  const distributions = image.distribution?.distributions ?? [{ region: scope.region }];
  const copies = new Map<client.Distribution, string>();
  const problems: { region: string; account: string; message: string }[] = [];
  const tried = async (region: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!isAwsError(error) && !(error instanceof BuildFailure)) throw error;
      problems.push({ region, account: scope.account, message: error.message });
    }
  };
  // All copies start together; each is finished when it has arrived.
  for (const distribution of distributions)
    await tried(distribution.region ?? '', async () => {
      copies.set(distribution, await copyTo(build, distribution, sourceId));
    });
  const amis: client.Ami[] = [];
  for (const [distribution, imageId] of copies)
    await tried(distribution.region ?? '', async () => {
      amis.push(await finish(build, distribution, imageId));
    });
  if (problems.length > 0) throw distributionFailed(image, jobId, problems);
  return amis;
}

/** In the home Region the AMI is there already; elsewhere it is copied. */
async function copyTo(
  build: Build,
  distribution: client.Distribution,
  sourceId: string,
): Promise<string> {
  const { scope } = build;
  const region = distribution.region ?? '';
  if (region === scope.region) return sourceId;
  const ami = distribution.amiDistributionConfiguration;
  const { ImageId = '' } = await scope.send(
    new CopyImageCommand({
      SourceImageId: sourceId,
      SourceRegion: scope.region,
      Name: resolveImageName(build, ami?.name),
      Description: ami?.description ?? build.image.recipe.description,
      ...(ami?.kmsKeyId === undefined ? {} : { Encrypted: true, KmsKeyId: ami.kmsKeyId }),
      ClientToken: scope.uuid('copy-token'),
    }),
    { as: roleOf(build), region },
  );
  return ImageId;
}

async function finish(
  build: Build,
  distribution: client.Distribution,
  imageId: string,
): Promise<client.Ami> {
  const { scope } = build;
  const region = distribution.region ?? '';
  const ami = distribution.amiDistributionConfiguration;
  if (region !== scope.region) await untilAvailable(build, imageId, region);
  const found = await describe(build, imageId, region);
  await scope.send(
    new CreateTagsCommand({
      Resources: [imageId],
      Tags: toTagList({ ...ami?.amiTags, ...serviceTags(build) }),
    }),
    { as: roleOf(build), region },
  );
  const permissions = toPermissions(ami?.launchPermission);
  if (permissions.length > 0)
    await scope.send(
      new ModifyImageAttributeCommand({ ImageId: imageId, LaunchPermission: { Add: permissions } }),
      { as: roleOf(build), region },
    );
  return {
    region,
    image: imageId,
    name: found.name,
    description: found.description,
    accountId: scope.account,
    state: { status: 'AVAILABLE' },
  };
}

async function describe(
  build: Build,
  imageId: string,
  region: string,
): Promise<{ name: string | undefined; description: string | undefined }> {
  const { Images } = await build.scope.send(new DescribeImagesCommand({ ImageIds: [imageId] }), {
    as: roleOf(build),
    region,
  });
  return { name: Images?.[0]?.Name, description: Images?.[0]?.Description };
}

const toPermissions = (
  configuration: client.LaunchPermissionConfiguration | undefined,
): LaunchPermission[] => [
  ...(configuration?.userIds ?? []).map((UserId) => ({ UserId })),
  ...(configuration?.userGroups ?? []).map((group) => ({ Group: group as 'all' })),
  ...(configuration?.organizationArns ?? []).map((OrganizationArn) => ({ OrganizationArn })),
  ...(configuration?.organizationalUnitArns ?? []).map((OrganizationalUnitArn) => ({
    OrganizationalUnitArn,
  })),
];
