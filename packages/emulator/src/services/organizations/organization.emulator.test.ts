import { describe, expect, it } from '@jest/globals';
import { CreateUserCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  AWSOrganizationsNotInUseException,
  AccessDeniedException,
  CreateOrganizationCommand,
  CreateOrganizationalUnitCommand,
  DeleteOrganizationalUnitCommand,
  DeregisterDelegatedAdministratorCommand,
  DescribeAccountCommand,
  DescribeOrganizationCommand,
  DescribeOrganizationalUnitCommand,
  EnableAWSServiceAccessCommand,
  ListAccountsCommand,
  ListAccountsForParentCommand,
  ListAWSServiceAccessForOrganizationCommand,
  ListDelegatedAdministratorsCommand,
  ListTagsForResourceCommand,
  OrganizationsClient,
  RegisterDelegatedAdministratorCommand,
  TagResourceCommand,
  paginateListAccounts,
  paginateListChildren,
} from '@aws-sdk/client-organizations';
import { clientFor } from '../../accounts/client-for.ts';
import { createAccount } from '../../accounts/create-account.ts';
import { createOrganization } from '../../accounts/create-organization.ts';
import { hasTrustedAccess, isDelegatedAdministrator } from './lookups.ts';
import { aWorld, clientOf, setUp } from '../../../test/directory-fixture.ts';

const stackSets = 'member.org.stacksets.cloudformation.amazonaws.com';
describe('an organization', () => {
  it('is made by calls and keeps the directory up to date', async () => {
    const { world, organization, account, management } = await setUp();
    const prod = organization.unitIds.get('workloads/prod') ?? '';
    const path = `${organization.id}/${organization.rootId}/${organization.unitIds.get('workloads') ?? ''}/${prod}/`;
    expect(path).toMatch(
      /^o-[a-z0-9]{10}\/r-[a-z0-9]{4}\/ou-[a-z0-9]{4}-[a-z0-9]{8}\/ou-[a-z0-9]{4}-[a-z0-9]{8}\/$/,
    );
    expect(world.directory.get(account('a').id)).toMatchObject({
      organizationId: organization.id,
      organizationPath: path,
    });
    const { Account } = await management.send(
      new DescribeAccountCommand({ AccountId: account('a').id }),
    );
    expect(Account).toMatchObject({
      Arn: `arn:aws:organizations::${organization.management.id}:account/${organization.id}/${account('a').id}`,
      Name: 'a',
      State: 'ACTIVE',
      Paths: [`${path}${account('a').id}/`],
      JoinedMethod: 'INVITED',
    });
    expect(Account).not.toHaveProperty('Status');
  });

  it('is the same in every Region', async () => {
    const { world, organization } = await setUp();
    const elsewhere = clientFor(world, OrganizationsClient, {
      credentials: organization.management.adminCredentials,
      region: 'ap-southeast-2',
    });
    const { Organization } = await elsewhere.send(new DescribeOrganizationCommand({}));
    expect(Organization?.Id).toBe(organization.id);
    expect(world.journal.entries.at(-1)?.region).toBe('us-east-1');
  });

  it('is described by every member, and by nobody outside', async () => {
    const { world, organization, client } = await setUp();
    const { Organization } = await client('a').send(new DescribeOrganizationCommand({}));
    expect(Organization).toMatchObject({
      Id: organization.id,
      MasterAccountId: organization.management.id,
      FeatureSet: 'ALL',
    });
    const outside = clientOf(world, createAccount(world, { name: 'outside' }));
    await expect(outside.send(new DescribeOrganizationCommand({}))).rejects.toBeInstanceOf(
      AWSOrganizationsNotInUseException,
    );
    await expect(outside.send(new ListAccountsCommand({}))).rejects.toBeInstanceOf(
      AWSOrganizationsNotInUseException,
    );
    await expect(client('a').send(new CreateOrganizationCommand({}))).rejects.toMatchObject({
      name: 'AlreadyInOrganizationException',
    });
  });

  it('is read by delegated administrators and changed by the management account only', async () => {
    const { world, account, management, client } = await setUp();
    const infra = client('infra');
    await expect(infra.send(new ListAccountsCommand({}))).rejects.toBeInstanceOf(
      AccessDeniedException,
    );
    const AccountId = account('infra').id;
    const delegation = { AccountId, ServicePrincipal: stackSets };
    const register = () => management.send(new RegisterDelegatedAdministratorCommand(delegation));
    await expect(register()).rejects.toMatchObject({
      name: 'ConstraintViolationException',
      Reason: 'SERVICE_ACCESS_NOT_ENABLED',
    });
    await management.send(new EnableAWSServiceAccessCommand({ ServicePrincipal: stackSets }));
    expect(hasTrustedAccess(world, account('a').id, stackSets)).toBe(true);
    await register();
    await expect(register()).rejects.toMatchObject({ name: 'AccountAlreadyRegisteredException' });
    expect(isDelegatedAdministrator(world, AccountId, stackSets)).toBe(true);
    expect(isDelegatedAdministrator(world, account('a').id)).toBe(false);
    await infra.send(new ListAccountsCommand({}));
    await expect(
      infra.send(new EnableAWSServiceAccessCommand({ ServicePrincipal: stackSets })),
    ).rejects.toBeInstanceOf(AccessDeniedException);
    const first = await infra.send(new ListDelegatedAdministratorsCommand({}));
    expect(first.DelegatedAdministrators).toEqual([]);
    const second = await infra.send(
      new ListDelegatedAdministratorsCommand({ NextToken: first.NextToken }),
    );
    expect(second.DelegatedAdministrators).toMatchObject([{ Id: AccountId, State: 'ACTIVE' }]);
    expect(second.NextToken).toBeUndefined();
    const access = await management.send(new ListAWSServiceAccessForOrganizationCommand({}));
    expect(access.NextToken).toBeDefined();
    await management.send(new DeregisterDelegatedAdministratorCommand(delegation));
    await expect(infra.send(new ListAccountsCommand({}))).rejects.toBeInstanceOf(
      AccessDeniedException,
    );
  });

  it('asks for the right in IAM before anything else', async () => {
    const { world, organization } = await setUp();
    const iamClient = clientFor(world, IAMClient, {
      credentials: organization.management.adminCredentials,
    });
    await iamClient.send(new CreateUserCommand({ UserName: 'nobody' }));
    await world.scheduler.runFor(10_000);
    await expect(
      world.send(new ListAccountsCommand({}), {
        as: {
          kind: 'user',
          account: organization.management.id,
          arn: `arn:aws:iam::${organization.management.id}:user/nobody`,
          userName: 'nobody',
          userId: 'AIDANOBODY',
          tags: {},
        },
        account: organization.management.id,
        region: 'us-east-1',
      }),
    ).rejects.toMatchObject({
      code: 'AccessDeniedException',
      message: expect.stringContaining('organizations:ListAccounts'),
    });
  });
});

describe('lists', () => {
  it('come in pages of which some are empty, and end with the last token', async () => {
    const { organization, management } = await setUp();
    const sizes: number[] = [];
    const ids: string[] = [];
    for await (const page of paginateListAccounts({ client: management }, {})) {
      sizes.push(page.Accounts?.length ?? 0);
      ids.push(...(page.Accounts ?? []).map(({ Id }) => Id ?? ''));
    }
    expect(sizes).toEqual([0, 2, 2]);
    expect(new Set(ids)).toEqual(
      new Set([
        organization.management.id,
        ...[...organization.accounts.values()].map((a) => a.id),
      ]),
    );
    const kinds: (number | undefined)[] = [];
    for await (const page of paginateListChildren(
      { client: management },
      { ParentId: organization.rootId, ChildType: 'ORGANIZATIONAL_UNIT' },
    ))
      kinds.push(page.Children?.length);
    expect(kinds).toEqual([0, 1]);
  });

  it('leave gaps now and then where pages are large, and lose nobody', async () => {
    const world = aWorld({ pageSizeMax: Number.MAX_SAFE_INTEGER });
    const organization = await createOrganization(world, {
      managementAccountName: 'management',
      accounts: Array.from({ length: 60 }, (_, index) => ({ name: `account-${index}` })),
    });
    const client = clientOf(world, organization.management);
    let gaps = 0;
    for (let walk = 0; walk < 20; walk++) {
      let seen = 0;
      for await (const page of paginateListAccounts({ client }, {})) {
        const size = page.Accounts?.length ?? 0;
        expect(size).toBeLessThanOrEqual(20);
        if (size === 0) gaps += 1;
        seen += size;
      }
      expect(seen).toBe(61);
    }
    expect(gaps).toBeGreaterThan(0);
    expect(gaps).toBeLessThan(40);
  });

  it('refuse a token that nobody gave out', async () => {
    const { management } = await setUp();
    await expect(
      management.send(new ListAccountsCommand({ NextToken: 'made-up' })),
    ).rejects.toMatchObject({ name: 'InvalidInputException' });
  });

  it('name direct children only', async () => {
    const { organization, management } = await setUp();
    const inUnit = async (path: string): Promise<number> => {
      let NextToken: string | undefined;
      let count = 0;
      for (let page = 0; page < 5; page++) {
        const answer = await management.send(
          new ListAccountsForParentCommand({ ParentId: organization.unitIds.get(path), NextToken }),
        );
        count += answer.Accounts?.length ?? 0;
        NextToken = answer.NextToken;
        if (NextToken === undefined) return count;
      }
      throw new TypeError('the list does not end');
    };
    expect(await inUnit('workloads')).toBe(0);
    expect(await inUnit('workloads/prod')).toBe(2);
    await expect(
      management.send(new ListAccountsForParentCommand({ ParentId: 'ou-none-00000000' })),
    ).rejects.toMatchObject({ name: 'ParentNotFoundException' });
  });
});

describe('organizational units', () => {
  it('have names unique among siblings, five levels, and are deleted when empty', async () => {
    const { organization, management } = await setUp();
    const make = async (ParentId: string, Name: string): Promise<string> => {
      const { OrganizationalUnit } = await management.send(
        new CreateOrganizationalUnitCommand({ ParentId, Name }),
      );
      return OrganizationalUnit?.Id ?? '';
    };
    await expect(make(organization.rootId, 'workloads')).rejects.toMatchObject({
      name: 'DuplicateOrganizationalUnitException',
    });
    let parent = organization.rootId;
    for (let level = 1; level <= 5; level++) parent = await make(parent, `level-${level}`);
    await expect(make(parent, 'level-6')).rejects.toMatchObject({
      name: 'ConstraintViolationException',
      Reason: 'OU_DEPTH_LIMIT_EXCEEDED',
    });
    const prod = organization.unitIds.get('workloads/prod');
    await expect(
      management.send(new DeleteOrganizationalUnitCommand({ OrganizationalUnitId: prod })),
    ).rejects.toMatchObject({ name: 'OrganizationalUnitNotEmptyException' });
    await management.send(new DeleteOrganizationalUnitCommand({ OrganizationalUnitId: parent }));
    await expect(
      management.send(new DescribeOrganizationalUnitCommand({ OrganizationalUnitId: parent })),
    ).rejects.toMatchObject({ name: 'OrganizationalUnitNotFoundException' });
  });

  it('and accounts carry tags', async () => {
    const { account, management } = await setUp();
    const ResourceId = account('a').id;
    const Tags = [{ Key: 'stage', Value: 'dev' }];
    await management.send(new TagResourceCommand({ ResourceId, Tags }));
    expect((await management.send(new ListTagsForResourceCommand({ ResourceId }))).Tags).toEqual(
      Tags,
    );
    await expect(
      management.send(new TagResourceCommand({ ResourceId: '999999999999', Tags })),
    ).rejects.toMatchObject({ name: 'TargetNotFoundException' });
  });
});
