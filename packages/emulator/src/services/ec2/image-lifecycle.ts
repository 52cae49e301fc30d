import type * as client from '@aws-sdk/client-ec2';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { operation } from '../../world/service.ts';
import { snapshotArn } from './arns.ts';
import { invalidValue, refuseDryRun } from './errors.ts';
import { imageCheck, requireOwnImage } from './images.ts';
import { announceImageState } from './register-image.ts';
import { registryOf, type Image } from './state.ts';
import { forgetTags, resourceTagContext } from './tags.ts';

const dayMs = 24 * 3600 * 1000;
const protectionCooldownMs = dayMs; // EC2 API Reference, EnableImageDeregistrationProtection, WithCooldown
const deprecationYearsMax = 10; // EC2 API Reference, EnableImageDeprecation, DeprecateAt
const minuteMs = 60_000; // the same: seconds are rounded to the nearest minute

export const deregisterImage = operation<
  client.DeregisterImageCommandInput,
  Partial<client.DeregisterImageCommandOutput>
>({
  authorize: (input, call) => imageCheck(call, 'DeregisterImage', input.ImageId),
  run(input, call) {
    refuseDryRun(input);
    const image = requireOwnImage(call, input.ImageId ?? '');
    if (isProtected(call, image))
      throw new AwsError(
        'OperationNotPermitted',
        `The image '${image.id}' is protected from deregistration`,
      );
    const { images, deregistered } = registryOf(call);
    images.delete(image.id);
    deregistered.set(image.id, call.now);
    forgetTags(call, image.id);
    announceImageState(call, image.id, { state: 'deregistered', requestId: call.requestId });
    if (input.DeleteAssociatedSnapshots !== true) return { Return: true };
    return {
      Return: true,
      DeleteSnapshotResults: image.devices.map(({ snapshotId }) => ({
        SnapshotId: snapshotId,
        ReturnCode: deleteAlong(call, snapshotId),
      })),
    };
  },
});

const isProtected = (call: Call, image: Image): boolean =>
  image.protection !== 'disabled' ||
  (image.protectedUntil !== undefined && image.protectedUntil > call.now);

/** Images that a snapshot belongs to, disabled ones included. */
export const imagesOfSnapshot = (call: Call, snapshotId: string): Image[] =>
  [...registryOf(call).images.values()].filter((image) =>
    image.devices.some((device) => device.snapshotId === snapshotId),
  );

function deleteAlong(call: Call, snapshotId: string): client.SnapshotReturnCodes {
  const { snapshots } = registryOf(call);
  if (!snapshots.has(snapshotId)) return 'client-error';
  if (imagesOfSnapshot(call, snapshotId).length > 0) return 'skipped';
  const mayDelete = call.allows({
    action: 'ec2:DeleteSnapshot',
    resource: snapshotArn(call, snapshotId),
    resourceAccount: call.account,
    context: { 'ec2:Region': call.region, ...resourceTagContext(call, snapshotId) },
  });
  if (!mayDelete) return 'missing-permissions';
  snapshots.delete(snapshotId);
  forgetTags(call, snapshotId);
  return 'success';
}

export const disableImage = operation<
  client.DisableImageCommandInput,
  Partial<client.DisableImageCommandOutput>
>({
  authorize: (input, call) => imageCheck(call, 'DisableImage', input.ImageId),
  run(input, call) {
    refuseDryRun(input);
    const image = requireOwnImage(call, input.ImageId ?? '');
    if (image.state !== 'available' && image.state !== 'disabled')
      throw new AwsError('InvalidAMIID.Unavailable', `The image '${image.id}' is ${image.state}`);
    if (image.state === 'available') {
      image.state = 'disabled';
      // Source: EC2 User Guide, "Disable an AMI": sharing ends and is not restored by enabling.
      image.permissions.clear();
      announceImageState(call, image.id, { state: 'disabled', requestId: call.requestId });
    }
    return { Return: true };
  },
});

export const enableImage = operation<
  client.EnableImageCommandInput,
  Partial<client.EnableImageCommandOutput>
>({
  authorize: (input, call) => imageCheck(call, 'EnableImage', input.ImageId),
  run(input, call) {
    refuseDryRun(input);
    const image = requireOwnImage(call, input.ImageId ?? '');
    if (image.state === 'disabled') image.state = 'available';
    return { Return: true };
  },
});

export const enableImageDeprecation = operation<
  client.EnableImageDeprecationCommandInput,
  Partial<client.EnableImageDeprecationCommandOutput>
>({
  authorize: (input, call) => imageCheck(call, 'EnableImageDeprecation', input.ImageId),
  run(input, call) {
    refuseDryRun(input);
    const image = requireOwnImage(call, input.ImageId ?? '');
    const at = Math.round((input.DeprecateAt?.getTime() ?? 0) / minuteMs) * minuteMs;
    if (at <= call.now) throw invalidValue('The deprecation date must be in the future.');
    if (at > addYears(call.date, deprecationYearsMax).getTime())
      throw invalidValue(`The deprecation date is at most ${deprecationYearsMax} years ahead.`);
    image.deprecatedAt = new Date(at);
    return { Return: true };
  },
});

function addYears(date: Date, years: number): Date {
  const later = new Date(date);
  later.setUTCFullYear(later.getUTCFullYear() + years);
  return later;
}

export const disableImageDeprecation = operation<
  client.DisableImageDeprecationCommandInput,
  Partial<client.DisableImageDeprecationCommandOutput>
>({
  authorize: (input, call) => imageCheck(call, 'DisableImageDeprecation', input.ImageId),
  run(input, call) {
    refuseDryRun(input);
    requireOwnImage(call, input.ImageId ?? '').deprecatedAt = undefined;
    return { Return: true };
  },
});

export const enableImageDeregistrationProtection = operation<
  client.EnableImageDeregistrationProtectionCommandInput,
  Partial<client.EnableImageDeregistrationProtectionCommandOutput>
>({
  authorize: (input, call) =>
    imageCheck(call, 'EnableImageDeregistrationProtection', input.ImageId),
  run(input, call) {
    refuseDryRun(input);
    const image = requireOwnImage(call, input.ImageId ?? '');
    image.protection =
      input.WithCooldown === true ? 'enabled-with-cooldown' : 'enabled-without-cooldown';
    image.protectedUntil = undefined;
    return { Return: 'true' };
  },
});

export const disableImageDeregistrationProtection = operation<
  client.DisableImageDeregistrationProtectionCommandInput,
  Partial<client.DisableImageDeregistrationProtectionCommandOutput>
>({
  authorize: (input, call) =>
    imageCheck(call, 'DisableImageDeregistrationProtection', input.ImageId),
  run(input, call) {
    refuseDryRun(input);
    const image = requireOwnImage(call, input.ImageId ?? '');
    if (image.protection === 'enabled-with-cooldown')
      image.protectedUntil = call.now + protectionCooldownMs;
    image.protection = 'disabled';
    return { Return: 'true' };
  },
});
