import type * as client from '@aws-sdk/client-ec2';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { paginate } from '../../world/paging.ts';
import { operation } from '../../world/service.ts';
import { isAllowed, isUsable } from './allowed-images.ts';
import { imageNotFound, invalidCombination, refuseDryRun } from './errors.ts';
import { filterItems, yesNo, type FilterTable } from './filters.ts';
import {
  allImages,
  checkImageId,
  findImage,
  imageVisibleTo,
  isPublic,
  isSharedWith,
} from './images.ts';
import { checkedPageSize } from './page-size.ts';
import { registryOf, rootDeviceName, type Image } from './state.ts';
import { describeTags } from './tags.ts';

const pageSizeMax = 1_000; // EC2 API Reference, "Pagination": 5 to 1,000 items

export const describeImages = operation<
  client.DescribeImagesCommandInput,
  Partial<client.DescribeImagesCommandOutput>
>({
  // DescribeImages has no resource-level permission.
  authorize: () => ({ action: 'ec2:DescribeImages', resource: '*' }),
  run(input, call) {
    refuseDryRun(input);
    const asked = input.ImageIds ?? [];
    if (asked.length > 0 && (input.MaxResults !== undefined || input.NextToken !== undefined))
      throw invalidCombination(
        'The parameter ImageIds cannot be used with the parameters MaxResults and NextToken',
      );
    const candidates =
      asked.length > 0
        ? [...new Set(asked)].flatMap((id) => askedFor(call, id) ?? [])
        : allImages(call);
    const found = filterItems(call, candidates, input.Filters, imageFilters(call)).filter((image) =>
      isWanted(call, image, input),
    );
    if (asked.length > 0) return { Images: found.map((image) => describe(call, image)) };
    const page = paginate(call, found, {
      keyOf: ({ id }) => id,
      token: input.NextToken,
      size: checkedPageSize(input.MaxResults),
      sizeMax: pageSizeMax,
      invalidToken: 'InvalidNextToken',
    });
    return {
      Images: page.items.map((image) => describe(call, image)),
      NextToken: page.nextToken,
    };
  },
});

/** How long an id is still known after its image was deregistered; AWS says no figure. */
const deregisteredKnownMs = 3_600_000;

/**
 * The image behind an id. One that exists but is out of the account's sight is left out without an error, as is one
 * that was deregistered a short while ago.
 *
 * Source: users' reports of empty answers for images whose launch is an AuthFailure, e.g. agentsea/surfkit#88.
 * @throws AwsError for an id that is malformed or names nothing
 */
function askedFor(call: Call, id: string): Image | undefined {
  checkImageId(id);
  const image = findImage(call, id);
  if (image) return image;
  const deregisteredAt = registryOf(call).deregistered.get(id);
  if (deregisteredAt === undefined || call.now - deregisteredAt >= deregisteredKnownMs)
    throw imageNotFound(id);
  return undefined;
}

function isWanted(call: Call, image: Image, input: client.DescribeImagesCommandInput): boolean {
  if (!imageVisibleTo(call, image, call.account) || !isUsable(call, image)) return false;
  const isOwn = image.owner === call.account;
  const isAsked = input.ImageIds?.includes(image.id) === true;
  if (image.state === 'disabled' && input.IncludeDisabled !== true) return false;
  if (isDeprecated(call, image) && !isOwn && !isAsked && input.IncludeDeprecated !== true)
    return false;
  if (!isAmong(call, image, input.Owners)) return false;
  return isExecutableBy(call, image, input.ExecutableUsers);
}

const isDeprecated = (call: Call, image: Image): boolean =>
  image.deprecatedAt !== undefined && image.deprecatedAt.getTime() <= call.now;

function isAmong(call: Call, image: Image, owners: readonly string[] | undefined): boolean {
  if (owners === undefined || owners.length === 0) return true;
  return owners.some((owner) => {
    if (owner === 'self') return image.owner === call.account;
    if (/^\d{12}$/.test(owner)) return image.owner === owner;
    if (['amazon', 'aws-marketplace', 'aws-backup-vault'].includes(owner))
      return image.ownerAlias === owner;
    throw new AwsError('InvalidUserID.Malformed', `Invalid user id: "${owner}"`);
  });
}

/** Source: EC2 API Reference, DescribeImages, ExecutableBy: organizations count only for the caller's own account. */
function isExecutableBy(call: Call, image: Image, users: readonly string[] | undefined): boolean {
  if (users === undefined || users.length === 0) return true;
  return users.some((user) => {
    if (user === 'all') return isPublic(image);
    if (user === 'self' || user === call.account)
      return isSharedWith(call.world, image, call.account);
    if (!/^\d{12}$/.test(user))
      throw new AwsError('InvalidUserID.Malformed', `Invalid user id: "${user}"`);
    return isSharedWith(call.world, image, user, 'id');
  });
}

const imageFilters = (call: Call): FilterTable<Image> => ({
  idOf: ({ id }) => id,
  values: {
    architecture: ({ architecture }) => [architecture],
    'block-device-mapping.device-name': ({ devices }) =>
      devices.map(({ deviceName }) => deviceName),
    'block-device-mapping.encrypted': ({ devices }) =>
      devices.map(({ encrypted }) => yesNo(encrypted)),
    'block-device-mapping.snapshot-id': ({ devices }) =>
      devices.map(({ snapshotId }) => snapshotId),
    'creation-date': ({ createdAt }) => [createdAt.toISOString()],
    description: ({ description }) => [description],
    'ena-support': () => ['true'],
    hypervisor: () => ['xen'],
    'image-allowed': (image) => {
      const allowed = isAllowed(call, image);
      return allowed === undefined ? [] : [yesNo(allowed)];
    },
    'image-id': ({ id }) => [id],
    'image-type': () => ['machine'],
    'imds-support': ({ imdsV2Only }) => (imdsV2Only ? ['v2.0'] : []),
    'is-public': (image) => [yesNo(isPublic(image))],
    name: ({ name }) => [name],
    'owner-alias': ({ ownerAlias }) => [ownerAlias],
    'owner-id': ({ owner }) => [owner],
    // Only images for Windows have a platform.
    platform: () => [],
    'root-device-name': () => [rootDeviceName],
    'root-device-type': () => ['ebs'],
    'source-image-id': ({ sourceImageId }) => [sourceImageId],
    'source-image-region': ({ sourceImageRegion }) => [sourceImageRegion],
    'source-instance-id': ({ sourceInstanceId }) => [sourceInstanceId],
    state: ({ state }) => [state],
    'virtualization-type': () => ['hvm'],
  },
});

function describe(call: Call, image: Image): client.Image {
  const isOwn = image.owner === call.account;
  return {
    ImageId: image.id,
    Name: image.name,
    Description: image.description === '' ? undefined : image.description,
    State: image.state,
    StateReason:
      image.stateReason === undefined
        ? undefined
        : { Code: 'Client.InternalError', Message: image.stateReason },
    OwnerId: image.owner,
    ImageOwnerAlias: image.ownerAlias,
    ImageLocation: `${image.ownerAlias ?? image.owner}/${image.name}`,
    CreationDate: image.createdAt.toISOString(),
    Public: isPublic(image),
    Architecture: image.architecture,
    ImageType: 'machine',
    PlatformDetails: 'Linux/UNIX',
    UsageOperation: 'RunInstances',
    EnaSupport: true,
    Hypervisor: 'xen',
    VirtualizationType: 'hvm',
    RootDeviceName: rootDeviceName,
    RootDeviceType: 'ebs',
    SriovNetSupport: 'simple',
    BootMode: image.architecture === 'arm64' ? 'uefi' : 'uefi-preferred',
    BlockDeviceMappings: image.devices.map((device) => ({
      DeviceName: device.deviceName,
      Ebs: {
        SnapshotId: device.snapshotId,
        VolumeSize: device.volumeSize,
        VolumeType: device.volumeType as client.VolumeType,
        DeleteOnTermination: device.deleteOnTermination,
        Encrypted: device.encrypted,
      },
    })),
    Tags: describeTags(call, image.id),
    DeprecationTime: image.deprecatedAt?.toISOString(),
    ImageAllowed: isAllowed(call, image),
    ImdsSupport: image.imdsV2Only ? 'v2.0' : undefined,
    SourceInstanceId: isOwn ? image.sourceInstanceId : undefined,
    SourceImageId: image.sourceImageId,
    SourceImageRegion: image.sourceImageRegion,
    DeregistrationProtection: isOwn ? image.protection : undefined,
    LastLaunchedTime: isOwn ? launchReported(call, image)?.toISOString() : undefined,
    PublicSsmParameterName: image.publicParameterName,
  };
}

const launchReportDelayMs = 24 * 3600 * 1000; // EC2 User Guide, "Check when an AMI was last used": 24 hours

/** The last launch, as far as it is reported by now. */
export const launchReported = (call: Call, image: Image): Date | undefined =>
  image.lastLaunchedAt !== undefined &&
  image.lastLaunchedAt.getTime() + launchReportDelayMs <= call.now
    ? image.lastLaunchedAt
    : undefined;
