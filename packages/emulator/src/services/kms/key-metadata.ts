import type { KeyMetadata } from '@aws-sdk/client-kms';
import { multiRegionKeyType } from './key-use.ts';
import type { Key } from './state.ts';

export const dayMs = 24 * 3600 * 1000;

export function keyMetadata(key: Key): KeyMetadata {
  const { multiRegion, deletion } = key;
  const arnIn = (region: string): string => `arn:aws:kms:${region}:${key.account}:key/${key.id}`;
  return {
    AWSAccountId: key.account,
    KeyId: key.id,
    Arn: key.arn,
    CreationDate: key.createdAt,
    Enabled: key.state === 'Enabled',
    Description: key.description,
    KeyUsage: 'ENCRYPT_DECRYPT',
    KeyState: key.state,
    DeletionDate: deletion?.timer && new Date(deletion.timer.at),
    PendingDeletionWindowInDays:
      key.state === 'PendingReplicaDeletion' ? deletion?.windowDays : undefined,
    Origin: 'AWS_KMS',
    KeyManager: key.managedFor === undefined ? 'CUSTOMER' : 'AWS',
    KeySpec: 'SYMMETRIC_DEFAULT',
    EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
    MultiRegion: multiRegion !== undefined,
    MultiRegionConfiguration: multiRegion && {
      MultiRegionKeyType: multiRegionKeyType(key),
      PrimaryKey: { Arn: arnIn(multiRegion.primaryRegion), Region: multiRegion.primaryRegion },
      ReplicaKeys: [...multiRegion.replicaRegions].map((Region) => ({
        Arn: arnIn(Region),
        Region,
      })),
    },
  };
}
