import type * as client from '@aws-sdk/client-auto-scaling';
import { operation, type Operation } from '../../world/service.ts';
import { validationError } from './errors.ts';
import { checkGroup, requireGroup } from './group-access.ts';
import { putHook, readHook } from './hook-input.ts';
import { globalTimeoutSeconds, recordHeartbeat } from './hook-waits.ts';
import type { Group, HookWait, Member } from './state.ts';

const putLifecycleHook = operation<
  client.PutLifecycleHookCommandInput,
  Partial<client.PutLifecycleHookCommandOutput>
>({
  authorize: checkGroup('PutLifecycleHook'),
  run(input, call) {
    const group = requireGroup(call, input.AutoScalingGroupName);
    putHook(group, readHook(input, group.hooks.get(input.LifecycleHookName ?? '')));
    return {};
  },
});

const describeLifecycleHooks = operation<
  client.DescribeLifecycleHooksCommandInput,
  Partial<client.DescribeLifecycleHooksCommandOutput>
>({
  authorize: () => ({ action: 'autoscaling:DescribeLifecycleHooks', resource: '*' }),
  run(input, call) {
    const group = requireGroup(call, input.AutoScalingGroupName);
    const asked = input.LifecycleHookNames ?? [];
    return {
      LifecycleHooks: [...group.hooks.values()]
        .filter(({ name }) => asked.length === 0 || asked.includes(name))
        .map((hook) => ({
          LifecycleHookName: hook.name,
          AutoScalingGroupName: group.name,
          LifecycleTransition: hook.transition,
          NotificationMetadata: hook.notificationMetadata,
          HeartbeatTimeout: hook.heartbeatTimeoutSeconds,
          GlobalTimeout: globalTimeoutSeconds(hook),
          DefaultResult: hook.defaultResult,
        })),
    };
  },
});

/** Source: API Reference, DeleteLifecycleHook: outstanding actions are completed, ABANDON at launch, CONTINUE else. */
const deleteLifecycleHook = operation<
  client.DeleteLifecycleHookCommandInput,
  Partial<client.DeleteLifecycleHookCommandOutput>
>({
  authorize: checkGroup('DeleteLifecycleHook'),
  run(input, call) {
    const group = requireGroup(call, input.AutoScalingGroupName);
    const name = input.LifecycleHookName ?? '';
    if (!group.hooks.delete(name)) throw hookNotFound(group, name);
    for (const member of [...group.members.values()]) {
      const wait = member.waits.get(name);
      wait?.done(
        wait.hook.transition === 'autoscaling:EC2_INSTANCE_LAUNCHING' ? 'ABANDON' : 'CONTINUE',
        'Lifecycle Hook was deleted',
      );
    }
    return {};
  },
});

const hookNotFound = (group: Group, name: string): Error =>
  validationError(`No Lifecycle Hook found with name ${name} in group ${group.name}`);

interface ActionName {
  readonly LifecycleHookName?: string | undefined;
  readonly LifecycleActionToken?: string | undefined;
  readonly InstanceId?: string | undefined;
}

/** @throws AwsError ValidationError; the messages are the ones users report */
function requireWait(
  group: Group,
  input: ActionName,
): { readonly member: Member; readonly wait: HookWait } {
  const { LifecycleHookName: hook = '', LifecycleActionToken: token, InstanceId: id } = input;
  if (token === undefined && id === undefined)
    throw validationError('Either LifecycleActionToken or InstanceId is required.');
  for (const member of group.members.values()) {
    const wait = member.waits.get(hook);
    if (
      wait &&
      (token === undefined || wait.token === token) &&
      (id === undefined || member.instanceId === id)
    )
      return { member, wait };
  }
  throw validationError(
    token === undefined
      ? `No active Lifecycle Action found with instance ID ${id ?? ''}`
      : `No active Lifecycle Action found with token ${token}`,
  );
}

const completeLifecycleAction = operation<
  client.CompleteLifecycleActionCommandInput,
  Partial<client.CompleteLifecycleActionCommandOutput>
>({
  authorize: checkGroup('CompleteLifecycleAction'),
  run(input, call) {
    const group = requireGroup(call, input.AutoScalingGroupName);
    const result = input.LifecycleActionResult;
    if (result !== 'CONTINUE' && result !== 'ABANDON')
      throw validationError(
        `Lifecycle action result must be CONTINUE or ABANDON, not ${result ?? ''}`,
      );
    const { wait } = requireWait(group, input);
    wait.done(result, `Lifecycle Action Completed with ${result} Result`);
    return {};
  },
});

const recordLifecycleActionHeartbeat = operation<
  client.RecordLifecycleActionHeartbeatCommandInput,
  Partial<client.RecordLifecycleActionHeartbeatCommandOutput>
>({
  authorize: checkGroup('RecordLifecycleActionHeartbeat'),
  run(input, call) {
    const { member, wait } = requireWait(requireGroup(call, input.AutoScalingGroupName), input);
    recordHeartbeat(call, member, wait);
    return {};
  },
});

export const hookOperations: Readonly<Record<string, Operation>> = {
  CompleteLifecycleAction: completeLifecycleAction,
  DeleteLifecycleHook: deleteLifecycleHook,
  DescribeLifecycleHooks: describeLifecycleHooks,
  PutLifecycleHook: putLifecycleHook,
  RecordLifecycleActionHeartbeat: recordLifecycleActionHeartbeat,
};
