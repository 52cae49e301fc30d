import { describe, expect, it } from '@jest/globals';
import {
  AddRoleToInstanceProfileCommand,
  AttachRolePolicyCommand,
  CreateAccessKeyCommand,
  CreateInstanceProfileCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateServiceLinkedRoleCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeletePolicyCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DeleteServiceLinkedRoleCommand,
  DeleteUserCommand,
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
  PutUserPolicyCommand,
  SimulatePrincipalPolicyCommand,
  TagRoleCommand,
  UpdateAccessKeyCommand,
  UpdateAssumeRolePolicyCommand,
  paginateListRoles,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { accountFixture, propagationMs } from '../../../test/account-fixture.ts';
import { createAccount } from '../../accounts/create-account.ts';
import { sts } from '../sts/operations.ts';
import { identityPolicies } from './identity-policies.ts';
import { instanceProfileRole } from './instance-profile-role.ts';
import { iam } from './operations.ts';
import { isAssumableBy, serviceLinkedRole, serviceSession } from './service-session.ts';

const trusting = (principal: object | string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' },
  });
const lambdaTrust = trusting({ Service: 'lambda.amazonaws.com' });
const allowing = (Action: string | string[], Resource: string | string[] = '*'): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action, Resource } });
const oneAccount = '111111111111';
const arnOf = (name: string): string => `arn:aws:iam::${oneAccount}:role/${name}`;

const fixture = (settings = {}) => accountFixture([iam, sts], settings);

/** A user with one inline policy and a key that works. */
async function restrictedUser(given: ReturnType<typeof fixture>, name: string, policy: string) {
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

describe('permissions', () => {
  it('are checked on the ARN with its path, the tags and the attached policy', async () => {
    const given = fixture();
    const admin = given.client(IAMClient);
    for (const [RoleName, team] of [
      ['mine', 'a'],
      ['theirs', 'b'],
    ])
      await admin.send(
        new CreateRoleCommand({
          RoleName,
          Path: '/team/',
          AssumeRolePolicyDocument: lambdaTrust,
          Tags: [{ Key: 'team', Value: team }],
        }),
      );
    const as = await restrictedUser(
      given,
      'u',
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: 'iam:AttachRolePolicy',
            Resource: arnOf('team/*'),
            Condition: {
              ArnEquals: {
                'iam:PolicyARN': 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore',
              },
              StringEquals: { 'iam:ResourceTag/team': 'a' },
            },
          },
          {
            Effect: 'Allow',
            Action: 'iam:TagRole',
            Resource: '*',
            Condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['cost'] } },
          },
        ],
      }),
    );
    const user = given.client(IAMClient, { as });
    const attach = (RoleName: string, name: string) =>
      user.send(
        new AttachRolePolicyCommand({ RoleName, PolicyArn: `arn:aws:iam::aws:policy/${name}` }),
      );
    await attach('mine', 'AmazonSSMManagedInstanceCore');
    await expect(attach('mine', 'AdministratorAccess')).rejects.toMatchObject({
      name: 'AccessDenied',
      $metadata: { httpStatusCode: 403 },
    });
    await expect(attach('theirs', 'AmazonSSMManagedInstanceCore')).rejects.toMatchObject({
      name: 'AccessDenied',
    });
    const tag = (Key: string) =>
      user.send(new TagRoleCommand({ RoleName: 'mine', Tags: [{ Key, Value: '1' }] }));
    await tag('cost');
    await expect(tag('team')).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('include passing the role that goes into an instance profile', async () => {
    const given = fixture();
    const admin = given.client(IAMClient);
    await admin.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'p' }));
    for (const RoleName of ['r', 's'])
      await admin.send(
        new CreateRoleCommand({
          RoleName,
          AssumeRolePolicyDocument: trusting({ Service: 'ec2.amazonaws.com' }),
        }),
      );
    const as = await restrictedUser(
      given,
      'u',
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: 'iam:AddRoleToInstanceProfile', Resource: '*' },
          {
            Effect: 'Allow',
            Action: 'iam:PassRole',
            Resource: arnOf('r'),
            Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
          },
        ],
      }),
    );
    const add = (RoleName: string) =>
      given
        .client(IAMClient, { as })
        .send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: 'p', RoleName }));
    await expect(add('s')).rejects.toThrow('is not authorized to perform: iam:PassRole');
    await add('r');
    await expect(
      admin.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: 'p', RoleName: 's' })),
    ).rejects.toMatchObject({ name: 'LimitExceededException' });
    const scope = given.world.scope(oneAccount, 'eu-west-1', 'ec2');
    expect(instanceProfileRole(scope, { name: 'p' })).toBeUndefined();
    await given.spread();
    expect(instanceProfileRole(scope, { name: 'p' })?.role.arn).toBe(arnOf('r'));
  });
});

describe('what services do with roles', () => {
  it('is to assume them once trust has spread, for the source that the trust names', async () => {
    const given = fixture();
    const scope = given.world.scope(oneAccount, 'eu-west-1', 'scheduler');
    const sourceArn = `arn:aws:scheduler:eu-west-1:${oneAccount}:schedule-group/a`;
    await given.client(IAMClient).send(
      new CreateRoleCommand({
        RoleName: 'r',
        Tags: [{ Key: 'team', Value: 'x' }],
        AssumeRolePolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: {
            Effect: 'Allow',
            Principal: { Service: 'scheduler.amazonaws.com' },
            Action: 'sts:AssumeRole',
            Condition: { ArnLike: { 'aws:SourceArn': sourceArn } },
          },
        }),
      }),
    );
    const session = (options = {}) =>
      serviceSession(scope, {
        roleArn: arnOf('r'),
        service: 'scheduler.amazonaws.com',
        sessionName: 's',
        sourceArn,
        sourceAccount: oneAccount,
        ...options,
      });
    expect(() => session()).toThrow('is not authorized to perform: sts:AssumeRole');
    await given.spread();
    expect(session()).toMatchObject({
      kind: 'assumed-role',
      arn: `arn:aws:sts::${oneAccount}:assumed-role/r/s`,
      roleArn: arnOf('r'),
      sessionTags: { team: 'x' },
    });
    expect(() => session({ service: 'lambda.amazonaws.com' })).toThrow();
    expect(() => session({ sourceArn: `${sourceArn}b` })).toThrow();
    expect(() => session({ roleArn: arnOf('none') })).toThrow();
    expect(isAssumableBy(scope, arnOf('r'), 'scheduler.amazonaws.com')).toBe(false);
    expect(isAssumableBy(scope, arnOf('r'), 'scheduler.amazonaws.com', { sourceArn })).toBe(true);
  });

  it('includes roles of their own, which nobody else changes', async () => {
    const given = fixture();
    const client = given.client(IAMClient);
    const scope = given.world.scope(oneAccount, 'eu-west-1', 'imagebuilder');
    const service = 'imagebuilder.amazonaws.com';
    expect(() => serviceLinkedRole(scope, service, { create: false })).toThrow('does not exist');
    const session = serviceLinkedRole(scope, service, { create: true });
    const arn = arnOf(`aws-service-role/${service}/AWSServiceRoleForImageBuilder`);
    expect(session.roleArn).toBe(arn);
    expect(identityPolicies(given.world, session)).toHaveLength(1);
    await expect(
      client.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: service })),
    ).rejects.toMatchObject({
      name: 'InvalidInputException',
      message: expect.stringContaining('has been taken in this account'),
    });
    const RoleName = 'AWSServiceRoleForImageBuilder';
    await expect(
      client.send(
        new PutRolePolicyCommand({ RoleName, PolicyName: 'x', PolicyDocument: allowing('*') }),
      ),
    ).rejects.toMatchObject({ name: 'UnmodifiableEntityException' });
    const simulate = async (action: string, resource: string): Promise<string | undefined> => {
      const { EvaluationResults } = await client.send(
        new SimulatePrincipalPolicyCommand({
          PolicySourceArn: arn,
          ActionNames: [action],
          ResourceArns: [resource],
        }),
      );
      return EvaluationResults?.[0]?.EvalDecision;
    };
    expect(await simulate('sns:Publish', `arn:aws:sns:eu-west-1:${oneAccount}:any`)).toBe(
      'allowed',
    );
    expect(
      await simulate('ec2:TerminateInstances', `arn:aws:ec2:eu-west-1:${oneAccount}:instance/i-1`),
    ).toBe('implicitDeny');
    await client.send(new DeleteServiceLinkedRoleCommand({ RoleName }));
    await given.spread();
    expect(identityPolicies(given.world, session)).toEqual([]);
    expect(() => serviceLinkedRole(scope, service, { create: false })).toThrow('does not exist');
  });

  it('is refused for services whose role is not modelled', async () => {
    await expect(
      fixture()
        .client(IAMClient)
        .send(new CreateServiceLinkedRoleCommand({ AWSServiceName: 'elasticache.amazonaws.com' })),
    ).rejects.toMatchObject({
      name: 'InvalidInputException',
      message: expect.stringContaining('not modelled'),
    });
  });
});

describe('accounts', () => {
  it('do not see each other', async () => {
    const given = fixture();
    const other = createAccount(given.world, { name: 'other' });
    await given
      .client(IAMClient)
      .send(new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument: lambdaTrust }));
    await expect(
      given
        .client(IAMClient, { as: other.adminCredentials })
        .send(new GetRoleCommand({ RoleName: 'r' })),
    ).rejects.toBeInstanceOf(NoSuchEntityException);
  });
});
