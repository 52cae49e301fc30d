import { accessDeniedMessage } from '../iam/access-denied-message.ts';
import { conditionContext, type ConditionContext } from '../iam/condition-context.ts';
import { evaluate, type AccessRequest, type Decision } from '../iam/evaluate.ts';
import type { CompiledPolicy } from '../iam/compiled-policy.ts';
import { principalContext, type Principal } from '../iam/principal.ts';
import { AwsError } from './aws-error.ts';
import type { Call } from './call.ts';
import type { AccessCheck } from './service.ts';
import type { World } from './world.ts';

/** Where the identity policies of users, roles and sessions come from; the IAM service provides it. */
export type IdentityPolicies = (world: World, principal: Principal) => readonly CompiledPolicy[];

/** Asks IAM before every operation. */
export class Authorizer {
  readonly #identityPolicies: IdentityPolicies;

  constructor(identityPolicies: IdentityPolicies) {
    this.#identityPolicies = identityPolicies;
  }

  decide(call: Call, check: AccessCheck): Decision {
    return this.#decide(call, check).decision;
  }

  #decide(call: Call, check: AccessCheck): { request: AccessRequest; decision: Decision } {
    const { world, caller } = call;
    const request = {
      principal: caller,
      action: check.action,
      resource: check.resource,
      resourceAccount: check.resourceAccount ?? call.account,
      context: contextOf(call, check),
    };
    const decision = evaluate(request, {
      identity: caller.kind === 'service' ? [] : this.#identityPolicies(world, caller),
      resource: check.resourcePolicy,
      resourcePolicyMode: check.resourcePolicyMode,
    });
    return { request, decision };
  }

  /** @throws AwsError the called service's own way of refusing */
  require(call: Call, check: AccessCheck): void {
    const { request, decision } = this.#decide(call, check);
    if (decision.allowed) return;
    const { code, status } = call.world.service(call.service).accessDenied;
    throw new AwsError(code, accessDeniedMessage(request, decision), { status });
  }
}

function contextOf(call: Call, check: AccessCheck): ConditionContext {
  const { world, caller } = call;
  const home = caller.kind === 'service' ? undefined : world.directory.get(caller.account);
  const owner = check.resourceAccount ?? call.account;
  const ownerHome = world.directory.get(owner);
  return conditionContext(
    principalContext(caller, {
      orgId: home?.organizationId,
      orgPaths: home?.organizationPath === undefined ? undefined : [home.organizationPath],
    }),
    {
      'aws:RequestedRegion': call.region,
      'aws:ResourceAccount': owner,
      'aws:ResourceOrgID': ownerHome?.organizationId,
      'aws:ResourceOrgPaths':
        ownerHome?.organizationPath === undefined ? undefined : [ownerHome.organizationPath],
      'aws:CurrentTime': call.date.toISOString(),
      'aws:EpochTime': Math.floor(call.now / 1000),
      'aws:SecureTransport': true,
      'aws:ViaAWSService': call.via.length > 0,
      'aws:CalledVia': call.via.length > 0 ? call.via : undefined,
      'aws:CalledViaFirst': call.via[0],
      'aws:CalledViaLast': call.via.at(-1),
    },
    check.context ?? {},
  );
}
