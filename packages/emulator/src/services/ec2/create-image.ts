import type * as client from '@aws-sdk/client-ec2';
import type { Call } from '../../world/call.ts';
import { operation, type AccessCheck } from '../../world/service.ts';
import { ec2Arn, imageArn, snapshotArn } from './arns.ts';
import { invalidValue, instanceNotFound, refuseDryRun, refuseUnmodelled } from './errors.ts';
import { registerImage } from './register-image.ts';
import { ec2State } from './state.ts';
import {
  checkSpecifications,
  creationTagChecks,
  resourceTagContext,
  specifiedTags,
} from './tags.ts';

const descriptionLengthMax = 255; // EC2 API Reference, CreateImage, Description
// AWS states no durations; minutes are usual for volumes of some ten GiB.
const completesAfterMsMin = 90_000;
const completesAfterMsMax = 240_000;

/** An image of a running instance, which goes on running here; EC2 reboots it unless `NoReboot` is true. */
export const createImage = operation<
  client.CreateImageCommandInput,
  Partial<client.CreateImageCommandOutput>
>({
  authorize: (input, call) => [...resourceChecks(call, input), ...tagChecks(call, input)],
  run(input, call) {
    refuseDryRun(input);
    refuseUnmodelled(input, ['BlockDeviceMappings', 'SnapshotLocation', 'BootModeOverride']);
    checkSpecifications(input.TagSpecifications, ['image', 'snapshot']);
    const instance = ec2State.in(call).instances.get(input.InstanceId ?? '');
    if (!instance || instance.state === 'terminated')
      throw instanceNotFound(input.InstanceId ?? '');
    if (instance.state !== 'running' || !instance.system)
      throw invalidValue(`Instance '${instance.id}' is not 'running' or 'stopped'.`);
    const description = input.Description ?? '';
    if (description.length > descriptionLengthMax)
      throw invalidValue(`a description has at most ${descriptionLengthMax} characters`);
    const image = registerImage(call, {
      name: input.Name ?? '',
      description,
      architecture: instance.architecture,
      devices: instance.devices,
      contents: instance.system.contents,
      imdsV2Only: false,
      sourceInstanceId: instance.id,
      sourceImageId: instance.imageId,
      sourceImageRegion: call.region,
      tags: specifiedTags(input.TagSpecifications, 'image'),
      snapshotTags: specifiedTags(input.TagSpecifications, 'snapshot'),
      snapshotDescription: `Created by CreateImage(${instance.id}) for {image}`,
      completesAfterMs: call.between('image-duration', completesAfterMsMin, completesAfterMsMax),
      caller: call.caller,
      requestId: call.requestId,
    });
    return { ImageId: image.id };
  },
});

function resourceChecks(call: Call, input: client.CreateImageCommandInput): AccessCheck[] {
  const context = { 'ec2:Region': call.region };
  const check = (resource: string, extra: AccessCheck['context'] = {}): AccessCheck => ({
    action: 'ec2:CreateImage',
    resource,
    resourceAccount: call.account,
    context: { ...context, ...extra },
  });
  const instanceId = input.InstanceId ?? '';
  return [
    check(ec2Arn(call, 'instance', instanceId), resourceTagContext(call, instanceId)),
    check(imageArn(call, '*')),
    check(snapshotArn(call, '*')),
  ];
}

const tagChecks = (call: Call, input: client.CreateImageCommandInput): AccessCheck[] =>
  creationTagChecks(call, [
    { resource: imageArn(call, '*'), tags: specifiedTags(input.TagSpecifications, 'image') },
    { resource: snapshotArn(call, '*'), tags: specifiedTags(input.TagSpecifications, 'snapshot') },
  ]);
