import type * as client from '@aws-sdk/client-cloudformation';
import {
  cloudFormationState,
  type Stack,
  type StackResource,
} from '../../cloudformation/stack-state.ts';
import { validationError } from '../../cloudformation/validation-error.ts';
import type { Call } from '../../world/call.ts';
import { paginate } from '../../world/paging.ts';
import { operation, type Operation } from '../../world/service.ts';
import { pageSizeMax } from './describe-stacks.ts';
import { requireStackToDescribe, stackCheck } from './stack-access.ts';

const notChecked = { StackResourceDriftStatus: 'NOT_CHECKED' } as const;

const summaryOf = (resource: StackResource) => ({
  LogicalResourceId: resource.logicalId,
  PhysicalResourceId: resource.physicalId,
  ResourceType: resource.type,
  ResourceStatus: resource.status,
  ResourceStatusReason: resource.statusReason,
  DriftInformation: notChecked,
});

const describeStackResource = operation<
  client.DescribeStackResourceCommandInput,
  Partial<client.DescribeStackResourceCommandOutput>
>({
  authorize: (input, call) => stackCheck('DescribeStackResource', input.StackName, {}, call),
  run(input, call) {
    const stack = requireStackToDescribe(call, input.StackName ?? '');
    const logicalId = input.LogicalResourceId ?? '';
    const resource = stack.resources.get(logicalId);
    if (!resource)
      throw validationError(`Resource ${logicalId} does not exist for stack ${stack.name}`);
    return {
      StackResourceDetail: {
        StackName: stack.name,
        StackId: stack.id,
        ...summaryOf(resource),
        LastUpdatedTimestamp: resource.changedAt,
        Metadata: JSON.stringify(resource.metadata ?? {}),
      },
    };
  },
});

/** A stack by its name, or the one that a physical resource belongs to. */
function stackNamed(
  input: { StackName?: string | undefined; PhysicalResourceId?: string | undefined },
  call: Call,
): Stack | undefined {
  if (input.StackName !== undefined) return requireStackToDescribe(call, input.StackName);
  return [...cloudFormationState.in(call).stacks.values()].find(({ status, resources }) => {
    if (status === 'DELETE_COMPLETE') return false;
    return [...resources.values()].some(
      ({ physicalId }) => physicalId !== undefined && physicalId === input.PhysicalResourceId,
    );
  });
}

const describeStackResources = operation<
  client.DescribeStackResourcesCommandInput,
  Partial<client.DescribeStackResourcesCommandOutput>
>({
  authorize: (input, call) =>
    stackCheck('DescribeStackResources', input.StackName ?? stackNamed(input, call)?.id, {}, call),
  run(input, call) {
    const { StackName: name, PhysicalResourceId: physicalId } = input;
    if ((name === undefined) === (physicalId === undefined))
      throw validationError('Exactly one of StackName and PhysicalResourceId must be specified.');
    const stack = stackNamed(input, call);
    if (!stack) throw validationError(`Stack for ${physicalId ?? ''} does not exist`);
    const wanted = input.LogicalResourceId;
    return {
      // Not paged: "Only the first 100 resources will be returned", DescribeStackResources, API Reference.
      StackResources: [...stack.resources.values()]
        .filter(({ logicalId }) => wanted === undefined || logicalId === wanted)
        .slice(0, 100)
        .map((resource) => ({
          StackName: stack.name,
          StackId: stack.id,
          ...summaryOf(resource),
          Timestamp: resource.changedAt,
        })),
    };
  },
});

const listStackResources = operation<
  client.ListStackResourcesCommandInput,
  Partial<client.ListStackResourcesCommandOutput>
>({
  authorize: (input, call) => stackCheck('ListStackResources', input.StackName, {}, call),
  run(input, call) {
    const stack = requireStackToDescribe(call, input.StackName ?? '');
    const page = paginate(call, stack.resources.values(), {
      keyOf: ({ logicalId }) => logicalId,
      token: input.NextToken,
      size: undefined,
      sizeMax: pageSizeMax,
      invalidToken: 'ValidationError',
    });
    return {
      StackResourceSummaries: page.items.map((resource) => ({
        ...summaryOf(resource),
        LastUpdatedTimestamp: resource.changedAt,
      })),
      NextToken: page.nextToken,
    };
  },
});

export const resourceDescriptions: Readonly<Record<string, Operation>> = {
  DescribeStackResource: describeStackResource,
  DescribeStackResources: describeStackResources,
  ListStackResources: listStackResources,
};
