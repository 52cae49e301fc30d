import { amazonLinuxContents, type ImageContents } from '../../image-model/index.ts';
import type { Call } from '../../world/call.ts';
import type { Scope } from '../../world/scope.ts';
import type { AccessCheck } from '../../world/service.ts';
import type { World } from '../../world/world.ts';
import { isUsable } from './allowed-images.ts';
import { amazonImages, type AmazonImage } from './amazon-images.ts';
import { imageArn } from './arns.ts';
import {
  imageMalformed,
  imageNotFound,
  imageNotOwned,
  imageNotShared,
  imageUnavailable,
} from './errors.ts';
import { registryOf, rootDeviceName, type Image, type LaunchPermission } from './state.ts';
import { resourceTagContext } from './tags.ts';

/** In GiB. Source: ECS Developer Guide, "Amazon ECS-optimized AMI storage"; the block devices of al2023-ami-2023.* itself. */
const rootVolumeSize = { ecs: 30, plain: 8 } as const;

const amazonViews = new WeakMap<World, Map<string, Image>>();

/** Amazon's images that are out by now, oldest first. */
function releasedAmazonImages(scope: Scope): Image[] {
  let views = amazonViews.get(scope.world);
  if (!views) {
    views = new Map();
    amazonViews.set(scope.world, views);
  }
  const images: Image[] = [];
  for (const release of amazonImages(scope.world, scope.region)) {
    if (release.releasedAt > scope.now) continue;
    const key = `${scope.region}/${release.imageId}`;
    let view = views.get(key);
    if (!view) {
      view = amazonImage(scope.region, release);
      views.set(key, view);
    }
    images.push(view);
  }
  return images;
}

const amazonImage = (region: string, release: AmazonImage): Image => ({
  id: release.imageId,
  owner: release.ownerId,
  region,
  ownerAlias: 'amazon',
  name: release.name,
  description: release.description,
  state: 'available',
  stateReason: undefined,
  createdAt: new Date(release.releasedAt),
  architecture: release.architecture,
  devices: [
    {
      deviceName: rootDeviceName,
      snapshotId: release.snapshotId,
      volumeSize: release.ecsOptimized ? rootVolumeSize.ecs : rootVolumeSize.plain,
      volumeType: 'gp3',
      deleteOnTermination: true,
      encrypted: false,
      kmsKeyId: undefined,
    },
  ],
  sourceInstanceId: undefined,
  sourceImageId: undefined,
  sourceImageRegion: undefined,
  imdsV2Only: true,
  permissions: new Map<string, LaunchPermission>([['group/all', { Group: 'all' }]]),
  deprecatedAt: undefined,
  protection: 'disabled',
  protectedUntil: undefined,
  lastLaunchedAt: undefined,
  publicParameterName: release.parameterName,
  contents: amazonContents(release),
});

const knownContents = new Map<string, ImageContents>();

/** Contents are immutable and the same for every release, so one copy serves all worlds. */
function amazonContents({ ecsOptimized, architecture }: AmazonImage): ImageContents {
  const key = `${architecture}/${ecsOptimized}`;
  const contents = knownContents.get(key) ?? amazonLinuxContents({ ecsOptimized, architecture });
  knownContents.set(key, contents);
  return contents;
}

/** Every image of the scope's Region, whoever owns it. */
export const allImages = (scope: Scope): Image[] => [
  ...releasedAmazonImages(scope),
  ...registryOf(scope).images.values(),
];

/** An image of the scope's Region by its id, whoever owns it. */
export const findImage = (scope: Scope, id: string): Image | undefined =>
  registryOf(scope).images.get(id) ?? releasedAmazonImages(scope).find((image) => image.id === id);

export const isPublic = (image: Image): boolean => image.permissions.has('group/all');

/**
 * Whether an image is shared with an account by its id, its organization or one of its organizational units.
 *
 * @param reach `id` leaves organizations out, as DescribeImages does for somebody else's account id
 */
export function isSharedWith(
  world: World,
  image: Image,
  account: string,
  reach: 'id' | 'any' = 'any',
): boolean {
  if (image.permissions.has(`user/${account}`)) return true;
  if (reach === 'id') return false;
  return [...image.permissions.values()].some((permission) =>
    'OrganizationArn' in permission
      ? isMember(world, account, permission.OrganizationArn)
      : 'OrganizationalUnitArn' in permission &&
        isMember(world, account, permission.OrganizationalUnitArn),
  );
}

const organizationArn =
  /^arn:aws:organizations::(\d{12}):(?:organization\/(o-[a-z0-9]{10,32})|ou\/(o-[a-z0-9]{10,32})\/(ou-[a-z0-9-]{4,68}))$/;

/** The parts of an organization's or a unit's ARN; undefined for anything else. */
export function parseOrganizationArn(
  arn: string,
): { managementAccount: string; organization: string; unit: string | undefined } | undefined {
  const [, managementAccount, organization, unitOrganization, unit] =
    organizationArn.exec(arn) ?? [];
  const found = organization ?? unitOrganization;
  return managementAccount === undefined || found === undefined
    ? undefined
    : { managementAccount, organization: found, unit };
}

function isMember(world: World, account: string, arn: string): boolean {
  const parsed = parseOrganizationArn(arn);
  const member = world.directory.get(account);
  if (!parsed || member?.organizationId !== parsed.organization) return false;
  // An ARN that names another account than one of this organization names no organization at all.
  if (world.directory.get(parsed.managementAccount)?.organizationId !== parsed.organization)
    return false;
  return (
    parsed.unit === undefined || (member.organizationPath ?? '').split('/').includes(parsed.unit)
  );
}

/** Whether an account may see and launch an image: its own, a public one, or one that is shared with it. */
export function imageVisibleTo(scope: Scope, image: Image, account: string): boolean {
  if (image.owner === account) return true;
  if (image.state !== 'available') return false;
  return isPublic(image) || isSharedWith(scope.world, image, account);
}

/**
 * @throws AwsError for an id that is malformed, unknown, deregistered, out of the account's sight or not allowed there
 */
export function requireVisibleImage(scope: Scope, id: string): Image {
  checkImageId(id);
  const image = findImage(scope, id);
  if (!image && registryOf(scope).deregistered.has(id)) throw imageUnavailable(id);
  if (!image) throw imageNotFound(id);
  if (!imageVisibleTo(scope, image, scope.account)) throw imageNotShared(id);
  if (!isUsable(scope, image)) throw imageNotFound(id);
  return image;
}

/** @throws AwsError unless the account owns the image */
export function requireOwnImage(scope: Scope, id: string): Image {
  checkImageId(id);
  const image = findImage(scope, id);
  if (!image)
    throw registryOf(scope).deregistered.has(id) ? imageUnavailable(id) : imageNotFound(id);
  if (image.owner !== scope.account) throw imageNotOwned(id);
  return image;
}

export function checkImageId(id: string): void {
  if (!/^ami-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(id)) throw imageMalformed(id);
}

/** The check of an action on one image. Source: Service Authorization Reference, EC2, resource type image. */
export function imageCheck(call: Call, action: string, id: string | undefined): AccessCheck {
  const image = findImage(call, id ?? '');
  return {
    action: `ec2:${action}`,
    resource: imageArn(call, id ?? ''),
    resourceAccount: call.account,
    context: {
      'ec2:Region': call.region,
      'ec2:ImageID': id,
      'ec2:Owner': image?.ownerAlias ?? image?.owner,
      'ec2:Public': image && isPublic(image),
      'ec2:ImageType': 'machine',
      'ec2:RootDeviceType': 'ebs',
      ...resourceTagContext(call, id ?? ''),
    },
  };
}
