import { describe, expect, it } from '@jest/globals';
import {
  CreateDefaultVpcCommand,
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  DescribeImageReferencesCommand,
  EC2Client,
  RunInstancesCommand,
  TerminateInstancesCommand,
  type ResourceTypeRequest,
} from '@aws-sdk/client-ec2';
import { amazonImage } from '../../../test/ec2-fixture.ts';
import { serviceFixture, type ServiceFixture } from '../../../test/world-fixture.ts';
import { ec2 } from './operations.ts';

const otherImage = 'ami-0123456789abcdef0';
const minute = 60_000;

interface Referred {
  readonly given: ServiceFixture;
  readonly client: EC2Client;
  readonly imageId: string;
  readonly instanceArn: string;
  readonly instanceId: string;
  readonly templateArn: string;
  readonly templateId: string;
}

/** An image of Amazon's that an instance and the first version of a launch template refer to. */
async function setUp(): Promise<Referred> {
  const given = serviceFixture([ec2]);
  const client = given.client(EC2Client);
  await client.send(new CreateDefaultVpcCommand({}));
  const { ImageId: imageId = '' } = await amazonImage(client);
  const { Instances } = await client.send(
    new RunInstancesCommand({
      ImageId: imageId,
      InstanceType: 't3.micro',
      MinCount: 1,
      MaxCount: 1,
    }),
  );
  const { LaunchTemplate } = await client.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: 'web',
      LaunchTemplateData: { ImageId: imageId },
    }),
  );
  const instanceId = Instances?.[0]?.InstanceId ?? '';
  const templateId = LaunchTemplate?.LaunchTemplateId ?? '';
  return {
    given,
    client,
    imageId,
    instanceId,
    templateId,
    instanceArn: `arn:aws:ec2:eu-west-1:111111111111:instance/${instanceId}`,
    templateArn: `arn:aws:ec2:eu-west-1:111111111111:launch-template/${templateId}`,
  };
}

const instances = (...states: string[]): ResourceTypeRequest => ({
  ResourceType: 'ec2:Instance',
  ResourceTypeOptions: [{ OptionName: 'state-name', OptionValues: states }],
});

const templates = (depth?: number): ResourceTypeRequest => ({
  ResourceType: 'ec2:LaunchTemplate',
  ...(depth === undefined
    ? {}
    : {
        ResourceTypeOptions: [{ OptionName: 'version-depth', OptionValues: [String(depth)] }],
      }),
});

async function references(
  client: EC2Client,
  imageId: string,
  ...ResourceTypes: ResourceTypeRequest[]
): Promise<(string | undefined)[]> {
  const { ImageReferences } = await client.send(
    new DescribeImageReferencesCommand({ ImageIds: [imageId], ResourceTypes }),
  );
  return (ImageReferences ?? []).map(({ Arn }) => Arn);
}

describe('references to an image', () => {
  it('are the instances in the states asked for, of this account and Region only', async () => {
    const { given, client, imageId, instanceId, instanceArn } = await setUp();
    await given.world.scheduler.runFor(2 * minute);
    const all: ResourceTypeRequest = { ResourceType: 'ec2:Instance' };
    expect(await references(client, imageId, all)).toEqual([instanceArn]);
    expect(await references(client, imageId, instances('running'))).toEqual([instanceArn]);
    expect(await references(client, imageId, instances('terminated'))).toEqual([]);
    await client.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
    await given.world.scheduler.runFor(2 * minute);
    expect(await references(client, imageId, instances('terminated'))).toEqual([instanceArn]);
    given.addUser(
      'other',
      { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } },
      '222222222222',
    );
    const other = given.client(EC2Client, { user: 'other' });
    expect(await references(other, imageId, all, templates())).toEqual([]);
    const elsewhere = given.client(EC2Client, { region: 'us-east-1' });
    expect(await references(elsewhere, imageId, all, templates())).toEqual([]);
  });

  it('are launch templates with the image in one of their newest versions, ten unless told', async () => {
    const { client, imageId, templateId, templateArn } = await setUp();
    expect(await references(client, imageId, templates())).toEqual([templateArn]);
    for (let count = 0; count < 10; count++)
      await client.send(
        new CreateLaunchTemplateVersionCommand({
          LaunchTemplateId: templateId,
          LaunchTemplateData: { ImageId: otherImage },
        }),
      );
    expect(await references(client, imageId, templates())).toEqual([]);
    expect(await references(client, imageId, templates(11))).toEqual([templateArn]);
    expect(await references(client, otherImage, templates(1))).toEqual([templateArn]);
    await expect(references(client, imageId, templates(0))).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    });
  });

  it('are refused for more images than ten, for no type and for types that are not looked at', async () => {
    const { client, imageId } = await setUp();
    const asked = (input: object) =>
      client.send(new DescribeImageReferencesCommand({ ImageIds: [imageId], ...input }));
    await expect(asked({})).rejects.toMatchObject({ name: 'MissingParameter' });
    await expect(
      asked({ ImageIds: Array(11).fill(imageId), ResourceTypes: [templates()] }),
    ).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    for (const input of [
      { IncludeAllResourceTypes: true },
      { ResourceTypes: [{ ResourceType: 'ssm:Parameter' }] },
    ])
      await expect(asked(input)).rejects.toMatchObject({ name: 'UnsupportedOperation' });
  });

  it('need the rights to read what is scanned, at least by way of this operation', async () => {
    const { given, imageId, templateArn } = await setUp();
    const statement = (Action: string[], Condition?: object) => ({
      Effect: 'Allow',
      Action,
      Resource: '*',
      ...(Condition === undefined ? {} : { Condition }),
    });
    const own = statement(['ec2:DescribeImageReferences']);
    const scanned = statement(
      ['ec2:DescribeLaunchTemplates', 'ec2:DescribeLaunchTemplateVersions'],
      {
        'ForAnyValue:StringEquals': { 'aws:CalledVia': ['ec2-images.amazonaws.com'] },
      },
    );
    given.addUser('half', { Version: '2012-10-17', Statement: own });
    given.addUser('whole', { Version: '2012-10-17', Statement: [own, scanned] });
    const asked = (user: string, ...types: ResourceTypeRequest[]) =>
      references(given.client(EC2Client, { user }), imageId, ...types);
    const refused = { name: 'UnauthorizedOperation' };
    await expect(asked('half', templates())).rejects.toMatchObject(refused);
    expect(await asked('whole', templates())).toEqual([templateArn]);
    await expect(asked('whole', templates(), instances('running'))).rejects.toMatchObject(refused);
  });
});
