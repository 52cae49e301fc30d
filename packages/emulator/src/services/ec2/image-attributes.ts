import type * as client from '@aws-sdk/client-ec2';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { operation } from '../../world/service.ts';
import { launchReported } from './describe-images.ts';
import {
  invalidCombination,
  invalidValue,
  missingParameter,
  notModelled,
  refuseDryRun,
} from './errors.ts';
import { imageCheck, isPublic, parseOrganizationArn, requireOwnImage } from './images.ts';
import { isDefaultKey } from './kms-keys.ts';
import { permissionKey, type Image, type LaunchPermission } from './state.ts';

const entitiesPerImageMax = 1_000; // EC2 quotas, "AMI sharing": entities an AMI can be shared with
const descriptionLengthMax = 255; // EC2 API Reference, CreateImage, Description

export const describeImageAttribute = operation<
  client.DescribeImageAttributeCommandInput,
  Partial<client.DescribeImageAttributeCommandOutput>
>({
  authorize: (input, call) => imageCheck(call, 'DescribeImageAttribute', input.ImageId),
  run(input, call) {
    refuseDryRun(input);
    const image = requireOwnImage(call, input.ImageId ?? '');
    const ImageId = image.id;
    switch (input.Attribute) {
      case 'launchPermission':
        return { ImageId, LaunchPermissions: [...image.permissions.values()] };
      case 'description':
        return { ImageId, Description: { Value: image.description } };
      case 'imdsSupport':
        return { ImageId, ...(image.imdsV2Only ? { ImdsSupport: { Value: 'v2.0' } } : {}) };
      case 'deregistrationProtection':
        return { ImageId, DeregistrationProtection: { Value: image.protection } };
      case 'lastLaunchedTime':
        return { ImageId, LastLaunchedTime: { Value: launchReported(call, image)?.toISOString() } };
      default:
        throw notModelled(`the image attribute ${input.Attribute ?? ''}`);
    }
  },
});

export const modifyImageAttribute = operation<
  client.ModifyImageAttributeCommandInput,
  Partial<client.ModifyImageAttributeCommandOutput>
>({
  authorize: (input, call) => imageCheck(call, 'ModifyImageAttribute', input.ImageId),
  run(input, call) {
    refuseDryRun(input);
    const image = requireOwnImage(call, input.ImageId ?? '');
    // EC2 API Reference, "Error codes": "not in a state from which you can ... modify attributes".
    if (image.state === 'pending' || image.state === 'failed')
      throw new AwsError(
        'InvalidAMIID.Unavailable',
        `The image ID '${image.id}' is ${image.state}: its attributes can be modified once it is available`,
      );
    if (input.ProductCodes !== undefined) throw notModelled('the parameter ProductCodes');
    const change = readChange(input);
    if (change.kind === 'description') image.description = change.value;
    else if (change.kind === 'imdsSupport') image.imdsV2Only = true;
    else changePermissions(call, image, change);
    return {};
  },
});

type Change =
  | { readonly kind: 'description'; readonly value: string }
  | { readonly kind: 'imdsSupport' }
  | {
      readonly kind: 'launchPermission';
      readonly add: readonly LaunchPermission[];
      readonly remove: readonly LaunchPermission[];
    };

/** One attribute at a time, named either by its own parameter or by `Attribute` with flat ones. */
function readChange(input: client.ModifyImageAttributeCommandInput): Change {
  const flat = flatPermissions(input);
  const attribute =
    input.Attribute ??
    (input.Description
      ? 'description'
      : input.ImdsSupport
        ? 'imdsSupport'
        : input.LaunchPermission || flat
          ? 'launchPermission'
          : undefined);
  const given = [input.Description, input.ImdsSupport, input.LaunchPermission, flat].filter(
    (value) => value !== undefined,
  );
  if (given.length > 1) throw invalidCombination('You can specify only one attribute at a time.');
  switch (attribute) {
    case undefined:
      throw missingParameter('Attribute');
    case 'description': {
      const value = input.Description?.Value ?? input.Value ?? '';
      if (value.length > descriptionLengthMax)
        throw invalidValue(`a description has at most ${descriptionLengthMax} characters`);
      return { kind: 'description', value };
    }
    case 'imdsSupport':
      if ((input.ImdsSupport?.Value ?? input.Value) !== 'v2.0')
        throw invalidValue('imdsSupport can only be set to v2.0');
      return { kind: 'imdsSupport' };
    case 'launchPermission':
      return {
        kind: 'launchPermission',
        add: toPermissions(input.LaunchPermission?.Add ?? flat?.Add ?? []),
        remove: toPermissions(input.LaunchPermission?.Remove ?? flat?.Remove ?? []),
      };
    default:
      throw invalidValue(`Value (${attribute}) for parameter attribute is invalid.`);
  }
}

function flatPermissions(
  input: client.ModifyImageAttributeCommandInput,
): client.LaunchPermissionModifications | undefined {
  const permissions: client.LaunchPermission[] = [
    ...(input.UserIds ?? []).map((UserId) => ({ UserId })),
    ...(input.UserGroups ?? []).map((group) => ({ Group: group as client.PermissionGroup })),
    ...(input.OrganizationArns ?? []).map((OrganizationArn) => ({ OrganizationArn })),
    ...(input.OrganizationalUnitArns ?? []).map((OrganizationalUnitArn) => ({
      OrganizationalUnitArn,
    })),
  ];
  if (permissions.length === 0) return undefined;
  if (input.OperationType === undefined) throw missingParameter('OperationType');
  return input.OperationType === 'add' ? { Add: permissions } : { Remove: permissions };
}

const toPermissions = (list: readonly client.LaunchPermission[]): LaunchPermission[] =>
  list.map((item) => {
    const { Group, UserId, OrganizationArn, OrganizationalUnitArn } = item;
    const given = [Group, UserId, OrganizationArn, OrganizationalUnitArn].filter(
      (value) => value !== undefined,
    );
    if (given.length !== 1)
      throw invalidValue('a launch permission names exactly one user, group, organization or unit');
    if (Group !== undefined) return toGroup(Group);
    if (UserId !== undefined) return toUser(UserId);
    if (OrganizationArn !== undefined)
      return { OrganizationArn: checkedArn(OrganizationArn, false) };
    return { OrganizationalUnitArn: checkedArn(OrganizationalUnitArn ?? '', true) };
  });

function toGroup(group: string): LaunchPermission {
  if (group !== 'all')
    throw new AwsError(
      'InvalidAMIAttributeItemValue',
      `Invalid attribute item value "${group}" for userGroup item type.`,
    );
  return { Group: 'all' };
}

function toUser(id: string): LaunchPermission {
  if (!/^\d{12}$/.test(id))
    throw new AwsError(
      'InvalidAMIAttributeItemValue',
      `Invalid attribute item value "${id}" for userId item type.`,
    );
  return { UserId: id };
}

function checkedArn(arn: string, isUnit: boolean): string {
  const parsed = parseOrganizationArn(arn);
  if (!parsed || (parsed.unit !== undefined) !== isUnit)
    throw new AwsError(
      'InvalidAMIAttributeItemValue',
      `Invalid attribute item value "${arn}" for ${isUnit ? 'organizationalUnitArn' : 'organizationArn'} item type.`,
    );
  return arn;
}

function changePermissions(
  call: Call,
  image: Image,
  change: {
    readonly add: readonly LaunchPermission[];
    readonly remove: readonly LaunchPermission[];
  },
): void {
  if (image.state === 'disabled' && change.add.length > 0)
    throw new AwsError(
      'InvalidAMIID.Unavailable',
      `The image ID '${image.id}' is disabled and cannot be shared`,
    );
  if (change.add.length > 0) checkSharable(call, image, change.add);
  const after = new Map(image.permissions);
  for (const permission of change.add) after.set(permissionKey(permission), permission);
  for (const permission of change.remove) after.delete(permissionKey(permission));
  if (after.size > entitiesPerImageMax)
    throw new AwsError(
      'ResourceLimitExceeded',
      `An AMI can be shared with at most ${entitiesPerImageMax} entities`,
    );
  image.permissions.clear();
  for (const [key, permission] of after) image.permissions.set(key, permission);
  call.record('launch-permissions-changed', {
    imageId: image.id,
    permissions: [...image.permissions.keys()],
  });
}

/**
 * Source: EC2 User Guide, "Share an AMI"; the messages are those that users report (hashicorp/packer#7410,
 * opendevstack/ods-core#1062).
 */
function checkSharable(call: Call, image: Image, added: readonly LaunchPermission[]): void {
  const encrypted = image.devices.filter((device) => device.encrypted);
  if (encrypted.some(({ kmsKeyId }) => isDefaultKey(call, kmsKeyId)))
    throw new AwsError(
      'InvalidParameter',
      "Snapshots encrypted with the AWS Managed CMK can't be shared. Specify another snapshot.",
    );
  if (encrypted.length > 0 && added.some((permission) => 'Group' in permission))
    throw new AwsError(
      'UnsupportedOperation',
      "Encrypted snapshots can't be shared publicly. Specify another snapshot.",
    );
}

export const resetImageAttribute = operation<
  client.ResetImageAttributeCommandInput,
  Partial<client.ResetImageAttributeCommandOutput>
>({
  authorize: (input, call) => imageCheck(call, 'ResetImageAttribute', input.ImageId),
  run(input, call) {
    refuseDryRun(input);
    const image = requireOwnImage(call, input.ImageId ?? '');
    if (isPublic(image) || image.permissions.size > 0) image.permissions.clear();
    return {};
  },
});
