import { describe, expect, it } from '@jest/globals';
import {
  CloudFormationClient,
  CreateStackSetCommand,
  DeleteStackCommand,
  DeleteStackInstancesCommand,
  DeleteStackSetCommand,
  DescribeStackInstanceCommand,
  DescribeStackSetCommand,
  DescribeStacksCommand,
  ListStackSetsCommand,
  NameAlreadyExistsException,
  StackSetNotEmptyException,
  StackSetNotFoundException,
  UpdateStackInstancesCommand,
  UpdateStackSetCommand,
  type DeploymentTargets,
} from '@aws-sdk/client-cloudformation';
import { GetRoleCommand, IAMClient, ListAttachedRolePoliciesCommand } from '@aws-sdk/client-iam';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import {
  everywhere,
  organizationFixture,
  parameterTemplate,
  roleTemplate,
  stackSetName,
  type OrganizationFixture,
} from '../../../../test/organization-fixture.ts';

const naming = { StackSetName: stackSetName, CallAs: 'DELEGATED_ADMIN' } as const;
const template = parameterTemplate({ Ref: 'Text' });

const valueIn = async (
  fixture: OrganizationFixture,
  account: string,
  region?: string,
): Promise<string | undefined> => {
  const { Parameter } = await fixture
    .client(SSMClient, account, region)
    .send(new GetParameterCommand({ Name: '/plumbing/note' }));
  return Parameter?.Value;
};

describe('a StackSet', () => {
  it('deploys a real stack to every account of a unit and Region', async () => {
    const fixture = await organizationFixture();
    await fixture.createStackSet(template, { Tags: [{ Key: 'team', Value: 'x' }] });
    const operationId = await fixture.deploy({
      Regions: ['eu-west-1', 'us-east-1'],
      OperationPreferences: everywhere,
    });
    expect(await fixture.settle(operationId)).toMatchObject({
      Status: 'SUCCEEDED',
      Action: 'CREATE',
    });
    const instances = await fixture.instances();
    expect(instances).toHaveLength(6);
    for (const instance of instances)
      expect(instance).toMatchObject({
        Status: 'CURRENT',
        StackInstanceStatus: { DetailedStatus: 'SUCCEEDED' },
        OrganizationalUnitId: fixture.unitId('workloads'),
        LastOperationId: operationId,
        StackId: expect.stringMatching(
          `^arn:aws:cloudformation:${instance.Region ?? ''}:${instance.Account ?? ''}:stack/StackSet-plumbing-[0-9a-f-]{36}/`,
        ),
      });
    expect(await valueIn(fixture, 'b', 'us-east-1')).toBe('default');
    const { Stacks } = await fixture
      .client(CloudFormationClient, 'a')
      .send(new DescribeStacksCommand());
    expect(Stacks?.[0]?.Tags).toEqual([{ Key: 'team', Value: 'x' }]);
  });

  it('lives in the management account, whoever administers it', async () => {
    const fixture = await organizationFixture();
    const id = await fixture.createStackSet(template, { Description: 'for everybody' });
    const asManagement = fixture.client(CloudFormationClient, 'management');
    const { StackSet } = await asManagement.send(
      new DescribeStackSetCommand({ StackSetName: stackSetName }),
    );
    expect(StackSet).toMatchObject({
      StackSetId: id,
      StackSetARN: `arn:aws:cloudformation:eu-west-1:${fixture.accountId('management')}:stackset/${id}`,
      Status: 'ACTIVE',
      Description: 'for everybody',
      PermissionModel: 'SERVICE_MANAGED',
      AutoDeployment: { Enabled: true, RetainStacksOnAccountRemoval: false },
      ManagedExecution: { Active: false },
      Parameters: [{ ParameterKey: 'Text', ParameterValue: 'default' }],
      TemplateBody: JSON.stringify(template),
    });
    const { Summaries } = await fixture.cfn.send(
      new ListStackSetsCommand({ CallAs: 'DELEGATED_ADMIN' }),
    );
    expect(Summaries).toMatchObject([{ StackSetName: stackSetName, Status: 'ACTIVE' }]);
    await expect(fixture.createStackSet(template)).rejects.toBeInstanceOf(
      NameAlreadyExistsException,
    );
  });

  it('works in a member account as a role that only StackSets can assume', async () => {
    const fixture = await organizationFixture();
    await fixture.createStackSet(template);
    await fixture.settle(await fixture.deploy());
    const call = fixture.world.journal.entries.find(
      ({ service, name, kind }) => kind === 'call' && service === 'ssm' && name === 'PutParameter',
    );
    const [, role = ''] =
      /assumed-role\/(stacksets-exec-[0-9a-f]{32})\//.exec(call?.by ?? '') ?? [];
    const member = fixture.organization.accounts.get('a')?.id === call?.account ? 'a' : 'b';
    const iam = fixture.client(IAMClient, call?.account === fixture.accountId('c') ? 'c' : member);
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: role }));
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toContain(
      `arn:aws:iam::${fixture.accountId('management')}:role/aws-service-role/stacksets.cloudformation.amazonaws.com/AWSServiceRoleForCloudFormationStackSetsOrgAdmin`,
    );
    const { AttachedPolicies } = await iam.send(
      new ListAttachedRolePoliciesCommand({ RoleName: role }),
    );
    expect(AttachedPolicies).toMatchObject([{ PolicyName: 'AdministratorAccess' }]);
    await iam.send(
      new GetRoleCommand({ RoleName: 'AWSServiceRoleForCloudFormationStackSetsOrgMember' }),
    );
  });

  it('is deleted only when it has no instances any more', async () => {
    const fixture = await organizationFixture();
    await fixture.createStackSet(template);
    await fixture.settle(await fixture.deploy());
    const remove = new DeleteStackSetCommand(naming);
    await expect(fixture.cfn.send(remove)).rejects.toBeInstanceOf(StackSetNotEmptyException);
    const { OperationId } = await fixture.cfn.send(
      new DeleteStackInstancesCommand({
        ...naming,
        DeploymentTargets: { OrganizationalUnitIds: [fixture.unitId('workloads')] },
        Regions: ['eu-west-1'],
        RetainStacks: false,
      }),
    );
    expect(await fixture.settle(OperationId)).toMatchObject({
      Status: 'SUCCEEDED',
      Action: 'DELETE',
    });
    expect(await fixture.instances()).toEqual([]);
    await expect(valueIn(fixture, 'a')).rejects.toThrow('not found');
    await fixture.cfn.send(remove);
    await expect(fixture.cfn.send(new DescribeStackSetCommand(naming))).rejects.toBeInstanceOf(
      StackSetNotFoundException,
    );
    const { Summaries } = await fixture.cfn.send(
      new ListStackSetsCommand({ CallAs: 'DELEGATED_ADMIN', Status: 'DELETED' }),
    );
    expect(Summaries).toHaveLength(1);
  });

  it('leaves stacks where they are when it is told to retain them', async () => {
    const fixture = await organizationFixture();
    await fixture.createStackSet(template);
    await fixture.settle(await fixture.deploy());
    const { OperationId } = await fixture.cfn.send(
      new DeleteStackInstancesCommand({
        ...naming,
        DeploymentTargets: { OrganizationalUnitIds: [fixture.unitId('workloads')] },
        Regions: ['eu-west-1'],
        RetainStacks: true,
      }),
    );
    await fixture.settle(OperationId);
    expect(await fixture.instances()).toEqual([]);
    expect(await valueIn(fixture, 'a')).toBe('default');
  });
});

describe('the parameters of a StackSet', () => {
  it('can be overridden for some accounts, survive updates, and go back', async () => {
    const fixture = await organizationFixture();
    await fixture.createStackSet(template);
    await fixture.settle(await fixture.deploy());
    const onlyA: DeploymentTargets = {
      OrganizationalUnitIds: [fixture.unitId('workloads')],
      Accounts: [fixture.accountId('a')],
      AccountFilterType: 'INTERSECTION',
    };
    const override = async (
      ParameterOverrides: { ParameterKey: string; ParameterValue: string }[],
    ) => {
      const { OperationId } = await fixture.cfn.send(
        new UpdateStackInstancesCommand({
          ...naming,
          DeploymentTargets: onlyA,
          Regions: ['eu-west-1'],
          ParameterOverrides,
        }),
      );
      await fixture.settle(OperationId);
    };
    await override([{ ParameterKey: 'Text', ParameterValue: 'mine' }]);
    const { OperationId } = await fixture.cfn.send(
      new UpdateStackSetCommand({
        ...naming,
        UsePreviousTemplate: true,
        Parameters: [{ ParameterKey: 'Text', ParameterValue: 'ours' }],
      }),
    );
    await fixture.settle(OperationId);
    expect(await valueIn(fixture, 'a')).toBe('mine');
    expect(await valueIn(fixture, 'b')).toBe('ours');
    const { StackInstance } = await fixture.cfn.send(
      new DescribeStackInstanceCommand({
        ...naming,
        StackInstanceAccount: fixture.accountId('a'),
        StackInstanceRegion: 'eu-west-1',
      }),
    );
    expect(StackInstance?.ParameterOverrides).toMatchObject([
      { ParameterKey: 'Text', ParameterValue: 'mine' },
    ]);
    await override([]);
    expect(await valueIn(fixture, 'a')).toBe('ours');
  });

  it('must be in the template', async () => {
    const fixture = await organizationFixture();
    await fixture.createStackSet(template);
    await expect(
      fixture.deploy({ ParameterOverrides: [{ ParameterKey: 'Nope', ParameterValue: 'x' }] }),
    ).rejects.toThrow('do not exist in the template');
  });
});

describe('an update of a StackSet', () => {
  it('brings a new template to all instances, which are outdated until then', async () => {
    const fixture = await organizationFixture();
    await fixture.createStackSet(template);
    await fixture.settle(await fixture.deploy());
    const { OperationId } = await fixture.cfn.send(
      new UpdateStackSetCommand({
        ...naming,
        TemplateBody: JSON.stringify(parameterTemplate('two')),
      }),
    );
    expect((await fixture.instances()).map(({ Status }) => Status)).toEqual(
      Array.from({ length: 3 }, () => 'OUTDATED'),
    );
    expect(await fixture.settle(OperationId)).toMatchObject({
      Status: 'SUCCEEDED',
      Action: 'UPDATE',
    });
    expect((await fixture.instances()).map(({ Status }) => Status)).toEqual(
      Array.from({ length: 3 }, () => 'CURRENT'),
    );
    expect(await valueIn(fixture, 'c')).toBe('two');
  });

  it('of one account leaves the others outdated', async () => {
    const fixture = await organizationFixture();
    await fixture.createStackSet(template);
    await fixture.settle(await fixture.deploy());
    const { OperationId } = await fixture.cfn.send(
      new UpdateStackSetCommand({
        ...naming,
        TemplateBody: JSON.stringify(parameterTemplate('two')),
        DeploymentTargets: {
          OrganizationalUnitIds: [fixture.unitId('workloads')],
          Accounts: [fixture.accountId('a')],
          AccountFilterType: 'INTERSECTION',
        },
        Regions: ['eu-west-1'],
      }),
    );
    await fixture.settle(OperationId);
    expect(await valueIn(fixture, 'a')).toBe('two');
    expect(await valueIn(fixture, 'b')).toBe('default');
    const current = (await fixture.instances()).filter(({ Status }) => Status === 'CURRENT');
    expect(current.map(({ Account }) => Account)).toEqual([fixture.accountId('a')]);
  });
});

describe('UpdateStackSet', () => {
  it('makes stacks again that somebody has deleted in their accounts', async () => {
    const fixture = await organizationFixture();
    await fixture.createStackSet(template);
    await fixture.settle(await fixture.deploy());
    const { StackId: StackName } =
      (await fixture.instances()).find(({ Account }) => Account === fixture.accountId('a')) ?? {};
    await fixture.client(CloudFormationClient, 'a').send(new DeleteStackCommand({ StackName }));
    await fixture.world.scheduler.runFor(60_000);
    const { OperationId } = await fixture.cfn.send(
      new UpdateStackSetCommand({ ...naming, UsePreviousTemplate: true }),
    );
    expect(await fixture.settle(OperationId)).toMatchObject({ Status: 'SUCCEEDED' });
    expect(await valueIn(fixture, 'a')).toBe('default');
  });

  it('wants IAM resources acknowledged again', async () => {
    const fixture = await organizationFixture();
    await fixture.createStackSet(roleTemplate, { Capabilities: ['CAPABILITY_NAMED_IAM'] });
    await expect(
      fixture.cfn.send(new UpdateStackSetCommand({ ...naming, UsePreviousTemplate: true })),
    ).rejects.toMatchObject({ name: 'InsufficientCapabilitiesException' });
  });

  it('takes no targets together with AutoDeployment', async () => {
    const fixture = await organizationFixture();
    await fixture.createStackSet(template);
    await expect(
      fixture.cfn.send(
        new UpdateStackSetCommand({
          ...naming,
          UsePreviousTemplate: true,
          AutoDeployment: { Enabled: false },
          Regions: ['eu-west-1'],
          DeploymentTargets: { OrganizationalUnitIds: [fixture.unitId('workloads')] },
        }),
      ),
    ).rejects.toThrow('together with AutoDeployment');
  });
});

describe('CreateStackSet', () => {
  it('reads a larger template from a bucket, as its caller', async () => {
    const fixture = await organizationFixture();
    const s3 = fixture.client(S3Client, 'tooling');
    await s3.send(
      new CreateBucketCommand({
        Bucket: 'templates-of-tooling',
        CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' },
      }),
    );
    await s3.send(
      new PutObjectCommand({
        Bucket: 'templates-of-tooling',
        Key: 'plumbing.json',
        Body: JSON.stringify({ ...template, Metadata: { pad: 'x'.repeat(60_000) } }),
      }),
    );
    await fixture.createStackSet(template, {
      TemplateBody: undefined,
      TemplateURL: 'https://templates-of-tooling.s3.eu-west-1.amazonaws.com/plumbing.json',
    });
    await fixture.settle(await fixture.deploy());
    expect(await valueIn(fixture, 'c')).toBe('default');
  });

  const resources = {
    Note: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: '1' } },
  };
  it.each([
    ['a macro', { Transform: 'AWS::LanguageExtensions', Resources: resources }],
    ['a nested stack', { Resources: { Inner: { Type: 'AWS::CloudFormation::Stack' } } }],
    ['over 51,200 bytes', { Resources: resources, Metadata: { pad: 'x'.repeat(51_200) } }],
  ])('refuses a template with %s', async (_, body) => {
    const fixture = await organizationFixture();
    await expect(fixture.createStackSet(body)).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it('wants IAM resources acknowledged', async () => {
    const fixture = await organizationFixture();
    await expect(fixture.createStackSet(roleTemplate)).rejects.toMatchObject({
      name: 'InsufficientCapabilitiesException',
    });
  });

  it.each([
    [{ PermissionModel: 'SELF_MANAGED' as const }, 'self-managed'],
    [{ PermissionModel: undefined }, 'self-managed'],
    [{ AutoDeployment: undefined }, 'AutoDeployment must be specified'],
    [{ AutoDeployment: { Enabled: true } }, 'RetainStacksOnAccountRemoval must be specified'],
    [{ StackSetName: '1st' }, 'stackSetName'],
  ])('refuses %j', async (input, message) => {
    const fixture = await organizationFixture();
    await expect(fixture.createStackSet(template, input)).rejects.toThrow(message);
  });

  it('is one of a thousand at most', async () => {
    const fixture = await organizationFixture();
    const create = (number: number) =>
      fixture.createStackSet(template, { StackSetName: `stack-set-${number}` });
    for (let number = 1; number <= 1_000; number += 1) await create(number);
    await expect(create(1_001)).rejects.toMatchObject({ name: 'LimitExceededException' });
  });

  it('answers a repeated request with the StackSet that it made', async () => {
    const fixture = await organizationFixture();
    const input = { ClientRequestToken: 'once' };
    const id = await fixture.createStackSet(template, input);
    expect(await fixture.createStackSet(template, input)).toBe(id);
    const other = new CreateStackSetCommand({
      ...naming,
      ...input,
      PermissionModel: 'SERVICE_MANAGED',
      AutoDeployment: { Enabled: false },
      TemplateBody: JSON.stringify(template),
    });
    await expect(fixture.cfn.send(other)).rejects.toMatchObject({
      name: 'CreatedButModifiedException',
    });
  });
});
