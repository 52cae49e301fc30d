import { describe, expect, it } from '@jest/globals';
import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  GetInstanceProfileCommand,
  GetPolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListPolicyVersionsCommand,
  ListRolePoliciesCommand,
  ListRoleTagsCommand,
  NoSuchEntityException,
} from '@aws-sdk/client-iam';
import { accountFixture } from '../../../test/account-fixture.ts';
import type { Properties, ResourceProvider } from '../../cloudformation/provider.ts';
import { PropertyError } from '../../cloudformation/to-service-input.ts';
import { iam } from './operations.ts';
import { iamResources } from './resources.ts';

const provider = (type: string): ResourceProvider => {
  const found = iamResources.find((candidate) => candidate.type === type);
  if (!found) throw new TypeError(`there is no provider of ${type}`);
  return found;
};
const roleType = provider('AWS::IAM::Role');
const trust = (Service: string): object => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' }],
});
const allowing = (Action: string): object => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
});
const core = 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore';
const basic = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';

describe('AWS::IAM::Role', () => {
  const first: Properties = {
    AssumeRolePolicyDocument: trust('lambda.amazonaws.com'),
    Path: '/team/',
    MaxSessionDuration: '7200',
    ManagedPolicyArns: [core],
    Policies: [
      { PolicyName: 'a', PolicyDocument: allowing('s3:GetObject') },
      { PolicyName: 'b', PolicyDocument: allowing('s3:PutObject') },
    ],
    Tags: [{ Key: 'own', Value: '1' }],
  };

  it('is made with policies and the tags of the stack, changed in place and deleted', async () => {
    const given = accountFixture([iam]);
    const client = given.client(IAMClient);
    const deployment = given.deployment('Worker', { tags: { stage: 'dev' } });
    const made = await roleType.create(first, deployment);
    const RoleName = made.physicalId;
    expect(RoleName).toMatch(/^demo-Worker-[A-Z2-7]{12}$/);
    const { Role } = await client.send(new GetRoleCommand({ RoleName }));
    expect(made.attributes).toEqual({ Arn: Role?.Arn, RoleId: Role?.RoleId });
    expect(Role).toMatchObject({ Path: '/team/', MaxSessionDuration: 7200 });
    expect(Role?.Tags).toEqual([
      { Key: 'stage', Value: 'dev' },
      { Key: 'own', Value: '1' },
    ]);
    await roleType.update?.(
      {
        ...first,
        AssumeRolePolicyDocument: trust('ec2.amazonaws.com'),
        MaxSessionDuration: 3600,
        ManagedPolicyArns: [basic],
        Policies: [{ PolicyName: 'a', PolicyDocument: allowing('s3:DeleteObject') }],
        Tags: [{ Key: 'other', Value: '2' }],
      },
      deployment,
      { physicalId: RoleName, previous: first },
    );
    const after = await client.send(new GetRoleCommand({ RoleName }));
    expect(decodeURIComponent(after.Role?.AssumeRolePolicyDocument ?? '')).toContain('ec2.');
    expect(after.Role?.MaxSessionDuration).toBe(3600);
    const names = await client.send(new ListRolePoliciesCommand({ RoleName }));
    expect(names.PolicyNames).toEqual(['a']);
    const own = await client.send(new GetRolePolicyCommand({ RoleName, PolicyName: 'a' }));
    expect(decodeURIComponent(own.PolicyDocument ?? '')).toContain('s3:DeleteObject');
    const attached = await client.send(new ListAttachedRolePoliciesCommand({ RoleName }));
    expect(attached.AttachedPolicies).toMatchObject([{ PolicyArn: basic }]);
    const tags = await client.send(new ListRoleTagsCommand({ RoleName }));
    expect(tags.Tags).toEqual([
      { Key: 'other', Value: '2' },
      { Key: 'stage', Value: 'dev' },
    ]);
    const now = { properties: { ...first, ManagedPolicyArns: [basic] } };
    await roleType.delete(RoleName, deployment, now);
    await expect(client.send(new GetRoleCommand({ RoleName }))).rejects.toBeInstanceOf(
      NoSuchEntityException,
    );
    await roleType.delete(RoleName, deployment, now);
  });

  it('is not deleted while a policy is attached that the template does not know', async () => {
    const given = accountFixture([iam]);
    const deployment = given.deployment('Worker');
    const { physicalId } = await roleType.create(first, deployment);
    await given
      .client(IAMClient)
      .send(new AttachRolePolicyCommand({ RoleName: physicalId, PolicyArn: basic }));
    await expect(
      roleType.delete(physicalId, deployment, { properties: first }),
    ).rejects.toMatchObject({ code: 'DeleteConflict' });
  });

  it('leaves nothing behind when a policy is refused', async () => {
    const given = accountFixture([iam]);
    const properties = {
      ...first,
      RoleName: 'r',
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/X'],
    };
    await expect(roleType.create(properties, given.deployment('Worker'))).rejects.toMatchObject({
      code: 'NoSuchEntity',
    });
    await expect(
      given.client(IAMClient).send(new GetRoleCommand({ RoleName: 'r' })),
    ).rejects.toBeInstanceOf(NoSuchEntityException);
  });

  it('names the property that does not fit', async () => {
    const given = accountFixture([iam]);
    const create = (properties: Properties) =>
      roleType.create({ ...first, ...properties }, given.deployment('Worker'));
    await expect(create({ MaxSessionDuration: 'long' })).rejects.toBeInstanceOf(PropertyError);
    await expect(create({ Policies: [{ PolicyName: 'a' }] })).rejects.toMatchObject({
      path: 'Policies.0.PolicyDocument',
    });
    await expect(create({ PermissionsBoundary: core })).rejects.toBeInstanceOf(PropertyError);
  });
});

describe('the policies of a template', () => {
  const setUp = async () => {
    const given = accountFixture([iam]);
    const client = given.client(IAMClient);
    for (const RoleName of ['r', 's'])
      await client.send(
        new CreateRoleCommand({
          RoleName,
          AssumeRolePolicyDocument: JSON.stringify(trust('lambda.amazonaws.com')),
        }),
      );
    const inlineOf = async (RoleName: string): Promise<string[] | undefined> => {
      const { PolicyNames } = await client.send(new ListRolePoliciesCommand({ RoleName }));
      return PolicyNames;
    };
    return { given, client, inlineOf };
  };

  it('go to the roles of AWS::IAM::Policy and follow its changes', async () => {
    const { given, inlineOf } = await setUp();
    const type = provider('AWS::IAM::Policy');
    const deployment = given.deployment('Rights');
    const first = { PolicyName: 'p', PolicyDocument: allowing('s3:*'), Roles: ['r'] };
    const { physicalId } = await type.create(first, deployment);
    expect(await inlineOf('r')).toEqual(['p']);
    const second = { ...first, PolicyName: 'q', Roles: ['r', 's'] };
    await type.update?.(second, deployment, { physicalId, previous: first });
    expect([await inlineOf('r'), await inlineOf('s')]).toEqual([['q'], ['q']]);
    const third = { ...second, Roles: ['s'] };
    await type.update?.(third, deployment, { physicalId, previous: second });
    expect([await inlineOf('r'), await inlineOf('s')]).toEqual([[], ['q']]);
    await type.delete(physicalId, deployment, { properties: third });
    expect(await inlineOf('s')).toEqual([]);
    await expect(
      type.create({ PolicyName: 'p', PolicyDocument: allowing('s3:*') }, deployment),
    ).rejects.toBeInstanceOf(PropertyError);
  });

  it('go to the role of AWS::IAM::RolePolicy', async () => {
    const { given, inlineOf } = await setUp();
    const type = provider('AWS::IAM::RolePolicy');
    const deployment = given.deployment('Right');
    const properties = { PolicyName: 'p', RoleName: 'r', PolicyDocument: allowing('s3:*') };
    const { physicalId } = await type.create(properties, deployment);
    expect(await inlineOf('r')).toEqual(['p']);
    await type.delete(physicalId, deployment, { properties });
    expect(await inlineOf('r')).toEqual([]);
  });

  it('get a new version of AWS::IAM::ManagedPolicy, the oldest one making room', async () => {
    const { given, client } = await setUp();
    const type = provider('AWS::IAM::ManagedPolicy');
    const deployment = given.deployment('Rights');
    let previous: Properties = { PolicyDocument: allowing('s3:Get1'), Roles: ['r'] };
    const { physicalId: PolicyArn, attributes } = await type.create(previous, deployment);
    expect(attributes['PolicyArn']).toBe(PolicyArn);
    for (let count = 2; count <= 7; count++) {
      const next = { ...previous, PolicyDocument: allowing(`s3:Get${count}`) };
      await type.update?.(next, deployment, { physicalId: PolicyArn, previous });
      previous = next;
    }
    const { Policy } = await client.send(new GetPolicyCommand({ PolicyArn }));
    expect(Policy).toMatchObject({ DefaultVersionId: 'v7', AttachmentCount: 1 });
    const versions = await client.send(new ListPolicyVersionsCommand({ PolicyArn }));
    expect(versions.Versions?.[0]?.VersionId).toBe('v3');
    await type.delete(PolicyArn, deployment, { properties: previous });
    await expect(client.send(new GetPolicyCommand({ PolicyArn }))).rejects.toBeInstanceOf(
      NoSuchEntityException,
    );
  });

  it('come with AWS::IAM::InstanceProfile, whose role can change', async () => {
    const { given, client } = await setUp();
    const type = provider('AWS::IAM::InstanceProfile');
    const deployment = given.deployment('Profile');
    const { physicalId, attributes } = await type.create({ Roles: ['r'] }, deployment);
    const roles = async (): Promise<(string | undefined)[] | undefined> => {
      const { InstanceProfile } = await client.send(
        new GetInstanceProfileCommand({ InstanceProfileName: physicalId }),
      );
      expect(InstanceProfile?.Arn).toBe(attributes['Arn']);
      return InstanceProfile?.Roles?.map(({ RoleName }) => RoleName);
    };
    expect(await roles()).toEqual(['r']);
    await type.update?.({ Roles: ['s'] }, deployment, { physicalId, previous: { Roles: ['r'] } });
    expect(await roles()).toEqual(['s']);
    await type.delete(physicalId, deployment, { properties: { Roles: ['s'] } });
    await expect(roles()).rejects.toBeInstanceOf(NoSuchEntityException);
  });

  it('are those of the service for AWS::IAM::ServiceLinkedRole', async () => {
    const { given, client } = await setUp();
    const type = provider('AWS::IAM::ServiceLinkedRole');
    const deployment = given.deployment('Linked');
    const properties = { AWSServiceName: 'autoscaling.amazonaws.com', CustomSuffix: 'x' };
    const { physicalId } = await type.create(properties, deployment);
    expect(physicalId).toBe('AWSServiceRoleForAutoScaling_x');
    const { Role } = await client.send(new GetRoleCommand({ RoleName: physicalId }));
    expect(Role?.Path).toBe('/aws-service-role/autoscaling.amazonaws.com/');
    await type.delete(physicalId, deployment, { properties });
    await expect(client.send(new GetRoleCommand({ RoleName: physicalId }))).rejects.toBeInstanceOf(
      NoSuchEntityException,
    );
  });
});
