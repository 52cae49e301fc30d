import type * as client from '@aws-sdk/client-ec2';
import type { Call } from '../../world/call.ts';
import { AwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import { operation, type AccessCheck } from '../../world/service.ts';
import { imageArn, snapshotArn } from './arns.ts';
import { invalidValue, refuseDryRun, refuseUnmodelled } from './errors.ts';
import { requireVisibleImage } from './images.ts';
import { isDefaultKey, resolveEncryption } from './kms-keys.ts';
import { registerImage } from './register-image.ts';
import { regions } from './regions.ts';
import { deviceOf, ec2State, registryOf, type Image } from './state.ts';
import {
  checkSpecifications,
  creationTagChecks,
  requestTagContext,
  specifiedTags,
  tagsOf,
} from './tags.ts';

// AWS states no durations; minutes are usual for volumes of some ten GiB.
const completesAfterMsMin = 120_000;
const completesAfterMsMax = 420_000;

/** Called in the destination Region, names the source. */
export const copyImage = operation<
  client.CopyImageCommandInput,
  Partial<client.CopyImageCommandOutput>
>({
  authorize: (input, call) => [...copyChecks(call, input), ...tagChecks(call, input)],
  run(input, call) {
    refuseDryRun(input);
    refuseUnmodelled(input, [
      'DestinationOutpostArn',
      'DestinationAvailabilityZone',
      'DestinationAvailabilityZoneId',
      'SnapshotCopyCompletionDurationMinutes',
    ]);
    checkSpecifications(input.TagSpecifications, ['image', 'snapshot']);
    const request = JSON.stringify({ ...input, ClientToken: undefined });
    const { copyTokens } = ec2State.in(call);
    const known = input.ClientToken === undefined ? undefined : copyTokens.get(input.ClientToken);
    if (known && known.request !== request)
      throw new AwsError(
        'IdempotentParameterMismatch',
        `The client token ${input.ClientToken ?? ''} was used with other parameters`,
      );
    if (known) return { ImageId: known.imageId };
    const image = copy(call, input);
    if (input.ClientToken !== undefined)
      copyTokens.set(input.ClientToken, { request, imageId: image.id });
    return { ImageId: image.id };
  },
});

function copy(call: Call, input: client.CopyImageCommandInput): Image {
  const from = call.at({ region: input.SourceRegion ?? '' });
  if (!regions.some(({ name }) => name === from.region))
    throw invalidValue(`Invalid region '${from.region}'`);
  const source = requireVisibleImage(from, input.SourceImageId ?? '');
  if (source.state !== 'available')
    throw new AwsError(
      'InvalidAMIID.Unavailable',
      `The image ID '${source.id}' is ${source.state}`,
    );
  checkSourceKeys(from, source);
  if (input.Encrypted === false && source.devices.some(({ encrypted }) => encrypted))
    throw invalidValue('You cannot create an unencrypted copy of an encrypted snapshot');
  if (input.KmsKeyId !== undefined && input.Encrypted !== true)
    throw new AwsError(
      'InvalidParameterCombination',
      'If a KmsKeyId is specified, the Encrypted flag must also be set.',
    );
  const ownTags = input.CopyImageTags === true ? userTags(from, source.id) : {};
  return registerImage(call, {
    name: input.Name ?? '',
    description: input.Description ?? '',
    architecture: source.architecture,
    devices: source.devices.map((device) => ({
      ...deviceOf(device),
      ...resolveEncryption(call, { encrypted: input.Encrypted, kmsKeyId: input.KmsKeyId }, device, {
        keepsSourceKey: false,
      }),
      // Copies come from no volume of their own. Source: EC2 User Guide, "Copy an Amazon EBS snapshot".
      volumeId: 'vol-ffffffff',
    })),
    contents: source.contents,
    imdsV2Only: source.imdsV2Only,
    sourceImageId: source.id,
    sourceImageRegion: source.region,
    tags: { ...ownTags, ...specifiedTags(input.TagSpecifications, 'image') },
    snapshotTags: specifiedTags(input.TagSpecifications, 'snapshot'),
    snapshotDescription: `Copied for DestinationAmi {image} from SourceAmi ${source.id} for SourceSnapshot ${source.devices[0]?.snapshotId ?? ''}.`,
    completesAfterMs: call.between('copy-duration', completesAfterMsMin, completesAfterMsMax),
    caller: call.caller,
    requestId: call.requestId,
  });
}

/** A shared image can be copied only when its snapshots are shared too. Source: EC2 User Guide, "Copy an AMI". */
function checkSourceKeys(from: Scope, source: Image): void {
  if (source.owner === from.account) return;
  const { snapshots } = registryOf(from);
  for (const { snapshotId, encrypted, kmsKeyId } of source.devices) {
    const snapshot = snapshots.get(snapshotId);
    const isShared =
      source.ownerAlias === 'amazon' ||
      snapshot?.permissions.has('all') === true ||
      snapshot?.permissions.has(from.account) === true;
    if (!isShared || (encrypted && isDefaultKey(from.at({ account: source.owner }), kmsKeyId)))
      throw new AwsError(
        'InvalidRequest',
        'You do not have permission to access the storage of this ami',
      );
  }
}

const userTags = (scope: Scope, id: string): Record<string, string> =>
  Object.fromEntries([...tagsOf(scope, id)].filter(([key]) => !key.startsWith('aws:')));

function copyChecks(call: Call, input: client.CopyImageCommandInput): AccessCheck[] {
  const from = call.at({ region: input.SourceRegion ?? call.region });
  const tags = specifiedTags(input.TagSpecifications, 'image');
  return [
    {
      action: 'ec2:CopyImage',
      resource: imageArn(from, input.SourceImageId ?? ''),
      resourceAccount: call.account,
      context: { 'ec2:Region': call.region, ...requestTagContext(tags) },
    },
    {
      action: 'ec2:CopyImage',
      resource: snapshotArn(call, '*'),
      resourceAccount: call.account,
      context: { 'ec2:Region': call.region },
    },
  ];
}

const tagChecks = (call: Call, input: client.CopyImageCommandInput): AccessCheck[] =>
  creationTagChecks(call, [
    { resource: imageArn(call, '*'), tags: specifiedTags(input.TagSpecifications, 'image') },
    { resource: snapshotArn(call, '*'), tags: specifiedTags(input.TagSpecifications, 'snapshot') },
  ]);
