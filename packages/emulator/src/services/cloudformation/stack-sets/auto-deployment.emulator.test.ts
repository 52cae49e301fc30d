import { describe, expect, it } from '@jest/globals';
import {
  CloudFormationClient,
  CreateStackSetCommand,
  ListStackSetAutoDeploymentTargetsCommand,
  ListStackSetOperationsCommand,
  type StackSetOperationSummary,
} from '@aws-sdk/client-cloudformation';
import {
  CloseAccountCommand,
  CreateAccountCommand,
  DescribeCreateAccountStatusCommand,
  MoveAccountCommand,
  OrganizationsClient,
  RemoveAccountFromOrganizationCommand,
} from '@aws-sdk/client-organizations';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import {
  organizationFixture,
  parameterTemplate,
  stackSetName,
  type OrganizationFixture,
} from '../../../../test/organization-fixture.ts';

const template = parameterTemplate({ Ref: 'Text' });
const naming = { StackSetName: stackSetName, CallAs: 'DELEGATED_ADMIN' } as const;
const hourMs = 3_600_000;
const units = [
  { name: 'workloads', accounts: [{ name: 'a' }], units: [{ name: 'prod' }] },
  { name: 'sandbox', accounts: [{ name: 'd' }] },
];

const move = (
  fixture: OrganizationFixture,
  account: string,
  from: string,
  to: string,
): Promise<unknown> =>
  fixture.client(OrganizationsClient, 'management').send(
    new MoveAccountCommand({
      AccountId: fixture.accountId(account),
      SourceParentId: fixture.unitId(from),
      DestinationParentId: fixture.unitId(to),
    }),
  );

const deployed = async (
  autoDeployment: { Enabled: boolean; RetainStacksOnAccountRemoval?: boolean } = {
    Enabled: true,
    RetainStacksOnAccountRemoval: false,
  },
  overrides?: string,
): Promise<OrganizationFixture> => {
  const fixture = await organizationFixture({ units });
  await fixture.createStackSet(template, { AutoDeployment: autoDeployment });
  await fixture.settle(
    await fixture.deploy(
      overrides === undefined
        ? {}
        : { ParameterOverrides: [{ ParameterKey: 'Text', ParameterValue: overrides }] },
    ),
  );
  return fixture;
};

const served = async (fixture: OrganizationFixture): Promise<string[]> =>
  (await fixture.instances()).map(({ Account = '' }) => Account).toSorted();

const ids = (fixture: OrganizationFixture, ...names: string[]): string[] =>
  names.map((name) => fixture.accountId(name)).toSorted();

const valueIn = async (fixture: OrganizationFixture, account: string) =>
  (
    await fixture
      .client(SSMClient, account)
      .send(new GetParameterCommand({ Name: '/plumbing/note' }))
  ).Parameter?.Value;

const latest = async (
  fixture: OrganizationFixture,
): Promise<StackSetOperationSummary | undefined> =>
  (await fixture.cfn.send(new ListStackSetOperationsCommand(naming))).Summaries?.[0];

describe('automatic deployment', () => {
  it('serves an account that moves into a target, with the values of the StackSet', async () => {
    const fixture = await deployed(undefined, 'override');
    await move(fixture, 'd', 'sandbox', 'workloads/prod');
    expect(await served(fixture)).toEqual(ids(fixture, 'a'));
    await fixture.world.scheduler.runFor(hourMs);
    expect(await served(fixture)).toEqual(ids(fixture, 'a', 'd'));
    expect(await valueIn(fixture, 'a')).toBe('override');
    expect(await valueIn(fixture, 'd')).toBe('default');
    expect((await fixture.instances()).at(-1)).toMatchObject({
      Status: 'CURRENT',
      OrganizationalUnitId: fixture.unitId('workloads'),
    });
    expect(await latest(fixture)).toMatchObject({ Action: 'CREATE', Status: 'SUCCEEDED' });
  });

  it('serves an account that is created below the targeted root', async () => {
    const fixture = await organizationFixture({ units });
    await fixture.createStackSet(template);
    const root = { OrganizationalUnitIds: [fixture.unitId('root')] };
    await fixture.settle(await fixture.deploy({ DeploymentTargets: root }));
    const organizations = fixture.client(OrganizationsClient, 'management');
    const { CreateAccountStatus } = await organizations.send(
      new CreateAccountCommand({ AccountName: 'new', Email: 'new@example.com' }),
    );
    await fixture.world.scheduler.runFor(hourMs);
    const { CreateAccountStatus: made } = await organizations.send(
      new DescribeCreateAccountStatusCommand({ CreateAccountRequestId: CreateAccountStatus?.Id }),
    );
    expect(await served(fixture)).toContain(made?.AccountId);
  });

  it('ignores account filters for accounts that come later', async () => {
    const fixture = await organizationFixture({ units });
    await fixture.createStackSet(template);
    await fixture.settle(
      await fixture.deploy({
        DeploymentTargets: {
          OrganizationalUnitIds: [fixture.unitId('workloads')],
          Accounts: [fixture.accountId('d')],
          AccountFilterType: 'DIFFERENCE',
        },
      }),
    );
    await move(fixture, 'd', 'sandbox', 'workloads');
    await fixture.world.scheduler.runFor(hourMs);
    expect(await served(fixture)).toEqual(ids(fixture, 'a', 'd'));
  });

  it('takes the stack away from an account that leaves the target', async () => {
    const fixture = await deployed();
    await move(fixture, 'a', 'workloads', 'sandbox');
    await fixture.world.scheduler.runFor(hourMs);
    expect(await served(fixture)).toEqual([]);
    await expect(valueIn(fixture, 'a')).rejects.toThrow('not found');
    expect(await latest(fixture)).toMatchObject({ Action: 'DELETE', Status: 'SUCCEEDED' });
  });

  it('leaves the stack behind when it is told to retain', async () => {
    const fixture = await deployed({ Enabled: true, RetainStacksOnAccountRemoval: true });
    await move(fixture, 'a', 'workloads', 'sandbox');
    await fixture.world.scheduler.runFor(hourMs);
    expect(await served(fixture)).toEqual([]);
    expect(await valueIn(fixture, 'a')).toBe('default');
  });

  it('keeps the stack of an account that moves within the target', async () => {
    const fixture = await deployed();
    const [before] = await fixture.instances();
    await move(fixture, 'a', 'workloads', 'workloads/prod');
    await fixture.world.scheduler.runFor(hourMs);
    expect((await fixture.instances())[0]?.StackId).toBe(before?.StackId);
  });

  it('takes the stack away from an account that leaves the organization', async () => {
    const fixture = await deployed();
    await fixture
      .client(OrganizationsClient, 'management')
      .send(new RemoveAccountFromOrganizationCommand({ AccountId: fixture.accountId('a') }));
    await fixture.world.scheduler.runFor(hourMs);
    expect(await served(fixture)).toEqual([]);
    await expect(valueIn(fixture, 'a')).rejects.toThrow('not found');
  });

  it('does nothing when it is off', async () => {
    const fixture = await deployed({ Enabled: false });
    await move(fixture, 'd', 'sandbox', 'workloads');
    await move(fixture, 'a', 'workloads', 'sandbox');
    await fixture.world.scheduler.runFor(hourMs);
    expect(await served(fixture)).toEqual(ids(fixture, 'a'));
  });

  it('waits for its turn behind another operation', async () => {
    const fixture = await deployed();
    const operationId = await fixture.deploy({ Regions: ['us-east-1', 'us-west-2', 'eu-north-1'] });
    await move(fixture, 'd', 'sandbox', 'workloads');
    await fixture.settle(operationId);
    await fixture.world.scheduler.runFor(hourMs);
    expect(await served(fixture)).toHaveLength(8);
  });

  it('forgets an account that is closed for good', async () => {
    const fixture = await deployed();
    await fixture
      .client(OrganizationsClient, 'management')
      .send(new CloseAccountCommand({ AccountId: fixture.accountId('a') }));
    await fixture.world.scheduler.runFor(hourMs);
    expect(await served(fixture)).toEqual(ids(fixture, 'a'));
    await fixture.world.scheduler.runFor(91 * 24 * hourMs);
    expect(await served(fixture)).toEqual([]);
  });

  it('tells where it deploys by itself', async () => {
    const fixture = await deployed();
    const { Summaries } = await fixture.cfn.send(
      new ListStackSetAutoDeploymentTargetsCommand(naming),
    );
    expect(Summaries).toEqual([
      { OrganizationalUnitId: fixture.unitId('workloads'), Regions: ['eu-west-1'] },
    ]);
  });

  it('does not sequence StackSets', async () => {
    const fixture = await organizationFixture({ units });
    const create = new CreateStackSetCommand({
      StackSetName: 'second',
      PermissionModel: 'SERVICE_MANAGED',
      AutoDeployment: {
        Enabled: true,
        RetainStacksOnAccountRemoval: true,
        DependsOn: ['arn:aws:x'],
      },
      TemplateBody: JSON.stringify(template),
    });
    await expect(fixture.client(CloudFormationClient, 'management').send(create)).rejects.toThrow(
      'DependsOn is not modelled',
    );
  });
});
