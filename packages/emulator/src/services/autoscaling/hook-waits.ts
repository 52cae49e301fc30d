import type { Scope } from '../../world/scope.ts';
import { publishServiceEvent } from '../events/publish.ts';
import { lifecycleActions } from './group-watches.ts';
import type { Group, HookWait, LifecycleHook, Member } from './state.ts';

const globalTimeoutSecondsMax = 172_800; // EC2 Auto Scaling User Guide, "How lifecycle hooks work": 48 hours
const globalTimeoutHeartbeats = 100; // the same: or 100 times the heartbeat timeout, whichever is smaller

export type HookResult = 'CONTINUE' | 'ABANDON';

/** Source: the same page; PutLifecycleHook does not take it, DescribeLifecycleHooks shows it. */
export const globalTimeoutSeconds = ({ heartbeatTimeoutSeconds }: LifecycleHook): number =>
  Math.min(globalTimeoutSecondsMax, globalTimeoutHeartbeats * heartbeatTimeoutSeconds);

export const hooksFor = (
  group: Group,
  transition: LifecycleHook['transition'],
): readonly LifecycleHook[] =>
  [...group.hooks.values()].filter((hook) => hook.transition === transition);

/**
 * Lets an instance wait at hooks, at all of them at once. The first ABANDON ends the wait; else the last CONTINUE does.
 *
 * @param done told once
 */
export function waitAtHooks(
  scope: Scope,
  at: { readonly group: Group; readonly member: Member; readonly hooks: readonly LifecycleHook[] },
  done: (result: HookResult, reason: string) => void,
): void {
  const { group, member, hooks } = at;
  const finish = (name: string) => (result: HookResult, reason: string) => {
    const wait = member.waits.get(name);
    if (wait) wait.timer.cancelled = true;
    member.waits.delete(name);
    if (result === 'CONTINUE' && member.waits.size > 0) return;
    dropWaits(member);
    done(result, `Lifecycle Action with token ${wait?.token ?? ''} was abandoned: ${reason}`);
  };
  for (const hook of hooks) {
    const token = scope.uuid('lifecycle-action-token');
    const heartbeatMs = hook.heartbeatTimeoutSeconds * 1000;
    const wait: HookWait = {
      hook,
      token,
      endsAtLatest: scope.now + globalTimeoutSeconds(hook) * 1000,
      done: finish(hook.name),
      timer: heartbeat(scope, member, hook.name, heartbeatMs),
    };
    member.waits.set(hook.name, wait);
  }
  // Those who are told may complete at once: all waits must be there before.
  for (const { hook, token } of [...member.waits.values()]) {
    announce(scope, { group, member, hook, token });
    lifecycleActions.tell(scope, { group, member, hook, token });
  }
}

function heartbeat(
  scope: Scope,
  member: Member,
  hookName: string,
  delayMs: number,
): HookWait['timer'] {
  return scope.after(delayMs, `heartbeat of ${member.instanceId} at ${hookName}`, () => {
    const wait = member.waits.get(hookName);
    wait?.done(wait.hook.defaultResult, 'Heartbeat Timeout');
  });
}

/** The heartbeat timeout begins anew, within the global timeout. */
export function recordHeartbeat(scope: Scope, member: Member, wait: HookWait): void {
  wait.timer.cancelled = true;
  const delayMs = Math.min(
    wait.hook.heartbeatTimeoutSeconds * 1000,
    Math.max(0, wait.endsAtLatest - scope.now),
  );
  wait.timer = heartbeat(scope, member, wait.hook.name, delayMs);
}

/** Outstanding lifecycle actions of an instance end without a result. */
export function dropWaits(member: Member): void {
  for (const { timer } of member.waits.values()) timer.cancelled = true;
  member.waits.clear();
}

/** Source: EC2 Auto Scaling User Guide, "EC2 Auto Scaling event reference", lifecycle actions. */
function announce(
  scope: Scope,
  {
    group,
    member,
    hook,
    token,
  }: {
    readonly group: Group;
    readonly member: Member;
    readonly hook: LifecycleHook;
    readonly token: string;
  },
): void {
  const isLaunch = hook.transition === 'autoscaling:EC2_INSTANCE_LAUNCHING';
  publishServiceEvent(scope, {
    source: 'aws.autoscaling',
    detailType: `EC2 Instance-${isLaunch ? 'launch' : 'terminate'} Lifecycle Action`,
    resources: [group.arn],
    detail: {
      LifecycleActionToken: token,
      AutoScalingGroupName: group.name,
      LifecycleHookName: hook.name,
      EC2InstanceId: member.instanceId,
      LifecycleTransition: hook.transition,
      ...(hook.notificationMetadata === undefined
        ? {}
        : { NotificationMetadata: hook.notificationMetadata }),
      Origin: isLaunch ? 'EC2' : 'AutoScalingGroup',
      Destination: isLaunch ? 'AutoScalingGroup' : 'EC2',
    },
  });
}
