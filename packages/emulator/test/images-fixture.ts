import {
  CreateDefaultVpcCommand,
  CreateImageCommand,
  DescribeImagesCommand,
  DescribeVpcsCommand,
  EC2Client,
  RunInstancesCommand,
  paginateDescribeImages,
  type Image,
} from '@aws-sdk/client-ec2';
import { serviceFixture, type ServiceFixture } from './world-fixture.ts';
import { ec2 } from '../src/services/ec2/operations.ts';

export const minute = 60_000;
export const day = 24 * 60 * minute;
export const organization = 'o-abcdefghij';
const management = '999999999999';
export const member = '222222222222';
export const stranger = '333333333333';
export const organizationArn = `arn:aws:organizations::${management}:organization/${organization}`;
export const unitArn = `arn:aws:organizations::${management}:ou/${organization}/ou-abcd-12345678`;
const everything = {
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
};

/** An image builder's account, a member of its organization, and somebody outside. */
export function fixture(): ServiceFixture {
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

export async function amazonImage(client: EC2Client, architecture = 'x86_64'): Promise<Image> {
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

export async function runningInstance(given: ServiceFixture, client: EC2Client): Promise<string> {
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
export async function ownImage(
  given: ServiceFixture,
  name: string,
  client = given.client(EC2Client),
): Promise<Image> {
  const InstanceId = await runningInstance(given, client);
  const { ImageId = '' } = await client.send(new CreateImageCommand({ InstanceId, Name: name }));
  await given.world.scheduler.runFor(10 * minute);
  return imageOf(client, ImageId);
}

export async function imageOf(client: EC2Client, id: string | undefined): Promise<Image> {
  const { Images } = await client.send(new DescribeImagesCommand({ ImageIds: [id ?? ''] }));
  if (!Images?.[0]) throw new Error(`no image ${id ?? ''}`);
  return Images[0];
}

export const namesOf = async (
  client: EC2Client,
  input: object,
): Promise<(string | undefined)[]> => {
  const names: (string | undefined)[] = [];
  for await (const page of paginateDescribeImages({ client }, input))
    names.push(...(page.Images ?? []).map((image) => image.Name));
  return names;
};
