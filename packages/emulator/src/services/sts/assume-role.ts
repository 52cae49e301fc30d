import type { AssumeRoleCommandInput, AssumeRoleCommandOutput } from '@aws-sdk/client-sts';
import { accountOfArn } from '../../iam/arn-match.ts';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { operation, type AccessCheck } from '../../world/service.ts';
import { findIdentity } from '../iam/principal-binding.ts';
import { roleSession } from '../iam/service-session.ts';
import type { EffectiveIdentity, Role } from '../iam/state.ts';
import { requestTagContext, tagContext } from '../iam/tags.ts';
import { checkAssumeRoleRequest } from './assume-role-request.ts';
import { issueSession } from './issue-session.ts';
import { checkPackedSize, sessionPolicies } from './session-policies.ts';
import { inheritedTags, requestedTags, transitiveTags } from './session-tags.ts';

const durationSecondsDefault = 3_600; // STS API Reference, AssumeRole

interface Assumable {
  readonly role: Role;
  readonly effective: EffectiveIdentity;
}

/** The role as the evaluator sees it now: not before it has spread, not in an account that is closed. */
function findAssumable(call: Call, arn: string): Assumable | undefined {
  const role = findIdentity(call.world, arn);
  const effective = role?.effective.at(call.now);
  const isActive = call.world.directory.get(accountOfArn(arn) ?? '')?.state === 'ACTIVE';
  return role?.kind === 'role' && effective && isActive ? { role, effective } : undefined;
}

/** A session keeps the source identity of the one before it. */
const sourceIdentityOf = (input: AssumeRoleCommandInput, call: Call): string | undefined =>
  (call.caller.kind === 'assumed-role' ? call.caller.sourceIdentity : undefined) ??
  input.SourceIdentity;

/** Inherited tags are set on the new session too: both sides have to allow that. */
const setsTags = (input: AssumeRoleCommandInput, call: Call): boolean =>
  (input.Tags ?? []).length > 0 || Object.keys(inheritedTags(call.caller)).length > 0;

function authorize(input: AssumeRoleCommandInput, call: Call): AccessCheck[] {
  checkAssumeRoleRequest(input, call);
  const arn = input.RoleArn ?? '';
  const assumable = findAssumable(call, arn);
  const sourceIdentity = sourceIdentityOf(input, call);
  const check = (action: string): AccessCheck => ({
    action,
    resource: arn,
    resourceAccount: accountOfArn(arn) ?? call.account,
    // Without a role nothing allows it: a missing role is refused like one that does not trust the caller.
    resourcePolicy: assumable?.effective.trust,
    resourcePolicyMode: 'trust-policy',
    context: {
      'sts:ExternalId': input.ExternalId,
      'sts:RoleSessionName': input.RoleSessionName,
      'sts:SourceIdentity': sourceIdentity,
      'sts:DurationSeconds': input.DurationSeconds,
      'sts:TransitiveTagKeys':
        (input.TransitiveTagKeys ?? []).length > 0 ? input.TransitiveTagKeys : undefined,
      ...requestTagContext(input.Tags),
      ...tagContext(assumable?.role.tags ?? new Map()),
    },
  });
  return [
    check('sts:AssumeRole'),
    ...(setsTags(input, call) ? [check('sts:TagSession')] : []),
    ...(sourceIdentity === undefined ? [] : [check('sts:SetSourceIdentity')]),
  ];
}

export const assumeRole = operation<AssumeRoleCommandInput, Partial<AssumeRoleCommandOutput>>({
  authorize,
  run(input, call) {
    const assumable = findAssumable(call, input.RoleArn ?? '');
    if (!assumable) throw new TypeError('a role that was allowed exists');
    const { role, effective } = assumable;
    const sourceIdentity = sourceIdentityOf(input, call);
    if (input.SourceIdentity !== undefined && input.SourceIdentity !== sourceIdentity)
      throw new AwsError('AccessDenied', 'The source identity of a session cannot be changed.', {
        status: 403,
      });
    const seconds = input.DurationSeconds ?? durationSecondsDefault;
    if (seconds > role.maxSessionSeconds)
      throw new AwsError(
        'ValidationError',
        'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
      );
    const account = accountOfArn(role.arn) ?? '';
    const scope = call.at({ account });
    const principal = roleSession(role, {
      sessionName: input.RoleSessionName ?? '',
      tags: {
        ...effective.tags,
        ...inheritedTags(call.caller),
        ...requestedTags(input.Tags),
      },
      transitiveTags: transitiveTags(input, call.caller),
      issuedAt: call.now,
      sourceIdentity,
      policies: sessionPolicies(scope, input),
    });
    checkPackedSize(input, inheritedTags(call.caller));
    const credentials = issueSession(scope, {
      principal: () => principal,
      durationSeconds: seconds,
    });
    return {
      Credentials: {
        AccessKeyId: credentials.accessKeyId,
        SecretAccessKey: credentials.secretAccessKey,
        SessionToken: credentials.sessionToken,
        Expiration: new Date(credentials.expiresAt),
      },
      AssumedRoleUser: {
        AssumedRoleId: `${role.id}:${principal.sessionName}`,
        Arn: principal.arn,
      },
      SourceIdentity: sourceIdentity,
    };
  },
});
