import { describe, expect, it } from '@jest/globals';
import {
  DeleteKeyPairCommand,
  DescribeInstancesCommand,
  DescribeKeyPairsCommand,
  DescribeTagsCommand,
  ImportKeyPairCommand,
  type EbsBlockDevice,
  type _InstanceType,
} from '@aws-sdk/client-ec2';
import { keyPair, launch, launchFixture } from '../../../test/ec2-fixture.ts';
import { ec2 } from './operations.ts';

const setUp = () => launchFixture([ec2]);

const rsaKey = `ssh-rsa ${Buffer.concat(
  [Buffer.from('ssh-rsa'), Buffer.from([1, 0, 1]), Buffer.alloc(257, 7).fill(0, 0, 1)].flatMap(
    (part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(part.length);
      return [length, part];
    },
  ),
).toString('base64')}`;

describe('a launch', () => {
  it('needs a key pair that is there', async () => {
    const { client, imageId } = await setUp();
    const input = { ImageId: imageId, InstanceType: 't3.micro', KeyName: 'ops' } as const;
    await expect(launch(client, input)).rejects.toMatchObject({ name: 'InvalidKeyPair.NotFound' });
    await keyPair(client, 'ops');
    expect(await launch(client, input)).toMatchObject({ KeyName: 'ops' });
    await client.send(new DeleteKeyPairCommand({ KeyName: 'ops' }));
    await expect(launch(client, input)).rejects.toMatchObject({ name: 'InvalidKeyPair.NotFound' });
  });

  it('needs an instance type that exists, and not only a name in the form of one', async () => {
    const { client, imageId } = await setUp();
    await expect(
      launch(client, { ImageId: imageId, InstanceType: 'z9.huge' as _InstanceType }),
    ).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: "Invalid value 'z9.huge' for InstanceType.",
    });
  });

  it.each<[string, EbsBlockDevice, string]>([
    ['type', { VolumeSize: 8, VolumeType: 'gp9' as 'gp3' }, 'InvalidParameterValue'],
    ['size', { VolumeSize: 70_000, VolumeType: 'gp3' }, 'InvalidParameterValue'],
    ['least size', { VolumeSize: 100, VolumeType: 'st1' }, 'InvalidParameterValue'],
    ['missing iops', { VolumeSize: 100, VolumeType: 'io2' }, 'MissingParameter'],
    ['iops', { VolumeSize: 100, VolumeType: 'gp3', Iops: 100 }, 'InvalidParameterValue'],
    [
      'iops of gp2',
      { VolumeSize: 8, VolumeType: 'gp2', Iops: 3_000 },
      'InvalidParameterCombination',
    ],
    [
      'throughput',
      { VolumeSize: 8, VolumeType: 'gp3', Throughput: 9_000 },
      'InvalidParameterValue',
    ],
  ])('refuses a volume for its %s', async (_, Ebs, name) => {
    const { client, imageId } = await setUp();
    await expect(
      launch(client, {
        ImageId: imageId,
        InstanceType: 't3.micro',
        BlockDeviceMappings: [{ DeviceName: '/dev/xvdb', Ebs }],
      }),
    ).rejects.toMatchObject({ name });
  });
});

describe('a launch that is refused', () => {
  it('leaves nothing, not even tags', async () => {
    const { client, imageId } = await setUp();
    const Tags = Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: 'x' }));
    await expect(
      launch(client, {
        ImageId: imageId,
        InstanceType: 't3.micro',
        TagSpecifications: [
          { ResourceType: 'instance', Tags: Tags.slice(1) },
          { ResourceType: 'volume', Tags },
        ],
      }),
    ).rejects.toMatchObject({ name: 'TagLimitExceeded' });
    expect((await client.send(new DescribeTagsCommand({}))).Tags).toEqual([]);
    expect((await client.send(new DescribeInstancesCommand({}))).Reservations).toEqual([]);
  });

  it('has a long client token, or no instance type, which means one that boots no image', async () => {
    const { client, imageId } = await setUp();
    await expect(
      launch(client, { ImageId: imageId, InstanceType: 't3.micro', ClientToken: 'x'.repeat(65) }),
    ).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await expect(launch(client, { ImageId: imageId })).rejects.toMatchObject({
      name: 'InvalidParameterCombination',
      message: expect.stringContaining('m1.small'),
    });
  });
});

describe('key pairs', () => {
  it('are imported once per name, with the fingerprint of their type', async () => {
    const { client } = await setUp();
    await keyPair(client, 'ops');
    await expect(keyPair(client, 'ops')).rejects.toMatchObject({
      name: 'InvalidKeyPair.Duplicate',
    });
    await client.send(
      new ImportKeyPairCommand({ KeyName: 'old', PublicKeyMaterial: Buffer.from(rsaKey) }),
    );
    const { KeyPairs } = await client.send(new DescribeKeyPairsCommand({}));
    expect(KeyPairs).toMatchObject([
      {
        KeyName: 'ops',
        KeyType: 'ed25519',
        KeyFingerprint: expect.stringMatching(/^[\w+/]{43}=$/),
      },
      {
        KeyName: 'old',
        KeyType: 'rsa',
        KeyFingerprint: expect.stringMatching(/^(?:[0-9a-f]{2}:){15}[0-9a-f]{2}$/),
      },
    ]);
    await expect(
      client.send(new DescribeKeyPairsCommand({ KeyNames: ['none'] })),
    ).rejects.toMatchObject({ name: 'InvalidKeyPair.NotFound' });
    for (const text of ['', 'ssh-rsa AAAA', 'ssh-dss AAAAB3NzaC1kc3M='])
      await expect(
        client.send(
          new ImportKeyPairCommand({ KeyName: 'x', PublicKeyMaterial: Buffer.from(text) }),
        ),
      ).rejects.toMatchObject({ name: 'InvalidKey.Format' });
  });
});
