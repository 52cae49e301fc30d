import {
  CompleteLifecycleActionCommand,
  DeleteLifecycleHookCommand,
  PutLifecycleHookCommand,
  RecordLifecycleActionHeartbeatCommand,
} from '@aws-sdk/client-auto-scaling';
import { isAwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import { lifecycleActions } from '../autoscaling/group-watches.ts';
import { groupNameOf } from './capacity-provider-groups.ts';
import { setState } from './container-instance-operations.ts';
import { liveTasksOf } from './container-instances.ts';
import { ownRole } from './own-role.ts';
import { registrationOf } from './registrations.ts';
import { ecsState, type CapacityProvider, type Cluster } from './state.ts';

/** Source: ECS Developer Guide, "Safely stop Amazon ECS workloads running on EC2 instances" */
const drainingHookName = 'ecs-managed-draining-termination-hook';

/** Auto Scaling ends a wait after 48 hours whatever the heartbeats; the hook's own timeout must not end it before. */
const heartbeatTimeoutSeconds = 3600;
const heartbeatEveryMs = 2700 * 1000;

/** Sets the hook at which the instances of a group wait until their tasks are gone. */
export async function putDrainingHook(scope: Scope, provider: CapacityProvider): Promise<void> {
  await scope.send(
    new PutLifecycleHookCommand({
      AutoScalingGroupName: groupNameOf(provider.groupArn),
      LifecycleHookName: drainingHookName,
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
      HeartbeatTimeout: heartbeatTimeoutSeconds,
      DefaultResult: 'CONTINUE',
    }),
    { as: ownRole(scope) },
  );
}

export async function deleteDrainingHook(scope: Scope, provider: CapacityProvider): Promise<void> {
  await scope
    .send(
      new DeleteLifecycleHookCommand({
        AutoScalingGroupName: groupNameOf(provider.groupArn),
        LifecycleHookName: drainingHookName,
      }),
      { as: ownRole(scope) },
    )
    .catch((error: unknown) => {
      // The group may be gone.
      if (!isAwsError(error)) throw error;
    });
}

/** Drains instances that wait at the hook, from the moment at which they begin to wait. */
export function followTerminations(root: Scope): void {
  lifecycleActions.follow(root, (place, { group, member, hook, token }) => {
    if (hook.name !== drainingHookName) return;
    const scope = place.at({ service: 'ecs' });
    const { leaving } = ecsState.in(scope);
    leaving.set(member.instanceId, { groupName: group.name, token });
    const found = registrationOf(scope, member.instanceId);
    if (found) setState(scope, found.cluster, found.instance, 'DRAINING');
    heartbeatLater(scope, member.instanceId, token);
    scope.after(1_000, `drain ${member.instanceId}`, () => letGo(scope, member.instanceId));
  });
}

/** Lets the instances of a cluster go that have no tasks left, and those that were deregistered meanwhile. */
export async function letEmptyInstancesGo(scope: Scope, cluster: Cluster): Promise<void> {
  for (const instanceId of [...ecsState.in(scope).leaving.keys()])
    if ((registrationOf(scope, instanceId)?.cluster ?? cluster) === cluster)
      await letGo(scope, instanceId);
}

async function letGo(scope: Scope, instanceId: string): Promise<void> {
  const { leaving } = ecsState.in(scope);
  const action = leaving.get(instanceId);
  if (!action) return;
  const found = registrationOf(scope, instanceId);
  if (found && [...liveTasksOf(found.cluster, found.instance.id)].length > 0) return;
  leaving.delete(instanceId);
  await send(scope, instanceId, () =>
    scope.send(
      new CompleteLifecycleActionCommand({
        AutoScalingGroupName: action.groupName,
        LifecycleHookName: drainingHookName,
        InstanceId: instanceId,
        LifecycleActionToken: action.token,
        LifecycleActionResult: 'CONTINUE',
      }),
      { as: ownRole(scope) },
    ),
  );
}

function heartbeatLater(scope: Scope, instanceId: string, token: string): void {
  scope.after(heartbeatEveryMs, `heartbeat of ${instanceId}`, async () => {
    const action = ecsState.in(scope).leaving.get(instanceId);
    if (action?.token !== token) return;
    await send(scope, instanceId, () =>
      scope.send(
        new RecordLifecycleActionHeartbeatCommand({
          AutoScalingGroupName: action.groupName,
          LifecycleHookName: drainingHookName,
          InstanceId: instanceId,
          LifecycleActionToken: token,
        }),
        { as: ownRole(scope) },
      ),
    );
    heartbeatLater(scope, instanceId, token);
  });
}

/** A wait that has ended meanwhile, by its global timeout or with its group, is no longer ECS's. */
async function send(scope: Scope, instanceId: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isAwsError(error)) throw error;
    ecsState.in(scope).leaving.delete(instanceId);
    scope.record('managed-draining-failed', { instanceId, code: error.code });
  }
}
