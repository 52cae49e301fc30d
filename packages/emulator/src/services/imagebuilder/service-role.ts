import type { AssumedRolePrincipal } from '../../iam/principal.ts';
import type { Scope } from '../../world/scope.ts';
import { serviceLinkedRole, serviceSession } from '../iam/service-session.ts';
import type { StoredImage } from './state.ts';

export const imageBuilderService = 'imagebuilder.amazonaws.com';
const sessionName = 'ImageBuilder';

/**
 * The service's own role in the account.
 *
 * @throws AwsError AccessDenied when somebody has deleted it
 */
export const ownRole = (scope: Scope): AssumedRolePrincipal =>
  serviceLinkedRole(scope, imageBuilderService, { create: false, sessionName });

/**
 * In whose name a build works: the execution role where the pipeline names one, else the service's own role.
 *
 * @throws AwsError AccessDenied when the role is gone or does not trust Image Builder
 */
export const buildRole = (scope: Scope, image: StoredImage): AssumedRolePrincipal =>
  image.executionRole === undefined
    ? ownRole(scope)
    : serviceSession(scope, {
        roleArn: image.executionRole,
        service: imageBuilderService,
        sessionName,
        sourceArn: image.arn,
        sourceAccount: image.owner,
      });
