import { describe, expect, it } from '@jest/globals';
import {
  CopyImageCommand,
  CreateImageCommand,
  DescribeImagesCommand,
  DescribeSnapshotAttributeCommand,
  DescribeSnapshotsCommand,
  EC2Client,
  EnableEbsEncryptionByDefaultCommand,
  ModifyImageAttributeCommand,
  ModifySnapshotAttributeCommand,
  paginateDescribeImages,
} from '@aws-sdk/client-ec2';
import {
  minute,
  day,
  member,
  fixture,
  amazonImage,
  runningInstance,
  ownImage,
  imageOf,
  namesOf,
} from '../../../test/images-fixture.ts';

describe("Amazon's images", () => {
  it('are public, have their release as creation date and appear once they are released', async () => {
    const given = fixture();
    const client = given.client(EC2Client, { user: 'stranger' });
    const count = async (): Promise<number> =>
      (await namesOf(client, { Owners: ['amazon'] })).length;
    const before = await count();
    const image = await amazonImage(client);
    expect(image).toMatchObject({
      OwnerId: '591542846629',
      ImageOwnerAlias: 'amazon',
      Public: true,
      State: 'available',
      RootDeviceName: '/dev/xvda',
    });
    expect(Date.parse(image.CreationDate ?? '')).toBeLessThan(given.world.scheduler.now);
    await given.world.scheduler.runFor(14 * day);
    expect(await count()).toBe(before + 4);
  });
});

describe('image creation', () => {
  it('ends available, with a snapshot and an event', async () => {
    const given = fixture();
    const client = given.client(EC2Client);
    const InstanceId = await runningInstance(given, client);
    const { ImageId = '' } = await client.send(
      new CreateImageCommand({
        InstanceId,
        Name: 'first',
        TagSpecifications: [{ ResourceType: 'image', Tags: [{ Key: 'a', Value: '1' }] }],
      }),
    );
    expect((await imageOf(client, ImageId)).State).toBe('pending');
    await given.world.scheduler.runFor(10 * minute);
    const image = await imageOf(client, ImageId);
    expect(image).toMatchObject({
      State: 'available',
      Name: 'first',
      SourceInstanceId: InstanceId,
      Tags: [{ Key: 'a', Value: '1' }],
    });
    const SnapshotId = image.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId ?? '';
    const { Snapshots } = await client.send(
      new DescribeSnapshotsCommand({ SnapshotIds: [SnapshotId] }),
    );
    expect(Snapshots?.[0]).toMatchObject({
      State: 'completed',
      Encrypted: false,
      Description: `Created by CreateImage(${InstanceId}) for ${ImageId}`,
    });
    const events = given.world.journal.entries
      .filter(({ name }) => name === 'event-published')
      .map(({ detail }) => detail['event'] as { 'detail-type': string; detail: unknown });
    expect(events.filter((event) => event['detail-type'] === 'EC2 AMI State Change')).toMatchObject(
      [{ detail: { ImageId, State: 'available', ErrorMessage: '' } }],
    );
  });

  it('refuses a name that is taken or malformed, and what is not modelled', async () => {
    const given = fixture();
    const client = given.client(EC2Client);
    await ownImage(given, 'taken');
    const InstanceId = await runningInstance(given, client);
    const create = (Name: string, more: object = {}) =>
      client.send(new CreateImageCommand({ InstanceId, Name, ...more }));
    await expect(create('taken')).rejects.toMatchObject({ name: 'InvalidAMIName.Duplicate' });
    await expect(create('a*b')).rejects.toMatchObject({ name: 'InvalidAMIName.Malformed' });
    await expect(create('x')).rejects.toMatchObject({ name: 'InvalidAMIName.Malformed' });
    await expect(create('other', { SnapshotLocation: 'regional' })).rejects.toMatchObject({
      name: 'UnsupportedOperation',
      message: expect.stringContaining('SnapshotLocation'),
    });
    expect(await create('other', { NoReboot: true })).toMatchObject({
      ImageId: expect.stringMatching(/^ami-/),
    });
  });
});

describe('DescribeImages', () => {
  it('walks five images in pages of two', async () => {
    const given = fixture();
    for (const name of ['n-1', 'n-2', 'n-3', 'n-4', 'n-5']) await ownImage(given, name);
    const client = given.client(EC2Client);
    const sizes: number[] = [];
    for await (const page of paginateDescribeImages({ client }, { Owners: ['self'] }))
      sizes.push(page.Images?.length ?? 0);
    expect(sizes).toEqual([2, 2, 1]);
    await expect(
      client.send(new DescribeImagesCommand({ NextToken: 'made-up' })),
    ).rejects.toMatchObject({ name: 'InvalidNextToken' });
  });

  it('says what is wrong with an id, an owner or a filter', async () => {
    const client = fixture().client(EC2Client);
    const asked = (input: object) => client.send(new DescribeImagesCommand(input));
    await expect(asked({ ImageIds: ['ami-1'] })).rejects.toMatchObject({
      name: 'InvalidAMIID.Malformed',
    });
    await expect(asked({ ImageIds: ['ami-0123456789abcdef0'] })).rejects.toMatchObject({
      name: 'InvalidAMIID.NotFound',
      message: "The image id '[ami-0123456789abcdef0]' does not exist",
    });
    await expect(asked({ Owners: ['nobody'] })).rejects.toMatchObject({
      name: 'InvalidUserID.Malformed',
    });
    await expect(asked({ Filters: [{ Name: 'colour', Values: ['red'] }] })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
    await expect(
      asked({ ImageIds: ['ami-0123456789abcdef0'], MaxResults: 5 }),
    ).rejects.toMatchObject({ name: 'InvalidParameterCombination' });
    await expect(asked({ DryRun: true })).rejects.toMatchObject({ name: 'DryRunOperation' });
  });

  it('needs the permission', async () => {
    const given = fixture();
    given.addUser('nobody', {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 'ec2:DescribeTags', Resource: '*' },
    });
    const client = given.client(EC2Client, { user: 'nobody' });
    await expect(client.send(new DescribeImagesCommand({}))).rejects.toMatchObject({
      name: 'UnauthorizedOperation',
      $metadata: { httpStatusCode: 403 },
    });
  });
});

describe('copies', () => {
  it('arrive later in the other Region, encrypted where that Region wants it', async () => {
    const given = fixture();
    const source = await ownImage(given, 'source');
    const far = given.client(EC2Client, { region: 'us-east-1' });
    const copy = async (input: object = {}) => {
      const { ImageId } = await far.send(
        new CopyImageCommand({
          SourceImageId: source.ImageId,
          SourceRegion: 'eu-west-1',
          Name: 'copy',
          ...input,
        }),
      );
      return ImageId;
    };
    const plain = await copy({ ClientToken: 't' });
    expect(await copy({ ClientToken: 't' })).toBe(plain);
    await expect(copy({ ClientToken: 't', Name: 'other' })).rejects.toMatchObject({
      name: 'IdempotentParameterMismatch',
    });
    await expect(copy()).rejects.toMatchObject({ name: 'InvalidAMIName.Duplicate' });
    expect((await imageOf(far, plain)).State).toBe('pending');
    await far.send(new EnableEbsEncryptionByDefaultCommand({}));
    const encrypted = await copy({ Name: 'copy 2' });
    await given.world.scheduler.runFor(10 * minute);
    expect(await imageOf(far, plain)).toMatchObject({
      State: 'available',
      SourceImageId: source.ImageId,
      SourceImageRegion: 'eu-west-1',
    });
    expect((await imageOf(far, plain)).BlockDeviceMappings?.[0]?.Ebs?.Encrypted).toBe(false);
    expect((await imageOf(far, encrypted)).BlockDeviceMappings?.[0]?.Ebs?.Encrypted).toBe(true);
  });

  it('of a shared image need its snapshots shared too', async () => {
    const given = fixture();
    const owner = given.client(EC2Client);
    const image = await ownImage(given, 'lent');
    const SnapshotId = image.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId ?? '';
    await owner.send(
      new ModifyImageAttributeCommand({
        ImageId: image.ImageId,
        LaunchPermission: { Add: [{ UserId: member }] },
      }),
    );
    const borrower = given.client(EC2Client, { user: 'member' });
    const copy = () =>
      borrower.send(
        new CopyImageCommand({
          SourceImageId: image.ImageId,
          SourceRegion: 'eu-west-1',
          Name: 'mine',
        }),
      );
    await expect(copy()).rejects.toMatchObject({ name: 'InvalidRequest' });
    await owner.send(
      new ModifySnapshotAttributeCommand({ SnapshotId, OperationType: 'add', UserIds: [member] }),
    );
    const { CreateVolumePermissions } = await owner.send(
      new DescribeSnapshotAttributeCommand({ SnapshotId, Attribute: 'createVolumePermission' }),
    );
    expect(CreateVolumePermissions).toEqual([{ UserId: member }]);
    const { ImageId } = await copy();
    await given.world.scheduler.runFor(10 * minute);
    expect((await imageOf(borrower, ImageId)).OwnerId).toBe(member);
  });
});
