import { describe, expect, it } from '@jest/globals';
import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  CreateTagsCommand,
  DeleteLaunchTemplateCommand,
  DeleteLaunchTemplateVersionsCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeLaunchTemplatesCommand,
  EC2Client,
  ModifyLaunchTemplateCommand,
  paginateDescribeLaunchTemplateVersions,
  paginateDescribeLaunchTemplates,
  type CreateLaunchTemplateVersionCommandInput,
  type LaunchTemplateVersion,
  type RequestLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { serviceFixture } from '../../../test/world-fixture.ts';
import { Scope } from '../../world/scope.ts';
import { ssm } from '../ssm/operations.ts';
import { ec2 } from './operations.ts';
import { ec2State } from './state.ts';

const image = 'ami-0123456789abcdef0';
const otherImage = 'ami-0fedcba9876543210';

const setUp = () => {
  const given = serviceFixture([ec2, ssm]);
  return { given, client: given.client(EC2Client) };
};

async function aTemplate(
  client: EC2Client,
  name = 'web',
  data: RequestLaunchTemplateData = { ImageId: image, InstanceType: 't3.micro' },
): Promise<string> {
  const { LaunchTemplate } = await client.send(
    new CreateLaunchTemplateCommand({ LaunchTemplateName: name, LaunchTemplateData: data }),
  );
  return LaunchTemplate?.LaunchTemplateId ?? '';
}

async function aVersion(
  client: EC2Client,
  id: string,
  input: Partial<CreateLaunchTemplateVersionCommandInput> = {},
): Promise<LaunchTemplateVersion> {
  const { LaunchTemplateVersion: made } = await client.send(
    new CreateLaunchTemplateVersionCommand({
      LaunchTemplateId: id,
      LaunchTemplateData: { ImageId: otherImage },
      ...input,
    }),
  );
  if (!made) throw new Error('no version was made');
  return made;
}

async function numbers(
  client: EC2Client,
  input: DescribeLaunchTemplateVersionsCommand['input'],
): Promise<(number | undefined)[]> {
  const found: (number | undefined)[] = [];
  for await (const page of paginateDescribeLaunchTemplateVersions({ client }, input))
    found.push(...(page.LaunchTemplateVersions ?? []).map((version) => version.VersionNumber));
  return found;
}

describe('launch template versions', () => {
  it('inherit from a source version what they do not say anew', async () => {
    const { client } = setUp();
    const id = await aTemplate(client);
    const made = await aVersion(client, id, {
      SourceVersion: '1',
      VersionDescription: 'next image',
    });
    expect(made).toMatchObject({
      LaunchTemplateId: id,
      LaunchTemplateName: 'web',
      VersionNumber: 2,
      VersionDescription: 'next image',
      DefaultVersion: false,
      CreatedBy: 'arn:aws:iam::111111111111:user/admin',
      LaunchTemplateData: { ImageId: otherImage, InstanceType: 't3.micro' },
    });
    const fromLatest = await aVersion(client, id, {
      SourceVersion: '$Latest',
      LaunchTemplateData: { KeyName: 'ops' },
    });
    expect(fromLatest.LaunchTemplateData).toEqual({
      ImageId: otherImage,
      InstanceType: 't3.micro',
      KeyName: 'ops',
    });
    const fromDefault = await aVersion(client, id, {
      SourceVersion: '$Default',
      LaunchTemplateData: { KeyName: 'ops' },
    });
    expect(fromDefault.LaunchTemplateData).toEqual({
      ImageId: image,
      InstanceType: 't3.micro',
      KeyName: 'ops',
    });
  });

  it('hold only what is said when no source version is named', async () => {
    const { client } = setUp();
    const made = await aVersion(client, await aTemplate(client));
    expect(made.LaunchTemplateData).toEqual({ ImageId: otherImage });
  });

  it('leave the default version as it is until somebody sets it', async () => {
    const { client } = setUp();
    const id = await aTemplate(client);
    await aVersion(client, id);
    const state = async () =>
      (await client.send(new DescribeLaunchTemplatesCommand({ LaunchTemplateIds: [id] })))
        .LaunchTemplates;
    expect(await state()).toMatchObject([{ DefaultVersionNumber: 1, LatestVersionNumber: 2 }]);
    const setDefault = (DefaultVersion: string) =>
      client.send(new ModifyLaunchTemplateCommand({ LaunchTemplateName: 'web', DefaultVersion }));
    await setDefault('2');
    expect(await state()).toMatchObject([{ DefaultVersionNumber: 2, LatestVersionNumber: 2 }]);
    await expect(setDefault('666')).rejects.toMatchObject({
      name: 'InvalidLaunchTemplateId.VersionNotFound',
    });
  });

  it('are made once per client token', async () => {
    const { client } = setUp();
    const id = await aTemplate(client);
    const first = await aVersion(client, id, { ClientToken: 'same' });
    expect(await aVersion(client, id, { ClientToken: 'same' })).toEqual(first);
    expect(await numbers(client, { LaunchTemplateId: id })).toEqual([2, 1]);
    await expect(
      aVersion(client, id, { ClientToken: 'same', VersionDescription: 'another' }),
    ).rejects.toMatchObject({ name: 'IdempotentParameterMismatch' });
  });

  it('refuse a source that does not exist, a long description and no data at all', async () => {
    const { client } = setUp();
    const id = await aTemplate(client);
    await expect(aVersion(client, id, { SourceVersion: '7' })).rejects.toMatchObject({
      name: 'InvalidLaunchTemplateId.VersionNotFound',
    });
    await expect(
      aVersion(client, id, { VersionDescription: 'x'.repeat(256) }),
    ).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await expect(aVersion(client, id, { LaunchTemplateData: {} })).rejects.toMatchObject({
      name: 'MissingParameter',
    });
    await expect(
      aVersion(client, id, {
        LaunchTemplateData: {
          InstanceType: 't3.micro',
          InstanceRequirements: { VCpuCount: { Min: 1 }, MemoryMiB: { Min: 1 } },
        },
      }),
    ).rejects.toMatchObject({ name: 'InvalidLaunchTemplateData' });
    expect((await aVersion(client, id)).VersionNumber).toBe(2);
  });

  it('are deleted one by one, except the default one, and their numbers are not used again', async () => {
    const { client } = setUp();
    const id = await aTemplate(client);
    await aVersion(client, id);
    await aVersion(client, id);
    const answer = await client.send(
      new DeleteLaunchTemplateVersionsCommand({ LaunchTemplateId: id, Versions: ['1', '3', '9'] }),
    );
    expect(answer.SuccessfullyDeletedLaunchTemplateVersions).toEqual([
      { LaunchTemplateId: id, LaunchTemplateName: 'web', VersionNumber: 3 },
    ]);
    expect(answer.UnsuccessfullyDeletedLaunchTemplateVersions).toMatchObject([
      { VersionNumber: 1, ResponseError: { Code: 'unexpectedError' } },
      { VersionNumber: 9, ResponseError: { Code: 'launchTemplateVersionDoesNotExist' } },
    ]);
    expect((await aVersion(client, id)).VersionNumber).toBe(4);
    expect(await numbers(client, { LaunchTemplateId: id })).toEqual([4, 2, 1]);
  });
});

describe('the limits', () => {
  it('are 10,000 versions of a template and 5,000 templates', async () => {
    const { given, client } = setUp();
    const id = await aTemplate(client);
    const { launchTemplates } = ec2State.in(
      new Scope({
        world: given.world,
        account: given.account,
        region: 'eu-west-1',
        service: 'ec2',
      }),
    );
    const template = launchTemplates.get(id);
    const first = template?.versions.get(1);
    if (!template || !first) throw new Error('no template');
    for (let number = 2; number < 10_000; number++)
      template.versions.set(number, { ...first, number });
    template.lastNumber = 9_999;
    expect((await aVersion(client, id)).VersionNumber).toBe(10_000);
    await expect(aVersion(client, id)).rejects.toMatchObject({ name: 'VersionLimitExceeded' });
    for (let count = 1; count < 5_000; count++)
      launchTemplates.set(`lt-${count}`, { ...template, name: `filler-${count}` });
    await expect(aTemplate(client, 'one-more')).rejects.toMatchObject({
      name: 'LaunchTemplateLimitExceeded',
    });
  });
});

describe('DescribeLaunchTemplateVersions', () => {
  it('answers by number, alias and range, in pages of two', async () => {
    const { client } = setUp();
    const id = await aTemplate(client);
    for (let count = 0; count < 4; count++) await aVersion(client, id);
    const asked = (input: object) => numbers(client, { LaunchTemplateId: id, ...input });
    expect(await asked({})).toEqual([5, 4, 3, 2, 1]);
    expect(await asked({ Versions: ['2', '$Latest', '$Default', '1'] })).toEqual([5, 2, 1]);
    expect(await asked({ MinVersion: '2', MaxVersion: '4' })).toEqual([4, 3, 2]);
    expect(await asked({ Filters: [{ Name: 'image-id', Values: [image] }] })).toEqual([1]);
    await expect(asked({ Versions: ['6'] })).rejects.toMatchObject({
      name: 'InvalidLaunchTemplateId.VersionNotFound',
    });
    await expect(asked({ MaxResults: 201 })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
    const page = await client.send(
      new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: id }),
    );
    expect(page.LaunchTemplateVersions).toHaveLength(2);
    expect(page.NextToken).toBeDefined();
  });

  it('goes over all templates when none is named, by alias only', async () => {
    const { client } = setUp();
    const web = await aTemplate(client, 'web');
    await aVersion(client, web);
    await aTemplate(client, 'api');
    const asked = (Versions?: string[]) =>
      numbers(client, Versions === undefined ? {} : { Versions });
    expect((await asked(['$Latest'])).sort()).toEqual([1, 2]);
    expect(await asked(['$Default'])).toEqual([1, 1]);
    expect((await asked(['$Latest', '$Default'])).sort()).toEqual([1, 1, 2]);
    await expect(asked(['1'])).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await expect(asked()).rejects.toMatchObject({ name: 'MissingParameter' });
  });

  it('puts the image in the place of the parameter that holds it on wish, with the right to read it', async () => {
    const { given, client } = setUp();
    await given
      .client(SSMClient)
      .send(new PutParameterCommand({ Name: '/web/image', Type: 'String', Value: image }));
    const id = await aTemplate(client, 'web', { ImageId: 'resolve:ssm:/web/image' });
    const asked = async (by: EC2Client, ResolveAlias?: boolean) => {
      const { LaunchTemplateVersions } = await by.send(
        new DescribeLaunchTemplateVersionsCommand({
          LaunchTemplateId: id,
          ...(ResolveAlias === undefined ? {} : { ResolveAlias }),
        }),
      );
      return LaunchTemplateVersions?.[0]?.LaunchTemplateData?.ImageId;
    };
    expect(await asked(client)).toBe('resolve:ssm:/web/image');
    expect(await asked(client, true)).toBe(image);
    given.addUser('reader', {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 'ec2:*', Resource: '*' },
    });
    const reader = given.client(EC2Client, { user: 'reader' });
    expect(await asked(reader)).toBe('resolve:ssm:/web/image');
    await expect(asked(reader, true)).rejects.toMatchObject({ name: 'UnauthorizedOperation' });
  });
});

describe('launch templates', () => {
  it('have unique, well-formed names and tags, and are found by both', async () => {
    const { client } = setUp();
    const create = (LaunchTemplateName: string) =>
      client.send(
        new CreateLaunchTemplateCommand({
          LaunchTemplateName,
          LaunchTemplateData: { ImageId: image },
          TagSpecifications: [
            {
              ResourceType: 'launch-template',
              Tags: [{ Key: 'team', Value: LaunchTemplateName }],
            },
          ],
        }),
      );
    for (const name of ['one', 'two', 'three']) await create(name);
    await expect(create('one')).rejects.toMatchObject({
      name: 'InvalidLaunchTemplateName.AlreadyExistsException',
    });
    await expect(create('a name')).rejects.toMatchObject({
      name: 'InvalidLaunchTemplateName.MalformedException',
    });
    const names: (string | undefined)[] = [];
    for await (const page of paginateDescribeLaunchTemplates({ client }, {}))
      names.push(...(page.LaunchTemplates ?? []).map((found) => found.LaunchTemplateName));
    expect(names.sort()).toEqual(['one', 'three', 'two']);
    const { LaunchTemplates } = await client.send(
      new DescribeLaunchTemplatesCommand({ Filters: [{ Name: 'tag:team', Values: ['t*'] }] }),
    );
    expect(LaunchTemplates?.map(({ Tags }) => Tags)).toEqual(
      expect.arrayContaining([[{ Key: 'team', Value: 'two' }], [{ Key: 'team', Value: 'three' }]]),
    );
  });

  it('are named by id or by name, not by both, and say so when they are not there', async () => {
    const { client } = setUp();
    const id = await aTemplate(client);
    const remove = (input: object) => client.send(new DeleteLaunchTemplateCommand(input));
    await expect(remove({ LaunchTemplateId: id, LaunchTemplateName: 'web' })).rejects.toMatchObject(
      { name: 'InvalidParameterCombination' },
    );
    await expect(remove({})).rejects.toMatchObject({ name: 'MissingParameter' });
    await expect(remove({ LaunchTemplateId: 'lt-1' })).rejects.toMatchObject({
      name: 'InvalidLaunchTemplateId.Malformed',
    });
    await expect(remove({ LaunchTemplateName: 'none' })).rejects.toMatchObject({
      name: 'InvalidLaunchTemplateName.NotFoundException',
    });
    await remove({ LaunchTemplateName: 'web' });
    await expect(remove({ LaunchTemplateId: id })).rejects.toMatchObject({
      name: 'InvalidLaunchTemplateId.NotFound',
    });
    await expect(
      client.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'a', Value: 'b' }] })),
    ).rejects.toMatchObject({ name: 'InvalidLaunchTemplateId.NotFound' });
  });

  it('can be reached by their tags in policies', async () => {
    const { given, client } = setUp();
    const [mine, other] = [await aTemplate(client, 'mine'), await aTemplate(client, 'other')];
    await client.send(
      new CreateTagsCommand({ Resources: [mine], Tags: [{ Key: 'team', Value: 'a' }] }),
    );
    given.addUser('team-a', {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Action: 'ec2:CreateLaunchTemplateVersion',
        Resource: 'arn:aws:ec2:eu-west-1:111111111111:launch-template/*',
        Condition: { StringEquals: { 'ec2:ResourceTag/team': 'a' } },
      },
    });
    const teamA = given.client(EC2Client, { user: 'team-a' });
    expect((await aVersion(teamA, mine)).VersionNumber).toBe(2);
    await expect(aVersion(teamA, other)).rejects.toMatchObject({ name: 'UnauthorizedOperation' });
    await expect(aTemplate(teamA, 'new')).rejects.toMatchObject({ name: 'UnauthorizedOperation' });
  });
});
