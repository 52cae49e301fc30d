import { describe, expect, it } from '@jest/globals';
import type { Effect } from './condition.ts';
import { MalformedPolicy } from './malformed-policy.ts';
import { aRole, aRootUser, aService, aUser, otherAccount, ownAccount } from './policy-builders.ts';
import type { Principal } from './principal.ts';
import { parsePrincipalElement } from './principal-element.ts';
import type { PrincipalReach } from './principal-match.ts';
import { principalReach } from './principal-match.ts';

const user = aUser();
const session = aRole();
const service = aService();
const root = aRootUser();
const rootArn = `arn:aws:iam::${ownAccount}:root`;
const roleId = session.roleId;

const reach = (element: unknown, principal: Principal, effect: Effect = 'Allow'): PrincipalReach =>
  principalReach(parsePrincipalElement(element, false), principal, effect);

describe('Principal', () => {
  it.each([
    ['everyone', '*', user, 'direct'],
    ['everyone', { AWS: '*' }, session, 'direct'],
    ['everyone', '*', root, 'direct'],
    ['the account id', { AWS: ownAccount }, user, 'account'],
    ['the account ARN', { AWS: rootArn }, session, 'account'],
    ['the account ARN', { AWS: rootArn }, root, 'direct'],
    ['another account', { AWS: otherAccount }, user, 'none'],
    ['another account', { AWS: otherAccount }, root, 'none'],
    ['the user', { AWS: [user.arn] }, user, 'direct'],
    ['the user in other case', { AWS: user.arn.replace('Bob', 'bob') }, user, 'none'],
    ['the unique id of the user', { AWS: user.userId }, user, 'direct'],
    ['the user', { AWS: user.arn }, session, 'none'],
    ['the user', { AWS: user.arn }, root, 'none'],
    ['the role', { AWS: session.roleArn }, session, 'role'],
    ['the role without its path', { AWS: session.roleArn.replace('path/', '') }, session, 'none'],
    ['the unique id of the role', { AWS: roleId }, session, 'role'],
    ['the session', { AWS: session.arn }, session, 'direct'],
    ['another session', { AWS: `${session.arn}2` }, session, 'none'],
    [
      'account, role and session',
      { AWS: [ownAccount, session.roleArn, session.arn] },
      session,
      'direct',
    ],
    ['account and role', { AWS: [ownAccount, session.roleArn] }, session, 'role'],
    ['the service', { Service: ['sns.amazonaws.com', 'events.amazonaws.com'] }, service, 'direct'],
    ['another service', { Service: 'sns.amazonaws.com' }, service, 'none'],
    [
      'the account of the source',
      { AWS: ownAccount },
      aService({ sourceAccount: ownAccount }),
      'none',
    ],
    ['the service', { Service: 'events.amazonaws.com' }, user, 'none'],
    ['a federated provider', { Federated: 'accounts.google.com' }, user, 'none'],
  ] as const)('%s, %j, reaches %o: %s', (_, element, principal, expected) => {
    expect(reach(element, principal)).toBe(expected);
  });

  it.each(['*', { AWS: '*' }])('%j includes services in a Deny and not in an Allow', (element) => {
    expect(reach(element, service, 'Allow')).toBe('none');
    expect(reach(element, service, 'Deny')).toBe('direct');
  });

  it('reaches a service that stands beside everyone', () => {
    expect(reach({ AWS: '*', Service: 'events.amazonaws.com' }, service)).toBe('direct');
  });
});

describe('NotPrincipal', () => {
  it.each([
    ['the user alone', { AWS: user.arn }, user, 'direct'],
    ['the account alone', { AWS: ownAccount }, user, 'direct'],
    ['the user and its account', { AWS: [user.arn, rootArn] }, user, 'none'],
    ['role and account', { AWS: [session.roleArn, rootArn] }, session, 'direct'],
    ['session and account', { AWS: [session.arn, rootArn] }, session, 'direct'],
    ['session and role', { AWS: [session.arn, session.roleArn] }, session, 'direct'],
    [
      'session, role and account',
      { AWS: [session.arn, session.roleArn, rootArn] },
      session,
      'none',
    ],
    ['session, role id and account', { AWS: [session.arn, roleId, rootArn] }, session, 'none'],
    ['the account', { AWS: rootArn }, root, 'none'],
    ['another account', { AWS: otherAccount }, root, 'direct'],
    ['the service', { Service: 'events.amazonaws.com' }, service, 'none'],
    ['another service', { Service: 'sns.amazonaws.com' }, service, 'direct'],
    ['everyone', '*', user, 'none'],
  ] as const)('%s, %j, reaches %o: %s', (_, element, principal, expected) => {
    expect(principalReach(parsePrincipalElement(element, true), principal, 'Deny')).toBe(expected);
  });
});

describe('parsePrincipalElement', () => {
  it.each([
    ['Bob', 'principal must be "*" or an object, not "Bob"'],
    [['*'], 'principal must be "*" or an object, not ["*"]'],
    [{}, 'principal {} names nobody'],
    [{ AWS: [] }, 'principal AWS names nobody'],
    [{ AWS: [7] }, 'invalid principal 7'],
    [{ AWS: '' }, 'invalid principal ""'],
    [{ AWS: '12345' }, 'invalid principal 12345'],
    [
      { AWS: 'arn:aws:iam::111111111111:role/*' },
      'invalid principal arn:aws:iam::111111111111:role/*',
    ],
    [{ AWS: 'arn:aws:iam::*:root' }, 'invalid principal arn:aws:iam::*:root'],
    [
      { AWS: 'arn:aws:iam::111111111111:group/g' },
      'invalid principal arn:aws:iam::111111111111:group/g',
    ],
    [
      { AWS: 'arn:aws:sts::111111111111:assumed-role/r/*' },
      'invalid principal arn:aws:sts::111111111111:assumed-role/r/*',
    ],
    [{ Service: '*' }, 'invalid service principal *'],
    [{ Service: 'events' }, 'invalid service principal events'],
    [{ CanonicalUser: 'abc' }, 'unsupported kind of principal CanonicalUser'],
    [{ aws: '*' }, 'unsupported kind of principal aws'],
  ])('refuses %j', (element, message) => {
    expect(() => parsePrincipalElement(element, false)).toThrow(new MalformedPolicy(message));
  });
});
