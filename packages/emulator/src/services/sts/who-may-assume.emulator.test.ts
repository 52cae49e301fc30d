import { describe, expect, it } from '@jest/globals';
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient, type AssumeRoleCommandInput } from '@aws-sdk/client-sts';
import { clientFor } from '../../accounts/client-for.ts';
import { createAccount } from '../../accounts/create-account.ts';
import { createOrganization } from '../../accounts/create-organization.ts';
import { createWorld } from '../../emulator.ts';
import type { Principal } from '../../iam/principal.ts';
import type { Credentials } from '../../world/credentials.ts';
import { isAssumableBy } from '../iam/service-session.ts';

type Key = Pick<Credentials, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'>;

const allowAll = { Effect: 'Allow', Action: '*', Resource: '*' };
const documentOf = (...Statement: object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement });

/** Callers inside and outside of an organization; the role `target` is in its account `home`. */
async function world() {
  const made = createWorld({ duplicateShare: 0 });
  const organization = await createOrganization(made, {
    managementAccountName: 'management',
    accounts: [{ name: 'home' }, { name: 'member' }],
  });
  const accountOf = (name: string) => {
    const found = organization.accounts.get(name);
    if (!found) throw new Error(`the organization has no account ${name}`);
    return found;
  };
  const [home, member] = [accountOf('home'), accountOf('member')];
  const outside = createAccount(made, { name: 'outside' });
  const connect = (credentials: Key) => ({
    iam: clientFor(made, IAMClient, { credentials, region: 'eu-west-1' }),
    sts: clientFor(made, STSClient, { credentials, region: 'eu-west-1' }),
  });
  const spread = () => made.scheduler.runFor(made.settings.iamPropagationMs);
  const makeRole = async (key: Key, RoleName: string, trust: object, policy?: object) => {
    const { iam } = connect(key);
    const { Role } = await iam.send(
      new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: documentOf(trust) }),
    );
    if (policy)
      await iam.send(
        new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument: documentOf(policy) }),
      );
    await spread();
    return Role?.Arn ?? '';
  };
  const assume = async (key: Key, RoleArn: string, given: Partial<AssumeRoleCommandInput> = {}) => {
    const { Credentials: got } = await connect(key).sts.send(
      new AssumeRoleCommand({ RoleArn, RoleSessionName: 'one', ...given }),
    );
    return {
      accessKeyId: got?.AccessKeyId ?? '',
      secretAccessKey: got?.SecretAccessKey ?? '',
      sessionToken: got?.SessionToken,
    };
  };
  /** A session of a role of an account that may assume everything. */
  const sessionIn = async (account: typeof home, name: string): Promise<Key> =>
    assume(
      account.adminCredentials,
      await makeRole(account.adminCredentials, name, trusting({ AWS: account.id }), allowAll),
    );
  const rootKey: Key = { accessKeyId: 'AKIAROOT', secretAccessKey: 's', sessionToken: undefined };
  const root: Principal = { kind: 'root', account: home.id, arn: `arn:aws:iam::${home.id}:root` };
  made.credentials.issue({ ...rootKey, sessionToken: undefined, expiresAt: undefined }, () => root);
  return {
    made,
    organization,
    ids: { home: home.id, member: member.id, outside: outside.id },
    callers: {
      user: home.adminCredentials,
      root: rootKey,
      role: await sessionIn(home, 'caller'),
      member: member.adminCredentials,
      'role of a member': await sessionIn(member, 'caller'),
      outsider: outside.adminCredentials,
    },
    connect,
    makeRole,
    assume,
    spread,
  };
}

const trusting = (Principal: object | string, Condition?: object): object => ({
  Effect: 'Allow',
  Principal,
  Action: 'sts:AssumeRole',
  ...(Condition ? { Condition } : {}),
});

type Ids = Readonly<Record<'home' | 'member' | 'outside', string>>;
const shared = world();
const everybodyButRoot = ['user', 'role', 'member', 'role of a member', 'outsider'];

describe('a trust policy', () => {
  it.each<[string, (ids: Ids, orgId: string) => object, readonly string[]]>([
    ['of its own account', ({ home }) => trusting({ AWS: home }), ['user', 'role']],
    ['of one user', ({ home }) => trusting({ AWS: `arn:aws:iam::${home}:user/admin` }), ['user']],
    ['of one role', ({ home }) => trusting({ AWS: `arn:aws:iam::${home}:role/caller` }), ['role']],
    [
      'of one session',
      ({ home }) => trusting({ AWS: `arn:aws:sts::${home}:assumed-role/caller/one` }),
      ['role'],
    ],
    [
      'of another account',
      ({ member }) => trusting({ AWS: member }),
      ['member', 'role of a member'],
    ],
    [
      'of a role of another account by its account and a condition',
      ({ member }) =>
        trusting(
          { AWS: `arn:aws:iam::${member}:root` },
          { ArnEquals: { 'aws:PrincipalArn': `arn:aws:iam::${member}:role/caller` } },
        ),
      ['role of a member'],
    ],
    ['of everybody', () => trusting('*'), everybodyButRoot],
    [
      'of everybody in the organization',
      (_, orgId) => trusting('*', { StringEquals: { 'aws:PrincipalOrgID': orgId } }),
      ['user', 'role', 'member', 'role of a member'],
    ],
    [
      'of everybody in its own account',
      () => trusting('*', { StringEquals: { 'aws:PrincipalAccount': '${aws:ResourceAccount}' } }),
      ['user', 'role'],
    ],
    ['of a service', () => trusting({ Service: 'lambda.amazonaws.com' }), []],
    [
      'that wants an external id',
      () => trusting('*', { StringEquals: { 'sts:ExternalId': 'secret' } }),
      [],
    ],
  ])('%s is for them and nobody else', async (name, trustOf, allowed) => {
    const { ids, organization, callers, makeRole, assume } = await shared;
    const arn = await makeRole(
      callers.user,
      name.replaceAll(' ', '-').slice(0, 60),
      trustOf(ids, organization.id),
    );
    const came: string[] = [];
    for (const [caller, key] of Object.entries(callers)) {
      const outcome = await assume(key, arn).then(
        () => 'in',
        (error: unknown) => (error instanceof Error ? error.name : error),
      );
      if (outcome === 'in') came.push(caller);
      else expect(outcome).toBe('AccessDenied');
    }
    expect(came).toEqual(allowed);
  });

  it('of a service is for that service, and for its source', async () => {
    const { made, ids, callers, makeRole } = await shared;
    const scope = made.scope(ids.home, 'eu-west-1', 'lambda');
    const arn = await makeRole(
      callers.user,
      'for-a-service',
      trusting(
        { Service: 'scheduler.amazonaws.com' },
        { StringEquals: { 'aws:SourceAccount': ids.home } },
      ),
    );
    const by = (service: string, sourceAccount: string) =>
      isAssumableBy(scope, arn, `${service}.amazonaws.com`, { sourceAccount });
    expect([
      by('scheduler', ids.home),
      by('scheduler', ids.member),
      by('lambda', ids.home),
    ]).toEqual([true, false, false]);
  });

  it('of a role means that very role, not the next one of its name', async () => {
    const { ids, callers, connect, makeRole, assume, spread } = await shared;
    const { user } = callers;
    const shortLived = await makeRole(user, 'short-lived', trusting({ AWS: ids.home }), allowAll);
    const target = await makeRole(user, 'follows-short-lived', trusting({ AWS: shortLived }));
    await assume(await assume(user, shortLived), target);
    const { iam } = connect(user);
    const own = { RoleName: 'short-lived' };
    await iam.send(new DeleteRolePolicyCommand({ ...own, PolicyName: 'p' }));
    await iam.send(new DeleteRoleCommand(own));
    await spread();
    await makeRole(user, 'short-lived', trusting({ AWS: ids.home }), allowAll);
    await expect(assume(await assume(user, shortLived), target)).rejects.toMatchObject({
      name: 'AccessDenied',
    });
  });
});
