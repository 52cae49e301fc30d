import { describe, expect, it } from '@jest/globals';
import {
  CopyImageCommand,
  CreateDefaultVpcCommand,
  CreateImageCommand,
  DeleteTagsCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  EC2Client,
  EnableImageDeprecationCommand,
  ModifyImageAttributeCommand,
} from '@aws-sdk/client-ec2';
import { launch, launchFixture, ownImage } from '../../../test/ec2-fixture.ts';
import { ec2 } from './operations.ts';

const minute = 60_000;
const setUp = () => launchFixture([ec2]);

describe('an image of somebody else that is not shared', () => {
  it('cannot be launched, changed or copied, and is left out where it is asked for', async () => {
    const { given, client } = await setUp();
    const { ImageId = '' } = await ownImage(given, client, 'golden');
    given.addUser(
      'stranger',
      { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } },
      '222222222222',
    );
    const stranger = given.client(EC2Client, { user: 'stranger' });
    await stranger.send(new CreateDefaultVpcCommand({}));
    const unshared = { name: 'AuthFailure', message: `Not authorized for images: [${ImageId}]` };
    await expect(launch(stranger, { ImageId, InstanceType: 't3.micro' })).rejects.toMatchObject(
      unshared,
    );
    await expect(
      stranger.send(
        new CopyImageCommand({ SourceImageId: ImageId, SourceRegion: 'eu-west-1', Name: 'mine' }),
      ),
    ).rejects.toMatchObject(unshared);
    await expect(stranger.send(new DeregisterImageCommand({ ImageId }))).rejects.toMatchObject({
      name: 'AuthFailure',
      message: `Not authorized for image:${ImageId}`,
    });
    const { Images } = await stranger.send(new DescribeImagesCommand({ ImageIds: [ImageId] }));
    expect(Images).toEqual([]);
  });
});

describe('tags of AWS', () => {
  it('cannot be deleted by customers', async () => {
    const { given, client } = await setUp();
    const { ImageId = '' } = await ownImage(given, client, 'golden');
    await expect(
      client.send(new DeleteTagsCommand({ Resources: [ImageId], Tags: [{ Key: 'aws:x' }] })),
    ).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });

  it('are not given by default, and an image that is asked for twice comes once', async () => {
    const { given, client } = await setUp();
    const { ImageId = '' } = await ownImage(given, client, 'golden');
    const { Images } = await client.send(
      new DescribeImagesCommand({ ImageIds: [ImageId, ImageId] }),
    );
    expect(Images?.map(({ Tags }) => Tags ?? [])).toEqual([[]]);
  });
});

describe('an image that is pending', () => {
  it('cannot be shared or described anew before it is available', async () => {
    const { given, client, imageId } = await setUp();
    const { InstanceId } = await launch(client, { ImageId: imageId, InstanceType: 't3.micro' });
    await given.world.scheduler.runFor(minute);
    const { ImageId } = await client.send(new CreateImageCommand({ InstanceId, Name: 'golden' }));
    const share = () =>
      client.send(
        new ModifyImageAttributeCommand({
          ImageId,
          LaunchPermission: { Add: [{ UserId: '222222222222' }] },
        }),
      );
    await expect(share()).rejects.toMatchObject({ name: 'InvalidAMIID.Unavailable' });
    await given.world.scheduler.runFor(5 * minute);
    await share();
  });
});

describe('an image', () => {
  it('is shared with a thousand entities at most, of which an organization is one', async () => {
    const { given, client } = await setUp();
    const { ImageId } = await ownImage(given, client, 'golden');
    const organization = `arn:aws:organizations::111111111111:organization/o-abcdefghij`;
    const add = (UserIds: string[]) =>
      client.send(
        new ModifyImageAttributeCommand({
          ImageId,
          LaunchPermission: {
            Add: [{ OrganizationArn: organization }, ...UserIds.map((UserId) => ({ UserId }))],
          },
        }),
      );
    const users = Array.from({ length: 1_000 }, (_, index) => String(200_000_000_000 + index));
    await expect(add(users)).rejects.toMatchObject({ name: 'ResourceLimitExceeded' });
    await add(users.slice(1));
  });

  it('is deprecated in the future and within ten years, on a whole minute', async () => {
    const { given, client } = await setUp();
    const { ImageId } = await ownImage(given, client, 'golden');
    const at = (text: string) =>
      client.send(new EnableImageDeprecationCommand({ ImageId, DeprecateAt: new Date(text) }));
    for (const text of ['2026-11-21T08:00:00Z', '2036-12-01T00:00:00Z'])
      await expect(at(text)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await at('2027-01-01T00:00:29Z');
    const { Images } = await client.send(new DescribeImagesCommand({ Owners: ['self'] }));
    expect(Images?.[0]?.DeprecationTime).toBe('2027-01-01T00:00:00.000Z');
  });

  it('tells its owner of its last launch a day later', async () => {
    const { given, client } = await setUp();
    const { ImageId } = await ownImage(given, client, 'golden');
    const launched = async () => {
      const { Images } = await client.send(new DescribeImagesCommand({ Owners: ['self'] }));
      return Images?.[0]?.LastLaunchedTime;
    };
    const at = given.world.scope('-', '-', 'ec2').date.toISOString();
    await launch(client, { ImageId, InstanceType: 't3.micro' });
    await given.world.scheduler.runFor(24 * 60 * minute - 1);
    expect(await launched()).toBeUndefined();
    await given.world.scheduler.runFor(1);
    expect(await launched()).toBe(at);
  });

  it('has a description of 255 characters at most', async () => {
    const { given, client } = await setUp();
    const { ImageId } = await ownImage(given, client, 'golden');
    const describe = (length: number) =>
      client.send(
        new ModifyImageAttributeCommand({ ImageId, Description: { Value: 'x'.repeat(length) } }),
      );
    await expect(describe(256)).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await describe(255);
  });
});
