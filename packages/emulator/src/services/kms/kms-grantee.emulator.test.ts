import { describe, expect, it } from '@jest/globals';
import { CreateRoleCommand, DeleteRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  CreateGrantCommand,
  CreateKeyCommand,
  EncryptCommand,
  KMSClient,
} from '@aws-sdk/client-kms';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { accountFixture } from '../../../test/account-fixture.ts';
import { iam } from '../iam/operations.ts';
import { sts } from '../sts/operations.ts';
import { kms } from './operations.ts';

const RoleName = 'grantee';
const roleArn = `arn:aws:iam::111111111111:role/${RoleName}`;

describe('a grant', () => {
  it('ends with its grantee, also when a role of that name is made again', async () => {
    const given = accountFixture([iam, sts, kms]);
    const roles = given.client(IAMClient);
    const keys = given.client(KMSClient);
    const makeRole = async () => {
      const Statement = {
        Effect: 'Allow',
        Principal: { AWS: '111111111111' },
        Action: 'sts:AssumeRole',
      };
      await roles.send(
        new CreateRoleCommand({
          RoleName,
          AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
        }),
      );
      await given.spread();
    };
    const { KeyMetadata } = await keys.send(new CreateKeyCommand({}));
    const encrypt = async () => {
      const { Credentials } = await given
        .client(STSClient)
        .send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'test' }));
      const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
      const as = {
        accessKeyId: AccessKeyId,
        secretAccessKey: SecretAccessKey,
        sessionToken: SessionToken,
      };
      const KeyId = KeyMetadata?.Arn;
      return given
        .client(KMSClient, { as })
        .send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') }));
    };
    await makeRole();
    await keys.send(
      new CreateGrantCommand({
        KeyId: KeyMetadata?.KeyId,
        GranteePrincipal: roleArn,
        Operations: ['Encrypt'],
      }),
    );
    await given.spread();
    await encrypt();
    await roles.send(new DeleteRoleCommand({ RoleName }));
    await makeRole();
    await expect(encrypt()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});
