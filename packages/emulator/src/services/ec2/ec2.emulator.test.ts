import { describe, expect, it } from '@jest/globals';
import {
  CopyImageCommand,
  CreateDefaultVpcCommand,
  CreateImageCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteSnapshotCommand,
  DeleteTagsCommand,
  DeregisterImageCommand,
  DescribeAvailabilityZonesCommand,
  DescribeImageAttributeCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeRegionsCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotAttributeCommand,
  DescribeSnapshotsCommand,
  DescribeSubnetsCommand,
  DescribeTagsCommand,
  DescribeVpcsCommand,
  DisableEbsEncryptionByDefaultCommand,
  DisableImageCommand,
  DisableImageDeprecationCommand,
  DisableImageDeregistrationProtectionCommand,
  EC2Client,
  EnableEbsEncryptionByDefaultCommand,
  EnableImageCommand,
  EnableImageDeprecationCommand,
  EnableImageDeregistrationProtectionCommand,
  GetEbsDefaultKmsKeyIdCommand,
  GetEbsEncryptionByDefaultCommand,
  ModifyEbsDefaultKmsKeyIdCommand,
  ModifyImageAttributeCommand,
  ModifySnapshotAttributeCommand,
  ResetEbsDefaultKmsKeyIdCommand,
  ResetImageAttributeCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
  paginateDescribeImages,
  type Image,
} from '@aws-sdk/client-ec2';
import { serviceFixture, type ServiceFixture } from '../../../test/world-fixture.ts';
import { ec2 } from './operations.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const organization = 'o-abcdefghij';
const management = '999999999999';
const member = '222222222222';
const stranger = '333333333333';
const organizationArn = `arn:aws:organizations::${management}:organization/${organization}`;
const unitArn = `arn:aws:organizations::${management}:ou/${organization}/ou-abcd-12345678`;
const everything = {
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
};

/** An image builder's account, a member of its organization, and somebody outside. */
function fixture(): ServiceFixture {
  const given = serviceFixture([ec2]);
  given.addUser('member', everything, member);
  given.addUser('management', everything, management);
  given.addUser('stranger', everything, stranger);
  for (const [id, path] of [
    [management, `${organization}/r-abcd/`],
    [member, `${organization}/r-abcd/ou-abcd-12345678/`],
  ] as const) {
    const account = given.world.directory.get(id);
    if (!account) throw new Error(`no account ${id}`);
    account.organizationId = organization;
    account.organizationPath = path;
  }
  return given;
}

async function amazonImage(client: EC2Client, architecture = 'x86_64'): Promise<Image> {
  const { Images = [] } = await client.send(
    new DescribeImagesCommand({
      Owners: ['amazon'],
      Filters: [
        { Name: 'architecture', Values: [architecture] },
        { Name: 'name', Values: ['al2023-ami-ecs-*'] },
      ],
    }),
  );
  const [image] = Images;
  if (!image) throw new Error('Amazon has released no image');
  return image;
}

async function runningInstance(given: ServiceFixture, client: EC2Client): Promise<string> {
  const { ImageId } = await amazonImage(client);
  const { Vpcs = [] } = await client.send(new DescribeVpcsCommand({}));
  if (Vpcs.length === 0) await client.send(new CreateDefaultVpcCommand({}));
  const { Instances } = await client.send(
    new RunInstancesCommand({ ImageId, InstanceType: 't3.micro', MinCount: 1, MaxCount: 1 }),
  );
  await given.world.scheduler.runFor(2 * minute);
  return Instances?.[0]?.InstanceId ?? '';
}

/** An image of this account, made of an instance. */
async function ownImage(
  given: ServiceFixture,
  name: string,
  client = given.client(EC2Client),
): Promise<Image> {
  const InstanceId = await runningInstance(given, client);
  const { ImageId = '' } = await client.send(new CreateImageCommand({ InstanceId, Name: name }));
  await given.world.scheduler.runFor(10 * minute);
  return imageOf(client, ImageId);
}

async function imageOf(client: EC2Client, id: string | undefined): Promise<Image> {
  const { Images } = await client.send(new DescribeImagesCommand({ ImageIds: [id ?? ''] }));
  if (!Images?.[0]) throw new Error(`no image ${id ?? ''}`);
  return Images[0];
}

const namesOf = async (client: EC2Client, input: object): Promise<(string | undefined)[]> => {
  const names: (string | undefined)[] = [];
  for await (const page of paginateDescribeImages({ client }, input))
    names.push(...(page.Images ?? []).map((image) => image.Name));
  return names;
};

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

describe('EBS defaults', () => {
  it('are off with the alias of the AWS managed key, per Region', async () => {
    const given = fixture();
    const client = given.client(EC2Client);
    const state = async (region: string): Promise<unknown[]> => {
      const there = given.client(EC2Client, { region });
      const { EbsEncryptionByDefault } = await there.send(new GetEbsEncryptionByDefaultCommand({}));
      const { KmsKeyId } = await there.send(new GetEbsDefaultKmsKeyIdCommand({}));
      return [EbsEncryptionByDefault, KmsKeyId];
    };
    expect(await state('eu-west-1')).toEqual([false, 'alias/aws/ebs']);
    await client.send(new EnableEbsEncryptionByDefaultCommand({}));
    const key = 'arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-4000-8000-000000000000';
    await client.send(new ModifyEbsDefaultKmsKeyIdCommand({ KmsKeyId: key }));
    expect(await state('eu-west-1')).toEqual([true, key]);
    expect(await state('us-east-1')).toEqual([false, 'alias/aws/ebs']);
    await client.send(new ResetEbsDefaultKmsKeyIdCommand({}));
    await client.send(new DisableEbsEncryptionByDefaultCommand({}));
    expect(await state('eu-west-1')).toEqual([false, 'alias/aws/ebs']);
  });
});

describe('instances', () => {
  it('come up, can be found by tag and go', async () => {
    const given = fixture();
    const client = given.client(EC2Client);
    const { ImageId } = await amazonImage(client);
    const run = (more: object = {}) =>
      client.send(
        new RunInstancesCommand({
          ImageId,
          InstanceType: 't3.micro',
          MinCount: 1,
          MaxCount: 1,
          TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'role', Value: 'x' }] }],
          ...more,
        }),
      );
    await expect(run()).rejects.toMatchObject({ name: 'VPCIdNotSpecified' });
    await client.send(new CreateDefaultVpcCommand({}));
    await expect(run({ InstanceType: 't4g.micro' })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: expect.stringContaining("The architecture 'arm64' of the specified instance type"),
    });
    await expect(run({ IamInstanceProfile: { Name: 'none' } })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
    const { Instances } = await run({ ClientToken: 'same' });
    const InstanceIds = [Instances?.[0]?.InstanceId ?? ''];
    expect((await run({ ClientToken: 'same' })).Instances?.[0]?.InstanceId).toBe(InstanceIds[0]);
    expect(Instances?.[0]?.State?.Name).toBe('pending');
    const state = async () => {
      const { Reservations } = await client.send(
        new DescribeInstancesCommand({ Filters: [{ Name: 'tag:role', Values: ['x'] }] }),
      );
      return Reservations?.flatMap((item) => item.Instances?.map((one) => one.State?.Name));
    };
    await given.world.scheduler.runFor(minute);
    expect(await state()).toEqual(['running']);
    await client.send(new TerminateInstancesCommand({ InstanceIds }));
    expect(await state()).toEqual(['shutting-down']);
    await given.world.scheduler.runFor(2 * minute);
    expect(await state()).toEqual(['terminated']);
    await given.world.scheduler.runFor(60 * minute);
    expect(await state()).toEqual([]);
  });

  it('cannot be run without the right on each resource and on tags', async () => {
    const given = fixture();
    const admin = given.client(EC2Client);
    await admin.send(new CreateDefaultVpcCommand({}));
    const { ImageId } = await amazonImage(admin);
    given.addUser('runner', {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 'ec2:RunInstances', Resource: 'arn:aws:ec2:*:*:*' },
        {
          Effect: 'Allow',
          Action: 'ec2:CreateTags',
          Resource: '*',
          Condition: {
            StringEquals: { 'ec2:CreateAction': 'RunInstances', 'aws:RequestTag/a': '1' },
          },
        },
        {
          Effect: 'Deny',
          Action: 'ec2:RunInstances',
          Resource: '*',
          Condition: { StringEquals: { 'ec2:InstanceType': 't3.large' } },
        },
      ],
    });
    const run = (InstanceType: 't3.micro' | 't3.large', tag: string) =>
      given.client(EC2Client, { user: 'runner' }).send(
        new RunInstancesCommand({
          ImageId,
          InstanceType,
          MinCount: 1,
          MaxCount: 1,
          TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'a', Value: tag }] }],
        }),
      );
    await expect(run('t3.large', '1')).rejects.toMatchObject({ name: 'UnauthorizedOperation' });
    await expect(run('t3.micro', '2')).rejects.toMatchObject({ name: 'UnauthorizedOperation' });
    expect((await run('t3.micro', '1')).Instances).toHaveLength(1);
  });
});

describe('references and tags', () => {
  it('has VPCs, subnets and security groups to refer to', async () => {
    const client = fixture().client(EC2Client);
    const { Vpc } = await client.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
    const VpcId = Vpc?.VpcId ?? '';
    const { Subnet } = await client.send(
      new CreateSubnetCommand({ VpcId, CidrBlock: '10.0.1.0/24', AvailabilityZone: 'eu-west-1b' }),
    );
    const { GroupId = '' } = await client.send(
      new CreateSecurityGroupCommand({ VpcId, GroupName: 'build', Description: 'x' }),
    );
    const { Subnets } = await client.send(
      new DescribeSubnetsCommand({ Filters: [{ Name: 'vpc-id', Values: [VpcId] }] }),
    );
    expect(Subnets).toMatchObject([{ SubnetId: Subnet?.SubnetId, AvailabilityZone: 'eu-west-1b' }]);
    const { SecurityGroups } = await client.send(
      new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }),
    );
    expect(SecurityGroups).toMatchObject([{ GroupName: 'build', VpcId }]);
    await expect(
      client.send(new DescribeSubnetsCommand({ SubnetIds: ['subnet-0'] })),
    ).rejects.toMatchObject({ name: 'InvalidSubnetID.NotFound' });
    await expect(
      client.send(new CreateSubnetCommand({ VpcId: 'vpc-0', CidrBlock: '10.0.1.0/24' })),
    ).rejects.toMatchObject({ name: 'InvalidVpcID.NotFound' });
  });

  it('names Regions and zones', async () => {
    const client = fixture().client(EC2Client);
    const { Regions = [] } = await client.send(new DescribeRegionsCommand({}));
    expect(Regions.map(({ RegionName }) => RegionName)).toContain('eu-west-1');
    const { AvailabilityZones } = await client.send(new DescribeAvailabilityZonesCommand({}));
    expect(AvailabilityZones?.map(({ ZoneName }) => ZoneName)).toEqual([
      'eu-west-1a',
      'eu-west-1b',
      'eu-west-1c',
    ]);
  });

  it('sets, lists and removes tags, each account its own', async () => {
    const given = fixture();
    const client = given.client(EC2Client);
    const { ImageId = '' } = await amazonImage(client);
    const tag = (Key: string, Value: string) =>
      client.send(new CreateTagsCommand({ Resources: [ImageId], Tags: [{ Key, Value }] }));
    for (const key of ['a', 'b', 'c']) await tag(key, '1');
    await expect(tag('aws:x', '1')).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await client.send(
      new DeleteTagsCommand({ Resources: [ImageId], Tags: [{ Key: 'b', Value: '2' }] }),
    );
    await client.send(new DeleteTagsCommand({ Resources: [ImageId], Tags: [{ Key: 'c' }] }));
    const listed = async (user: string) => {
      const { Tags } = await given.client(EC2Client, { user }).send(new DescribeTagsCommand({}));
      return Tags?.map(({ Key }) => Key);
    };
    expect(await listed('admin')).toEqual(['a', 'b']);
    expect(await listed('member')).toEqual([]);
    await expect(
      client.send(
        new CreateTagsCommand({
          Resources: ['ami-0123456789abcdef0'],
          Tags: [{ Key: 'a', Value: '1' }],
        }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidAMIID.NotFound' });
  });
});
