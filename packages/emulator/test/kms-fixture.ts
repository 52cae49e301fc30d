import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateKeyCommand, KMSClient, type CreateKeyCommandInput } from '@aws-sdk/client-kms';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { accountFixture } from './account-fixture.ts';
import { createAccount } from '../src/accounts/create-account.ts';
import { iam } from '../src/services/iam/operations.ts';
import { sts } from '../src/services/sts/operations.ts';
import { kms } from '../src/services/kms/operations.ts';

export const main = '111111111111';
export const other = '222222222222';
export const dayMs = 24 * 3600 * 1000;
export const text = (value: string): Uint8Array => new TextEncoder().encode(value);
export const untext = (value: Uint8Array | undefined): string => new TextDecoder().decode(value);

export const policyOf = (...statements: object[]): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: statements.map((statement) => ({
      Effect: 'Allow',
      Resource: '*',
      ...statement,
    })),
  });
export const ownAccount = { Principal: { AWS: `arn:aws:iam::${main}:root` }, Action: 'kms:*' };

export function setUp() {
  const given = accountFixture([iam, sts, kms]);
  const otherAccount = createAccount(given.world, { id: other, name: 'other' });
  const client = given.client(KMSClient);
  const otherClient = given.client(KMSClient, { as: otherAccount.adminCredentials });
  const makeKey = async (
    input: CreateKeyCommandInput = {},
  ): Promise<{ id: string; arn: string }> => {
    const { KeyMetadata } = await client.send(new CreateKeyCommand(input));
    return { id: KeyMetadata?.KeyId ?? '', arn: KeyMetadata?.Arn ?? '' };
  };
  /** A role of an account with a policy, and a client that acts as it. */
  const roleClient = async (name: string, policy: string | undefined, account = main) => {
    const as = account === main ? given.account.adminCredentials : otherAccount.adminCredentials;
    const admin = given.client(IAMClient, { as });
    await admin.send(
      new CreateRoleCommand({
        RoleName: name,
        AssumeRolePolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: { Effect: 'Allow', Principal: { AWS: account }, Action: 'sts:AssumeRole' },
        }),
      }),
    );
    if (policy !== undefined)
      await admin.send(
        new PutRolePolicyCommand({ RoleName: name, PolicyName: 'own', PolicyDocument: policy }),
      );
    await given.spread();
    const RoleArn = `arn:aws:iam::${account}:role/${name}`;
    const { Credentials } = await given
      .client(STSClient, { as })
      .send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'one' }));
    const session = given.client(KMSClient, {
      as: {
        accessKeyId: Credentials?.AccessKeyId ?? '',
        secretAccessKey: Credentials?.SecretAccessKey ?? '',
        sessionToken: Credentials?.SessionToken,
      },
    });
    return { arn: RoleArn, session };
  };
  return { given, client, otherClient, makeKey, roleClient };
}
