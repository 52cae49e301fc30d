import * as client from '@aws-sdk/client-sts';
import type { Principal, UserPrincipal } from '../../iam/principal.ts';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { operation, type ServiceDefinition } from '../../world/service.ts';
import { refuseUnmodelled } from '../../world/refuse-unmodelled.ts';
import { readServiceModel } from '../../wire/model.ts';
import { accountOfAccessKeyId } from '../iam/access-key-id.ts';
import { limitToSessionToken } from '../iam/identity-policies.ts';
import { userPrincipal } from '../iam/identities.ts';
import { findUser } from '../iam/lookups.ts';
import { assumeRole } from './assume-role.ts';
import { issueSession } from './issue-session.ts';
import constraints from './constraints.json' with { type: 'json' };

function callerId(caller: Exclude<Principal, { kind: 'service' }>): string {
  switch (caller.kind) {
    case 'root':
      return caller.account;
    case 'user':
      return caller.userId;
    case 'assumed-role':
      return `${caller.roleId}:${caller.sessionName}`;
    default:
      return caller satisfies never;
  }
}

const getCallerIdentity = operation<
  client.GetCallerIdentityCommandInput,
  Partial<client.GetCallerIdentityCommandOutput>
>({
  // STS API Reference: no permissions are required, even an explicit deny does not stop it.
  authorize: () => [],
  run(_, { caller }) {
    if (caller.kind === 'service')
      throw new AwsError('AccessDenied', 'an AWS service has no caller identity', { status: 403 });
    return { UserId: callerId(caller), Account: caller.account, Arn: caller.arn };
  },
});

const getAccessKeyInfo = operation<
  client.GetAccessKeyInfoCommandInput,
  Partial<client.GetAccessKeyInfoCommandOutput>
>({
  authorize: () => ({ action: 'sts:GetAccessKeyInfo', resource: '*' }),
  run(input) {
    const account = accountOfAccessKeyId(input.AccessKeyId ?? '');
    if (account === undefined)
      throw new AwsError('ValidationError', `${input.AccessKeyId ?? ''} is not an access key id`);
    return { Account: account };
  },
});

// STS API Reference, GetSessionToken
const sessionTokenSecondsDefault = 43_200;

/** The user behind a session token as it is now, with what such a token cannot do. */
function limitedUser(
  call: Call,
  { userName, userId }: UserPrincipal,
  issuedAt: number,
): Principal | undefined {
  const user = findUser(call, userName);
  const principal = user?.id === userId ? userPrincipal(call, user) : undefined;
  if (!principal) return undefined;
  const limited = { ...principal, issuedAt };
  limitToSessionToken(limited);
  return limited;
}

const getSessionToken = operation<
  client.GetSessionTokenCommandInput,
  Partial<client.GetSessionTokenCommandOutput>
>({
  // STS API Reference: no permissions are required.
  authorize: () => [],
  run(input, call) {
    refuseUnmodelled(input, ['SerialNumber', 'TokenCode'], 'ValidationError');
    const { caller } = call;
    if (caller.kind !== 'user')
      throw new AwsError('AccessDenied', 'Cannot call GetSessionToken with session credentials', {
        status: 403,
      });
    const seconds = input.DurationSeconds ?? sessionTokenSecondsDefault;
    const issuedAt = call.now;
    const credentials = issueSession(call, {
      principal: () => limitedUser(call, caller, issuedAt),
      durationSeconds: seconds,
    });
    return {
      Credentials: {
        AccessKeyId: credentials.accessKeyId,
        SecretAccessKey: credentials.secretAccessKey,
        SessionToken: credentials.sessionToken,
        Expiration: new Date(credentials.expiresAt),
      },
    };
  },
});

export const sts: ServiceDefinition = {
  name: 'sts',
  model: readServiceModel(client, constraints),
  scope: 'regional',
  accessDenied: { code: 'AccessDenied', status: 403 },
  validationError: 'ValidationError',
  operations: {
    AssumeRole: assumeRole,
    GetAccessKeyInfo: getAccessKeyInfo,
    GetCallerIdentity: getCallerIdentity,
    GetSessionToken: getSessionToken,
  },
};
