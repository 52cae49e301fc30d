import type { Principal } from '../iam/principal.ts';

/** On whose behalf CloudFormation works: its caller's session, or the session of a role that was passed to it. */
export interface Actor {
  readonly principal: Principal;
  /** The services that calls go through, CloudFormation last; empty for a role's session, which is nobody's proxy. */
  readonly via: readonly string[];
}

export const cloudFormationPrincipal = 'cloudformation.amazonaws.com';

/** CloudFormation as the proxy of a caller. */
export const onBehalfOf = (caller: {
  readonly caller: Principal;
  readonly via: readonly string[];
}): Actor => ({ principal: caller.caller, via: [...caller.via, cloudFormationPrincipal] });
