import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { accountFixture } from './account-fixture.ts';
import { sts } from '../src/services/sts/operations.ts';
import { iam } from '../src/services/iam/operations.ts';

export const trusting = (principal: object | string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' },
  });
export const lambdaTrust = trusting({ Service: 'lambda.amazonaws.com' });
export const allowing = (Action: string | string[], Resource: string | string[] = '*'): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action, Resource } });
export const oneAccount = '111111111111';
export const arnOf = (name: string): string => `arn:aws:iam::${oneAccount}:role/${name}`;

export const fixture = (settings = {}) => accountFixture([iam, sts], settings);

/** A user with one inline policy and a key that works. */
export async function restrictedUser(
  given: ReturnType<typeof fixture>,
  name: string,
  policy: string,
) {
  const client = given.client(IAMClient);
  await client.send(new CreateUserCommand({ UserName: name }));
  await client.send(
    new PutUserPolicyCommand({ UserName: name, PolicyName: 'own', PolicyDocument: policy }),
  );
  const { AccessKey } = await client.send(new CreateAccessKeyCommand({ UserName: name }));
  await given.spread();
  return {
    accessKeyId: AccessKey?.AccessKeyId ?? '',
    secretAccessKey: AccessKey?.SecretAccessKey ?? '',
    sessionToken: undefined,
  };
}
