import { describe, expect, it } from '@jest/globals';
import {
  DeleteStackInstancesCommand,
  type CreateStackInstancesCommandInput,
} from '@aws-sdk/client-cloudformation';
import { MoveAccountCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import {
  everywhere,
  organizationFixture,
  parameterTemplate,
  stackSetName,
  type OrganizationFixture,
} from '../../../../test/organization-fixture.ts';

const template = parameterTemplate({ Ref: 'Text' });

/** The names of the accounts that have instances. */
const servedBy = async (
  fixture: OrganizationFixture,
  input: Partial<CreateStackInstancesCommandInput>,
): Promise<string[]> => {
  await fixture.createStackSet(template);
  await fixture.settle(await fixture.deploy({ OperationPreferences: everywhere, ...input }));
  const served = new Set((await fixture.instances()).map(({ Account }) => Account));
  return [...fixture.organization.accounts]
    .filter(([, { id }]) => served.has(id))
    .map(([name]) => name)
    .toSorted();
};

const nested = [
  {
    name: 'workloads',
    accounts: [{ name: 'a' }],
    units: [{ name: 'prod', accounts: [{ name: 'b' }, { name: 'c' }] }],
  },
  { name: 'sandbox', accounts: [{ name: 'd' }] },
];

describe('the targets of a StackSet', () => {
  it('reach into nested units', async () => {
    expect(await servedBy(await organizationFixture({ units: nested }), {})).toEqual([
      'a',
      'b',
      'c',
    ]);
  });

  it('can be the root, which never means the management account', async () => {
    const fixture = await organizationFixture({ units: nested });
    const all = { OrganizationalUnitIds: [fixture.unitId('root')] };
    expect(await servedBy(fixture, { DeploymentTargets: all })).toEqual([
      'a',
      'b',
      'c',
      'd',
      'tooling',
    ]);
  });

  it.each([
    ['INTERSECTION', ['b']],
    ['DIFFERENCE', ['a', 'c']],
  ] as const)('are narrowed by %s', async (AccountFilterType, expected) => {
    const fixture = await organizationFixture({ units: nested });
    const served = await servedBy(fixture, {
      DeploymentTargets: {
        OrganizationalUnitIds: [fixture.unitId('workloads')],
        Accounts: [fixture.accountId('b'), fixture.accountId('d')],
        AccountFilterType,
      },
    });
    expect(served).toEqual(expected);
  });

  it.each([
    [{ Accounts: ['111122223333'] }, 'Accounts cannot be specified'],
    [{ DeploymentTargets: { Accounts: ['111122223333'] } }, 'OrganizationalUnitIds are required'],
    [{ DeploymentTargets: { AccountsUrl: 's3://b/accounts' } }, 'AccountsUrl is not modelled'],
    [
      { DeploymentTargets: { OrganizationalUnitIds: ['ou-abcd-12345678'] } },
      'Organizational unit not found',
    ],
    [{ Regions: ['mars-north-1'] }, 'Region [mars-north-1] is not supported'],
    [{ Regions: [] }, 'Regions must be specified'],
  ])('are refused when they cannot be: %j', async (input, message) => {
    const fixture = await organizationFixture();
    await fixture.createStackSet(template);
    await expect(fixture.deploy(input)).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining(message),
    });
  });

  it('do not take single accounts beside the units of a creation', async () => {
    const fixture = await organizationFixture({ units: nested });
    await fixture.createStackSet(template);
    const targets = {
      OrganizationalUnitIds: [fixture.unitId('workloads')],
      Accounts: [fixture.accountId('d')],
    };
    await expect(fixture.deploy({ DeploymentTargets: targets })).rejects.toThrow('UNION');
  });

  it('do not take a filter that there is none of', async () => {
    const fixture = await organizationFixture({ units: nested });
    await fixture.createStackSet(template);
    const targets: object = {
      OrganizationalUnitIds: [fixture.unitId('workloads')],
      Accounts: [fixture.accountId('a')],
      AccountFilterType: 'INTERSECT',
    };
    await expect(fixture.deploy({ DeploymentTargets: targets })).rejects.toThrow(
      'deploymentTargets.accountFilterType',
    );
  });

  it('of a deletion can be single accounts, and accounts that are elsewhere meanwhile', async () => {
    const fixture = await organizationFixture({ units: nested });
    await fixture.createStackSet(template, { AutoDeployment: { Enabled: false } });
    await fixture.settle(await fixture.deploy({ OperationPreferences: everywhere }));
    await fixture.client(OrganizationsClient, 'management').send(
      new MoveAccountCommand({
        AccountId: fixture.accountId('a'),
        SourceParentId: fixture.unitId('workloads'),
        DestinationParentId: fixture.unitId('sandbox'),
      }),
    );
    const remove = async (Accounts?: string[]) => {
      const { OperationId } = await fixture.cfn.send(
        new DeleteStackInstancesCommand({
          StackSetName: stackSetName,
          CallAs: 'DELEGATED_ADMIN',
          DeploymentTargets: {
            OrganizationalUnitIds: [fixture.unitId('workloads')],
            ...(Accounts ? { Accounts, AccountFilterType: 'INTERSECTION' } : {}),
          },
          Regions: ['eu-west-1'],
          RetainStacks: false,
        }),
      );
      await fixture.settle(OperationId);
    };
    await remove([fixture.accountId('b')]);
    expect((await fixture.instances()).map(({ Account }) => Account).toSorted()).toEqual(
      [fixture.accountId('a'), fixture.accountId('c')].toSorted(),
    );
    await remove();
    expect(await fixture.instances()).toEqual([]);
  });
});
