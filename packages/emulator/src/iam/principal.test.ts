import { describe, expect, it } from '@jest/globals';
import { conditionContext } from './condition-context.ts';
import { aRole, aRootUser, aService, aUser, otherAccount, ownAccount } from './policy-builders.ts';
import { principalContext } from './principal.ts';

const membership = { orgId: 'o-example', orgPaths: ['o-example/r-1/ou-1/'] };
const ofAccount = {
  'aws:PrincipalAccount': ownAccount,
  'aws:PrincipalIsAWSService': false,
  'aws:PrincipalOrgID': 'o-example',
  'aws:PrincipalOrgPaths': ['o-example/r-1/ou-1/'],
};

describe('principalContext', () => {
  it('describes the root user', () => {
    expect(principalContext(aRootUser(), membership)).toEqual({
      ...ofAccount,
      'aws:PrincipalArn': `arn:aws:iam::${ownAccount}:root`,
      'aws:PrincipalType': 'Account',
      'aws:userid': ownAccount,
    });
  });

  it('describes a user with its tags', () => {
    expect(principalContext(aUser({ tags: { Team: 'blue' } }), membership)).toEqual({
      ...ofAccount,
      'aws:PrincipalArn': `arn:aws:iam::${ownAccount}:user/Bob`,
      'aws:PrincipalType': 'User',
      'aws:PrincipalTag/Team': 'blue',
      'aws:userid': 'AIDAEXAMPLEBOB',
      'aws:username': 'Bob',
    });
  });

  it('describes a role session by the ARN of the role and has no user name for it', () => {
    const session = aRole({ sourceIdentity: 'alice', sessionTags: { Team: 'blue' } });
    expect(principalContext(session, membership)).toEqual({
      ...ofAccount,
      'aws:PrincipalArn': `arn:aws:iam::${ownAccount}:role/path/worker`,
      'aws:PrincipalType': 'AssumedRole',
      'aws:PrincipalTag/Team': 'blue',
      'aws:SourceIdentity': 'alice',
      'aws:userid': 'AROAEXAMPLEWORKER:session-1',
    });
  });

  it('describes a service by its source and not by an organization', () => {
    const service = aService({
      sourceArn: `arn:aws:events:eu-west-1:${otherAccount}:rule/r`,
      sourceAccount: otherAccount,
      sourceOrgId: 'o-source',
    });
    expect(principalContext(service, membership)).toEqual({
      'aws:PrincipalIsAWSService': true,
      'aws:PrincipalServiceName': 'events.amazonaws.com',
      'aws:PrincipalServiceNamesList': ['events.amazonaws.com'],
      'aws:SourceArn': `arn:aws:events:eu-west-1:${otherAccount}:rule/r`,
      'aws:SourceAccount': otherAccount,
      'aws:SourceOrgID': 'o-source',
    });
  });

  it('leaves the keys of the organization out for an account outside of one', () => {
    const context = conditionContext(principalContext(aUser(), {}));
    expect(context.get('aws:principalorgid')).toBeUndefined();
    expect(context.get('aws:principalaccount')).toBe(ownAccount);
  });
});

describe('conditionContext', () => {
  it('finds keys without case and lets later records win', () => {
    const context = conditionContext(
      { 'AWS:UserName': 'Bob', 'a:b': '1' },
      { 'aws:username': 'Eve' },
    );
    expect(context.get('aws:username')).toBe('Eve');
    expect(context.get('a:b')).toBe('1');
  });
});
