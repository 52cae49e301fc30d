import { AwsError } from '../../world/aws-error.ts';

// Source of codes and messages: EC2 API Reference, "Error codes"; messages as users report them where the
// reference has none.

export const imageNotFound = (id: string): AwsError =>
  new AwsError('InvalidAMIID.NotFound', `The image id '[${id}]' does not exist`);

export const imageMalformed = (id: string): AwsError =>
  new AwsError('InvalidAMIID.Malformed', `Invalid id: "${id}"`);

/** A launch or copy of an image that exists and is not shared with whoever asks, as users report it. */
export const imageNotShared = (id: string): AwsError =>
  new AwsError('AuthFailure', `Not authorized for images: [${id}]`);

/** An attribute or the end of somebody else's image, as users report it (cloudquery/cloudquery#9406). */
export const imageNotOwned = (id: string): AwsError =>
  new AwsError('AuthFailure', `Not authorized for image:${id}`);

export const imageUnavailable = (id: string): AwsError =>
  new AwsError('InvalidAMIID.Unavailable', `The image ID '${id}' is no longer available`);

export const snapshotNotFound = (id: string): AwsError =>
  /^snap-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(id)
    ? new AwsError('InvalidSnapshot.NotFound', `The snapshot '${id}' does not exist.`)
    : new AwsError(
        'InvalidSnapshotID.Malformed',
        `Value (${id}) for parameter snapshotId is invalid.`,
      );

export const notFound = (kind: 'Vpc' | 'Subnet' | 'Group' | 'Instance', id: string): AwsError => {
  const [code, what] = {
    Vpc: ['InvalidVpcID.NotFound', 'vpc ID'],
    Subnet: ['InvalidSubnetID.NotFound', 'subnet ID'],
    Group: ['InvalidGroup.NotFound', 'security group'],
    Instance: ['InvalidInstanceID.NotFound', 'instance ID'],
  }[kind];
  if (kind === 'Group' && !/^sg-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(id))
    return new AwsError('InvalidGroupId.Malformed', `Invalid id: "${id}" (expecting "sg-...")`);
  return new AwsError(code ?? '', `The ${what ?? ''} '${id}' does not exist`);
};

/** What EC2 says about an instance's id that names none: one of the wrong form is another error. */
export const instanceNotFound = (id: string): AwsError =>
  /^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(id)
    ? notFound('Instance', id)
    : new AwsError('InvalidInstanceID.Malformed', `Invalid id: "${id}"`);

export const invalidValue = (message: string): AwsError =>
  new AwsError('InvalidParameterValue', message);

export const missingParameter = (name: string): AwsError =>
  new AwsError('MissingParameter', `The request must contain the parameter ${name}`);

export const invalidCombination = (message: string): AwsError =>
  new AwsError('InvalidParameterCombination', message);

/** What this emulator does not do is refused by name, so that nobody believes it happened. */
export const notModelled = (what: string): AwsError =>
  new AwsError('UnsupportedOperation', `${what} is not modelled by this emulator`);

/** @throws AwsError for the first of the members that is set */
export function refuseUnmodelled(input: object, names: readonly string[]): void {
  for (const [name, value] of Object.entries(input))
    if (value !== undefined && names.includes(name)) throw notModelled(`the parameter ${name}`);
}

/** Source: EC2 API Reference, common parameter DryRun: permission was checked before this. */
export function refuseDryRun(input: { readonly DryRun?: boolean | undefined }): void {
  if (input.DryRun === true)
    throw new AwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', {
      status: 412,
    });
}
