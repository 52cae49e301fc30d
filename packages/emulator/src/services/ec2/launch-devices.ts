import type * as client from '@aws-sdk/client-ec2';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import type { Scope } from '../../world/scope.ts';
import { invalidCombination, missingParameter, notModelled } from './errors.ts';
import { resolveEncryption } from './kms-keys.ts';
import type { Device, Image, Instance } from './state.ts';
import { checkVolume } from './volume-limits.ts';

/**
 * The volumes of a launch: mappings change the image's volumes by device name and can add empty ones. An added one
 * without a size has the size 0 here.
 */
export function volumesOf(
  scope: Scope,
  image: Image | undefined,
  mappings: readonly client.BlockDeviceMapping[],
): Device[] {
  const own = (image?.devices ?? []).map((device) => {
    const ebs = mappings.find(({ DeviceName }) => DeviceName === device.deviceName)?.Ebs;
    return {
      deviceName: device.deviceName,
      volumeSize: ebs?.VolumeSize ?? device.volumeSize,
      volumeType: ebs?.VolumeType ?? device.volumeType,
      deleteOnTermination: ebs?.DeleteOnTermination ?? device.deleteOnTermination,
      ...resolveEncryption(scope, { encrypted: ebs?.Encrypted, kmsKeyId: ebs?.KmsKeyId }, device, {
        keepsSourceKey: true,
      }),
    };
  });
  return [
    ...own,
    ...mappings
      .filter(({ DeviceName }) => !own.some(({ deviceName }) => deviceName === DeviceName))
      .map((mapping) => emptyVolume(scope, mapping)),
  ];
}

function emptyVolume(scope: Scope, { DeviceName, Ebs: ebs }: client.BlockDeviceMapping): Device {
  return {
    deviceName: DeviceName ?? '',
    volumeSize: ebs?.VolumeSize ?? 0,
    volumeType: ebs?.VolumeType ?? 'gp2',
    deleteOnTermination: ebs?.DeleteOnTermination ?? true,
    ...resolveEncryption(
      scope,
      { encrypted: ebs?.Encrypted, kmsKeyId: ebs?.KmsKeyId },
      { encrypted: false, kmsKeyId: undefined },
      { keepsSourceKey: false },
    ),
  };
}

/** @throws AwsError for a mapping that is malformed, too small for its snapshot or not modelled */
export function devicesOf(
  call: Call,
  image: Image,
  mappings: readonly client.BlockDeviceMapping[],
): Instance['devices'] {
  for (const mapping of mappings) checkMapping(image, mapping);
  return volumesOf(call, image, mappings).map((volume) => ({
    ...volume,
    volumeId: call.newId('vol'),
  }));
}

function checkMapping(image: Image, mapping: client.BlockDeviceMapping): void {
  if (mapping.NoDevice !== undefined)
    throw notModelled('the parameter BlockDeviceMapping.NoDevice');
  if (mapping.VirtualName !== undefined)
    throw notModelled('the parameter BlockDeviceMapping.VirtualName');
  if (mapping.Ebs?.SnapshotId !== undefined)
    throw notModelled('the parameter BlockDeviceMapping.Ebs.SnapshotId');
  if (mapping.DeviceName === undefined) throw missingParameter('BlockDeviceMapping.DeviceName');
  if (mapping.Ebs?.KmsKeyId !== undefined && mapping.Ebs.Encrypted !== true)
    throw invalidCombination('KmsKeyId requires Encrypted to be true');
  const size = mapping.Ebs?.VolumeSize;
  const source = image.devices.find(({ deviceName }) => deviceName === mapping.DeviceName);
  if (!source && size === undefined) throw missingParameter('size or snapshotId');
  checkVolume(
    {
      type: mapping.Ebs?.VolumeType ?? source?.volumeType ?? 'gp2',
      sizeGiB: size ?? source?.volumeSize ?? 0,
    },
    mapping.Ebs,
  );
  if (source && size !== undefined && size < source.volumeSize)
    throw new AwsError(
      'InvalidBlockDeviceMapping',
      `Volume of size ${size}GB is smaller than snapshot '${source.snapshotId}', expect size >= ${source.volumeSize}GB`,
    );
}
