import { describe, expect, it } from '@jest/globals';
import {
  AddRoleToInstanceProfileCommand,
  AttachRolePolicyCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  CreateServiceLinkedRoleCommand,
  DeleteServiceLinkedRoleCommand,
  GetRoleCommand,
  IAMClient,
  NoSuchEntityException,
  PutRolePolicyCommand,
  SimulatePrincipalPolicyCommand,
  TagRoleCommand,
} from '@aws-sdk/client-iam';
import { createAccount } from '../../accounts/create-account.ts';
import { identityPolicies } from './identity-policies.ts';
import { instanceProfileRole } from './instance-profile-role.ts';
import { isAssumableBy, serviceLinkedRole, serviceSession } from './service-session.ts';
import {
  trusting,
  lambdaTrust,
  allowing,
  oneAccount,
  arnOf,
  fixture,
  restrictedUser,
} from '../../../test/iam-fixture.ts';

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
