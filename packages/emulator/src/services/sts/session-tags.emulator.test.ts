import { describe, expect, it } from '@jest/globals';
import { GetRoleCommand, IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import {
  GetSessionTokenCommand,
  PackedPolicyTooLargeException,
  STSClient,
  type Credentials,
} from '@aws-sdk/client-sts';
import { main, roleArn, stsFixture, trustOf } from '../../../test/sts-fixture.ts';

const tagging = { Action: ['sts:AssumeRole', 'sts:TagSession'] };
const statement = (Condition: object, Action: string | string[] = 'iam:GetRole') => ({
  Effect: 'Allow',
  Action,
  Resource: '*',
  Condition,
});
const policyOf = (...statements: object[]): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'sts:*', Resource: '*' }, ...statements],
  });

/** Two roles that a session may chain; both may read roles as team `b` only. */
async function chain(trust = tagging) {
  const given = stsFixture();
  const policy = policyOf(statement({ StringEquals: { 'aws:PrincipalTag/team': 'b' } }));
  const Tags = [{ Key: 'Team', Value: 'of the role' }];
  await given.makeRole('r', trustOf({ AWS: main }, tagging), { policy, Tags });
  await given.makeRole('next', trustOf({ AWS: main }, trust), { policy, Tags });
  const read = (credentials: Credentials | undefined) =>
    given.given
      .client(IAMClient, { as: given.as(credentials) })
      .send(new GetRoleCommand({ RoleName: 'r' }));
  return { ...given, read };
}

const next = { RoleArn: roleArn(main, 'next') };
const team = { Tags: [{ Key: 'team', Value: 'b' }] };

describe('session tags', () => {
  it('go with the next role when they are transitive, before the tags of that role', async () => {
    const { assume, read } = await chain();
    const { Credentials: first } = await assume({ ...team, TransitiveTagKeys: ['TEAM'] });
    const { Credentials: second } = await assume(next, first);
    await read(second);
    const { Credentials: third } = await assume({}, second);
    await read(third);
  });

  it('end with their session when they are not', async () => {
    const { assume, read } = await chain();
    const { Credentials: first } = await assume(team);
    await read(first);
    const { Credentials: second } = await assume(next, first);
    await expect(read(second)).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('need sts:TagSession of the next role too', async () => {
    const { assume } = await chain({ Action: ['sts:AssumeRole'] });
    const { Credentials: plain } = await assume(team);
    await assume(next, plain);
    const { Credentials: passing } = await assume({ ...team, TransitiveTagKeys: ['team'] });
    await expect(assume(next, passing)).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('sts:TagSession'),
    });
  });

  it('cannot be set anew once they are passed on, without regard to case', async () => {
    const { assume } = await chain();
    const { Credentials: first } = await assume({ ...team, TransitiveTagKeys: ['team'] });
    await expect(
      assume({ ...next, Tags: [{ Key: 'TEAM', Value: 'a' }] }, first),
    ).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: expect.stringContaining('conflicts with a transitive tag key'),
    });
    await assume({ ...next, Tags: [{ Key: 'cost', Value: 'a' }] }, first);
  });

  it('are named as transitive only if they are passed', async () => {
    const { assume } = await chain();
    await expect(assume({ ...team, TransitiveTagKeys: ['cost'] })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: expect.stringContaining('must be included in the requested tags'),
    });
    await expect(
      assume({ Tags: [...team.Tags, { Key: 'Team', Value: 'c' }] }),
    ).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });

  it('take their room from every further session', async () => {
    const { assume } = await chain();
    const many = (letter: string) =>
      Array.from({ length: 20 }, (_, i) => ({ Key: `${letter}${i}`, Value: 'v'.repeat(60) }));
    const { Credentials: first } = await assume({
      Tags: many('a'),
      TransitiveTagKeys: many('a').map(({ Key }) => Key),
    });
    await assume(next, first);
    await expect(assume({ ...next, Tags: many('b') }, first)).rejects.toBeInstanceOf(
      PackedPolicyTooLargeException,
    );
  });

  it('can be demanded and restricted by the trust of the role', async () => {
    const { assume, makeRole } = stsFixture();
    await makeRole(
      'r',
      trustOf(
        { AWS: main },
        {
          ...tagging,
          Condition: {
            StringEquals: { 'aws:RequestTag/team': ['a', 'b'] },
            'ForAllValues:StringEquals': {
              'aws:TagKeys': ['team'],
              'sts:TransitiveTagKeys': ['team'],
            },
          },
        },
      ),
    );
    await assume(team);
    await assume({ ...team, TransitiveTagKeys: ['team'] });
    const denied = { name: 'AccessDenied' };
    await expect(assume({})).rejects.toMatchObject(denied);
    await expect(assume({ Tags: [{ Key: 'team', Value: 'c' }] })).rejects.toMatchObject(denied);
    const extra = { Tags: [...team.Tags, { Key: 'cost', Value: '1' }] };
    await expect(assume(extra)).rejects.toMatchObject(denied);
  });
});

describe('temporary credentials', () => {
  it('tell when they were issued, so that older sessions can be shut out', async () => {
    const { given, assume, makeRole, as } = stsFixture();
    const issuedBefore = new Date(given.world.scheduler.now + 60_000).toISOString();
    await makeRole('r', trustOf({ AWS: main }), {
      policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: '*', Resource: '*' },
          {
            ...statement({ DateLessThan: { 'aws:TokenIssueTime': issuedBefore } }, '*'),
            Effect: 'Deny',
          },
        ],
      }),
    });
    const list = (credentials: Credentials | undefined) =>
      given.client(IAMClient, { as: as(credentials) }).send(new ListRolesCommand({}));
    const { Credentials: old } = await assume({});
    await expect(list(old)).rejects.toThrow('explicit deny');
    await given.world.scheduler.runFor(60_000);
    await expect(list(old)).rejects.toThrow('explicit deny');
    const { Credentials: fresh } = await assume({});
    await list(fresh);
  });

  it('say that no second factor was used, where a long-lived key says nothing', async () => {
    const { given, assume, makeRole } = stsFixture();
    await makeRole(
      'r',
      trustOf({ AWS: main }, { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'false' } } }),
    );
    await expect(assume({})).rejects.toMatchObject({ name: 'AccessDenied' });
    const { Credentials: got } = await given.client(STSClient).send(new GetSessionTokenCommand({}));
    await assume({}, got);
  });
});
