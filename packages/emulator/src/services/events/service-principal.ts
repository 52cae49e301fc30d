import type { ServicePrincipal } from '../../iam/principal.ts';
import type { Scope } from '../../world/scope.ts';

/** A service that acts for one resource of the scope's account. */
export const servicePrincipal = (
  scope: Scope,
  service: string,
  sourceArn?: string,
): ServicePrincipal => ({
  kind: 'service',
  service,
  sourceArn,
  sourceAccount: sourceArn === undefined ? undefined : scope.account,
  sourceOrgId:
    sourceArn === undefined ? undefined : scope.world.directory.get(scope.account)?.organizationId,
});
