import type * as client from '@aws-sdk/client-ec2';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { instanceProfileRole } from '../iam/instance-profile-role.ts';
import { passRoleCheck } from '../iam/pass-role.ts';
import {
  imageUnavailable,
  invalidCombination,
  invalidValue,
  missingParameter,
  notModelled,
  refuseDryRun,
} from './errors.ts';
import { requireVisibleImage } from './images.ts';
import { architectureOf, bootsNoImage } from './instance-types.ts';
import { requireKeyPair } from './key-pairs.ts';
import { devicesOf } from './launch-devices.ts';
import {
  launchGroups,
  launchNetwork,
  launchSubnet,
  privateAddress,
  publicAddress,
} from './launch-network.ts';
import { hopLimitOf, httpTokensOf } from './run-checks.ts';
import { startInstance } from './start-instance.ts';
import { ec2State, type Image, type Instance } from './state.ts';
import {
  checkNewTags,
  isServiceLinked,
  setAwsTags,
  setTags,
  specifiedTags,
  type Tags,
} from './tags.ts';

const instancesPerCallMax = 100; // a limit of this emulator; EC2's own depends on quotas
const userDataBytesMax = 16_384; // EC2 User Guide, "Run commands when you launch an EC2 instance": 16 KB before base64

/**
 * Makes instances; they are pending at first and start by themselves.
 *
 * @param input the launch with the members of its template filled in
 * @param options.awsTags what EC2 itself notes on the instances
 * @throws AwsError when one of the resources does not exist, does not fit or must not be used
 */
export function launchInstances(
  call: Call,
  input: client.RunInstancesCommandInput,
  options: { readonly awsTags: Tags },
): Instance[] {
  const { MinCount: min = 0, MaxCount: max = 0 } = input;
  if (min < 1 || max < min || max > instancesPerCallMax)
    throw invalidValue(`MinCount ${min} and MaxCount ${max} are no valid numbers of instances`);
  if (input.MetadataOptions?.HttpEndpoint === 'disabled')
    throw notModelled('an instance without a metadata service');
  const image = launchableImage(call, input.ImageId);
  const instanceType = input.InstanceType ?? 'm1.small';
  checkArchitecture(image, instanceType);
  const network = launchNetwork(input, {
    subnetJoinsInterface: isServiceLinked(call.caller, 'autoscaling.amazonaws.com'),
  });
  const subnet = launchSubnet(call, { network, zone: zoneOf(input.Placement) });
  const securityGroupIds = launchGroups(call, network, subnet);
  if (input.KeyName !== undefined) requireKeyPair(call, input.KeyName);
  const profile = launchProfile(call, input.IamInstanceProfile);
  refuseDryRun(input);
  const tags = specifiedTags(input.TagSpecifications, 'instance');
  const volumeTags = specifiedTags(input.TagSpecifications, 'volume');
  // Before there is anything, so that nothing of a refused launch is left.
  checkNewTags(call, 'instance', tags);
  checkNewTags(call, 'volume', volumeTags);
  const reservationId = call.newId('r');
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
      publicIpAddress: network.publicAddress ? publicAddress(call) : undefined,
      keyName: input.KeyName,
      instanceProfileArn: profile,
      userData: readUserData(input.UserData),
      httpTokens: httpTokensOf(input, image),
      hopLimit: hopLimitOf(input, image),
      metadataTags: input.MetadataOptions?.InstanceMetadataTags ?? 'disabled',
      monitoring: input.Monitoring?.Enabled === true,
      ebsOptimized: input.EbsOptimized === true,
      launchedAt: call.date,
      clientToken: input.ClientToken ?? '',
      devices: devicesOf(call, image, input.BlockDeviceMappings ?? []),
      disk: image.contents,
      state: 'pending',
      stateReason: undefined,
      runningSince: undefined,
      terminatedAt: undefined,
      system: undefined,
    };
    setTags(call, instance.id, tags);
    setAwsTags(call, instance.id, options.awsTags);
    for (const { volumeId } of instance.devices) setTags(call, volumeId, volumeTags);
    ec2State.in(call).instances.set(instance.id, instance);
    if (image.ownerAlias === undefined) image.lastLaunchedAt = call.date;
    startInstance(call, instance, { caller: call.caller, image });
    return instance;
  });
}

/** Only the zone is looked at; a tenancy of `default` is what there is anyway. */
function zoneOf(placement: client.Placement | undefined): string | undefined {
  for (const [name, value] of Object.entries(placement ?? {}))
    if (
      value !== undefined &&
      name !== 'AvailabilityZone' &&
      !(name === 'Tenancy' && value === 'default') &&
      !(name === 'GroupName' && value === '')
    )
      throw notModelled(`the parameter Placement.${name}`);
  return placement?.AvailabilityZone;
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
  // Source of the message: users' reports, e.g. of launches without an instance type.
  if (bootsNoImage(instanceType))
    throw invalidCombination(
      `Non-Windows instances with a virtualization type of 'hvm' are currently not supported for this instance type: ${instanceType}.`,
    );
  if (architecture !== image.architecture)
    throw invalidValue(
      `The architecture '${architecture}' of the specified instance type does not match the architecture '${image.architecture}' of the specified AMI. Specify an instance type and an AMI that have matching architectures, and try again. You can use 'describe-instance-types' or 'describe-images' to discover the architecture of the instance type or AMI.`,
    );
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

function readUserData(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(text))
    throw new AwsError('InvalidUserData.Malformed', 'Invalid BASE64 encoding of user data');
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length > userDataBytesMax)
    throw invalidValue(`User data is limited to ${userDataBytesMax} bytes`);
  return bytes.toString('utf8');
}
