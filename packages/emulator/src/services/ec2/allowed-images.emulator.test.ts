import { describe, expect, it } from '@jest/globals';
import {
  CopyImageCommand,
  CreateDefaultVpcCommand,
  DescribeImagesCommand,
  DisableAllowedImagesSettingsCommand,
  EC2Client,
  EnableAllowedImagesSettingsCommand,
  GetAllowedImagesSettingsCommand,
  ModifyImageAttributeCommand,
  ReplaceImageCriteriaInAllowedImagesSettingsCommand,
  RunInstancesCommand,
  type AllowedImagesSettingsEnabledState,
  type ImageCriterionRequest,
} from '@aws-sdk/client-ec2';
import { ownImage } from '../../../test/ec2-fixture.ts';
import { serviceFixture, type ServiceFixture } from '../../../test/world-fixture.ts';
import { ec2 } from './operations.ts';

const day = 24 * 3600 * 1000;
const workload = '222222222222';

interface SharedImage {
  readonly given: ServiceFixture;
  readonly owner: EC2Client;
  /** In an account with which the image is shared. */
  readonly client: EC2Client;
  readonly imageId: string;
}

async function sharedImage(): Promise<SharedImage> {
  const given = serviceFixture([ec2], { pageSizeMax: 1_000 });
  given.addUser(
    'workload',
    { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } },
    workload,
  );
  const owner = given.client(EC2Client);
  const client = given.client(EC2Client, { user: 'workload' });
  await client.send(new CreateDefaultVpcCommand({}));
  const image = await ownImage(given, owner, 'base-1');
  const imageId = image.ImageId ?? '';
  await owner.send(
    new ModifyImageAttributeCommand({
      ImageId: imageId,
      LaunchPermission: { Add: [{ UserId: workload }] },
    }),
  );
  return { given, owner, client, imageId };
}

const enable = (client: EC2Client, AllowedImagesSettingsState: AllowedImagesSettingsEnabledState) =>
  client.send(new EnableAllowedImagesSettingsCommand({ AllowedImagesSettingsState }));

const allow = (client: EC2Client, ...ImageCriteria: ImageCriterionRequest[]) =>
  client.send(new ReplaceImageCriteriaInAllowedImagesSettingsCommand({ ImageCriteria }));

const launch = (client: EC2Client, ImageId: string) =>
  client.send(
    new RunInstancesCommand({ ImageId, InstanceType: 't3.micro', MinCount: 1, MaxCount: 1 }),
  );

async function seen(client: EC2Client): Promise<[string | undefined, boolean | undefined][]> {
  const { Images } = await client.send(new DescribeImagesCommand({ ExecutableUsers: ['self'] }));
  return (Images ?? []).map(({ Name, ImageAllowed }) => [Name, ImageAllowed]);
}

describe('allowed images', () => {
  it('are off at first and say nothing about images', async () => {
    const { client } = await sharedImage();
    expect(await client.send(new GetAllowedImagesSettingsCommand({}))).toMatchObject({
      State: 'disabled',
      ManagedBy: 'account',
    });
    expect(await seen(client)).toEqual([['base-1', undefined]]);
  });

  it('say in audit mode which images would not be allowed, and let them be launched', async () => {
    const { client, imageId } = await sharedImage();
    await enable(client, 'audit-mode');
    await allow(client, { ImageProviders: ['amazon'] });
    expect(await seen(client)).toEqual([['base-1', false]]);
    await launch(client, imageId);
    await allow(client, { ImageProviders: ['amazon'] }, { ImageProviders: ['111111111111'] });
    expect(await seen(client)).toEqual([['base-1', true]]);
  });

  it('hide other images when enabled, so that nobody can launch or copy them', async () => {
    const { client, imageId } = await sharedImage();
    await enable(client, 'enabled');
    await allow(client, { ImageProviders: ['amazon'] });
    expect(await seen(client)).toEqual([]);
    const gone = { name: 'InvalidAMIID.NotFound' };
    const { Images: hidden } = await client.send(
      new DescribeImagesCommand({ ImageIds: [imageId] }),
    );
    expect(hidden).toEqual([]);
    await expect(launch(client, imageId)).rejects.toMatchObject(gone);
    await expect(
      client.send(
        new CopyImageCommand({ SourceImageId: imageId, SourceRegion: 'eu-west-1', Name: 'copy' }),
      ),
    ).rejects.toMatchObject(gone);
    const { Images } = await client.send(new DescribeImagesCommand({ Owners: ['amazon'] }));
    expect(Images?.[0]).toMatchObject({ ImageAllowed: true });
    await client.send(new DisableAllowedImagesSettingsCommand({}));
    await launch(client, imageId);
  });

  it('are set per account and never hide own images', async () => {
    const { owner, client, imageId } = await sharedImage();
    await enable(owner, 'enabled');
    const { Images } = await owner.send(new DescribeImagesCommand({ Owners: ['self'] }));
    expect(Images).toMatchObject([{ ImageId: imageId, ImageAllowed: true }]);
    expect(await seen(client)).toEqual([['base-1', undefined]]);
  });

  it('meet one criterion with all of its parts: provider, name, age', async () => {
    const { given, client } = await sharedImage();
    await enable(client, 'enabled');
    const isSeen = async (...criteria: ImageCriterionRequest[]): Promise<boolean> => {
      await allow(client, ...criteria);
      return (await seen(client)).length > 0;
    };
    const ImageProviders = ['111111111111'];
    expect(await isSeen({ ImageProviders, ImageNames: ['base-?'] })).toBe(true);
    expect(await isSeen({ ImageProviders, ImageNames: ['silver-*'] })).toBe(false);
    expect(await isSeen({ ImageNames: ['silver-*'] }, { ImageProviders })).toBe(true);
    expect(await isSeen({ ImageProviders: ['none'] })).toBe(false);
    const young = { CreationDateCondition: { MaximumDaysSinceCreated: 3 } };
    expect(await isSeen(young)).toBe(true);
    await given.world.scheduler.runFor(3 * day);
    expect(await isSeen(young)).toBe(false);
  });

  it('refuse criteria that are malformed or not modelled', async () => {
    const { client } = await sharedImage();
    for (const criterion of [
      { ImageProviders: ['somebody'] },
      { ImageProviders: ['none', 'amazon'] },
      { ImageNames: Array.from({ length: 51 }, (_, index) => `image-${index}`) },
    ])
      await expect(allow(client, criterion)).rejects.toMatchObject({
        name: 'InvalidParameterValue',
      });
    await expect(allow(client, { MarketplaceProductCodes: ['x'] })).rejects.toMatchObject({
      name: 'UnsupportedOperation',
    });
  });
});
