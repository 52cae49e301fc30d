import type { CompiledPolicy } from './compiled-policy.ts';
import type { ContextValue } from './condition-context.ts';

/** The root user of an account. */
export interface RootPrincipal {
  readonly kind: 'root';
  readonly account: string;
  /** arn:aws:iam::account:root */
  readonly arn: string;
}

/** A user of IAM with its own access key. */
export interface UserPrincipal {
  readonly kind: 'user';
  readonly account: string;
  readonly arn: string;
  readonly userName: string;
  /** AIDA... */
  readonly userId: string;
  readonly tags: Readonly<Record<string, string>>;
  /** When its temporary credentials were issued, milliseconds since 1970; absent for a long-lived key. */
  readonly issuedAt?: number | undefined;
}

/** A session of a role, also of a service-linked role. */
export interface AssumedRolePrincipal {
  readonly kind: 'assumed-role';
  readonly account: string;
  /** arn:aws:sts::account:assumed-role/name/session */
  readonly arn: string;
  /** With the path of the role, which the session ARN does not have. */
  readonly roleArn: string;
  readonly roleName: string;
  /** AROA... */
  readonly roleId: string;
  readonly sessionName: string;
  readonly sourceIdentity?: string | undefined;
  /** The tags of the role, overridden by those of the session. */
  readonly sessionTags: Readonly<Record<string, string>>;
  /** Those of the session tags that go with every further role of the chain. */
  readonly transitiveTags?: Readonly<Record<string, string>> | undefined;
  /** When its credentials were issued, milliseconds since 1970. */
  readonly issuedAt?: number | undefined;
  /** What was passed to AssumeRole, inline and by ARN; none means no limit. */
  readonly sessionPolicies: readonly CompiledPolicy[];
  readonly serviceLinkedFor?: string | undefined;
}

/** An AWS service that calls on its own behalf, for one resource of a customer. */
export interface ServicePrincipal {
  readonly kind: 'service';
  /** events.amazonaws.com */
  readonly service: string;
  readonly sourceArn?: string | undefined;
  readonly sourceAccount?: string | undefined;
  readonly sourceOrgId?: string | undefined;
}

/** Who calls. Anonymous and federated callers do not exist here. */
export type Principal = RootPrincipal | UserPrincipal | AssumedRolePrincipal | ServicePrincipal;

/** The organization of the caller's account; both absent for an account outside of one. */
export interface OrganizationMembership {
  readonly orgId?: string | undefined;
  /** o-id/r-id/ou-id/ */
  readonly orgPaths?: readonly string[] | undefined;
}

type ContextRecord = Record<string, ContextValue | undefined>;

/**
 * The global condition keys that follow from who calls. A key that AWS leaves out for a kind of caller is absent.
 *
 * Source: IAM User Guide, "AWS global condition context keys"; "Variables and tags", table of principal keys.
 */
export function principalContext(
  principal: Principal,
  membership: OrganizationMembership,
): Readonly<ContextRecord> {
  if (principal.kind === 'service')
    return {
      'aws:PrincipalIsAWSService': true,
      'aws:PrincipalServiceName': principal.service,
      'aws:PrincipalServiceNamesList': [principal.service],
      'aws:SourceArn': principal.sourceArn,
      'aws:SourceAccount': principal.sourceAccount,
      'aws:SourceOrgID': principal.sourceOrgId,
    };
  return {
    'aws:PrincipalAccount': principal.account,
    'aws:PrincipalIsAWSService': false,
    'aws:PrincipalOrgID': membership.orgId,
    'aws:PrincipalOrgPaths': membership.orgPaths,
    ...identityContext(principal),
  };
}

function identityContext(principal: Exclude<Principal, ServicePrincipal>): ContextRecord {
  switch (principal.kind) {
    case 'root':
      return {
        'aws:PrincipalArn': principal.arn,
        'aws:PrincipalType': 'Account',
        'aws:userid': principal.account,
      };
    case 'user':
      return {
        'aws:PrincipalArn': principal.arn,
        'aws:PrincipalType': 'User',
        'aws:userid': principal.userId,
        'aws:username': principal.userName,
        ...temporaryCredentials(principal.issuedAt),
        ...tagContext(principal.tags),
      };
    case 'assumed-role':
      return {
        'aws:PrincipalArn': principal.roleArn,
        'aws:PrincipalType': 'AssumedRole',
        'aws:userid': `${principal.roleId}:${principal.sessionName}`,
        'aws:SourceIdentity': principal.sourceIdentity,
        ...temporaryCredentials(principal.issuedAt),
        ...tagContext(principal.sessionTags),
      };
    default:
      return principal satisfies never;
  }
}

/** Keys that only temporary credentials have; none of those here were got with a second factor. */
const temporaryCredentials = (issuedAt: number | undefined): ContextRecord =>
  issuedAt === undefined
    ? {}
    : {
        'aws:TokenIssueTime': new Date(issuedAt).toISOString(),
        'aws:MultiFactorAuthPresent': false,
      };

function tagContext(tags: Readonly<Record<string, string>>): ContextRecord {
  return Object.fromEntries(
    Object.entries(tags).map(([key, value]) => [`aws:PrincipalTag/${key}`, value]),
  );
}
