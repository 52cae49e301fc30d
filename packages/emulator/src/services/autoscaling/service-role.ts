import type { AssumedRolePrincipal } from '../../iam/principal.ts';
import type { Scope } from '../../world/scope.ts';
import { serviceLinkedRole } from '../iam/service-session.ts';

export const autoScalingService = 'autoscaling.amazonaws.com';

/** Services that EC2 sees a group's calls come through; that is what lets it set tags under `aws:`. */
export const viaAutoScaling = [autoScalingService];

/**
 * The session in which Auto Scaling works in the account. Source: EC2 Auto Scaling User Guide, "Service-linked roles".
 *
 * @throws AwsError AccessDenied when somebody has deleted the role
 */
export const ownRole = (scope: Scope): AssumedRolePrincipal =>
  serviceLinkedRole(scope, autoScalingService, { create: false, sessionName: 'AutoScaling' });
