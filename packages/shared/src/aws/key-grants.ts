import { CreateGrantCommand, KMSClient } from '@aws-sdk/client-kms';
import type { GrantOperation } from '@aws-sdk/client-kms';
import { clientOptions } from './client-options.ts';
import { hasCode } from './error-codes.ts';

export interface KeyGrantsPort {
  /** Lets the Auto Scaling role launch instances whose volumes are under the key. The same name grants once. */
  grant(options: { keyArn: string; roleArn: string; name: string }): Promise<'granted' | 'refused'>;
}

/** Source: EC2 Auto Scaling User Guide, "Required KMS key policy", cross-account access. */
const operations: GrantOperation[] = [
  'Encrypt',
  'Decrypt',
  'ReEncryptFrom',
  'ReEncryptTo',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'DescribeKey',
  'CreateGrant',
];

export const kmsClientIn = (region: string): KMSClient => new KMSClient(clientOptions(region));

export const makeKeyGrants = (kms: KMSClient): KeyGrantsPort => ({
  grant: async ({ keyArn, roleArn, name }) => {
    try {
      await kms.send(
        new CreateGrantCommand({
          KeyId: keyArn,
          GranteePrincipal: roleArn,
          Operations: operations,
          Name: name,
        }),
      );
      return 'granted';
    } catch (error) {
      if (
        ['AccessDenied', 'NotFound', 'Disabled', 'KMSInvalidState'].some((code) =>
          hasCode(error, code),
        )
      )
        return 'refused';
      throw error;
    }
  },
});
