import { bootSystem, type System } from '../../image-model/index.ts';
import type { AssumedRolePrincipal } from '../../iam/principal.ts';
import type { Scope } from '../../world/scope.ts';
import { instanceProfileRole } from '../iam/instance-profile-role.ts';
import { serviceSession } from '../iam/service-session.ts';
import { ec2State, type Instance } from './state.ts';

/** An instance of the scope's account and Region, terminated ones included for as long as EC2 shows them. */
export const findInstance = (scope: Scope, id: string): Instance | undefined =>
  ec2State.in(scope).instances.get(id);

/**
 * The session in which software on an instance calls AWS; undefined for an instance without a role.
 *
 * @throws AwsError AccessDenied when the role does not trust EC2 (any more)
 */
export function instanceSession(
  scope: Scope,
  instance: Instance,
): AssumedRolePrincipal | undefined {
  if (instance.instanceProfileArn === undefined) return undefined;
  const found = instanceProfileRole(scope, { arn: instance.instanceProfileArn });
  return (
    found &&
    serviceSession(scope, {
      roleArn: found.role.arn,
      service: 'ec2.amazonaws.com',
      sessionName: instance.id,
    })
  );
}

/** Starts what runs on an instance anew; its disk stays. User data runs at the first boot only. */
export async function rebootSystem(scope: Scope, instance: Instance): Promise<System | undefined> {
  if (instance.state !== 'running' || !instance.system) return undefined;
  instance.system = await bootSystem(instance.system.contents, { now: scope.date });
  return instance.system;
}
