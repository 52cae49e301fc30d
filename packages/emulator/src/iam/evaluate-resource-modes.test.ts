import { describe, expect, it } from '@jest/globals';
import type { Question } from './access-question.ts';
import {
  account,
  all,
  everyone,
  named,
  narrowed,
  other,
  outcome,
  role,
  session,
  user,
} from './access-question.ts';
import {
  aResourcePolicy,
  aService,
  aTrustPolicy,
  anIdentityPolicy,
  otherAccount,
  ownAccount,
} from './policy-builders.ts';

describe('an AWS service', () => {
  const named = aResourcePolicy({
    Principal: { Service: 'events.amazonaws.com' },
    Condition: { StringEquals: { 'aws:SourceAccount': ownAccount } },
  });

  it('is allowed by the resource policy alone, in any account', () => {
    const principal = aService({ sourceAccount: ownAccount });
    expect(outcome({ principal, policy: named })).toBe('resource-based');
    expect(outcome({ principal, policy: named, owner: otherAccount })).toBe('resource-based');
  });

  it('has to meet the conditions on its source', () => {
    const principal = aService({ sourceAccount: otherAccount });
    expect(outcome({ principal, policy: named })).toBe('no-resource-based-allow');
    expect(outcome({ principal: aService(), policy: named })).toBe('no-resource-based-allow');
  });

  it.each<[string, Question]>([
    ['without a resource policy', {}],
    ['by identity policies', { identity: all }],
    ['by a policy for everyone', { policy: everyone }],
    ['by a policy for an account', { policy: account }],
  ])('is not allowed %s', (_, question) => {
    const principal = aService({ sourceAccount: ownAccount });
    expect(outcome({ principal, ...question })).toBe('no-resource-based-allow');
  });

  it('has no identity policies that could stop it', () => {
    const principal = aService({ sourceAccount: ownAccount });
    const identity = [anIdentityPolicy({ Effect: 'Deny' })];
    expect(outcome({ principal, policy: named, identity })).toBe('resource-based');
  });

  it('is stopped by a deny for everyone and passes one that spares services', () => {
    const grant = { Principal: { Service: 'events.amazonaws.com' } };
    const deny = { Effect: 'Deny', Principal: '*' };
    const spare = {
      ...deny,
      Condition: { BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' } },
    };
    const principal = aService();
    expect(outcome({ principal, policy: aResourcePolicy(grant, deny) })).toBe('explicit-deny');
    expect(outcome({ principal, policy: aResourcePolicy(grant, spare) })).toBe('resource-based');
  });
});

describe('a key policy', () => {
  const kms = {
    mode: 'key-policy',
    action: 'kms:Decrypt',
    resource: `arn:aws:kms:eu-west-1:${ownAccount}:key/k`,
  } as const;

  it.each<[string, Question, string]>([
    [
      'gives identity policies no effect while it is silent',
      { identity: all, policy: other },
      'no-resource-based-allow',
    ],
    ['is necessary', { identity: all }, 'no-resource-based-allow'],
    [
      'turns identity policies on by naming the account',
      { identity: all, policy: account },
      'identity-based',
    ],
    ['does not grant by naming the account', { policy: account }, 'no-identity-based-allow'],
    ['grants by naming the user', { policy: named(user.arn) }, 'resource-based'],
    [
      'grants by naming the role',
      { principal: session, policy: named(session.roleArn) },
      'resource-based',
    ],
    [
      'grants a named role within its session policies',
      { principal: narrowed, policy: named(session.roleArn) },
      'no-session-allow',
    ],
    [
      'grants to a user of another account that has an identity policy',
      { owner: otherAccount, identity: all, policy: account },
      'resource-based',
    ],
    [
      'does not grant to another account by itself',
      { owner: otherAccount, policy: named(user.arn) },
      'no-identity-based-allow',
    ],
  ])('%s', (_, question, expected) => {
    expect(outcome({ ...kms, ...question })).toBe(expected);
  });

  it('turns identity policies on only where its conditions hold', () => {
    const policy = aResourcePolicy({
      Principal: { AWS: ownAccount },
      Condition: { StringEquals: { 'kms:ViaService': 'sns.eu-west-1.amazonaws.com' } },
    });
    const question = { ...kms, identity: all, policy };
    expect(outcome(question)).toBe('no-resource-based-allow');
    expect(
      outcome({ ...question, values: { 'kms:ViaService': 'sns.eu-west-1.amazonaws.com' } }),
    ).toBe('identity-based');
  });
});

describe('a role trust policy', () => {
  const assume = { mode: 'trust-policy', action: 'sts:AssumeRole', resource: role } as const;
  const foreign = `arn:aws:iam::${otherAccount}:role/target`;
  const trusts = (principal: unknown) => aTrustPolicy({ Principal: principal });

  it.each<[string, Question, string]>([
    [
      'is necessary beside an identity policy',
      { identity: all, policy: trusts({ AWS: otherAccount }) },
      'no-role-trust-allow',
    ],
    [
      'suffices for a named user of its account',
      { policy: trusts({ AWS: user.arn }) },
      'role-trust',
    ],
    [
      'suffices for a named role of its account',
      { principal: session, policy: trusts({ AWS: session.roleArn }) },
      'role-trust',
    ],
    [
      'leaves a named account to identity policies',
      { policy: trusts({ AWS: ownAccount }) },
      'no-identity-based-allow',
    ],
    [
      'is met by an identity policy of a named account',
      { identity: all, policy: trusts({ AWS: ownAccount }) },
      'identity-based',
    ],
    [
      'does not suffice across accounts',
      { resource: foreign, policy: trusts({ AWS: user.arn }) },
      'no-identity-based-allow',
    ],
    [
      'is necessary across accounts',
      { resource: foreign, identity: all, policy: trusts({ AWS: otherAccount }) },
      'no-role-trust-allow',
    ],
    [
      'works with an identity policy across accounts',
      { resource: foreign, identity: all, policy: trusts({ AWS: ownAccount }) },
      'role-trust',
    ],
    [
      'suffices for a service',
      { principal: aService(), policy: trusts({ Service: 'events.amazonaws.com' }) },
      'role-trust',
    ],
    [
      'is necessary for a service',
      { principal: aService(), policy: trusts({ AWS: '*' }) },
      'no-role-trust-allow',
    ],
  ])('%s', (_, question, expected) => {
    expect(outcome({ ...assume, ...question })).toBe(expected);
  });

  it('guards an account by the role and the organization of the caller', () => {
    const policy = aTrustPolicy({
      Principal: { AWS: ownAccount },
      Condition: {
        ArnEquals: { 'aws:PrincipalArn': session.roleArn },
        StringEquals: { 'aws:PrincipalOrgID': 'o-1' },
      },
    });
    const question = { ...assume, resource: foreign, identity: all, policy };
    expect(outcome({ ...question, principal: session })).toBe('role-trust');
    expect(outcome({ ...question, principal: user })).toBe('no-role-trust-allow');
    expect(
      outcome({ ...question, principal: session, values: { 'aws:PrincipalOrgID': 'o-2' } }),
    ).toBe('no-role-trust-allow');
  });
});
