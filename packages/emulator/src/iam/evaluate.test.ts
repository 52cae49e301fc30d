import { describe, expect, it } from '@jest/globals';
import type { Question } from './access-question.ts';
import {
  account,
  all,
  decide,
  everyone,
  named,
  narrowed,
  other,
  outcome,
  role,
  session,
  user,
  widened,
} from './access-question.ts';
import {
  aResourcePolicy,
  aRole,
  aRootUser,
  aTrustPolicy,
  anIdentityPolicy,
  otherAccount,
  ownAccount,
} from './policy-builders.ts';

describe('a caller and a resource of one account', () => {
  it.each<[string, Question, string]>([
    ['no policy', {}, 'no-identity-based-allow'],
    ['an identity policy', { identity: all }, 'identity-based'],
    [
      'an identity policy for something else',
      { identity: [anIdentityPolicy({ Action: 'sns:*' })] },
      'no-identity-based-allow',
    ],
    ['a resource policy for the user', { policy: named(user.arn) }, 'resource-based'],
    ['a resource policy for everyone', { policy: everyone }, 'resource-based'],
    ['a resource policy for the account', { policy: account }, 'no-identity-based-allow'],
    [
      'a resource policy for the account and an identity policy',
      { policy: account, identity: all },
      'identity-based',
    ],
    ['a resource policy for another account', { policy: other }, 'no-identity-based-allow'],
    [
      'an identity policy beside a silent resource policy',
      { policy: other, identity: all },
      'identity-based',
    ],
    ['a role without policy', { principal: session }, 'no-identity-based-allow'],
    [
      'a resource policy for the role',
      { principal: session, policy: named(session.roleArn) },
      'resource-based',
    ],
    [
      'a resource policy for the session',
      { principal: session, policy: named(session.arn) },
      'resource-based',
    ],
  ])('%s', (_, question, expected) => {
    expect(outcome(question)).toBe(expected);
  });

  it('looks at conditions of the caller', () => {
    const policy = aResourcePolicy({
      Principal: '*',
      Condition: { ArnEquals: { 'aws:PrincipalArn': session.roleArn } },
    });
    expect(outcome({ principal: session, policy })).toBe('resource-based');
    expect(outcome({ principal: user, policy })).toBe('no-identity-based-allow');
  });
});

describe('session policies', () => {
  it.each<[string, Question, string]>([
    ['limit the identity policies', { principal: narrowed, identity: all }, 'no-session-allow'],
    ['do not grant by themselves', { principal: widened }, 'no-identity-based-allow'],
    [
      'let through what one of them allows',
      { principal: widened, identity: all },
      'identity-based',
    ],
    [
      'limit a grant to the role',
      { principal: narrowed, policy: named(session.roleArn) },
      'no-session-allow',
    ],
    [
      'let a grant to the role through',
      { principal: widened, policy: named(session.roleArn) },
      'resource-based',
    ],
    [
      'do not limit a grant to the session',
      { principal: narrowed, policy: named(session.arn) },
      'resource-based',
    ],
    [
      'do not limit a grant to everyone',
      { principal: narrowed, policy: everyone },
      'resource-based',
    ],
    [
      'limit what the account delegates',
      { principal: narrowed, policy: account, identity: all },
      'no-session-allow',
    ],
  ])('%s', (_, question, expected) => {
    expect(outcome(question)).toBe(expected);
  });

  it('limit a grant to the session from another account', () => {
    const foreign = { owner: otherAccount, identity: all };
    expect(outcome({ ...foreign, principal: narrowed, policy: named(session.arn) })).toBe(
      'no-session-allow',
    );
    expect(outcome({ ...foreign, principal: widened, policy: named(session.arn) })).toBe(
      'resource-based',
    );
  });
});

describe('a resource of another account', () => {
  const foreign = { owner: otherAccount };
  it.each<[string, Question, string]>([
    ['needs more than an identity policy', { identity: all }, 'no-resource-based-allow'],
    ['needs more than a resource policy', { policy: named(user.arn) }, 'no-identity-based-allow'],
    [
      'needs more than a resource policy for everyone',
      { policy: everyone },
      'no-identity-based-allow',
    ],
    [
      'is open to a user that both name',
      { identity: all, policy: named(user.arn) },
      'resource-based',
    ],
    ['is open to an account that both name', { identity: all, policy: account }, 'resource-based'],
    [
      'is closed when the policy names its own account',
      { identity: all, policy: other },
      'no-resource-based-allow',
    ],
    [
      'is open to a role that both name',
      { principal: session, identity: all, policy: named(session.roleArn) },
      'resource-based',
    ],
    [
      'is closed to the root user without a resource policy',
      { principal: aRootUser() },
      'no-resource-based-allow',
    ],
    [
      'is open to the root user of a named account',
      { principal: aRootUser(), policy: account },
      'resource-based',
    ],
  ])('%s', (_, question, expected) => {
    expect(outcome({ ...foreign, ...question })).toBe(expected);
  });

  it('is known by the account in the ARN', () => {
    const resource = `arn:aws:sqs:eu-west-1:${otherAccount}:jobs`;
    expect(outcome({ resource, identity: all })).toBe('no-resource-based-allow');
  });

  it('is known by its owner when the ARN has no account', () => {
    const bucket = { resource: 'arn:aws:s3:::bucket/key', action: 's3:GetObject', identity: all };
    expect(outcome(bucket)).toBe('identity-based');
    expect(outcome({ ...bucket, owner: otherAccount })).toBe('no-resource-based-allow');
  });
});

describe('the root user', () => {
  it('may do everything in its account', () => {
    expect(outcome({ principal: aRootUser() })).toBe('account-root-user');
  });

  it('is stopped by an explicit deny of a resource policy', () => {
    const policy = aResourcePolicy({ Effect: 'Deny', Principal: '*' });
    expect(outcome({ principal: aRootUser(), policy })).toBe('explicit-deny');
  });

  it('needs a key policy that names its account', () => {
    const asRoot = { principal: aRootUser(), mode: 'key-policy' } as const;
    expect(outcome({ ...asRoot, policy: named(user.arn) })).toBe('no-resource-based-allow');
    expect(outcome({ ...asRoot, policy: account })).toBe('resource-based');
  });

  it('cannot assume a role', () => {
    const policy = aTrustPolicy({ Principal: { AWS: ownAccount } });
    const question = { principal: aRootUser(), policy, action: 'sts:AssumeRole', resource: role };
    expect(outcome({ ...question, mode: 'trust-policy' })).toBe('root-cannot-assume-role');
  });
});

describe('an explicit deny', () => {
  const denying = anIdentityPolicy({ Sid: 'No', Effect: 'Deny' });
  const denied = aRole({ sessionPolicies: [anIdentityPolicy({}, { Effect: 'Deny' })] });

  it.each<[string, Question, string]>([
    [
      'of an identity policy',
      { identity: [...all, denying], policy: named(user.arn) },
      'identity-based',
    ],
    [
      'of a session policy',
      { principal: denied, identity: all, policy: named(denied.arn) },
      'session',
    ],
    [
      'for the account',
      {
        identity: all,
        policy: aResourcePolicy({ Effect: 'Deny', Principal: { AWS: ownAccount } }),
      },
      'resource-based',
    ],
    [
      'for the role',
      {
        principal: session,
        identity: all,
        policy: aResourcePolicy({ Effect: 'Deny', Principal: { AWS: session.roleArn } }),
      },
      'resource-based',
    ],
    [
      'of a resource in another account',
      {
        owner: otherAccount,
        identity: all,
        policy: aResourcePolicy({ Principal: '*' }, { Effect: 'Deny', Principal: '*' }),
      },
      'resource-based',
    ],
    [
      'of a trust policy',
      {
        mode: 'trust-policy',
        action: 'sts:AssumeRole',
        resource: role,
        identity: all,
        policy: aTrustPolicy({ Principal: '*' }, { Effect: 'Deny', Principal: '*' }),
      },
      'role-trust',
    ],
  ])('%s wins', (_, question, policyType) => {
    expect(decide(question)).toMatchObject({
      allowed: false,
      explicitDeny: true,
      why: 'explicit-deny',
      by: { policyType },
    });
  });

  it('for somebody else does not matter', () => {
    const policy = aResourcePolicy({ Effect: 'Deny', Principal: { AWS: otherAccount } });
    expect(outcome({ identity: all, policy })).toBe('identity-based');
  });

  it('names its statement', () => {
    expect(decide({ identity: [...all, denying] })).toEqual({
      allowed: false,
      explicitDeny: true,
      why: 'explicit-deny',
      by: { policyType: 'identity-based', policyName: 'identity', sid: 'No', index: 0 },
    });
  });
});

it('names the statement that allows', () => {
  const identity = [anIdentityPolicy({ Action: 'sns:*' }, { Sid: 'Yes', Action: 'SQS:send*' })];
  expect(decide({ identity })).toEqual({
    allowed: true,
    by: { policyType: 'identity-based', policyName: 'identity', sid: 'Yes', index: 1 },
  });
});

it('treats a service-linked role as a role with the policies given for it', () => {
  const principal = aRole({ serviceLinkedFor: 'autoscaling.amazonaws.com' });
  expect(outcome({ principal })).toBe('no-identity-based-allow');
  expect(outcome({ principal, identity: all })).toBe('identity-based');
});
