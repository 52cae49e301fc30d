import { describe, expect, it } from '@jest/globals';
import {
  CreateRoleCommand,
  GetRoleCommand,
  IAMClient,
  ListRolesCommand,
} from '@aws-sdk/client-iam';
import {
  AssumeRoleCommand,
  GetAccessKeyInfoCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  MalformedPolicyDocumentException,
  PackedPolicyTooLargeException,
  STSClient,
  type Credentials,
} from '@aws-sdk/client-sts';
import {
  everything,
  main,
  other,
  roleArn,
  stsFixture,
  trustOf,
} from '../../../test/sts-fixture.ts';

describe('AssumeRole', () => {
  it('gives credentials that work until they expire, in every Region', async () => {
    const { given, makeRole, assume, identity, as } = stsFixture();
    await makeRole('r', trustOf({ AWS: main }), { Path: '/team/' });
    const { Credentials: got, AssumedRoleUser } = await assume({
      RoleArn: roleArn(main, 'team/r'),
      DurationSeconds: 900,
    });
    expect(AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${main}:assumed-role/r/one`);
    expect(got?.AccessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(got?.Expiration).toEqual(new Date(given.world.scheduler.now + 900_000));
    expect(await identity(got)).toMatchObject({
      Account: main,
      Arn: `arn:aws:sts::${main}:assumed-role/r/one`,
      UserId: AssumedRoleUser?.AssumedRoleId,
    });
    const elsewhere = given.client(STSClient, { as: as(got), region: 'us-east-1' });
    await elsewhere.send(new GetCallerIdentityCommand({}));
    await expect(
      given
        .client(STSClient, { as: { ...as(got), sessionToken: 'other' } })
        .send(new GetCallerIdentityCommand({})),
    ).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    await given.world.scheduler.runFor(900_000);
    await expect(identity(got)).rejects.toMatchObject({ name: 'ExpiredToken' });
  });

  it('refuses a missing role and one that does not trust the caller alike', async () => {
    const { makeRole, assume } = stsFixture();
    await makeRole('r', trustOf({ Service: 'lambda.amazonaws.com' }));
    const denied = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } };
    await expect(assume({})).rejects.toMatchObject(denied);
    await expect(assume({ RoleArn: roleArn(main, 'none') })).rejects.toMatchObject(denied);
    await expect(assume({ RoleArn: roleArn('999999999999', 'r') })).rejects.toMatchObject(denied);
  });

  it('refuses a role until its creation has spread', async () => {
    const { given, assume } = stsFixture();
    await given
      .client(IAMClient)
      .send(
        new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument: trustOf({ AWS: main }) }),
      );
    await expect(assume({})).rejects.toMatchObject({ name: 'AccessDenied' });
    await given.spread();
    await assume({});
  });

  it('crosses accounts when both sides allow it, with external id and session name', async () => {
    const { makeRole, assume } = stsFixture();
    await makeRole(
      'r',
      trustOf(
        { AWS: main },
        {
          Condition: {
            StringEquals: { 'sts:ExternalId': 'secret' },
            StringLike: { 'sts:RoleSessionName': 'deploy-*' },
          },
        },
      ),
      { account: 'other' },
    );
    const RoleArn = roleArn(other, 'r');
    await assume({ RoleArn, RoleSessionName: 'deploy-1', ExternalId: 'secret' });
    await expect(assume({ RoleArn, RoleSessionName: 'deploy-1' })).rejects.toMatchObject({
      name: 'AccessDenied',
    });
    await expect(
      assume({ RoleArn, RoleSessionName: 'x1', ExternalId: 'secret' }),
    ).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('needs the right of the caller too when the trust names its account', async () => {
    const { makeRole, assume } = stsFixture();
    await makeRole('weak', trustOf({ AWS: main }));
    await makeRole('r', trustOf({ AWS: main }));
    await makeRole('named', trustOf({ AWS: roleArn(main, 'weak') }));
    const { Credentials: weak } = await assume({ RoleArn: roleArn(main, 'weak') });
    await expect(assume({}, weak)).rejects.toMatchObject({ name: 'AccessDenied' });
    await assume({ RoleArn: roleArn(main, 'named') }, weak);
  });

  it('limits the duration by the role, and to an hour when roles are chained', async () => {
    const { makeRole, assume } = stsFixture();
    await makeRole('r', trustOf({ AWS: main }), { policy: everything, MaxSessionDuration: 7200 });
    await assume({ DurationSeconds: 7200 });
    await expect(assume({ DurationSeconds: 7201 })).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('MaxSessionDuration set for this role'),
    });
    await expect(assume({ DurationSeconds: 899 })).rejects.toMatchObject({
      name: 'ValidationError',
    });
    const { Credentials: first } = await assume({});
    await assume({ DurationSeconds: 3600 }, first);
    await expect(assume({ DurationSeconds: 3601 }, first)).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('role chaining'),
    });
  });

  it('checks names before it looks for the role', async () => {
    const { assume } = stsFixture();
    for (const RoleSessionName of ['a', 'a b', 'a:b', 'x'.repeat(65)])
      await expect(assume({ RoleSessionName })).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(assume({ RoleArn: `arn:aws:iam::${main}:user/some-user` })).rejects.toMatchObject({
      name: 'ValidationError',
    });
    await expect(assume({ TokenCode: '123456' })).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('not modelled'),
    });
  });

  it('narrows the session by the policies that are passed', async () => {
    const { given, makeRole, assume, as } = stsFixture();
    await makeRole('r', trustOf({ AWS: main }), { policy: everything });
    const only = (Action: string): string =>
      JSON.stringify({
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Action, Resource: '*' },
      });
    const { Credentials: got } = await assume({ Policy: only('iam:GetRole') });
    const client = given.client(IAMClient, { as: as(got) });
    await client.send(new GetRoleCommand({ RoleName: 'r' }));
    await expect(client.send(new ListRolesCommand({}))).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('session policy'),
    });
    await expect(assume({ Policy: '{' })).rejects.toBeInstanceOf(MalformedPolicyDocumentException);
    const byArn = await assume({
      PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore' }],
    });
    await expect(
      given
        .client(IAMClient, { as: as(byArn.Credentials) })
        .send(new GetRoleCommand({ RoleName: 'r' })),
    ).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('passes tags and source identity on where the trust allows it', async () => {
    const { given, makeRole, assume, as } = stsFixture();
    const actions = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'];
    const ownTeamOnly = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'iam:GetRole',
          Resource: '*',
          Condition: { StringEquals: { 'aws:PrincipalTag/team': 'b' } },
        },
        { Effect: 'Allow', Action: 'sts:*', Resource: '*' },
      ],
    });
    await makeRole('r', trustOf({ AWS: main }, { Action: actions }), {
      policy: ownTeamOnly,
      Tags: [{ Key: 'team', Value: 'a' }],
    });
    await makeRole('plain', trustOf({ AWS: main }));
    const read = async (credentials: Credentials | undefined) =>
      given.client(IAMClient, { as: as(credentials) }).send(new GetRoleCommand({ RoleName: 'r' }));
    const { Credentials: untagged } = await assume({});
    await expect(read(untagged)).rejects.toMatchObject({ name: 'AccessDenied' });
    const { Credentials: tagged } = await assume({ Tags: [{ Key: 'team', Value: 'b' }] });
    await read(tagged);
    const plain = roleArn(main, 'plain');
    await expect(assume({ RoleArn: plain, Tags: [{ Key: 'team', Value: 'b' }] })).rejects.toThrow(
      'sts:TagSession',
    );
    const { Credentials: named, SourceIdentity } = await assume({ SourceIdentity: 'ann' });
    expect(SourceIdentity).toBe('ann');
    expect((await assume({}, named)).SourceIdentity).toBe('ann');
    await expect(assume({ SourceIdentity: 'bob' }, named)).rejects.toMatchObject({
      name: 'AccessDenied',
    });
    await expect(assume({ RoleArn: plain }, named)).rejects.toThrow('sts:SetSourceIdentity');
  });

  it('refuses policies and tags that are too large together', async () => {
    const { makeRole, assume } = stsFixture();
    await makeRole('r', trustOf({ AWS: main }, { Action: ['sts:AssumeRole', 'sts:TagSession'] }));
    await expect(
      assume({
        Tags: Array.from({ length: 40 }, (_, i) => ({ Key: `k${i}`, Value: 'v'.repeat(60) })),
      }),
    ).rejects.toBeInstanceOf(PackedPolicyTooLargeException);
  });

  it('does not reach into a closed account', async () => {
    const { given, makeRole, assume, identity } = stsFixture();
    await makeRole('r', trustOf({ AWS: main }), { account: 'other' });
    const RoleArn = roleArn(other, 'r');
    const { Credentials: got } = await assume({ RoleArn });
    const account = given.world.directory.get(other);
    if (account) account.state = 'SUSPENDED';
    await expect(assume({ RoleArn })).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(identity(got)).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
  });
});

describe('who somebody is', () => {
  it('is known from the key', async () => {
    const { given, otherAccount } = stsFixture();
    const client = given.client(STSClient);
    expect(await client.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: main,
      Arn: `arn:aws:iam::${main}:user/admin`,
      UserId: given.account.admin.userId,
    });
    const info = await client.send(
      new GetAccessKeyInfoCommand({ AccessKeyId: otherAccount.adminCredentials.accessKeyId }),
    );
    expect(info.Account).toBe(other);
    await expect(
      client.send(new GetAccessKeyInfoCommand({ AccessKeyId: 'AKIAxxxxxxxxxxxxxxxx' })),
    ).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it('is limited by a session token, which asks for nothing of IAM', async () => {
    const { given, as, makeRole } = stsFixture();
    await makeRole('r', trustOf({ AWS: main }));
    const { Credentials: got } = await given
      .client(STSClient)
      .send(new GetSessionTokenCommand({ DurationSeconds: 900 }));
    const session = given.client(STSClient, { as: as(got) });
    expect(await session.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Arn: `arn:aws:iam::${main}:user/admin`,
    });
    await session.send(
      new AssumeRoleCommand({ RoleArn: roleArn(main, 'r'), RoleSessionName: 'one' }),
    );
    await expect(
      given.client(IAMClient, { as: as(got) }).send(new ListRolesCommand({})),
    ).rejects.toMatchObject({ name: 'AccessDenied' });
    await given.world.scheduler.runFor(900_000);
    await expect(session.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: 'ExpiredToken',
    });
  });
});
