import type * as client from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../../world/aws-error.ts';
import { paginate } from '../../../world/paging.ts';
import { operation, type Operation } from '../../../world/service.ts';
import { newestFirst, pageSizeMax } from '../describe-stacks.ts';
import { requireStackSet, requireStackSetToChange, stackSetChecks } from './stack-set-access.ts';
import { keyOf, type StackSet, type StackSetOperation } from './stack-set-state.ts';
import { withdrawOperation } from './submit-operation.ts';

/** @throws AwsError OperationNotFoundException */
function requireOperation({ operations, id }: StackSet, operationId = ''): StackSetOperation {
  const found = operations.get(operationId);
  if (!found)
    throw new AwsError(
      'OperationNotFoundException',
      `Operation ${operationId} not found for StackSet ${id}`,
    );
  return found;
}

const failedCount = ({ results }: StackSetOperation): number =>
  [...results.values()].filter(({ status }) => status === 'FAILED').length;

const summarize = (found: StackSetOperation): client.StackSetOperationSummary => ({
  OperationId: found.id,
  Action: found.action,
  Status: found.status,
  StatusReason: found.reason,
  CreationTimestamp: found.createdAt,
  EndTimestamp: found.endedAt,
  StatusDetails: { FailedStackInstancesCount: failedCount(found) },
  OperationPreferences: found.preferences,
});

const describeStackSetOperation = operation<
  client.DescribeStackSetOperationCommandInput,
  Partial<client.DescribeStackSetOperationCommandOutput>
>({
  authorize: (input, call) => stackSetChecks('DescribeStackSetOperation', input, call),
  run(input, call) {
    const { stackSet } = requireStackSet(call, input);
    const found = requireOperation(stackSet, input.OperationId);
    return {
      StackSetOperation: {
        ...summarize(found),
        StackSetId: stackSet.id,
        DeploymentTargets: found.targets,
        ...(found.action === 'DELETE' ? { RetainStacks: found.retainStacks } : {}),
      },
    };
  },
});

const listStackSetOperations = operation<
  client.ListStackSetOperationsCommandInput,
  Partial<client.ListStackSetOperationsCommandOutput>
>({
  authorize: (input, call) => stackSetChecks('ListStackSetOperations', input, call),
  run(input, call) {
    const { stackSet } = requireStackSet(call, input);
    const page = paginate(call, stackSet.operations.values(), {
      keyOf: ({ createdAt, id }) => newestFirst(createdAt, id),
      token: input.NextToken,
      size: input.MaxResults,
      sizeMax: pageSizeMax, // CloudFormation API Reference, ListStackSetOperations, MaxResults
      invalidToken: 'ValidationError',
    });
    return { Summaries: page.items.map(summarize), NextToken: page.nextToken };
  },
});

const listStackSetOperationResults = operation<
  client.ListStackSetOperationResultsCommandInput,
  Partial<client.ListStackSetOperationResultsCommandOutput>
>({
  authorize: (input, call) => stackSetChecks('ListStackSetOperationResults', input, call),
  run(input, call) {
    const { stackSet } = requireStackSet(call, input);
    const { results } = requireOperation(stackSet, input.OperationId);
    // There is one kind of filter, by status.
    const wanted = [...results.values()].filter(({ status }) =>
      (input.Filters ?? []).every(({ Values }) => Values === status),
    );
    const page = paginate(call, wanted, {
      keyOf,
      token: input.NextToken,
      size: input.MaxResults,
      sizeMax: pageSizeMax, // CloudFormation API Reference, ListStackSetOperationResults, MaxResults
      invalidToken: 'ValidationError',
    });
    return {
      Summaries: page.items.map(({ account, region, organizationalUnitId, status, reason }) => ({
        Account: account,
        Region: region,
        Status: status,
        StatusReason: reason,
        OrganizationalUnitId: organizationalUnitId,
      })),
      NextToken: page.nextToken,
    };
  },
});

const stopStackSetOperation = operation<
  client.StopStackSetOperationCommandInput,
  Partial<client.StopStackSetOperationCommandOutput>
>({
  authorize: (input, call) => stackSetChecks('StopStackSetOperation', input, call),
  run(input, call) {
    const { home, stackSet } = requireStackSetToChange(call, input);
    const found = requireOperation(stackSet, input.OperationId);
    if (found.status === 'QUEUED') withdrawOperation(home, stackSet, found.id);
    else if (found.status === 'RUNNING') {
      found.status = 'STOPPING';
      found.onStop?.();
    } else
      throw new AwsError(
        'InvalidOperationException',
        `Operation ${found.id} is in ${found.status} state and cannot be stopped`,
      );
    return {};
  },
});

export const operationDescriptions: Readonly<Record<string, Operation>> = {
  DescribeStackSetOperation: describeStackSetOperation,
  ListStackSetOperationResults: listStackSetOperationResults,
  ListStackSetOperations: listStackSetOperations,
  StopStackSetOperation: stopStackSetOperation,
};
