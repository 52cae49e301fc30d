import { describe, expect, it } from '@jest/globals';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  AcceptHandshakeCommand,
  CloseAccountCommand,
  CreateAccountCommand,
  DescribeAccountCommand,
  DescribeCreateAccountStatusCommand,
  InviteAccountToOrganizationCommand,
  ListHandshakesForAccountCommand,
  ListParentsCommand,
  MoveAccountCommand,
  RemoveAccountFromOrganizationCommand,
} from '@aws-sdk/client-organizations';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { clientFor } from '../../accounts/client-for.ts';
import { createAccount } from '../../accounts/create-account.ts';
import { clientOf, setUp } from '../../../test/directory-fixture.ts';

const dayMs = 24 * 3600 * 1000;
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
