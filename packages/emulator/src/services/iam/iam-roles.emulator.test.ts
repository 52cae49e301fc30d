import { describe, expect, it } from '@jest/globals';
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  DeletePolicyCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  EntityAlreadyExistsException,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  GetUserCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  MalformedPolicyDocumentException,
  NoSuchEntityException,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
  paginateListRoles,
} from '@aws-sdk/client-iam';
import {
  trusting,
  lambdaTrust,
  allowing,
  oneAccount,
  arnOf,
  fixture,
} from '../../../test/iam-fixture.ts';

describe('an account', () => {
  it('has an administrator who counts at once and whom IAM shows', async () => {
    const given = fixture();
    expect(given.account.adminCredentials.accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
    const { User } = await given.client(IAMClient).send(new GetUserCommand({}));
    expect(User).toMatchObject({
      UserName: 'admin',
      Arn: `arn:aws:iam::${oneAccount}:user/admin`,
      UserId: given.account.admin.userId,
    });
  });

  it('gets the same ids from the same seed and others from another', () => {
    const key = (seed: string): string => fixture({ seed }).account.adminCredentials.accessKeyId;
    expect(key('7')).toBe(key('7'));
    expect(key('7')).not.toBe(key('8'));
  });
});

describe('roles', () => {
  it('are made, shown with encoded documents, changed and deleted', async () => {
    const client = fixture().client(IAMClient);
    const { Role } = await client.send(
      new CreateRoleCommand({
        RoleName: 'worker',
        Path: '/team/',
        AssumeRolePolicyDocument: lambdaTrust,
        MaxSessionDuration: 7200,
        Tags: [{ Key: 'team', Value: 'x' }],
      }),
    );
    expect(Role).toMatchObject({
      Arn: arnOf('team/worker'),
      RoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}$/),
      MaxSessionDuration: 7200,
      CreateDate: new Date('2026-11-21T08:00:00.000Z'),
    });
    await client.send(
      new PutRolePolicyCommand({
        RoleName: 'worker',
        PolicyName: 'own',
        PolicyDocument: allowing('s3:GetObject'),
      }),
    );
    const got = await client.send(
      new GetRolePolicyCommand({ RoleName: 'worker', PolicyName: 'own' }),
    );
    expect(got.PolicyDocument).toMatch(/^%7B/);
    expect(decodeURIComponent(got.PolicyDocument ?? '')).toBe(allowing('s3:GetObject'));
    await expect(client.send(new DeleteRoleCommand({ RoleName: 'worker' }))).rejects.toMatchObject({
      name: 'DeleteConflictException',
      message: 'Cannot delete entity, must delete policies first.',
      $metadata: { httpStatusCode: 409 },
    });
    await client.send(new DeleteRolePolicyCommand({ RoleName: 'worker', PolicyName: 'own' }));
    await client.send(new DeleteRoleCommand({ RoleName: 'worker' }));
    await expect(client.send(new GetRoleCommand({ RoleName: 'worker' }))).rejects.toBeInstanceOf(
      NoSuchEntityException,
    );
  });

  it('have unique names whatever their case, and valid ones', async () => {
    const client = fixture().client(IAMClient);
    const make = (RoleName: string) =>
      client.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: lambdaTrust }));
    await make('Worker');
    await expect(make('worker')).rejects.toBeInstanceOf(EntityAlreadyExistsException);
    await expect(make('a'.repeat(65))).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(make('a b')).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it('refuse a boundary, which is not modelled', async () => {
    const client = fixture().client(IAMClient);
    await expect(
      client.send(
        new CreateRoleCommand({
          RoleName: 'r',
          AssumeRolePolicyDocument: lambdaTrust,
          PermissionsBoundary: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
        }),
      ),
    ).rejects.toMatchObject({
      name: 'InvalidInputException',
      message: expect.stringContaining('PermissionsBoundary'),
    });
  });

  it('limit the size of all inline policies together and of the trust policy', async () => {
    const client = fixture().client(IAMClient);
    await client.send(
      new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument: lambdaTrust }),
    );
    const put = (PolicyName: string, length: number, padding = '') =>
      client.send(
        new PutRolePolicyCommand({
          RoleName: 'r',
          PolicyName,
          PolicyDocument: padding + allowing('s3:GetObject', `arn:aws:s3:::${'x'.repeat(length)}`),
        }),
      );
    await put('a', 5_000);
    await put('b', 5_000, ' '.repeat(3_000));
    await expect(put('c', 200)).rejects.toMatchObject({ name: 'LimitExceededException' });
    await put('b', 100);
    await put('c', 200);
    await expect(
      client.send(
        new UpdateAssumeRolePolicyCommand({
          RoleName: 'r',
          PolicyDocument: trusting({
            Service: Array.from({ length: 80 }, (_, i) => `service-number-${i}.amazonaws.com`),
          }),
        }),
      ),
    ).rejects.toMatchObject({ name: 'LimitExceededException' });
  });

  it('are listed in pages of two', async () => {
    const client = fixture().client(IAMClient);
    for (const RoleName of ['e', 'c', 'a', 'd', 'b'])
      await client.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: lambdaTrust }));
    const pages: string[][] = [];
    for await (const page of paginateListRoles({ client }, {}))
      pages.push((page.Roles ?? []).map((role) => role.RoleName ?? ''));
    expect(pages).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  });
});

describe('trust policies', () => {
  it('name only principals that exist and have spread', async () => {
    const given = fixture();
    const client = given.client(IAMClient);
    const trust = (AWS: string) =>
      client.send(
        new CreateRoleCommand({ RoleName: 'target', AssumeRolePolicyDocument: trusting({ AWS }) }),
      );
    await expect(trust(arnOf('caller'))).rejects.toBeInstanceOf(MalformedPolicyDocumentException);
    await expect(trust(arnOf('caller'))).rejects.toThrow('Invalid principal in policy');
    await expect(trust('999999999999')).rejects.toThrow('Invalid principal in policy');
    await client.send(
      new CreateRoleCommand({ RoleName: 'caller', AssumeRolePolicyDocument: lambdaTrust }),
    );
    await expect(trust(arnOf('caller'))).rejects.toThrow('Invalid principal in policy');
    await given.spread();
    await expect(trust(arnOf('other/caller'))).rejects.toThrow('Invalid principal in policy');
    await trust(arnOf('caller'));
  });

  it('keep the unique id of a role that is deleted and made again', async () => {
    const given = fixture();
    const client = given.client(IAMClient);
    const makeCaller = async (): Promise<string> => {
      const { Role } = await client.send(
        new CreateRoleCommand({ RoleName: 'caller', AssumeRolePolicyDocument: lambdaTrust }),
      );
      await given.spread();
      return Role?.RoleId ?? '';
    };
    const shown = async (): Promise<string> => {
      const { Role } = await client.send(new GetRoleCommand({ RoleName: 'target' }));
      return decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '');
    };
    const firstId = await makeCaller();
    await client.send(
      new CreateRoleCommand({
        RoleName: 'target',
        AssumeRolePolicyDocument: trusting({ AWS: arnOf('caller') }),
      }),
    );
    expect(await shown()).toContain(arnOf('caller'));
    await client.send(new DeleteRoleCommand({ RoleName: 'caller' }));
    expect(await shown()).toContain(firstId);
    expect(await makeCaller()).not.toBe(firstId);
    expect(await shown()).toContain(firstId);
    expect(await shown()).not.toContain(arnOf('caller'));
  });
});

describe('managed policies', () => {
  it('have up to five versions, of which the default counts', async () => {
    const given = fixture();
    const client = given.client(IAMClient);
    const { Policy } = await client.send(
      new CreatePolicyCommand({ PolicyName: 'p', PolicyDocument: allowing('iam:GetRole') }),
    );
    const arn = Policy?.Arn ?? '';
    expect(arn).toBe(`arn:aws:iam::${oneAccount}:policy/p`);
    const version = () =>
      client.send(
        new CreatePolicyVersionCommand({
          PolicyArn: arn,
          PolicyDocument: allowing('iam:ListRoles'),
          SetAsDefault: true,
        }),
      );
    for (let count = 2; count <= 5; count++) await version();
    await expect(version()).rejects.toMatchObject({ name: 'LimitExceededException' });
    const got = await client.send(new GetPolicyVersionCommand({ PolicyArn: arn, VersionId: 'v5' }));
    expect(got.PolicyVersion?.IsDefaultVersion).toBe(true);
    await expect(client.send(new DeletePolicyCommand({ PolicyArn: arn }))).rejects.toMatchObject({
      name: 'DeleteConflictException',
    });
  });

  it('of AWS are known by ARN, and unknown ones are refused loudly', async () => {
    const client = fixture().client(IAMClient);
    await client.send(
      new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument: lambdaTrust }),
    );
    const attach = (PolicyArn: string) =>
      client.send(new AttachRolePolicyCommand({ RoleName: 'r', PolicyArn }));
    const basic = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';
    await attach(basic);
    const { AttachedPolicies } = await client.send(
      new ListAttachedRolePoliciesCommand({ RoleName: 'r' }),
    );
    expect(AttachedPolicies).toEqual([
      { PolicyName: 'AWSLambdaBasicExecutionRole', PolicyArn: basic },
    ]);
    await expect(attach('arn:aws:iam::aws:policy/SomethingElse')).rejects.toBeInstanceOf(
      NoSuchEntityException,
    );
    await expect(
      attach('arn:aws:iam::aws:policy/aws-service-role/AWSServiceRoleForImageBuilder'),
    ).rejects.toMatchObject({ name: 'PolicyNotAttachableException' });
    await client.send(new DetachRolePolicyCommand({ RoleName: 'r', PolicyArn: basic }));
    await expect(
      client.send(new DetachRolePolicyCommand({ RoleName: 'r', PolicyArn: basic })),
    ).rejects.toBeInstanceOf(NoSuchEntityException);
  });
});
