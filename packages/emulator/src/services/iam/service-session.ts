import { accountOfArn } from '../../iam/arn-match.ts';
import { conditionContext } from '../../iam/condition-context.ts';
import { evaluate } from '../../iam/evaluate.ts';
import { principalContext, type AssumedRolePrincipal } from '../../iam/principal.ts';
import { AwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import { findIdentity } from './principal-binding.ts';
import {
  addLinkedRole,
  findLinkedRole,
  linkedRoleArn,
  requireLinkedService,
} from './service-linked-roles.ts';
import type { EffectiveIdentity, Role } from './state.ts';

export interface ServiceSessionOptions {
  readonly roleArn: string;
  /** e.g. `lambda.amazonaws.com` */
  readonly service: string;
  readonly sessionName: string;
  /** The resource on whose behalf the service acts, for `aws:SourceArn`. */
  readonly sourceArn?: string;
  readonly sourceAccount?: string;
}

/**
 * The session in which an AWS service uses a role that was passed to it.
 *
 * @throws AwsError AccessDenied when the role does not exist (yet) or does not trust the service
 */
export function serviceSession(scope: Scope, options: ServiceSessionOptions): AssumedRolePrincipal {
  const assumable = findAssumable(scope, options);
  if (!assumable)
    throw new AwsError(
      'AccessDenied',
      `User: ${options.service} is not authorized to perform: sts:AssumeRole on resource: ${options.roleArn}`,
      { status: 403 },
    );
  return roleSession(assumable.role, {
    sessionName: options.sessionName,
    tags: assumable.effective.tags,
    issuedAt: scope.now,
  });
}

/** Whether a service could use a role now; services ask before they accept it. */
export const isAssumableBy = (
  scope: Scope,
  roleArn: string,
  service: string,
  source: { readonly sourceArn?: string; readonly sourceAccount?: string } = {},
): boolean => findAssumable(scope, { roleArn, service, ...source }) !== undefined;

/** A session of a role, whoever got it. */
export function roleSession(
  role: Role,
  session: {
    readonly sessionName: string;
    /** Milliseconds since 1970. */
    readonly issuedAt: number;
    readonly tags?: Readonly<Record<string, string>>;
    readonly transitiveTags?: Readonly<Record<string, string>>;
    readonly sourceIdentity?: string | undefined;
    readonly policies?: AssumedRolePrincipal['sessionPolicies'];
  },
): AssumedRolePrincipal {
  const account = accountOfArn(role.arn) ?? '';
  return {
    kind: 'assumed-role',
    account,
    arn: `arn:aws:sts::${account}:assumed-role/${role.name}/${session.sessionName}`,
    roleArn: role.arn,
    roleName: role.name,
    roleId: role.id,
    sessionName: session.sessionName,
    sourceIdentity: session.sourceIdentity,
    sessionTags: session.tags ?? {},
    transitiveTags: session.transitiveTags,
    issuedAt: session.issuedAt,
    sessionPolicies: session.policies ?? [],
    serviceLinkedFor: role.serviceLinkedFor,
  };
}

/**
 * A session of a service's own role in this account.
 *
 * @param options.create makes the role when there is none, as services do that are allowed to; a service waits until
 *   its role counts, so here it counts at once. The caller needs iam:CreateServiceLinkedRole, which the service checks.
 * @throws AwsError AccessDenied when there is none
 */
export function serviceLinkedRole(
  scope: Scope,
  service: string,
  options: { readonly create: boolean; readonly sessionName?: string },
): AssumedRolePrincipal {
  const role =
    findLinkedRole(scope, service) ??
    (options.create ? addLinkedRole(scope, { service, delayMs: 0 }) : undefined);
  if (!role) {
    const arn = linkedRoleArn(scope, service, requireLinkedService(service).roleName);
    throw new AwsError('AccessDenied', `The service-linked role ${arn} does not exist.`, {
      status: 403,
    });
  }
  return roleSession(role, {
    sessionName: options.sessionName ?? service.split('.')[0] ?? service,
    issuedAt: scope.now,
  });
}

interface Assumable {
  readonly role: Role;
  readonly effective: EffectiveIdentity;
}

function findAssumable(
  scope: Scope,
  options: Omit<ServiceSessionOptions, 'sessionName'>,
): Assumable | undefined {
  const role = findIdentity(scope.world, options.roleArn);
  if (role?.kind !== 'role') return undefined;
  const effective = role.effective.at(scope.now);
  if (!effective?.trust) return undefined;
  const account = accountOfArn(role.arn) ?? scope.account;
  const principal = {
    kind: 'service',
    service: options.service,
    sourceArn: options.sourceArn,
    sourceAccount: options.sourceAccount,
    sourceOrgId:
      options.sourceAccount === undefined
        ? undefined
        : scope.world.directory.get(options.sourceAccount)?.organizationId,
  } as const;
  const decision = evaluate(
    {
      principal,
      action: 'sts:AssumeRole',
      resource: role.arn,
      resourceAccount: account,
      context: conditionContext(principalContext(principal, {}), {
        'aws:RequestedRegion': scope.region,
        'aws:CurrentTime': scope.date.toISOString(),
        'aws:EpochTime': Math.floor(scope.now / 1000),
        'aws:SecureTransport': true,
      }),
    },
    { identity: [], resource: effective.trust, resourcePolicyMode: 'trust-policy' },
  );
  return decision.allowed ? { role, effective } : undefined;
}
