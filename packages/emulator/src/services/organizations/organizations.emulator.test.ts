import { describe, expect, it } from '@jest/globals';
import { CreateUserCommand, GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  AWSOrganizationsNotInUseException,
  AcceptHandshakeCommand,
  AccessDeniedException,
  CloseAccountCommand,
  CreateAccountCommand,
  CreateOrganizationCommand,
  CreateOrganizationalUnitCommand,
  DeleteOrganizationalUnitCommand,
  DeregisterDelegatedAdministratorCommand,
  DescribeAccountCommand,
  DescribeCreateAccountStatusCommand,
  DescribeOrganizationCommand,
  DescribeOrganizationalUnitCommand,
  EnableAWSServiceAccessCommand,
  InviteAccountToOrganizationCommand,
  ListAccountsCommand,
  ListAccountsForParentCommand,
  ListAWSServiceAccessForOrganizationCommand,
  ListDelegatedAdministratorsCommand,
  ListHandshakesForAccountCommand,
  ListParentsCommand,
  ListTagsForResourceCommand,
  MoveAccountCommand,
  OrganizationsClient,
  RegisterDelegatedAdministratorCommand,
  RemoveAccountFromOrganizationCommand,
  TagResourceCommand,
  paginateListAccounts,
  paginateListChildren,
} from '@aws-sdk/client-organizations';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { clientFor } from '../../accounts/client-for.ts';
import { createAccount, type StandaloneAccount } from '../../accounts/create-account.ts';
import { createOrganization } from '../../accounts/create-organization.ts';
import { World } from '../../world/world.ts';
import { identityPolicies } from '../iam/identity-policies.ts';
import { iam } from '../iam/operations.ts';
import { sts } from '../sts/operations.ts';
import { hasTrustedAccess, isDelegatedAdministrator } from './lookups.ts';
import { organizations } from './operations.ts';

const stackSets = 'member.org.stacksets.cloudformation.amazonaws.com';
const dayMs = 24 * 3600 * 1000;

const aWorld = (settings = {}): World =>
  new World({
    settings: { pageSizeMax: 2, throttling: false, ...settings },
    services: [iam, sts, organizations],
    identityPolicies,
  });

const clientOf = (world: World, account: StandaloneAccount): OrganizationsClient =>
  clientFor(world, OrganizationsClient, { credentials: account.adminCredentials });

/** Management, two accounts in `workloads/prod`, one below the root. */
async function setUp(settings = {}) {
  const world = aWorld(settings);
  const organization = await createOrganization(world, {
    managementAccountName: 'management',
    accounts: [{ name: 'infra' }],
    units: [
      { name: 'workloads', units: [{ name: 'prod', accounts: [{ name: 'a' }, { name: 'b' }] }] },
    ],
  });
  const account = (name: string): StandaloneAccount => {
    const found = organization.accounts.get(name);
    if (!found) throw new TypeError(`there is no account ${name}`);
    return found;
  };
  return {
    world,
    organization,
    account,
    management: clientOf(world, organization.management),
    client: (name: string) => clientOf(world, account(name)),
  };
}

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

describe('accounts', () => {
  it('are created after a while, with a role for the management account', async () => {
    const { world, organization, management } = await setUp();
    const create = async (Email: string) => {
      const { CreateAccountStatus } = await management.send(
        new CreateAccountCommand({ AccountName: 'new', Email }),
      );
      return CreateAccountStatus;
    };
    const status = async (CreateAccountRequestId: string | undefined) => {
      const answer = await management.send(
        new DescribeCreateAccountStatusCommand({ CreateAccountRequestId }),
      );
      return answer.CreateAccountStatus;
    };
    const request = await create('new@example.com');
    expect(request).toMatchObject({ State: 'IN_PROGRESS' });
    expect(request?.AccountId).toBeUndefined();
    await world.scheduler.runFor(60_000);
    const done = await status(request?.Id);
    expect(done).toMatchObject({ State: 'SUCCEEDED' });
    const id = done?.AccountId ?? '';
    expect(world.directory.get(id)?.organizationPath).toBe(
      `${organization.id}/${organization.rootId}/`,
    );
    const { Credentials } = await clientFor(world, STSClient, {
      credentials: organization.management.adminCredentials,
    }).send(
      new AssumeRoleCommand({
        RoleArn: `arn:aws:iam::${id}:role/OrganizationAccountAccessRole`,
        RoleSessionName: 'setup',
      }),
    );
    const inside = clientFor(world, IAMClient, {
      credentials: {
        accessKeyId: Credentials?.AccessKeyId ?? '',
        secretAccessKey: '',
        sessionToken: Credentials?.SessionToken,
      },
    });
    const { Role } = await inside.send(
      new GetRoleCommand({ RoleName: 'AWSServiceRoleForOrganizations' }),
    );
    expect(Role?.Arn).toContain(id);
    const again = await create('new@example.com');
    await world.scheduler.runFor(60_000);
    expect(await status(again?.Id)).toMatchObject({
      State: 'FAILED',
      FailureReason: 'EMAIL_ALREADY_EXISTS',
    });
    await expect(
      management.send(new RemoveAccountFromOrganizationCommand({ AccountId: id })),
    ).rejects.toMatchObject({ Reason: 'WAIT_PERIOD_ACTIVE' });
  });

  it('join by an invitation that they accept in time, and leave again', async () => {
    const { world, organization, management } = await setUp();
    const account = createAccount(world, { name: 'late' });
    const late = clientOf(world, account);
    const invite = async (): Promise<string> => {
      const { Handshake } = await management.send(
        new InviteAccountToOrganizationCommand({ Target: { Id: account.id, Type: 'ACCOUNT' } }),
      );
      return Handshake?.Id ?? '';
    };
    const HandshakeId = await invite();
    await expect(invite()).rejects.toMatchObject({ name: 'DuplicateHandshakeException' });
    await world.scheduler.runFor(15 * dayMs);
    await expect(late.send(new AcceptHandshakeCommand({ HandshakeId }))).rejects.toMatchObject({
      name: 'InvalidHandshakeTransitionException',
    });
    const second = await invite();
    await expect(
      clientOf(world, createAccount(world, { name: 'thief' })).send(
        new AcceptHandshakeCommand({ HandshakeId: second }),
      ),
    ).rejects.toMatchObject({ name: 'HandshakeNotFoundException' });
    await late.send(new AcceptHandshakeCommand({ HandshakeId: second }));
    const gap = await late.send(new ListHandshakesForAccountCommand({}));
    const { Handshakes } = await late.send(
      new ListHandshakesForAccountCommand({ NextToken: gap.NextToken }),
    );
    expect(Handshakes?.map(({ State }) => State).sort()).toEqual(['ACCEPTED', 'EXPIRED']);
    expect(world.directory.get(account.id)?.organizationId).toBe(organization.id);
    await management.send(new RemoveAccountFromOrganizationCommand({ AccountId: account.id }));
    expect(world.directory.get(account.id)).toMatchObject({
      organizationId: undefined,
      organizationPath: undefined,
    });
    await expect(
      management.send(
        new RemoveAccountFromOrganizationCommand({ AccountId: organization.management.id }),
      ),
    ).rejects.toMatchObject({ name: 'MasterCannotLeaveOrganizationException' });
  });

  it('move from the parent that they are in', async () => {
    const { world, organization, account, management } = await setUp();
    const [prod = '', workloads = ''] = ['workloads/prod', 'workloads'].map(
      (path) => organization.unitIds.get(path) ?? '',
    );
    const AccountId = account('a').id;
    const move = (SourceParentId: string, DestinationParentId: string) =>
      management.send(new MoveAccountCommand({ AccountId, SourceParentId, DestinationParentId }));
    await expect(move(organization.rootId, workloads)).rejects.toMatchObject({
      name: 'SourceParentNotFoundException',
    });
    await expect(move(prod, 'ou-none-00000000')).rejects.toMatchObject({
      name: 'DestinationParentNotFoundException',
    });
    await move(prod, workloads);
    expect(world.directory.get(AccountId)?.organizationPath).toBe(
      `${organization.id}/${organization.rootId}/${workloads}/`,
    );
    const { Parents } = await management.send(new ListParentsCommand({ ChildId: AccountId }));
    expect(Parents).toEqual([{ Id: workloads, Type: 'ORGANIZATIONAL_UNIT' }]);
  });

  it('are closed step by step, and their callers are nobody from the start', async () => {
    const { world, account, management, organization } = await setUp();
    const AccountId = account('a').id;
    const state = async (): Promise<string | undefined> => {
      const { Account } = await management.send(new DescribeAccountCommand({ AccountId }));
      return Account?.State;
    };
    await management.send(new CloseAccountCommand({ AccountId }));
    expect(await state()).toBe('PENDING_CLOSURE');
    await expect(
      clientFor(world, STSClient, { credentials: account('a').adminCredentials }).send(
        new GetCallerIdentityCommand({}),
      ),
    ).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    await world.scheduler.runFor(5 * 60_000);
    expect(await state()).toBe('SUSPENDED');
    await expect(management.send(new CloseAccountCommand({ AccountId }))).rejects.toMatchObject({
      name: 'AccountAlreadyClosedException',
    });
    await world.scheduler.runFor(91 * dayMs);
    await expect(state()).rejects.toMatchObject({ name: 'AccountNotFoundException' });
    await expect(
      management.send(new CloseAccountCommand({ AccountId: organization.management.id })),
    ).rejects.toMatchObject({ Reason: 'CANNOT_CLOSE_MANAGEMENT_ACCOUNT' });
  });
});
