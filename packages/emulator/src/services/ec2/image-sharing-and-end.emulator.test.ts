import { describe, expect, it } from '@jest/globals';
import {
  CreateTagsCommand,
  DeleteSnapshotCommand,
  DeregisterImageCommand,
  DescribeImageAttributeCommand,
  DescribeImagesCommand,
  DisableImageCommand,
  DisableImageDeprecationCommand,
  DisableImageDeregistrationProtectionCommand,
  EC2Client,
  EnableEbsEncryptionByDefaultCommand,
  EnableImageCommand,
  EnableImageDeprecationCommand,
  EnableImageDeregistrationProtectionCommand,
  ModifyImageAttributeCommand,
  ModifySnapshotAttributeCommand,
  ResetImageAttributeCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import {
  minute,
  day,
  organization,
  member,
  stranger,
  organizationArn,
  unitArn,
  fixture,
  ownImage,
  imageOf,
  namesOf,
} from '../../../test/images-fixture.ts';

describe('sharing', () => {
  it('reaches the members of an organization and of a unit, without tags, and nobody else', async () => {
    const given = fixture();
    const owner = given.client(EC2Client);
    const image = await ownImage(given, 'shared');
    await owner.send(
      new CreateTagsCommand({
        Resources: [image.ImageId ?? ''],
        Tags: [{ Key: 'line', Value: 'x' }],
      }),
    );
    const seenBy = (user: string) =>
      namesOf(given.client(EC2Client, { user }), { ExecutableUsers: ['self'] });
    const share = (permission: object, how: 'Add' | 'Remove' = 'Add') =>
      owner.send(
        new ModifyImageAttributeCommand({
          ImageId: image.ImageId,
          LaunchPermission: { [how]: [permission] },
        }),
      );
    expect(await seenBy('member')).toEqual([]);
    await share({ OrganizationArn: organizationArn });
    expect(await seenBy('member')).toEqual(['shared']);
    expect(await seenBy('management')).toEqual(['shared']);
    expect(await seenBy('stranger')).toEqual([]);
    expect(
      await namesOf(given.client(EC2Client, { user: 'member' }), { Owners: [given.account] }),
    ).toEqual(['shared']);
    const seen = await imageOf(given.client(EC2Client, { user: 'member' }), image.ImageId);
    expect(seen.Tags ?? []).toEqual([]);
    expect(seen.SourceInstanceId).toBeUndefined();
    await share({ OrganizationArn: organizationArn }, 'Remove');
    await share({ OrganizationalUnitArn: unitArn });
    expect(await seenBy('member')).toEqual(['shared']);
    expect(await seenBy('management')).toEqual([]);
    await share({ UserId: stranger });
    expect(await seenBy('stranger')).toEqual(['shared']);
    const { LaunchPermissions } = await owner.send(
      new DescribeImageAttributeCommand({ ImageId: image.ImageId, Attribute: 'launchPermission' }),
    );
    expect(LaunchPermissions).toEqual([{ OrganizationalUnitArn: unitArn }, { UserId: stranger }]);
    await owner.send(
      new ResetImageAttributeCommand({ ImageId: image.ImageId, Attribute: 'launchPermission' }),
    );
    expect(await seenBy('stranger')).toEqual([]);
  });

  it('does not reach members by an ARN that names another management account', async () => {
    const given = fixture();
    const image = await ownImage(given, 'wrong');
    await given.client(EC2Client).send(
      new ModifyImageAttributeCommand({
        ImageId: image.ImageId,
        OperationType: 'add',
        OrganizationArns: [`arn:aws:organizations::${stranger}:organization/${organization}`],
      }),
    );
    const seen = await namesOf(given.client(EC2Client, { user: 'member' }), {
      ExecutableUsers: ['self'],
    });
    expect(seen).toEqual([]);
  });

  it('finds shares by id only for the account id of somebody else', async () => {
    const given = fixture();
    const owner = given.client(EC2Client);
    const image = await ownImage(given, 'by-id');
    const found = () => namesOf(owner, { ExecutableUsers: [member] });
    await owner.send(
      new ModifyImageAttributeCommand({
        ImageId: image.ImageId,
        LaunchPermission: { Add: [{ OrganizationArn: organizationArn }] },
      }),
    );
    expect(await found()).toEqual([]);
    await owner.send(
      new ModifyImageAttributeCommand({
        ImageId: image.ImageId,
        LaunchPermission: { Add: [{ UserId: member }] },
      }),
    );
    expect(await found()).toEqual(['by-id']);
  });

  it('refuses malformed entities and foreign images', async () => {
    const given = fixture();
    const image = await ownImage(given, 'strict');
    const add = (permission: object, user = 'admin') =>
      given.client(EC2Client, { user }).send(
        new ModifyImageAttributeCommand({
          ImageId: image.ImageId,
          LaunchPermission: { Add: [permission] },
        }),
      );
    for (const permission of [
      { UserId: '12' },
      { OrganizationArn: organization },
      { OrganizationArn: unitArn },
      { OrganizationalUnitArn: organizationArn },
    ])
      await expect(add(permission)).rejects.toMatchObject({ name: 'InvalidAMIAttributeItemValue' });
    await expect(add({ UserId: member }, 'stranger')).rejects.toMatchObject({
      name: 'AuthFailure',
      message: `Not authorized for image:${image.ImageId ?? ''}`,
    });
  });

  it('is refused for images on the AWS managed key', async () => {
    const given = fixture();
    const owner = given.client(EC2Client);
    await owner.send(new EnableEbsEncryptionByDefaultCommand({}));
    const image = await ownImage(given, 'encrypted');
    expect(image.BlockDeviceMappings?.[0]?.Ebs?.Encrypted).toBe(true);
    await expect(
      owner.send(
        new ModifyImageAttributeCommand({
          ImageId: image.ImageId,
          LaunchPermission: { Add: [{ OrganizationArn: organizationArn }] },
        }),
      ),
    ).rejects.toMatchObject({
      name: 'InvalidParameter',
      message:
        "Snapshots encrypted with the AWS Managed CMK can't be shared. Specify another snapshot.",
    });
    const SnapshotId = image.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId ?? '';
    await expect(
      owner.send(
        new ModifySnapshotAttributeCommand({
          SnapshotId,
          CreateVolumePermission: { Add: [{ UserId: member }] },
        }),
      ),
    ).rejects.toMatchObject({ name: 'OperationNotPermitted' });
  });
});

describe('the end of an image', () => {
  it('deregisters with its snapshots, which are kept while an image uses them', async () => {
    const given = fixture();
    const client = given.client(EC2Client);
    const image = await ownImage(given, 'old');
    const SnapshotId = image.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId ?? '';
    await expect(client.send(new DeleteSnapshotCommand({ SnapshotId }))).rejects.toMatchObject({
      name: 'InvalidSnapshot.InUse',
    });
    const deregister = () =>
      client.send(
        new DeregisterImageCommand({ ImageId: image.ImageId, DeleteAssociatedSnapshots: true }),
      );
    expect((await deregister()).DeleteSnapshotResults).toEqual([
      { SnapshotId, ReturnCode: 'success' },
    ]);
    await expect(deregister()).rejects.toMatchObject({ name: 'InvalidAMIID.Unavailable' });
    await expect(client.send(new DeleteSnapshotCommand({ SnapshotId }))).rejects.toMatchObject({
      name: 'InvalidSnapshot.NotFound',
    });
    const found = () => client.send(new DescribeImagesCommand({ ImageIds: [image.ImageId ?? ''] }));
    expect((await found()).Images).toEqual([]);
    await given.world.scheduler.runFor(60 * minute);
    await expect(found()).rejects.toMatchObject({ name: 'InvalidAMIID.NotFound' });
  });

  it('is prevented by protection, and for a day after it when there is a cooldown', async () => {
    const given = fixture();
    const client = given.client(EC2Client);
    const { ImageId } = await ownImage(given, 'pinned');
    const deregister = () => client.send(new DeregisterImageCommand({ ImageId }));
    await client.send(
      new EnableImageDeregistrationProtectionCommand({ ImageId, WithCooldown: true }),
    );
    await expect(deregister()).rejects.toMatchObject({ name: 'OperationNotPermitted' });
    await client.send(new DisableImageDeregistrationProtectionCommand({ ImageId }));
    await expect(deregister()).rejects.toMatchObject({ name: 'OperationNotPermitted' });
    await given.world.scheduler.runFor(day);
    await deregister();
  });

  it('can be a disabled image: sharing ends for good, launches fail', async () => {
    const given = fixture();
    const client = given.client(EC2Client);
    const { ImageId } = await ownImage(given, 'off');
    await client.send(
      new ModifyImageAttributeCommand({ ImageId, LaunchPermission: { Add: [{ UserId: member }] } }),
    );
    await client.send(new DisableImageCommand({ ImageId }));
    expect(await namesOf(client, { Owners: ['self'] })).toEqual([]);
    expect(await namesOf(client, { Owners: ['self'], IncludeDisabled: true })).toEqual(['off']);
    await expect(
      client.send(
        new RunInstancesCommand({ ImageId, InstanceType: 't3.micro', MinCount: 1, MaxCount: 1 }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidAMIID.Unavailable' });
    await client.send(new EnableImageCommand({ ImageId }));
    const image = await imageOf(client, ImageId);
    expect(image.State).toBe('available');
    expect(
      await namesOf(given.client(EC2Client, { user: 'member' }), { ExecutableUsers: ['self'] }),
    ).toEqual([]);
  });

  it('hides a deprecated image from others unless they ask for it', async () => {
    const given = fixture();
    const client = given.client(EC2Client);
    const { ImageId } = await ownImage(given, 'aged');
    await client.send(
      new ModifyImageAttributeCommand({ ImageId, LaunchPermission: { Add: [{ UserId: member }] } }),
    );
    const at = (ms: number) => new Date(given.world.scheduler.now + ms);
    const deprecate = (DeprecateAt: Date) =>
      client.send(new EnableImageDeprecationCommand({ ImageId, DeprecateAt }));
    await expect(deprecate(at(-minute))).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await expect(deprecate(at(11 * 366 * day))).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
    await deprecate(at(day));
    const borrower = given.client(EC2Client, { user: 'member' });
    const seen = (more: object = {}) => namesOf(borrower, { Owners: [given.account], ...more });
    expect(await seen()).toEqual(['aged']);
    await given.world.scheduler.runFor(2 * day);
    expect(await seen()).toEqual([]);
    expect(await seen({ IncludeDeprecated: true })).toEqual(['aged']);
    expect(await namesOf(client, { Owners: ['self'] })).toEqual(['aged']);
    await client.send(new DisableImageDeprecationCommand({ ImageId }));
    expect(await seen()).toEqual(['aged']);
  });
});
