import { describe, expect, it } from '@jest/globals';
import {
  AttachRolePolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  GetRoleCommand,
  IAMClient,
  NoSuchEntityException,
  PutUserPolicyCommand,
  SimulatePrincipalPolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { propagationMs } from '../../../test/account-fixture.ts';
import { identityPolicies } from './identity-policies.ts';
import {
  lambdaTrust,
  allowing,
  oneAccount,
  arnOf,
  fixture,
  restrictedUser,
} from '../../../test/iam-fixture.ts';

describe('changes', () => {
  it('count for the evaluator only after they have spread, and are shown at once', async () => {
    const given = fixture();
    const admin = given.client(IAMClient);
    const as = await restrictedUser(given, 'reader', allowing('iam:ListUsers'));
    const reader = given.client(IAMClient, { as });
    const read = () => reader.send(new GetRoleCommand({ RoleName: 'none' }));
    await expect(read()).rejects.toMatchObject({ name: 'AccessDenied' });
    await admin.send(
      new PutUserPolicyCommand({
        UserName: 'reader',
        PolicyName: 'own',
        PolicyDocument: allowing('iam:GetRole'),
      }),
    );
    await given.world.scheduler.runFor(propagationMs - 1);
    await expect(read()).rejects.toMatchObject({ name: 'AccessDenied' });
    await given.world.scheduler.runFor(1);
    await expect(read()).rejects.toBeInstanceOf(NoSuchEntityException);
  });

  it('of a managed policy reach those who hold it', async () => {
    const given = fixture();
    const client = given.client(IAMClient);
    await client.send(
      new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument: lambdaTrust }),
    );
    const { Policy } = await client.send(
      new CreatePolicyCommand({ PolicyName: 'p', PolicyDocument: allowing('iam:GetRole') }),
    );
    await client.send(new AttachRolePolicyCommand({ RoleName: 'r', PolicyArn: Policy?.Arn }));
    await given.spread();
    const decide = async (): Promise<string | undefined> => {
      const { EvaluationResults } = await client.send(
        new SimulatePrincipalPolicyCommand({
          PolicySourceArn: arnOf('r'),
          ActionNames: ['iam:ListRoles'],
        }),
      );
      return EvaluationResults?.[0]?.EvalDecision;
    };
    await client.send(
      new CreatePolicyVersionCommand({
        PolicyArn: Policy?.Arn,
        PolicyDocument: allowing('iam:ListRoles'),
        SetAsDefault: true,
      }),
    );
    expect(await decide()).toBe('implicitDeny');
    await given.spread();
    expect(await decide()).toBe('allowed');
  });

  it('cost nothing to look up: the compiled policies are kept', () => {
    const { world, account } = fixture();
    expect(identityPolicies(world, account.admin)).toBe(identityPolicies(world, account.admin));
  });
});

describe('users and their keys', () => {
  it('stop working when the key is made inactive or deleted', async () => {
    const given = fixture();
    const admin = given.client(IAMClient);
    const as = await restrictedUser(given, 'u', allowing('s3:*'));
    const identity = () => given.client(STSClient, { as }).send(new GetCallerIdentityCommand({}));
    expect(await identity()).toMatchObject({ Arn: `arn:aws:iam::${oneAccount}:user/u` });
    const key = { UserName: 'u', AccessKeyId: as.accessKeyId };
    await admin.send(new UpdateAccessKeyCommand({ ...key, Status: 'Inactive' }));
    await expect(identity()).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    await admin.send(new UpdateAccessKeyCommand({ ...key, Status: 'Active' }));
    await identity();
    await expect(admin.send(new DeleteUserCommand({ UserName: 'u' }))).rejects.toMatchObject({
      name: 'DeleteConflictException',
    });
    await admin.send(new DeleteAccessKeyCommand(key));
    await expect(identity()).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
  });

  it('have at most two keys', async () => {
    const client = fixture().client(IAMClient);
    await client.send(new CreateAccessKeyCommand({ UserName: 'admin' }));
    await expect(
      client.send(new CreateAccessKeyCommand({ UserName: 'admin' })),
    ).rejects.toMatchObject({ name: 'LimitExceededException' });
  });
});
