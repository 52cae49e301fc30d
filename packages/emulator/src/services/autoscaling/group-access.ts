import type { Tag } from '@aws-sdk/client-auto-scaling';
import type { ContextValue } from '../../iam/condition-context.ts';
import type { Call } from '../../world/call.ts';
import type { Scope } from '../../world/scope.ts';
import type { AccessCheck } from '../../world/service.ts';
import { groupNotFound } from './errors.ts';
import { autoScalingState, type Group } from './state.ts';

export type Context = Readonly<Record<string, ContextValue | undefined>>;

export const groupArn = (scope: Scope, id: string, name: string): string =>
  scope.arn(`autoScalingGroup:${id}:autoScalingGroupName/${name}`, { service: 'autoscaling' });

export const findGroup = (scope: Scope, name: string | undefined): Group | undefined =>
  autoScalingState.in(scope).groups.get(name ?? '');

/** @throws AwsError ValidationError */
export function requireGroup(scope: Scope, name: string | undefined): Group {
  const group = findGroup(scope, name);
  if (!group) throw groupNotFound(name ?? '');
  return group;
}

/**
 * What is checked of a caller who does something with a group; a group that does not exist has no id and no tags, so
 * that a policy on tags refuses it.
 *
 * Source: Service Authorization Reference, EC2 Auto Scaling: both `autoscaling:ResourceTag` and `aws:ResourceTag`.
 */
export function groupCheck(
  call: Call,
  action: string,
  name: string | undefined,
  context: Context = {},
): AccessCheck {
  const group = findGroup(call, name);
  return {
    action: `autoscaling:${action}`,
    resource: group?.arn ?? groupArn(call, '*', name ?? ''),
    context: { ...(group ? resourceTags(group) : {}), ...context },
  };
}

/** For operations on a group that do nothing else before their work than that check. */
export const checkGroup =
  (action: string) =>
  (input: { readonly AutoScalingGroupName?: string | undefined }, call: Call): AccessCheck =>
    groupCheck(call, action, input.AutoScalingGroupName);

const resourceTags = (group: Group): Context =>
  Object.fromEntries(
    [...group.tags.values()].flatMap(({ key, value }) => [
      [`autoscaling:ResourceTag/${key}`, value],
      [`aws:ResourceTag/${key}`, value],
    ]),
  );

/** `aws:RequestTag` and `aws:TagKeys` of the tags in a request. */
export const requestTags = (tags: readonly Tag[] | undefined): Context => ({
  ...Object.fromEntries(
    (tags ?? []).map(({ Key = '', Value = '' }) => [`aws:RequestTag/${Key}`, Value]),
  ),
  'aws:TagKeys': tags && tags.length > 0 ? tags.map(({ Key = '' }) => Key) : undefined,
});
