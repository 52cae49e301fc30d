import { describe, expect, it } from '@jest/globals';
import {
  CopyImageCommand,
  CreateDefaultVpcCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
  EC2Client,
  ModifyImageAttributeCommand,
  RunInstancesCommand,
  type Instance,
} from '@aws-sdk/client-ec2';
import {
  CreateGrantCommand,
  CreateKeyCommand,
  DisableKeyCommand,
  KMSClient,
  type GrantOperation,
} from '@aws-sdk/client-kms';
import { accountFixture, type AccountFixture } from '../../../test/account-fixture.ts';
import { ownImage } from '../../../test/ec2-fixture.ts';
import { createAccount } from '../../accounts/create-account.ts';
import type { Principal } from '../../iam/principal.ts';
import type { Scope } from '../../world/scope.ts';
import { iam } from '../iam/operations.ts';
import { serviceLinkedRole } from '../iam/service-session.ts';
import { kms } from '../kms/operations.ts';
import { ec2 } from './operations.ts';

const workload = '222222222222';
const minute = 60_000;

// EC2 Auto Scaling User Guide, "Required AWS KMS key policy for use with encrypted volumes"
const granted: GrantOperation[] = [
  'Encrypt',
  'Decrypt',
  'ReEncryptFrom',
  'ReEncryptTo',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'DescribeKey',
  'CreateGrant',
];

interface EncryptedImage {
  readonly given: AccountFixture;
  readonly imageId: string;
  readonly snapshotId: string;
  readonly keyArn: string;
  /** Clients and places of the account with which image and key are shared. */
  readonly client: EC2Client;
  readonly keys: KMSClient;
  readonly scope: Scope;
  readonly admin: Principal;
}

/** An image on a customer managed key that its account shares with another one: key policy and launch permission. */
async function sharedImage(): Promise<EncryptedImage> {
  const given = accountFixture([iam, ec2, kms]);
  const other = createAccount(given.world, { id: workload, name: 'workload' });
  const as = other.adminCredentials;
  const owner = given.client(EC2Client);
  const { KeyMetadata } = await given.client(KMSClient).send(
    new CreateKeyCommand({
      Policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Principal: {
            AWS: ['arn:aws:iam::111111111111:root', `arn:aws:iam::${workload}:root`],
          },
          Action: 'kms:*',
          Resource: '*',
        },
      }),
    }),
  );
  const keyArn = KeyMetadata?.Arn ?? '';
  const image = await ownImage(given, owner, 'encrypted', { kmsKeyId: keyArn });
  const imageId = image.ImageId ?? '';
  await owner.send(
    new ModifyImageAttributeCommand({
      ImageId: imageId,
      LaunchPermission: { Add: [{ UserId: workload }] },
    }),
  );
  const client = given.client(EC2Client, { as });
  await client.send(new CreateDefaultVpcCommand({}));
  return {
    given,
    imageId,
    snapshotId: image.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId ?? '',
    keyArn,
    client,
    keys: given.client(KMSClient, { as }),
    scope: given.deployment('x').at({ account: workload, service: 'autoscaling' }),
    admin: other.admin,
  };
}

/** What becomes of an instance that somebody launches in the account of the scope. */
async function launched(
  { given, scope, client, imageId }: EncryptedImage,
  as: Principal,
): Promise<Instance | undefined> {
  const { Instances } = await scope.send(
    new RunInstancesCommand({
      ImageId: imageId,
      InstanceType: 't3.micro',
      MinCount: 1,
      MaxCount: 1,
    }),
    { as },
  );
  expect(Instances?.[0]?.State?.Name).toBe('pending');
  await given.world.scheduler.runFor(2 * minute);
  const { Reservations } = await client.send(
    new DescribeInstancesCommand({ InstanceIds: [Instances?.[0]?.InstanceId ?? ''] }),
  );
  return Reservations?.[0]?.Instances?.[0];
}

const launchError = {
  State: { Name: 'terminated' },
  StateReason: {
    Code: 'Client.InternalError',
    Message: 'Client.InternalError: Client error on launch',
  },
};

const grantTo = ({ keys, keyArn }: EncryptedImage, grantee: string, Operations: GrantOperation[]) =>
  keys.send(new CreateGrantCommand({ KeyId: keyArn, GranteePrincipal: grantee, Operations }));

describe('a launch on the key of another account', () => {
  it('fails for the role of Auto Scaling without a grant, and works some seconds after one', async () => {
    const shared = await sharedImage();
    const role = serviceLinkedRole(shared.scope, 'autoscaling.amazonaws.com', { create: true });
    expect(await launched(shared, role)).toMatchObject(launchError);
    await grantTo(shared, role.roleArn, granted);
    await shared.given.spread();
    expect(await launched(shared, role)).toMatchObject({ State: { Name: 'running' } });
  });

  it.each<GrantOperation>([
    'DescribeKey',
    'GenerateDataKeyWithoutPlaintext',
    'Decrypt',
    'ReEncryptFrom',
    'ReEncryptTo',
    'CreateGrant',
  ])('fails when the grant lacks %s', async (missing) => {
    const shared = await sharedImage();
    const role = serviceLinkedRole(shared.scope, 'autoscaling.amazonaws.com', { create: true });
    const operations = granted.filter((operation) => operation !== missing);
    await grantTo(shared, role.roleArn, operations);
    await shared.given.spread();
    expect(await launched(shared, role)).toMatchObject(launchError);
  });

  it('works for whoever has the rights on the key', async () => {
    const shared = await sharedImage();
    expect(await launched(shared, shared.admin)).toMatchObject({ State: { Name: 'running' } });
  });

  it('fails with another reason when the key is disabled', async () => {
    const shared = await sharedImage();
    await shared.given.client(KMSClient).send(new DisableKeyCommand({ KeyId: shared.keyArn }));
    expect(await launched(shared, shared.admin)).toMatchObject({
      State: { Name: 'terminated' },
      StateReason: { Code: 'Client.InvalidKMSKey.InvalidState' },
    });
  });

  it('needs the key of the image too when the volume gets another one', async () => {
    const shared = await sharedImage();
    const { KeyMetadata } = await shared.keys.send(new CreateKeyCommand({}));
    await shared.given.client(KMSClient).send(new DisableKeyCommand({ KeyId: shared.keyArn }));
    const { Instances } = await shared.client.send(
      new RunInstancesCommand({
        ImageId: shared.imageId,
        InstanceType: 't3.micro',
        MinCount: 1,
        MaxCount: 1,
        BlockDeviceMappings: [
          { DeviceName: '/dev/xvda', Ebs: { Encrypted: true, KmsKeyId: KeyMetadata?.Arn } },
        ],
      }),
    );
    await shared.given.world.scheduler.runFor(2 * minute);
    const { Reservations } = await shared.client.send(
      new DescribeInstancesCommand({ InstanceIds: [Instances?.[0]?.InstanceId ?? ''] }),
    );
    expect(Reservations?.[0]?.Instances).toMatchObject([{ State: { Name: 'terminated' } }]);
  });
});

describe('what a consumer sees of an encrypted image', () => {
  it('is that it is encrypted, but neither its snapshot nor its key', async () => {
    const { client, imageId, snapshotId } = await sharedImage();
    const { Images } = await client.send(new DescribeImagesCommand({ ImageIds: [imageId] }));
    expect(Images?.[0]).toMatchObject({
      OwnerId: '111111111111',
      State: 'available',
      Public: false,
      RootDeviceName: '/dev/xvda',
      Architecture: 'x86_64',
      BootMode: 'uefi-preferred',
      EnaSupport: true,
      VirtualizationType: 'hvm',
    });
    expect(Images?.[0]?.BlockDeviceMappings).toEqual([
      {
        DeviceName: '/dev/xvda',
        Ebs: {
          DeleteOnTermination: true,
          Encrypted: true,
          SnapshotId: snapshotId,
          VolumeSize: 30,
          VolumeType: 'gp3',
        },
      },
    ]);
    await expect(
      client.send(new DescribeSnapshotsCommand({ SnapshotIds: [snapshotId] })),
    ).rejects.toMatchObject({ name: 'InvalidSnapshot.NotFound' });
    await expect(
      client.send(
        new CopyImageCommand({ SourceImageId: imageId, SourceRegion: 'eu-west-1', Name: 'copy' }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidRequest' });
  });
});
