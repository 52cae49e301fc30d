import { describe, expect, it } from '@jest/globals';
import {
  CloudFormationClient,
  DeleteStackInstancesCommand,
  DescribeStacksCommand,
  DescribeStackSetOperationCommand,
  ListStackInstancesCommand,
  ListStackSetOperationResultsCommand,
  OperationIdAlreadyExistsException,
  OperationInProgressException,
  StopStackSetOperationCommand,
  UpdateStackSetCommand,
  UpdateTerminationProtectionCommand,
  type StackSetOperationPreferences,
} from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, PutResourcePolicyCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CloseAccountCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  IAMClient,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  everywhere,
  organizationFixture,
  parameterTemplate,
  roleTemplate,
  stackSetName,
  type OrganizationFixture,
} from '../../../../test/organization-fixture.ts';

const naming = { StackSetName: stackSetName, CallAs: 'DELEGATED_ADMIN' } as const;
const names = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
const capabilities = { Capabilities: ['CAPABILITY_NAMED_IAM' as const] };
const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Principal: { Service: 'ec2.amazonaws.com' },
    Action: 'sts:AssumeRole',
  },
});

/** Account ids that sort like their names, so that tests know whose turn comes when. */
const units = [
  {
    name: 'workloads',
    accounts: names.map((name, index) => ({ name, id: `10000000000${index}` })),
  },
];

/** A StackSet with a role that some accounts have already. */
const withTaken = async (...taken: readonly string[]): Promise<OrganizationFixture> => {
  const fixture = await organizationFixture({ units });
  await fixture.createStackSet(roleTemplate, capabilities);
  for (const name of taken)
    await fixture
      .client(IAMClient, name)
      .send(new CreateRoleCommand({ RoleName: 'reader', AssumeRolePolicyDocument: trust }));
  return fixture;
};

/** The detailed status of each account, in order. */
const statuses = async (fixture: OrganizationFixture, region?: string) =>
  (await fixture.instances())
    .filter(({ Region }) => region === undefined || Region === region)
    .map(({ StackInstanceStatus }) => StackInstanceStatus?.DetailedStatus);

const runs = async (
  fixture: OrganizationFixture,
  OperationPreferences: StackSetOperationPreferences,
  Regions: string[] = ['eu-west-1'],
) => fixture.settle(await fixture.deploy({ OperationPreferences, Regions }));

describe('an operation that meets failures', () => {
  it('says in the instance and in its results what failed and why', async () => {
    const fixture = await withTaken('b');
    const operationId = await fixture.deploy({ OperationPreferences: everywhere });
    expect(await fixture.settle(operationId)).toMatchObject({
      Status: 'SUCCEEDED',
      StatusDetails: { FailedStackInstancesCount: 1 },
    });
    const reason = expect.stringMatching(
      /^ResourceLogicalId:Reader, ResourceType:AWS::IAM::Role, ResourceStatusReason:.*reader.*already exists.*$/,
    );
    const [first, second] = await fixture.instances();
    expect(first).toMatchObject({ Status: 'CURRENT' });
    expect(second).toMatchObject({
      Account: fixture.accountId('b'),
      Status: 'OUTDATED',
      StackInstanceStatus: { DetailedStatus: 'FAILED' },
      StatusReason: reason,
      LastOperationId: operationId,
    });
    const { Summaries } = await fixture.cfn.send(
      new ListStackSetOperationResultsCommand({
        ...naming,
        OperationId: operationId,
        Filters: [{ Name: 'OPERATION_RESULT_STATUS', Values: 'FAILED' }],
      }),
    );
    expect(Summaries).toMatchObject([{ Account: fixture.accountId('b'), StatusReason: reason }]);
    const { Stacks } = await fixture
      .client(CloudFormationClient, 'b')
      .send(new DescribeStacksCommand());
    expect(Stacks).toMatchObject([{ StackId: second?.StackId, StackStatus: 'ROLLBACK_COMPLETE' }]);
  });

  it('stops at the first one by default and cancels the rest', async () => {
    const fixture = await withTaken('b');
    expect(await runs(fixture, {})).toMatchObject({ Status: 'FAILED' });
    expect(await statuses(fixture)).toEqual([
      'SUCCEEDED',
      'FAILED',
      ...Array.from({ length: 4 }, () => 'CANCELLED'),
    ]);
    expect((await fixture.instances()).at(-1)).toMatchObject({
      Status: 'OUTDATED',
      StatusReason: 'Cancelled since failure tolerance has exceeded',
    });
  });

  it('goes on within its tolerance', async () => {
    const fixture = await withTaken('b', 'd');
    expect(await runs(fixture, { FailureToleranceCount: 2 })).toMatchObject({
      Status: 'SUCCEEDED',
    });
    expect((await statuses(fixture)).filter((status) => status === 'FAILED')).toHaveLength(2);
  });

  it('never fails more often than tolerance plus one when it is strict', async () => {
    const fixture = await withTaken(...names);
    const result = await runs(fixture, { FailureToleranceCount: 2, MaxConcurrentCount: 6 });
    expect(result).toMatchObject({
      Status: 'FAILED',
      StatusDetails: { FailedStackInstancesCount: 3 },
    });
  });

  it('may overshoot its tolerance by what is in flight when it is soft', async () => {
    const fixture = await withTaken(...names);
    const result = await runs(fixture, {
      FailureToleranceCount: 2,
      MaxConcurrentCount: 6,
      ConcurrencyMode: 'SOFT_FAILURE_TOLERANCE',
    });
    expect(result).toMatchObject({
      Status: 'FAILED',
      StatusDetails: { FailedStackInstancesCount: 6 },
    });
  });

  it('does not begin the next Region', async () => {
    const fixture = await withTaken('a');
    await runs(fixture, { RegionOrder: ['us-east-1', 'eu-west-1'] }, ['eu-west-1', 'us-east-1']);
    expect((await statuses(fixture, 'us-east-1'))[0]).toBe('FAILED');
    expect(new Set(await statuses(fixture, 'eu-west-1'))).toEqual(new Set(['CANCELLED']));
  });

  it('is repeated with success once the cause is gone', async () => {
    const fixture = await withTaken('b');
    await runs(fixture, everywhere);
    await fixture.client(IAMClient, 'b').send(new DeleteRoleCommand({ RoleName: 'reader' }));
    expect(await runs(fixture, everywhere)).toMatchObject({ Status: 'SUCCEEDED' });
    expect(new Set(await statuses(fixture))).toEqual(new Set(['SUCCEEDED']));
  });

  it('fails where the account does not let StackSets in', async () => {
    const fixture = await withTaken();
    await runs(fixture, everywhere);
    const iam = fixture.client(IAMClient, 'a');
    const by = fixture.world.journal.entries.find(
      ({ account, name }) => account === fixture.accountId('a') && name === 'AttachRolePolicy',
    );
    const RoleName = /role\/(stacksets-exec-\w+)/.exec(String(by?.detail['resource']))?.[1];
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: trust }));
    await fixture.world.scheduler.runFor(10_000);
    await runs(fixture, everywhere, ['us-east-1']);
    expect((await fixture.instances()).find(({ Region }) => Region === 'us-east-1')).toMatchObject({
      StackInstanceStatus: { DetailedStatus: 'FAILED' },
      StatusReason: expect.stringContaining(`should have '${RoleName ?? ''}' role`),
    });
  });

  it('fails where a quota of the account is used up', async () => {
    const fixture = await organizationFixture({ units });
    const policy = (name: string) => ({
      policyName: name,
      policyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'logs:PutLogEvents',
          Resource: '*',
        },
      }),
    });
    const logs = fixture.client(CloudWatchLogsClient, 'b');
    for (let index = 0; index < 10; index += 1)
      await logs.send(new PutResourcePolicyCommand(policy(`taken-${index}`)));
    const { policyName: PolicyName, policyDocument: PolicyDocument } = policy('ours');
    await fixture.createStackSet({
      Resources: {
        Policy: { Type: 'AWS::Logs::ResourcePolicy', Properties: { PolicyName, PolicyDocument } },
      },
    });
    await runs(fixture, everywhere);
    expect((await fixture.instances())[1]).toMatchObject({
      StackInstanceStatus: { DetailedStatus: 'FAILED' },
      StatusReason: expect.stringContaining('HandlerErrorCode: ServiceLimitExceeded'),
    });
  });

  it('leaves instances inoperable that cannot be deleted', async () => {
    const fixture = await organizationFixture({ units });
    await fixture.createStackSet(parameterTemplate());
    await runs(fixture, everywhere);
    const [first] = await fixture.instances();
    await fixture.client(CloudFormationClient, 'a').send(
      new UpdateTerminationProtectionCommand({
        StackName: first?.StackId,
        EnableTerminationProtection: true,
      }),
    );
    const remove = async (RetainStacks: boolean) => {
      const { OperationId } = await fixture.cfn.send(
        new DeleteStackInstancesCommand({
          ...naming,
          DeploymentTargets: { OrganizationalUnitIds: [fixture.unitId('workloads')] },
          Regions: ['eu-west-1'],
          RetainStacks,
          OperationPreferences: everywhere,
        }),
      );
      await fixture.settle(OperationId);
    };
    await remove(false);
    expect(await fixture.instances()).toMatchObject([
      {
        Account: fixture.accountId('a'),
        Status: 'INOPERABLE',
        StackInstanceStatus: { DetailedStatus: 'INOPERABLE' },
      },
    ]);
    await remove(true);
    expect(await fixture.instances()).toEqual([]);
  });
});

describe('an account that is suspended', () => {
  it('is skipped without spending tolerance', async () => {
    const fixture = await organizationFixture({ units });
    await fixture.createStackSet(parameterTemplate());
    await fixture
      .client(OrganizationsClient, 'management')
      .send(new CloseAccountCommand({ AccountId: fixture.accountId('b') }));
    await fixture.world.scheduler.runFor(120_000);
    expect(await runs(fixture, {})).toMatchObject({ Status: 'SUCCEEDED' });
    const { Summaries } = await fixture.cfn.send(
      new ListStackInstancesCommand({
        ...naming,
        Filters: [{ Name: 'DETAILED_STATUS', Values: 'SKIPPED_SUSPENDED_ACCOUNT' }],
      }),
    );
    expect(Summaries).toMatchObject([{ Account: fixture.accountId('b'), Status: 'OUTDATED' }]);
  });
});

describe('operations of one StackSet', () => {
  const start = async (managed: boolean): Promise<OrganizationFixture> => {
    const fixture = await organizationFixture({ units });
    await fixture.createStackSet(parameterTemplate(), { ManagedExecution: { Active: managed } });
    return fixture;
  };
  const update = (fixture: OrganizationFixture, value: string) =>
    fixture.cfn.send(
      new UpdateStackSetCommand({
        ...naming,
        TemplateBody: JSON.stringify(parameterTemplate(value)),
        OperationPreferences: everywhere,
      }),
    );
  const statusOf = async (fixture: OrganizationFixture, OperationId: string | undefined) =>
    (await fixture.cfn.send(new DescribeStackSetOperationCommand({ ...naming, OperationId })))
      .StackSetOperation?.Status;

  it('exclude each other without managed execution', async () => {
    const fixture = await start(false);
    await fixture.deploy();
    await expect(fixture.deploy({ Regions: ['us-east-1'] })).rejects.toBeInstanceOf(
      OperationInProgressException,
    );
  });

  it('run side by side with it as long as they do not conflict', async () => {
    const fixture = await start(true);
    await fixture.deploy();
    const other = await fixture.deploy({ Regions: ['us-east-1'] });
    expect(await statusOf(fixture, other)).toBe('RUNNING');
  });

  it('wait in order with it when they conflict', async () => {
    const fixture = await start(true);
    const first = await fixture.deploy({ OperationPreferences: everywhere });
    const { OperationId: second } = await update(fixture, 'two');
    const { OperationId: third } = await update(fixture, 'three');
    expect(await statusOf(fixture, second)).toBe('QUEUED');
    await fixture.settle(first);
    expect(await statusOf(fixture, second)).toBe('RUNNING');
    expect(await statusOf(fixture, third)).toBe('QUEUED');
    expect(await fixture.settle(third)).toMatchObject({ Status: 'SUCCEEDED' });
  });

  it('leave the execution configuration alone while they run', async () => {
    const fixture = await start(true);
    await fixture.deploy();
    await expect(
      fixture.cfn.send(
        new UpdateStackSetCommand({
          ...naming,
          UsePreviousTemplate: true,
          ManagedExecution: { Active: false },
        }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidOperationException' });
  });

  it('are carried out once per id', async () => {
    const fixture = await start(false);
    const input = { OperationId: 'once' };
    expect(await fixture.deploy(input)).toBe('once');
    expect(await fixture.deploy(input)).toBe('once');
    await expect(fixture.deploy({ ...input, Regions: ['us-east-1'] })).rejects.toBeInstanceOf(
      OperationIdAlreadyExistsException,
    );
  });

  it('can be stopped; what runs is finished and the rest cancelled', async () => {
    const fixture = await start(false);
    const OperationId = await fixture.deploy();
    await fixture.world.scheduler.runFor(15_000);
    await fixture.cfn.send(new StopStackSetOperationCommand({ ...naming, OperationId }));
    expect(await statusOf(fixture, OperationId)).toBe('STOPPING');
    expect(await fixture.settle(OperationId)).toMatchObject({ Status: 'STOPPED' });
    const found = await statuses(fixture);
    expect(found[0]).toBe('SUCCEEDED');
    expect(found.at(-1)).toBe('CANCELLED');
    await expect(
      fixture.cfn.send(new StopStackSetOperationCommand({ ...naming, OperationId })),
    ).rejects.toMatchObject({ name: 'InvalidOperationException' });
  });

  it('can be stopped before they begin', async () => {
    const fixture = await start(true);
    const first = await fixture.deploy();
    const { OperationId } = await update(fixture, 'two');
    await fixture.cfn.send(new StopStackSetOperationCommand({ ...naming, OperationId }));
    expect(await statusOf(fixture, OperationId)).toBe('STOPPED');
    expect(await fixture.settle(first)).toMatchObject({ Status: 'SUCCEEDED' });
  });

  it('are not found under another id', async () => {
    const fixture = await start(false);
    await expect(statusOf(fixture, 'none')).rejects.toMatchObject({
      name: 'OperationNotFoundException',
    });
  });
});

describe('a large operation', () => {
  it('serves 25 accounts in three Regions side by side', async () => {
    const accounts = Array.from({ length: 25 }, (_, index) => ({ name: `account-${index}` }));
    const fixture = await organizationFixture({
      units: [{ name: 'workloads', accounts }],
      settings: { pageSizeMax: 100 },
    });
    await fixture.createStackSet(parameterTemplate());
    const operation = await runs(fixture, everywhere, ['eu-west-1', 'us-east-1', 'us-west-2']);
    expect(operation.Status).toBe('SUCCEEDED');
    expect(await fixture.instances()).toHaveLength(75);
    const { CreationTimestamp: begun, EndTimestamp: ended } = operation;
    expect((ended?.getTime() ?? 0) - (begun?.getTime() ?? 0)).toBeLessThan(120_000);
  });
});
