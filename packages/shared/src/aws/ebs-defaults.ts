import {
  GetEbsDefaultKmsKeyIdCommand,
  GetEbsEncryptionByDefaultCommand,
} from '@aws-sdk/client-ec2';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { EbsDefault } from '../plan/sharing.ts';

export interface EbsDefaults {
  /** How new volumes are encrypted in each of these Regions when nobody says how. */
  inRegions(regions: readonly string[]): Promise<EbsDefault[]>;
}

/** @param ec2In gives the one client of a Region, each time the same */
export const makeEbsDefaults = (ec2In: (region: string) => EC2Client): EbsDefaults => {
  const inRegion = async (region: string): Promise<EbsDefault> => {
    const ec2 = ec2In(region);
    const { EbsEncryptionByDefault } = await ec2.send(new GetEbsEncryptionByDefaultCommand({}));
    if (EbsEncryptionByDefault !== true) return { region, encrypted: false };
    const { KmsKeyId } = await ec2.send(new GetEbsDefaultKmsKeyIdCommand({}));
    return { region, encrypted: true, ...(KmsKeyId === undefined ? {} : { kmsKeyId: KmsKeyId }) };
  };
  return {
    inRegions: async (regions) => {
      const defaults: EbsDefault[] = [];
      for (const region of regions) defaults.push(await inRegion(region));
      return defaults;
    },
  };
};
