import { describe, expect, it } from '@jest/globals';
import { accessDeniedMessage } from './access-denied-message.ts';
import { conditionContext } from './condition-context.ts';
import type { AccessRequest, DenialReason, StatementRef } from './evaluate.ts';
import { aRole, aRootUser, aService, aUser } from './policy-builders.ts';

const request: AccessRequest = {
  principal: aUser(),
  action: 'sqs:SendMessage',
  resource: 'arn:aws:sqs:eu-west-1:111111111111:jobs',
  context: conditionContext(),
};
const start =
  'User: arn:aws:iam::111111111111:user/Bob is not authorized to perform: sqs:SendMessage on resource: arn:aws:sqs:eu-west-1:111111111111:jobs ';

describe('accessDeniedMessage', () => {
  it.each<[DenialReason, string]>([
    [
      'no-identity-based-allow',
      'because no identity-based policy allows the sqs:SendMessage action',
    ],
    [
      'no-resource-based-allow',
      'because no resource-based policy allows the sqs:SendMessage action',
    ],
    ['no-session-allow', 'because no session policy allows the sqs:SendMessage action'],
    ['no-role-trust-allow', 'because no role trust policy allows the sqs:SendMessage action'],
  ])('explains %s', (why, end) => {
    expect(accessDeniedMessage(request, { allowed: false, explicitDeny: false, why })).toBe(
      start + end,
    );
  });

  it.each<[StatementRef['policyType'], string]>([
    ['identity-based', 'with an explicit deny in an identity-based policy'],
    ['resource-based', 'with an explicit deny in a resource-based policy'],
    ['session', 'with an explicit deny in a sessions policy'],
    ['role-trust', 'with an explicit deny in the role trust policy'],
  ])('explains an explicit deny of the type %s', (policyType, end) => {
    const by = { policyType, policyName: 'p', index: 0 };
    expect(
      accessDeniedMessage(request, {
        allowed: false,
        explicitDeny: true,
        by,
        why: 'explicit-deny',
      }),
    ).toBe(start + end);
  });

  it.each([
    [aRole(), 'User: arn:aws:sts::111111111111:assumed-role/worker/session-1 is not'],
    [aService(), 'User: events.amazonaws.com is not'],
  ])('names the caller %o', (principal, begin) => {
    const denied = { allowed: false, explicitDeny: false, why: 'no-identity-based-allow' } as const;
    expect(accessDeniedMessage({ ...request, principal }, denied).startsWith(begin)).toBe(true);
  });

  it('has a text of its own for a root user that assumes a role', () => {
    const denied = { allowed: false, explicitDeny: false, why: 'root-cannot-assume-role' } as const;
    expect(accessDeniedMessage({ ...request, principal: aRootUser() }, denied)).toBe(
      'Roles may not be assumed by root accounts.',
    );
  });
});
