import { describe, expect, it } from '@jest/globals';
import {
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackResourcesCommand,
  DescribeStackSetCommand,
  DescribeStackSetOperationCommand,
  DescribeStacksCommand,
  ListStackSetOperationsCommand,
  ListStackSetsCommand,
  UpdateStackCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import {
  everywhere,
  organizationFixture,
  parameterTemplate,
  roleTemplate,
  stackSetName,
  type OrganizationFixture,
} from '../../../test/organization-fixture.ts';

const naming = { StackSetName: stackSetName, CallAs: 'DELEGATED_ADMIN' } as const;
const inner = JSON.stringify(parameterTemplate({ Ref: 'Text' }));

/** A template of the delegated administrator that carries another one to all accounts. */
const outer = (properties: object): string =>
  JSON.stringify({
    Resources: {
      Plumbing: {
        Type: 'AWS::CloudFormation::StackSet',
        Properties: {
          StackSetName: stackSetName,
          PermissionModel: 'SERVICE_MANAGED',
          CallAs: 'DELEGATED_ADMIN',
          AutoDeployment: { Enabled: 'true', RetainStacksOnAccountRemoval: 'false' },
          ManagedExecution: { Active: true },
          TemplateBody: inner,
          ...properties,
        },
      },
    },
    Outputs: {
      Id: { Value: { Ref: 'Plumbing' } },
      Attribute: { Value: { 'Fn::GetAtt': ['Plumbing', 'StackSetId'] } },
    },
  });

const group = (fixture: OrganizationFixture, Regions: string[], more: object = {}) => ({
  DeploymentTargets: { OrganizationalUnitIds: [fixture.unitId('workloads')] },
  Regions,
  ...more,
});

async function settle(fixture: OrganizationFixture, StackName: string | undefined): Promise<Stack> {
  for (let waited = 0; waited < 500; waited += 1) {
    const { Stacks } = await fixture.cfn.send(new DescribeStacksCommand({ StackName }));
    const stack = Stacks?.[0];
    if (stack?.StackStatus?.endsWith('_IN_PROGRESS') === false) return stack;
    await fixture.world.scheduler.runFor(10_000);
  }
  throw new Error('the stack does not come to an end');
}

const deploy = async (fixture: OrganizationFixture, properties: object): Promise<Stack> => {
  const { StackId } = await fixture.cfn.send(
    new CreateStackCommand({ StackName: 'tooling', TemplateBody: outer(properties) }),
  );
  return settle(fixture, StackId);
};

const update = async (fixture: OrganizationFixture, properties: object): Promise<Stack> => {
  const { StackId } = await fixture.cfn.send(
    new UpdateStackCommand({ StackName: 'tooling', TemplateBody: outer(properties) }),
  );
  return settle(fixture, StackId);
};

const valueIn = async (fixture: OrganizationFixture, account: string, region = 'eu-west-1') =>
  (
    await fixture
      .client(SSMClient, account, region)
      .send(new GetParameterCommand({ Name: '/plumbing/note' }))
  ).Parameter?.Value;

const places = async (fixture: OrganizationFixture): Promise<string[]> => [
  ...new Set((await fixture.instances()).map(({ Region = '' }) => Region)),
];

describe('AWS::CloudFormation::StackSet', () => {
  it('carries its template to the accounts before it is complete', async () => {
    const fixture = await organizationFixture();
    const stack = await deploy(fixture, {
      Parameters: [{ ParameterKey: 'Text', ParameterValue: 'hello' }],
      OperationPreferences: { ...everywhere, MaxConcurrentPercentage: '100' },
      StackInstancesGroup: [group(fixture, ['eu-west-1', 'us-east-1'])],
      Tags: [{ Key: 'team', Value: 'x' }],
      Description: 'for everybody',
    });
    expect(stack.StackStatus).toBe('CREATE_COMPLETE');
    const { StackSet } = await fixture.cfn.send(new DescribeStackSetCommand(naming));
    expect(StackSet).toMatchObject({
      Description: 'for everybody',
      ManagedExecution: { Active: true },
    });
    expect(StackSet?.Tags).toEqual([{ Key: 'team', Value: 'x' }]);
    expect(stack.Outputs?.map(({ OutputValue }) => OutputValue)).toEqual([
      StackSet?.StackSetId,
      StackSet?.StackSetId,
    ]);
    expect(await fixture.instances()).toHaveLength(6);
    expect(await valueIn(fixture, 'c', 'us-east-1')).toBe('hello');
    const { Summaries } = await fixture.cfn.send(new ListStackSetOperationsCommand(naming));
    expect(Summaries).toHaveLength(1);
  });

  it('follows changes of parameters, Regions and overrides', async () => {
    const fixture = await organizationFixture();
    const base = { OperationPreferences: everywhere };
    await deploy(fixture, {
      ...base,
      StackInstancesGroup: [group(fixture, ['eu-west-1', 'us-east-1'])],
    });
    const stack = await update(fixture, {
      ...base,
      Parameters: [{ ParameterKey: 'Text', ParameterValue: 'new' }],
      StackInstancesGroup: [group(fixture, ['eu-west-1', 'us-west-2'])],
    });
    expect(stack.StackStatus).toBe('UPDATE_COMPLETE');
    expect((await places(fixture)).toSorted()).toEqual(['eu-west-1', 'us-west-2']);
    expect(await valueIn(fixture, 'a', 'eu-west-1')).toBe('new');
    await expect(valueIn(fixture, 'a', 'us-east-1')).rejects.toThrow('not found');
    await update(fixture, {
      ...base,
      Parameters: [{ ParameterKey: 'Text', ParameterValue: 'new' }],
      StackInstancesGroup: [
        group(fixture, ['eu-west-1'], {
          ParameterOverrides: [{ ParameterKey: 'Text', ParameterValue: 'here' }],
        }),
        group(fixture, ['us-west-2']),
      ],
    });
    expect(await valueIn(fixture, 'a', 'eu-west-1')).toBe('here');
    expect(await valueIn(fixture, 'a', 'us-west-2')).toBe('new');
  });

  it('fails and is rolled back when its operation fails', async () => {
    const fixture = await organizationFixture();
    await fixture.client(IAMClient, 'a').send(
      new CreateRoleCommand({
        RoleName: 'reader',
        AssumeRolePolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: {
            Effect: 'Allow',
            Principal: { Service: 'ec2.amazonaws.com' },
            Action: 'sts:AssumeRole',
          },
        }),
      }),
    );
    const properties = {
      TemplateBody: JSON.stringify(roleTemplate),
      Capabilities: ['CAPABILITY_NAMED_IAM'],
      StackInstancesGroup: [group(fixture, ['eu-west-1'])],
    };
    const stack = await deploy(fixture, {
      ...properties,
      OperationPreferences: { MaxConcurrentCount: 3, FailureToleranceCount: 0 },
    });
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    const { Summaries } = await fixture.cfn.send(
      new ListStackSetsCommand({ CallAs: 'DELEGATED_ADMIN', Status: 'ACTIVE' }),
    );
    expect(Summaries).toEqual([]);
    await fixture.cfn.send(new DeleteStackCommand({ StackName: 'tooling' }));
    await settle(fixture, stack.StackId);
    const tolerant = await deploy(fixture, { ...properties, OperationPreferences: everywhere });
    expect(tolerant.StackStatus).toBe('CREATE_COMPLETE');
  });

  it('says which operation failed', async () => {
    const fixture = await organizationFixture();
    const { StackId: StackName } = await fixture.cfn.send(
      new CreateStackCommand({
        StackName: 'tooling',
        DisableRollback: true,
        TemplateBody: outer({
          TemplateBody: JSON.stringify(parameterTemplate({ 'Fn::ImportValue': 'nobody-exports' })),
          StackInstancesGroup: [group(fixture, ['eu-west-1'])],
        }),
      }),
    );
    expect((await settle(fixture, StackName)).StackStatus).toBe('CREATE_FAILED');
    const { StackResources } = await fixture.cfn.send(
      new DescribeStackResourcesCommand({ StackName }),
    );
    const reason = StackResources?.[0]?.ResourceStatusReason ?? '';
    const OperationId = /Operation \[([^\]]+)\] has unexpected status \[FAILED\]/.exec(reason)?.[1];
    const { StackSetOperation } = await fixture.cfn.send(
      new DescribeStackSetOperationCommand({ ...naming, OperationId }),
    );
    expect(StackSetOperation).toMatchObject({ Status: 'FAILED' });
    expect((await fixture.instances())[0]?.StatusReason).toContain('nobody-exports');
  });

  it('takes everything away with it', async () => {
    const fixture = await organizationFixture();
    const { StackId } = await deploy(fixture, {
      OperationPreferences: everywhere,
      StackInstancesGroup: [group(fixture, ['eu-west-1'])],
    });
    await fixture.cfn.send(new DeleteStackCommand({ StackName: StackId }));
    expect((await settle(fixture, StackId)).StackStatus).toBe('DELETE_COMPLETE');
    await expect(fixture.instances()).rejects.toMatchObject({ name: 'StackSetNotFoundException' });
    await expect(valueIn(fixture, 'a')).rejects.toThrow('not found');
  });

  it('needs CallAs in the account of a delegated administrator', async () => {
    const fixture = await organizationFixture();
    const stack = await deploy(fixture, { CallAs: 'SELF' });
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
  });
});
