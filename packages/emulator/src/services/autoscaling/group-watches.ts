import { defineWatch } from '../../world/watch.ts';
import type { Group, LifecycleHook, Member } from './state.ts';

/** An instance of a group has entered another state or has another health; told after the change. */
export const memberChanges = defineWatch<{ readonly group: Group; readonly member: Member }>(
  'autoscaling-members',
);

/** A launch has failed, at RunInstances or later before the instance was in service. */
export const launchFailures = defineWatch<{ readonly group: Group; readonly message: string }>(
  'autoscaling-launch-failures',
);

/** An instance waits at a lifecycle hook; told once a hook, when the wait begins. */
export const lifecycleActions = defineWatch<{
  readonly group: Group;
  readonly member: Member;
  readonly hook: LifecycleHook;
  readonly token: string;
}>('autoscaling-lifecycle-actions');
