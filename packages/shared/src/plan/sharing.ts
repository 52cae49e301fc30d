import type { Refusal } from '../model/payload-refusal.ts';

/** How one Region treats new volumes for which nobody asked for encryption. */
export interface EbsDefault {
  region: string;
  encrypted: boolean;
  /** Key id, ARN or alias; only known where `encrypted`. */
  kmsKeyId?: string;
}

const isAwsManagedKey = (kmsKeyId: string): boolean => kmsKeyId.endsWith('alias/aws/ebs');

/**
 * Refuses a build whose image nobody else could launch: an AMI under `aws/ebs` cannot be shared with another
 * account (EC2 user guide, "Share an AMI with organizations or OUs"), and a build takes half an hour to say so.
 */
export const refuseUnshareable = (options: {
  defaults: readonly EbsDefault[];
  /** The customer's key for the AMI; empty when there is none. */
  amiKmsKeyId: string;
}): Refusal | undefined => {
  if (options.amiKmsKeyId !== '') return undefined;
  const regions = options.defaults
    .filter(({ encrypted, kmsKeyId }) => encrypted && isAwsManagedKey(kmsKeyId ?? ''))
    .map(({ region }) => region);
  if (regions.length === 0) return undefined;
  return {
    reason: 'ebs-default-encryption',
    sentence: `EBS encryption by default uses the key aws/ebs in ${regions.join(', ')}, and an image under that key cannot be shared; set a customer key as the default there, or pass AmiKmsKeyId.`,
  };
};
