import type { ImageContents } from '../../image-model/index.ts';
import type { Principal } from '../../iam/principal.ts';
import { AwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import { publishServiceEvent } from '../events/publish.ts';
import { imageArn } from './arns.ts';
import { invalidValue } from './errors.ts';
import { keyProblem } from './key-problem.ts';
import {
  deviceOf,
  registryOf,
  type Architecture,
  type Device,
  type Image,
  type Snapshot,
} from './state.ts';
import { setTags, type Tags } from './tags.ts';

/** What a new image is made of; its snapshots are made along with it. */
export interface NewImage {
  readonly name: string;
  readonly description: string;
  readonly architecture: Architecture;
  readonly devices: readonly (Device & { readonly volumeId: string })[];
  readonly contents: ImageContents;
  readonly imdsV2Only: boolean;
  readonly sourceInstanceId?: string | undefined;
  readonly sourceImageId?: string | undefined;
  readonly sourceImageRegion?: string | undefined;
  readonly tags: Tags;
  readonly snapshotTags: Tags;
  readonly snapshotDescription: string;
  /** How long the data takes to arrive, in milliseconds. */
  readonly completesAfterMs: number;
  /** In whose name EC2 uses a customer managed key. */
  readonly caller: Principal;
  readonly requestId: string;
}

const nameLengthMin = 3; // EC2 API Reference, CreateImage, Name
const nameLengthMax = 128; // the same

/** @throws AwsError for a name that is malformed or taken by an image of this account and Region */
export function checkImageName(scope: Scope, name: string): void {
  if (name.length < nameLengthMin || name.length > nameLengthMax)
    throw new AwsError(
      'InvalidAMIName.Malformed',
      `AMI names must be between ${nameLengthMin} and ${nameLengthMax} characters long, and may contain letters, numbers, '(', ')', '.', '-', '/' and '_'`,
    );
  if (!/^[A-Za-z0-9()[\] ./\-'@_]+$/.test(name))
    throw new AwsError(
      'InvalidAMIName.Malformed',
      `AMI names may only contain letters, numbers and the characters ()[] ./-'@_, not "${name}"`,
    );
  for (const image of registryOf(scope).images.values())
    if (image.owner === scope.account && image.name === name)
      throw new AwsError(
        'InvalidAMIName.Duplicate',
        `AMI name ${name} is already in use by AMI ${image.id}`,
      );
}

/**
 * Makes an image with its snapshots, pending at first; it becomes available, or fails, by itself later and an
 * `EC2 AMI State Change` event says so.
 *
 * @throws AwsError for an invalid or taken name, or invalid tags
 */
export function registerImage(scope: Scope, options: NewImage): Image {
  const ec2 = scope.at({ service: 'ec2' });
  checkImageName(ec2, options.name);
  if (options.devices.length === 0) throw invalidValue('an image needs at least one volume');
  const imageId = ec2.newId('ami');
  const snapshots = options.devices.map((device) => newSnapshot(ec2, options, device, imageId));
  const image: Image = {
    id: imageId,
    owner: ec2.account,
    region: ec2.region,
    ownerAlias: undefined,
    name: options.name,
    description: options.description,
    state: 'pending',
    stateReason: undefined,
    createdAt: ec2.date,
    architecture: options.architecture,
    devices: options.devices.map((device, index) => ({
      ...deviceOf(device),
      snapshotId: snapshots[index]?.id ?? '',
    })),
    sourceInstanceId: options.sourceInstanceId,
    sourceImageId: options.sourceImageId,
    sourceImageRegion: options.sourceImageRegion,
    imdsV2Only: options.imdsV2Only,
    permissions: new Map(),
    deprecatedAt: undefined,
    protection: 'disabled',
    protectedUntil: undefined,
    lastLaunchedAt: undefined,
    publicParameterName: undefined,
    contents: options.contents,
  };
  setTags(ec2, imageId, options.tags);
  for (const snapshot of snapshots) setTags(ec2, snapshot.id, options.snapshotTags);
  const { images, snapshots: known } = registryOf(ec2);
  images.set(imageId, image);
  for (const snapshot of snapshots) known.set(snapshot.id, snapshot);
  ec2.after(options.completesAfterMs, `image ${imageId}`, () => {
    finish(ec2, image, snapshots, options);
  });
  return image;
}

const newSnapshot = (
  scope: Scope,
  options: NewImage,
  device: NewImage['devices'][number],
  imageId: string,
): Snapshot => ({
  id: scope.newId('snap'),
  owner: scope.account,
  region: scope.region,
  ownerAlias: undefined,
  description: options.snapshotDescription.replaceAll('{image}', imageId),
  volumeId: device.volumeId,
  volumeSize: device.volumeSize,
  startedAt: scope.date,
  completedAt: undefined,
  encrypted: device.encrypted,
  kmsKeyId: device.kmsKeyId,
  state: 'pending',
  permissions: new Set(),
});

function finish(
  scope: Scope,
  image: Image,
  snapshots: readonly Snapshot[],
  options: NewImage,
): void {
  if (image.state !== 'pending') return;
  let problem: string | undefined;
  for (const { encrypted, kmsKeyId, id } of snapshots)
    if (encrypted)
      problem ??= keyProblem(scope, kmsKeyId, { caller: options.caller, ebsId: id })?.message;
  for (const snapshot of snapshots) {
    snapshot.state = problem === undefined ? 'completed' : 'error';
    snapshot.completedAt = scope.date;
  }
  image.state = problem === undefined ? 'available' : 'failed';
  image.stateReason = problem;
  announceImageState(scope, image.id, {
    state: image.state,
    errorMessage: problem ?? '',
    requestId: options.requestId,
  });
}

/** Source: EC2 User Guide, "Monitor AMI events using Amazon EventBridge". */
export function announceImageState(
  scope: Scope,
  imageId: string,
  change: { readonly state: string; readonly errorMessage?: string; readonly requestId: string },
): void {
  publishServiceEvent(scope, {
    source: 'aws.ec2',
    detailType: 'EC2 AMI State Change',
    resources: [imageArn(scope, imageId)],
    detail: {
      RequestId: change.requestId,
      ImageId: imageId,
      State: change.state,
      ErrorMessage: change.errorMessage ?? '',
    },
  });
}
