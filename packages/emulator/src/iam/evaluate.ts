import { accountOfArn } from './arn-match.ts';
import type { CompiledPolicy, CompiledStatement, RequestedAccess } from './compiled-policy.ts';
import { coversRequest } from './compiled-policy.ts';
import type { Effect } from './condition.ts';
import type { ConditionContext } from './condition-context.ts';
import type { Principal } from './principal.ts';
import type { PrincipalReach } from './principal-match.ts';
import { principalReach } from './principal-match.ts';

/** One action on one resource. */
export interface AccessRequest {
  readonly principal: Principal;
  /** `sqs:SendMessage` */
  readonly action: string;
  /** The ARN, or `*` where the action knows no resource. */
  readonly resource: string;
  readonly context: ConditionContext;
  /** The owner of the resource. Absent: the account in the ARN, else that of the caller. */
  readonly resourceAccount?: string | undefined;
}

/**
 * Role trust policies and key policies must allow every request themselves; others may leave that to the
 * identity-based policies of their own account.
 */
export type ResourcePolicyMode = 'normal' | 'key-policy' | 'trust-policy';

/** The policies that apply, the session policies of the caller apart. */
export interface PolicySources {
  readonly identity: readonly CompiledPolicy[];
  readonly resource?: CompiledPolicy | undefined;
  /** Default `normal`. */
  readonly resourcePolicyMode?: ResourcePolicyMode | undefined;
}

/** Where a deciding statement stands. */
export type PolicyType = 'identity-based' | 'resource-based' | 'role-trust' | 'session';

/** The statement behind a decision; the root user needs none for the resources of its own account. */
export interface StatementRef {
  readonly policyType: PolicyType | 'account-root-user';
  readonly policyName: string;
  readonly sid?: string | undefined;
  /** Position in the policy, from 0. */
  readonly index: number;
}

/** Why access is refused. */
export type DenialReason =
  | 'explicit-deny'
  | 'no-identity-based-allow'
  | 'no-resource-based-allow'
  | 'no-role-trust-allow'
  | 'no-session-allow'
  | 'root-cannot-assume-role';

export interface Granted {
  readonly allowed: true;
  readonly by: StatementRef;
}

export interface Denied {
  readonly allowed: false;
  readonly explicitDeny: boolean;
  /** The denying statement of an explicit deny. */
  readonly by?: StatementRef;
  readonly why: DenialReason;
}

export type Decision = Granted | Denied;

interface ResourceGrant {
  readonly reach: Exclude<PrincipalReach, 'none'>;
  readonly by: StatementRef;
}

/** The allows that were found, each absent where there is none. */
interface Findings {
  readonly identity: StatementRef | undefined;
  /** `unlimited` when the caller has no session policies. */
  readonly session: StatementRef | 'unlimited' | undefined;
  readonly resource: ResourceGrant | undefined;
}

/**
 * Decides one request the way AWS documents it: an explicit deny wins, then the allows must suffice for the
 * kind of caller, account and resource.
 *
 * Source: IAM User Guide, "Policy evaluation logic" and "Cross-account policy evaluation logic"; KMS Developer
 * Guide, "Key policies"; behaviour.md lists every rule.
 */
export function evaluate(request: AccessRequest, sources: PolicySources): Decision {
  const { principal } = request;
  const mode = sources.resourcePolicyMode ?? 'normal';
  const access: RequestedAccess = {
    lowerCaseAction: request.action.toLowerCase(),
    resource: request.resource,
    context: request.context,
  };
  // A service calls on its own behalf: it has no identity-based policies.
  const identity = principal.kind === 'service' ? [] : sources.identity;
  const session = principal.kind === 'assumed-role' ? principal.sessionPolicies : [];

  const deny =
    findStatement(identity, 'identity-based', 'Deny', access) ??
    findStatement(session, 'session', 'Deny', access) ??
    findResourceGrant(sources.resource, { principal, mode, effect: 'Deny', access })?.by;
  if (deny !== undefined)
    return { allowed: false, explicitDeny: true, by: deny, why: 'explicit-deny' };

  // STS API Reference, AssumeRole: the root user cannot call it.
  if (mode === 'trust-policy' && principal.kind === 'root')
    return refuse('root-cannot-assume-role');

  const findings: Findings = {
    identity: rootGrant(principal) ?? findStatement(identity, 'identity-based', 'Allow', access),
    session:
      session.length === 0 ? 'unlimited' : findStatement(session, 'session', 'Allow', access),
    resource: findResourceGrant(sources.resource, { principal, mode, effect: 'Allow', access }),
  };
  if (principal.kind === 'service')
    return findings.resource === undefined ? refuseByResource(mode) : grant(findings.resource.by);
  const owner = request.resourceAccount ?? accountOfArn(request.resource) ?? principal.account;
  return owner === principal.account
    ? decideInAccount(findings, mode)
    : decideCrossAccount(findings, mode);
}

function decideInAccount(findings: Findings, mode: ResourcePolicyMode): Decision {
  const { identity, session, resource } = findings;
  if (resource?.reach === 'direct') return grant(resource.by);
  if (mode !== 'normal' && resource === undefined) return refuseByResource(mode);
  const allow = resource?.reach === 'role' ? resource.by : identity;
  if (allow === undefined) return refuse('no-identity-based-allow');
  return session === undefined ? refuse('no-session-allow') : grant(allow);
}

function decideCrossAccount(findings: Findings, mode: ResourcePolicyMode): Decision {
  if (findings.identity === undefined) return refuse('no-identity-based-allow');
  if (findings.session === undefined) return refuse('no-session-allow');
  if (findings.resource === undefined) return refuseByResource(mode);
  return grant(findings.resource.by);
}

/** Inside its account the root user may do everything; towards other accounts it is as if allowed everything. */
function rootGrant(principal: Principal): StatementRef | undefined {
  return principal.kind === 'root'
    ? { policyType: 'account-root-user', policyName: principal.arn, index: 0 }
    : undefined;
}

function findStatement(
  policies: readonly CompiledPolicy[],
  policyType: PolicyType,
  effect: Effect,
  access: RequestedAccess,
): StatementRef | undefined {
  for (const policy of policies)
    for (const statement of policy.statements)
      if (statement.effect === effect && coversRequest(statement, access))
        return refOf(policy, statement, policyType);
  return undefined;
}

interface ResourceSearch {
  readonly principal: Principal;
  readonly mode: ResourcePolicyMode;
  readonly effect: Effect;
  readonly access: RequestedAccess;
}

const strength: Readonly<Record<PrincipalReach, number>> = {
  none: 0,
  account: 1,
  role: 2,
  direct: 3,
};

/** The matching statement that names the caller most closely. */
function findResourceGrant(
  policy: CompiledPolicy | undefined,
  { principal, mode, effect, access }: ResourceSearch,
): ResourceGrant | undefined {
  let best: ResourceGrant | undefined;
  for (const statement of policy?.statements ?? []) {
    if (statement.effect !== effect || statement.principal === undefined) continue;
    const reach = principalReach(statement.principal, principal, effect);
    if (reach === 'none' || strength[reach] <= strength[best?.reach ?? 'none']) continue;
    if (policy === undefined || !coversRequest(statement, access)) continue;
    const policyType = mode === 'trust-policy' ? 'role-trust' : 'resource-based';
    best = { reach, by: refOf(policy, statement, policyType) };
  }
  return best;
}

function refOf(
  policy: CompiledPolicy,
  { sid, index }: CompiledStatement,
  policyType: PolicyType,
): StatementRef {
  return { policyType, policyName: policy.name, sid, index };
}

const grant = (by: StatementRef): Granted => ({ allowed: true, by });

const refuse = (why: DenialReason): Denied => ({ allowed: false, explicitDeny: false, why });

function refuseByResource(mode: ResourcePolicyMode): Denied {
  return refuse(mode === 'trust-policy' ? 'no-role-trust-allow' : 'no-resource-based-allow');
}
