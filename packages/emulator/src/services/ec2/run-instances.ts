import type * as client from '@aws-sdk/client-ec2';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { operation } from '../../world/service.ts';
import { instanceProfileRole } from '../iam/instance-profile-role.ts';
import { passRoleCheck } from '../iam/pass-role.ts';
import { describeInstance } from './describe-instances.ts';
import {
  imageUnavailable,
  invalidCombination,
  invalidValue,
  missingParameter,
  notFound,
  notModelled,
  refuseDryRun,
  refuseUnmodelled,
} from './errors.ts';
import { requireVisibleImage } from './images.ts';
import { architectureOf } from './instance-types.ts';
import { resolveEncryption } from './kms-keys.ts';
import { runChecks } from './run-checks.ts';
import { startInstance } from './start-instance.ts';
import { ec2State, type Image, type Instance, type Subnet } from './state.ts';
import { checkSpecifications, setTags, specifiedTags } from './tags.ts';
import { findDefaultVpc } from './vpc.ts';

const unmodelled = [
  'Ipv6AddressCount',
  'Ipv6Addresses',
  'KernelId',
  'RamdiskId',
  'SecurityGroups',
  'ElasticGpuSpecification',
  'ElasticInferenceAccelerators',
  'LaunchTemplate',
  'InstanceMarketOptions',
  'CpuOptions',
  'CapacityReservationSpecification',
  'HibernationOptions',
  'LicenseSpecifications',
  'EnclaveOptions',
  'PrivateDnsNameOptions',
  'MaintenanceOptions',
  'DisableApiStop',
  'EnablePrimaryIpv6',
  'NetworkPerformanceOptions',
  'Operator',
  'SecondaryInterfaces',
  'DisableApiTermination',
  'PrivateIpAddress',
  'AdditionalInfo',
  'NetworkInterfaces',
];
const instancesPerCallMax = 100; // a limit of this emulator; EC2's own depends on quotas
const userDataBytesMax = 16_384; // EC2 User Guide, "Run commands when you launch an EC2 instance": 16 KB before base64

export const runInstances = operation<
  client.RunInstancesCommandInput,
  Partial<client.RunInstancesCommandOutput>
>({
  authorize: (input, call) => runChecks(call, input),
  run(input, call) {
    refuseUnmodelled(input, unmodelled);
    checkSpecifications(input.TagSpecifications, ['instance', 'volume']);
    const request = JSON.stringify({ ...input, ClientToken: undefined });
    const { runTokens, instances } = ec2State.in(call);
    const known = input.ClientToken === undefined ? undefined : runTokens.get(input.ClientToken);
    if (known && known.request !== request)
      throw new AwsError(
        'IdempotentParameterMismatch',
        'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).',
      );
    const launched = known
      ? known.instanceIds.flatMap((id) => instances.get(id) ?? [])
      : launch(call, input);
    if (!known && input.ClientToken !== undefined)
      runTokens.set(input.ClientToken, { request, instanceIds: launched.map(({ id }) => id) });
    return {
      ReservationId: launched[0]?.reservationId,
      OwnerId: call.account,
      Instances: launched.map((instance) => describeInstance(call, instance)),
    };
  },
});

function launch(call: Call, input: client.RunInstancesCommandInput): Instance[] {
  const { MinCount: min = 0, MaxCount: max = 0 } = input;
  if (min < 1 || max < min || max > instancesPerCallMax)
    throw invalidValue(`MinCount ${min} and MaxCount ${max} are no valid numbers of instances`);
  const image = launchableImage(call, input.ImageId);
  const instanceType = input.InstanceType ?? 'm1.small';
  checkArchitecture(image, instanceType);
  const subnet = launchSubnet(call, input);
  const securityGroupIds = launchGroups(call, input, subnet);
  const profile = launchProfile(call, input.IamInstanceProfile);
  refuseDryRun(input);
  const reservationId = call.newId('r');
  const tags = specifiedTags(input.TagSpecifications, 'instance');
  const volumeTags = specifiedTags(input.TagSpecifications, 'volume');
  return Array.from({ length: max }, () => {
    const instance: Instance = {
      id: call.newId('i'),
      reservationId,
      imageId: image.id,
      instanceType,
      architecture: image.architecture,
      subnetId: subnet.id,
      vpcId: subnet.vpcId,
      availabilityZone: subnet.availabilityZone,
      securityGroupIds,
      privateIpAddress: privateAddress(call, subnet),
      keyName: input.KeyName,
      instanceProfileArn: profile,
      userData: readUserData(input.UserData),
      httpTokens: input.MetadataOptions?.HttpTokens ?? (image.imdsV2Only ? 'required' : 'optional'),
      hopLimit: input.MetadataOptions?.HttpPutResponseHopLimit ?? (image.imdsV2Only ? 2 : 1),
      launchedAt: call.date,
      clientToken: input.ClientToken ?? '',
      devices: devicesOf(call, image, input.BlockDeviceMappings ?? []),
      disk: image.contents,
      state: 'pending',
      stateReason: undefined,
      terminatedAt: undefined,
      system: undefined,
    };
    setTags(call, instance.id, tags);
    for (const { volumeId } of instance.devices) setTags(call, volumeId, volumeTags);
    ec2State.in(call).instances.set(instance.id, instance);
    if (image.ownerAlias === undefined) image.lastLaunchedAt = call.date;
    startInstance(call, instance, call.caller);
    return instance;
  });
}

function launchableImage(call: Call, id: string | undefined): Image {
  if (id === undefined) throw missingParameter('ImageId');
  const image = requireVisibleImage(call, id);
  if (image.state !== 'available') throw imageUnavailable(id);
  return image;
}

/** Source of the message: users' reports, e.g. skypilot-org/skypilot#6315. */
function checkArchitecture(image: Image, instanceType: string): void {
  const architecture = architectureOf(instanceType);
  if (architecture === undefined)
    throw invalidValue(`Invalid value '${instanceType}' for InstanceType.`);
  if (architecture !== image.architecture)
    throw invalidValue(
      `The architecture '${architecture}' of the specified instance type does not match the architecture '${image.architecture}' of the specified AMI. Specify an instance type and an AMI that have matching architectures, and try again. You can use 'describe-instance-types' or 'describe-images' to discover the architecture of the instance type or AMI.`,
    );
}

function launchSubnet(call: Call, input: client.RunInstancesCommandInput): Subnet {
  const { subnets } = ec2State.in(call);
  if (input.SubnetId !== undefined) {
    const subnet = subnets.get(input.SubnetId);
    if (!subnet) throw notFound('Subnet', input.SubnetId);
    return subnet;
  }
  const zone = input.Placement?.AvailabilityZone;
  const subnet = [...subnets.values()].find(
    (candidate) =>
      candidate.isDefault && (zone === undefined || candidate.availabilityZone === zone),
  );
  if (!findDefaultVpc(call) || !subnet)
    throw new AwsError(
      'VPCIdNotSpecified',
      'No default VPC for this user. GroupName is only supported for EC2-Classic and default VPC.',
    );
  return subnet;
}

function launchGroups(
  call: Call,
  input: client.RunInstancesCommandInput,
  subnet: Subnet,
): readonly string[] {
  const { securityGroups } = ec2State.in(call);
  const asked = input.SecurityGroupIds ?? [];
  for (const id of asked) {
    const group = securityGroups.get(id);
    if (!group) throw notFound('Group', id);
    if (group.vpcId !== subnet.vpcId)
      throw new AwsError(
        'InvalidParameter',
        `Security group ${id} and subnet ${subnet.id} belong to different networks.`,
      );
  }
  if (asked.length > 0) return asked;
  const standard = [...securityGroups.values()].find(
    ({ vpcId, name }) => vpcId === subnet.vpcId && name === 'default',
  );
  return standard ? [standard.id] : [];
}

/** The profile's role is passed to EC2 by whoever launches. Source: IAM User Guide, "Grant a user permissions to pass a role". */
function launchProfile(
  call: Call,
  asked: client.IamInstanceProfileSpecification | undefined,
): string | undefined {
  if (!asked) return undefined;
  const found = instanceProfileRole(call, { name: asked.Name, arn: asked.Arn });
  if (!found)
    throw invalidValue(
      asked.Arn === undefined
        ? `Value (${asked.Name ?? ''}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name`
        : `Value (${asked.Arn}) for parameter iamInstanceProfile.arn is invalid. Invalid IAM Instance Profile ARN`,
    );
  call.require(passRoleCheck(call, found.role.arn, 'ec2.amazonaws.com'));
  return found.profile.arn;
}

function privateAddress(call: Call, subnet: Subnet): string {
  const [a = '10', b = '0', c = '0'] = subnet.cidrBlock.split('.');
  return `${a}.${b}.${c}.${call.between('private-address', 4, 254)}`;
}

function readUserData(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(text))
    throw new AwsError('InvalidUserData.Malformed', 'Invalid BASE64 encoding of user data');
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length > userDataBytesMax)
    throw invalidValue(`User data is limited to ${userDataBytesMax} bytes`);
  return bytes.toString('utf8');
}

/** Mappings change the image's volumes by device name and can add empty ones. */
function devicesOf(
  call: Call,
  image: Image,
  mappings: readonly client.BlockDeviceMapping[],
): Instance['devices'] {
  for (const mapping of mappings) checkMapping(mapping);
  const own = image.devices.map((device) => {
    const ebs = mappings.find(({ DeviceName }) => DeviceName === device.deviceName)?.Ebs;
    if (ebs?.VolumeSize !== undefined && ebs.VolumeSize < device.volumeSize)
      throw new AwsError(
        'InvalidBlockDeviceMapping',
        `Volume of size ${ebs.VolumeSize}GB is smaller than snapshot '${device.snapshotId}', expect size >= ${device.volumeSize}GB`,
      );
    return {
      deviceName: device.deviceName,
      volumeId: call.newId('vol'),
      volumeSize: ebs?.VolumeSize ?? device.volumeSize,
      volumeType: ebs?.VolumeType ?? device.volumeType,
      deleteOnTermination: ebs?.DeleteOnTermination ?? device.deleteOnTermination,
      ...resolveEncryption(call, { encrypted: ebs?.Encrypted, kmsKeyId: ebs?.KmsKeyId }, device, {
        keepsSourceKey: true,
      }),
    };
  });
  const added = mappings.filter(
    ({ DeviceName }) => !image.devices.some(({ deviceName }) => deviceName === DeviceName),
  );
  return [...own, ...added.map((mapping) => emptyDevice(call, mapping))];
}

function checkMapping(mapping: client.BlockDeviceMapping): void {
  if (mapping.NoDevice !== undefined)
    throw notModelled('the parameter BlockDeviceMapping.NoDevice');
  if (mapping.VirtualName !== undefined)
    throw notModelled('the parameter BlockDeviceMapping.VirtualName');
  if (mapping.Ebs?.SnapshotId !== undefined)
    throw notModelled('the parameter BlockDeviceMapping.Ebs.SnapshotId');
  if (mapping.DeviceName === undefined) throw missingParameter('BlockDeviceMapping.DeviceName');
  if (mapping.Ebs?.KmsKeyId !== undefined && mapping.Ebs.Encrypted !== true)
    throw invalidCombination('KmsKeyId requires Encrypted to be true');
}

function emptyDevice(call: Call, mapping: client.BlockDeviceMapping): Instance['devices'][number] {
  const ebs = mapping.Ebs;
  if (ebs?.VolumeSize === undefined) throw missingParameter('size or snapshotId');
  return {
    deviceName: mapping.DeviceName ?? '',
    volumeId: call.newId('vol'),
    volumeSize: ebs.VolumeSize,
    volumeType: ebs.VolumeType ?? 'gp2',
    deleteOnTermination: ebs.DeleteOnTermination ?? true,
    ...resolveEncryption(
      call,
      { encrypted: ebs.Encrypted, kmsKeyId: ebs.KmsKeyId },
      { encrypted: false, kmsKeyId: undefined },
      { keepsSourceKey: false },
    ),
  };
}
