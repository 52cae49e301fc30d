import { isAwsError } from '../world/aws-error.ts';
import type { Scope } from '../world/scope.ts';
import { serviceSession } from '../services/iam/service-session.ts';
import { cloudFormationPrincipal, type Actor } from './actor.ts';
import { validationError } from './validation-error.ts';

/** CloudFormation names its sessions so. */
const sessionName = 'AWSCloudFormation';

/**
 * As whom a stack's resources are made: as its role where it has one, else on behalf of the caller.
 *
 * @throws AwsError ValidationError for a role that CloudFormation cannot assume
 */
export function deployingActor(scope: Scope, caller: Actor, roleArn: string | undefined): Actor {
  if (roleArn === undefined) return caller;
  try {
    const principal = serviceSession(scope, {
      roleArn,
      service: cloudFormationPrincipal,
      sessionName,
    });
    return { principal, via: [] };
  } catch (error) {
    if (isAwsError(error, 'AccessDenied'))
      throw validationError(`Role ${roleArn} is invalid or cannot be assumed`);
    throw error;
  }
}
