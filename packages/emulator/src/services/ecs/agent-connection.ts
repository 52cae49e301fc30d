import type { Scope } from '../../world/scope.ts';
import { containerInstanceChanged } from './container-instances.ts';
import { registrationOf } from './registrations.ts';
import type { ContainerInstance } from './state.ts';
import { wakeScheduler } from './wake.ts';

const hourMs = 3_600_000;

/**
 * AWS states no durations: "only a few minutes" are still normal (re:Post, "Why is my Amazon ECS agent listed as
 * disconnected?"). Most absences are short here, one in ten is not.
 */
const shortMs = { min: 1_000, max: 20_000 };
const longMs = { min: 20_000, max: 180_000 };
const longShare = 0.1;

/** After a day an agent stays connected: a limit of this emulator, so that months of virtual time cost nothing. */
const lossesEndAfterMs = 24 * hourMs;

/** The agent of an instance has its connection, until it loses it for a moment. */
export function connectAgent(scope: Scope, ec2InstanceId: string): void {
  const found = registrationOf(scope, ec2InstanceId);
  if (!found || found.instance.agentConnected) return;
  found.instance.agentConnected = true;
  found.instance.backAt = undefined;
  containerInstanceChanged(scope, found.cluster, found.instance);
  wakeScheduler(scope, found.cluster);
  loseConnectionLater(scope, found.instance);
}

/** The agent of an instance is gone; its tasks are not known to be. */
export function disconnectAgent(scope: Scope, ec2InstanceId: string): void {
  const found = registrationOf(scope, ec2InstanceId);
  if (!found) return;
  found.instance.backAt = undefined;
  noteLoss(scope, ec2InstanceId);
}

function noteLoss(scope: Scope, ec2InstanceId: string): void {
  const found = registrationOf(scope, ec2InstanceId);
  if (!found?.instance.agentConnected) return;
  found.instance.agentConnected = false;
  containerInstanceChanged(scope, found.cluster, found.instance);
  wakeScheduler(scope, found.cluster);
}

/**
 * Source: ECS Developer Guide, "Amazon ECS container instance state change events": an agent disconnects and reconnects
 * several times an hour as part of its normal operation.
 */
function loseConnectionLater(scope: Scope, instance: ContainerInstance): void {
  const perHour = scope.world.settings.agentLossesPerHour;
  if (perHour <= 0 || scope.now - instance.registeredAt.getTime() > lossesEndAfterMs) return;
  const meanMs = hourMs / perHour;
  const delayMs = scope.between('agent-loss', Math.round(meanMs / 2), Math.round(meanMs * 1.5));
  scope.after(delayMs, `connection of ${instance.ec2InstanceId}`, () => {
    if (!instance.agentConnected) return;
    const { min, max } = scope.chance('agent-away') < longShare ? longMs : shortMs;
    const backAt = scope.now + scope.between('agent-away', min, max);
    instance.backAt = backAt;
    noteLoss(scope, instance.ec2InstanceId);
    scope.after(backAt - scope.now, `reconnect ${instance.ec2InstanceId}`, () => {
      if (instance.backAt === backAt) connectAgent(scope, instance.ec2InstanceId);
    });
  });
}
