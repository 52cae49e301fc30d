import {
  CreateDefaultVpcCommand,
  CreateImageCommand,
  CreateLaunchTemplateCommand,
  DescribeImagesCommand,
  DescribeVpcsCommand,
  EC2Client,
  ImportKeyPairCommand,
  RunInstancesCommand,
  type Image,
  type Instance,
  type RequestLaunchTemplateData,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import type { ServiceDefinition } from '../src/world/service.ts';
import type { World } from '../src/world/world.ts';
import { serviceFixture, type ServiceFixture } from './world-fixture.ts';

const minute = 60_000;

/** What the fixtures of services and of accounts have in common. */
interface Given {
  readonly world: World;
}

/** One of Amazon's images for the Elastic Container Service on x86. */
export async function amazonImage(client: EC2Client): Promise<Image> {
  const { Images = [] } = await client.send(
    new DescribeImagesCommand({
      Owners: ['amazon'],
      Filters: [
        { Name: 'architecture', Values: ['x86_64'] },
        { Name: 'name', Values: ['al2023-ami-ecs-*'] },
      ],
    }),
  );
  const [image] = Images;
  if (!image) throw new Error('Amazon has released no image');
  return image;
}

/** An available image of the client's account, made of an instance. */
export async function ownImage(
  { world }: Given,
  client: EC2Client,
  name: string,
  volume: { readonly kmsKeyId?: string } = {},
): Promise<Image> {
  const { ImageId: parent } = await amazonImage(client);
  const { Vpcs = [] } = await client.send(new DescribeVpcsCommand({}));
  if (Vpcs.length === 0) await client.send(new CreateDefaultVpcCommand({}));
  const { Instances } = await client.send(
    new RunInstancesCommand({
      ImageId: parent,
      InstanceType: 't3.micro',
      MinCount: 1,
      MaxCount: 1,
      ...(volume.kmsKeyId === undefined
        ? {}
        : {
            BlockDeviceMappings: [
              {
                DeviceName: '/dev/xvda',
                Ebs: { Encrypted: true, KmsKeyId: volume.kmsKeyId },
              },
            ],
          }),
    }),
  );
  await world.scheduler.runFor(2 * minute);
  const { ImageId = '' } = await client.send(
    new CreateImageCommand({ InstanceId: Instances?.[0]?.InstanceId, Name: name }),
  );
  await world.scheduler.runFor(10 * minute);
  const { Images } = await client.send(new DescribeImagesCommand({ ImageIds: [ImageId] }));
  if (!Images?.[0]) throw new Error(`no image ${ImageId}`);
  return Images[0];
}

export interface LaunchFixture {
  readonly given: ServiceFixture;
  readonly client: EC2Client;
  /** One of Amazon's images. */
  readonly imageId: string;
}

/** A world in whose account instances can be launched. */
export async function launchFixture(
  services: readonly ServiceDefinition[],
): Promise<LaunchFixture> {
  const given = serviceFixture(services);
  const client = given.client(EC2Client);
  await client.send(new CreateDefaultVpcCommand({}));
  const { ImageId: imageId = '' } = await amazonImage(client);
  return { given, client, imageId };
}

/** Makes a launch template and answers with its id. */
export async function template(
  client: EC2Client,
  data: RequestLaunchTemplateData,
  name = 'web',
): Promise<string> {
  const { LaunchTemplate } = await client.send(
    new CreateLaunchTemplateCommand({ LaunchTemplateName: name, LaunchTemplateData: data }),
  );
  return LaunchTemplate?.LaunchTemplateId ?? '';
}

/** Launches one instance. */
export async function launch(
  client: EC2Client,
  input: Partial<RunInstancesCommandInput>,
): Promise<Instance> {
  const { Instances } = await client.send(
    new RunInstancesCommand({ MinCount: 1, MaxCount: 1, ...input }),
  );
  if (!Instances?.[0]) throw new Error('nothing was launched');
  return Instances[0];
}

/** A public key of RFC 8032, section 7.1, TEST 1, as OpenSSH writes it. */
const publicKey =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea test';

/** Imports a key pair, so that launches can name it. */
export async function keyPair(client: EC2Client, name: string): Promise<void> {
  await client.send(
    new ImportKeyPairCommand({ KeyName: name, PublicKeyMaterial: Buffer.from(publicKey) }),
  );
}
