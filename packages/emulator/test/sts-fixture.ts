import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  STSClient,
  type AssumeRoleCommandInput,
  type Credentials,
} from '@aws-sdk/client-sts';
import { createAccount } from '../src/accounts/create-account.ts';
import { iam } from '../src/services/iam/operations.ts';
import { sts } from '../src/services/sts/operations.ts';
import { accountFixture } from './account-fixture.ts';

export const main = '111111111111';
export const other = '222222222222';
export const roleArn = (account: string, name: string): string =>
  `arn:aws:iam::${account}:role/${name}`;

interface TrustOptions {
  readonly Action?: string | string[];
  readonly Condition?: object;
}
/** A trust policy of one statement that names these principals. */
export const trustOf = (principal: object | string, options: TrustOptions = {}): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: principal,
      Action: options.Action ?? 'sts:AssumeRole',
      ...(options.Condition ? { Condition: options.Condition } : {}),
    },
  });
export const everything = JSON.stringify({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
});

/** Two accounts of no organization, with roles that a test makes and assumes; the caller is the administrator of `main`. */
export function stsFixture() {
  const given = accountFixture([iam, sts]);
  const otherAccount = createAccount(given.world, { id: other, name: 'other' });
  const as = (credentials: Credentials | undefined) => ({
    accessKeyId: credentials?.AccessKeyId ?? '',
    secretAccessKey: credentials?.SecretAccessKey ?? '',
    sessionToken: credentials?.SessionToken,
  });
  const makeRole = async (
    RoleName: string,
    trust: string,
    options: {
      account?: 'main' | 'other';
      policy?: string;
      Tags?: { Key: string; Value: string }[];
      MaxSessionDuration?: number;
      Path?: string;
    } = {},
  ): Promise<void> => {
    const client = given.client(
      IAMClient,
      options.account === 'other' ? { as: otherAccount.adminCredentials } : {},
    );
    await client.send(
      new CreateRoleCommand({
        RoleName,
        AssumeRolePolicyDocument: trust,
        Tags: options.Tags,
        MaxSessionDuration: options.MaxSessionDuration,
        Path: options.Path,
      }),
    );
    if (options.policy !== undefined)
      await client.send(
        new PutRolePolicyCommand({
          RoleName,
          PolicyName: 'own',
          PolicyDocument: options.policy,
        }),
      );
    await given.spread();
  };
  const assume = (input: Partial<AssumeRoleCommandInput>, credentials?: Credentials) =>
    given
      .client(STSClient, credentials ? { as: as(credentials) } : {})
      .send(
        new AssumeRoleCommand({ RoleArn: roleArn(main, 'r'), RoleSessionName: 'one', ...input }),
      );
  const identity = (credentials: Credentials | undefined) =>
    given.client(STSClient, { as: as(credentials) }).send(new GetCallerIdentityCommand({}));
  return { given, otherAccount, as, makeRole, assume, identity };
}
