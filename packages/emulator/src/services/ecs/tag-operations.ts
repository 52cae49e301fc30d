import type * as client from '@aws-sdk/client-ecs';
import type { Call } from '../../world/call.ts';
import type { Scope } from '../../world/scope.ts';
import { operation, type AccessCheck, type Operation } from '../../world/service.ts';
import { invalidParameter } from './errors.ts';
import { ecsState, type Tags } from './state.ts';
import { addTags, describeTags, requestTagContext, resourceTagContext } from './tags.ts';
import { findTaskDefinition } from './task-definition-lookup.ts';

/** The tags of a resource by its ARN. */
function findTags(scope: Scope, arn: string): Tags | undefined {
  const [, , , region, account, resource = ''] = arn.split(':');
  if (region !== scope.region || account !== scope.account) return undefined;
  const [kind, first = '', second = ''] = resource.split('/');
  const { clusters, capacityProviders } = ecsState.in(scope);
  const cluster = clusters.get(first);
  switch (kind) {
    case 'cluster':
      return cluster?.tags;
    case 'service':
      return cluster?.services.get(second)?.tags;
    case 'task':
      return cluster?.tasks.get(second)?.tags;
    case 'container-instance':
      return cluster?.instances.get(second)?.tags;
    case 'capacity-provider':
      return capacityProviders.get(first)?.tags;
    case 'task-definition':
      return findTaskDefinition(scope, arn)?.tags;
    default:
      return undefined;
  }
}

function requireTags(call: Call, arn: string): Tags {
  const found = findTags(call, arn);
  if (!found)
    throw invalidParameter('The specified resource was not found. Specify a valid resource ARN.');
  return found;
}

const check = (
  call: Call,
  action: string,
  arn: string,
  context: AccessCheck['context'] = {},
): AccessCheck => ({
  action: `ecs:${action}`,
  resource: arn,
  context: { ...resourceTagContext(findTags(call, arn)), ...context },
});

const tagResource = operation<
  client.TagResourceCommandInput,
  Partial<client.TagResourceCommandOutput>
>({
  authorize: (input, call) =>
    check(call, 'TagResource', input.resourceArn ?? '', requestTagContext(input.tags)),
  run(input, call) {
    addTags(call, requireTags(call, input.resourceArn ?? ''), input.tags);
    return {};
  },
});

const untagResource = operation<
  client.UntagResourceCommandInput,
  Partial<client.UntagResourceCommandOutput>
>({
  authorize: (input, call) =>
    check(call, 'UntagResource', input.resourceArn ?? '', { 'aws:TagKeys': input.tagKeys ?? [] }),
  run(input, call) {
    const tags = requireTags(call, input.resourceArn ?? '');
    for (const key of input.tagKeys ?? []) tags.delete(key);
    return {};
  },
});

const listTagsForResource = operation<
  client.ListTagsForResourceCommandInput,
  Partial<client.ListTagsForResourceCommandOutput>
>({
  authorize: (input, call) => check(call, 'ListTagsForResource', input.resourceArn ?? ''),
  run: (input, call) => ({ tags: describeTags(requireTags(call, input.resourceArn ?? '')) }),
});

export const tagOperations: Readonly<Record<string, Operation>> = {
  ListTagsForResource: listTagsForResource,
  TagResource: tagResource,
  UntagResource: untagResource,
};
