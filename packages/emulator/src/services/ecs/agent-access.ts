import type { AssumedRolePrincipal } from '../../iam/principal.ts';
import { Call } from '../../world/call.ts';
import type { Scope } from '../../world/scope.ts';
import type { AccessCheck } from '../../world/service.ts';

/**
 * Whether the agent of an instance may do what has no operation in the API that clients know, such as `ecs:Poll`.
 *
 * Source: ECS Developer Guide, "Amazon ECS container instance IAM role"
 */
export const agentMay = (
  scope: Scope,
  session: AssumedRolePrincipal,
  check: AccessCheck,
): boolean =>
  new Call({
    world: scope.world,
    account: scope.account,
    region: scope.region,
    service: 'ecs',
    caller: session,
    requestId: scope.uuid('agent-request'),
    operationName: check.action.replace('ecs:', ''),
    via: [],
  }).allows(check);
