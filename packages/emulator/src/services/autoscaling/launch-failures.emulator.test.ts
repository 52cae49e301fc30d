import { describe, expect, it } from '@jest/globals';
import {
  SetDesiredCapacityCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  DeleteLaunchTemplateCommand,
  DeregisterImageCommand,
  DisableImageCommand,
  EnableEbsEncryptionByDefaultCommand,
  ModifyEbsDefaultKmsKeyIdCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { IAMClient, DeleteServiceLinkedRoleCommand } from '@aws-sdk/client-iam';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  minutes,
  scalingFixture,
  seconds,
  type ScalingFixture,
} from '../../../test/scaling-fixture.ts';
import { kms } from '../kms/operations.ts';

/** A group without instances on an image of the account's own. */
async function onOwnImage(): Promise<ScalingFixture & { readonly ownImage: string }> {
  const given = await scalingFixture();
  const ownImage = await given.makeImage('own');
  const Version = await given.addVersion({ ImageId: ownImage });
  await given.createGroup('web', {
    DesiredCapacity: 0,
    LaunchTemplate: { LaunchTemplateId: given.templateId, Version },
  });
  return { ...given, ownImage };
}

const grow = (given: ScalingFixture, DesiredCapacity = 1) =>
  given.scaling.send(
    new SetDesiredCapacityCommand({ AutoScalingGroupName: 'web', DesiredCapacity }),
  );

describe('a launch that EC2 refuses', () => {
  it('is a failed activity and an event with the reason', async () => {
    const given = await onOwnImage();
    await given.ec2.send(new DeregisterImageCommand({ ImageId: given.ownImage }));
    await grow(given);
    await given.world.scheduler.runFor(10 * seconds);

    const [activity] = await given.activities('web');
    expect(activity).toMatchObject({
      StatusCode: 'Failed',
      StatusMessage: expect.stringContaining('Launching EC2 instance failed.'),
      Description: expect.stringMatching(/^Launching a new EC2 instance\. {2}Status Reason: /),
    });
    expect(activity?.StatusMessage).toContain(given.ownImage);
    const { AutoScalingGroupARN } = await given.group('web');
    const [event] = given.events('EC2 Instance Launch Unsuccessful');
    expect(event).toMatchObject({
      resources: [AutoScalingGroupARN],
      detail: {
        StatusCode: 'Failed',
        AutoScalingGroupName: 'web',
        EC2InstanceId: '',
        StatusMessage: activity?.StatusMessage,
        ActivityId: activity?.ActivityId,
      },
    });
  });

  it('is tried again ever less often, and succeeds once the cause is gone', async () => {
    const given = await onOwnImage();
    await given.ec2.send(new DisableImageCommand({ ImageId: given.ownImage }));
    await grow(given);
    await given.world.scheduler.runFor(30 * minutes);

    const failed = (await given.activities('web')).filter(
      ({ StatusCode }) => StatusCode === 'Failed',
    );
    const starts = failed.map(({ StartTime }) => (StartTime?.getTime() ?? 0) / 1000).reverse();
    const gaps = starts.slice(1).map((start, index) => start - (starts[index] ?? 0));
    expect(gaps.length).toBeGreaterThanOrEqual(5);
    expect(gaps.every((gap, index) => index === 0 || gap > (gaps[index - 1] ?? 0))).toBe(true);

    await given.scaling.send(
      new UpdateAutoScalingGroupCommand({
        AutoScalingGroupName: 'web',
        LaunchTemplate: { LaunchTemplateId: given.templateId, Version: '1' },
      }),
    );
    const group = await given.settle('web', 2 * minutes);
    expect(group.Instances).toHaveLength(1);
  });

  it.each([
    [
      'the template is gone',
      (given: ScalingFixture) =>
        given.ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateId: given.templateId })),
      'You must use a valid fully-formed launch template.',
    ],
    [
      'the service-linked role is gone',
      (given: ScalingFixture) =>
        given
          .client(IAMClient)
          .send(new DeleteServiceLinkedRoleCommand({ RoleName: 'AWSServiceRoleForAutoScaling' })),
      'AWSServiceRoleForAutoScaling does not exist',
    ],
  ])('fails when %s', async (_, breakIt, message) => {
    const given = await onOwnImage();
    await breakIt(given);
    await given.spread();
    await grow(given);
    await given.world.scheduler.runFor(10 * seconds);

    expect((await given.activities('web'))[0]).toMatchObject({
      StatusCode: 'Failed',
      StatusMessage: expect.stringContaining(message),
    });
  });
});

describe('an instance that ends before it is in service', () => {
  it('is a failed launch with the reason of EC2, and is replaced', async () => {
    const given = await scalingFixture();
    await given.createGroup('web', { DesiredCapacity: 1 });
    await given.runUntil(async () => ((await given.group('web')).Instances ?? []).length === 1);
    const [instance] = (await given.group('web')).Instances ?? [];
    expect(instance?.LifecycleState).toBe('Pending');

    await given.ec2.send(
      new TerminateInstancesCommand({ InstanceIds: [instance?.InstanceId ?? ''] }),
    );
    const group = await given.settle('web');

    const failed = (await given.activities('web')).find(
      ({ StatusCode }) => StatusCode === 'Failed',
    );
    expect(failed?.StatusMessage).toBe(
      'Instance became unhealthy while waiting for instance to be in InService state. Termination Reason: Client.UserInitiatedShutdown: User initiated shutdown',
    );
    expect(given.events('EC2 Instance Launch Unsuccessful')).toMatchObject([
      { detail: { EC2InstanceId: instance?.InstanceId } },
    ]);
    expect(group.Instances?.[0]?.InstanceId).not.toBe(instance?.InstanceId);
  });

  it('has a key that the service-linked role may not use', async () => {
    const given = await scalingFixture([kms]);
    await given.createGroup('web', { DesiredCapacity: 0 });
    const root = { AWS: 'arn:aws:iam::111111111111:user/admin' };
    const { KeyMetadata } = await given.client(KMSClient).send(
      new CreateKeyCommand({
        Policy: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: root, Action: 'kms:*', Resource: '*' }],
        }),
      }),
    );
    await given.ec2.send(new EnableEbsEncryptionByDefaultCommand({}));
    await given.ec2.send(new ModifyEbsDefaultKmsKeyIdCommand({ KmsKeyId: KeyMetadata?.Arn }));
    await grow(given);
    await given.world.scheduler.runFor(2 * minutes);

    const failed = (await given.activities('web')).find(
      ({ StatusCode }) => StatusCode === 'Failed',
    );
    expect(failed?.StatusMessage).toMatch(
      /^Instance became unhealthy .* Termination Reason: Client\.\w+/,
    );
  });
});
