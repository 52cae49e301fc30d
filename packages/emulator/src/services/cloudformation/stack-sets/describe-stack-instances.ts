import type * as client from '@aws-sdk/client-cloudformation';
import { validationError } from '../../../cloudformation/validation-error.ts';
import { AwsError } from '../../../world/aws-error.ts';
import { paginate } from '../../../world/paging.ts';
import { operation, type Operation } from '../../../world/service.ts';
import { pageSizeMax } from '../describe-stacks.ts';
import { requireStackSet, stackSetChecks } from './stack-set-access.ts';
import { describeParameters } from './stack-set-content.ts';
import { instanceKey, keyOf, type StackInstance, type StackSet } from './stack-set-state.ts';

const summarize = (stackSet: StackSet, instance: StackInstance): client.StackInstanceSummary => ({
  StackSetId: stackSet.id,
  Account: instance.account,
  Region: instance.region,
  StackId: instance.stackId,
  Status: instance.status,
  StatusReason: instance.reason,
  StackInstanceStatus: { DetailedStatus: instance.detailedStatus },
  OrganizationalUnitId: instance.organizationalUnitId,
  DriftStatus: 'NOT_CHECKED',
  LastOperationId: instance.lastOperationId,
});

const describeStackInstance = operation<
  client.DescribeStackInstanceCommandInput,
  Partial<client.DescribeStackInstanceCommandOutput>
>({
  authorize: (input, call) => stackSetChecks('DescribeStackInstance', input, call),
  run(input, call) {
    const { stackSet } = requireStackSet(call, input);
    const { StackInstanceAccount: account = '', StackInstanceRegion: region = '' } = input;
    const instance = stackSet.instances.get(instanceKey(account, region));
    if (!instance)
      throw new AwsError(
        'StackInstanceNotFoundException',
        `Stack instance not found for StackSet ${stackSet.id}, account ${account}, Region ${region}`,
      );
    return {
      StackInstance: {
        ...summarize(stackSet, instance),
        ParameterOverrides: describeParameters(stackSet.content.template, instance.overrides),
      },
    };
  },
});

const listStackInstances = operation<
  client.ListStackInstancesCommandInput,
  Partial<client.ListStackInstancesCommandOutput>
>({
  authorize: (input, call) => stackSetChecks('ListStackInstances', input, call),
  run(input, call) {
    const { stackSet } = requireStackSet(call, input);
    const { StackInstanceAccount: account, StackInstanceRegion: region } = input;
    const wanted = [...stackSet.instances.values()].filter(
      (instance) =>
        (account === undefined || instance.account === account) &&
        (region === undefined || instance.region === region) &&
        (input.Filters ?? []).every((filter) => passes(instance, filter)),
    );
    const page = paginate(call, wanted, {
      keyOf,
      token: input.NextToken,
      size: input.MaxResults,
      sizeMax: pageSizeMax, // CloudFormation API Reference, ListStackInstances, MaxResults
      invalidToken: 'ValidationError',
    });
    return {
      Summaries: page.items.map((instance) => summarize(stackSet, instance)),
      NextToken: page.nextToken,
    };
  },
});

/** @throws AwsError ValidationError */
function passes(instance: StackInstance, filter: client.StackInstanceFilter): boolean {
  switch (filter.Name) {
    case 'DETAILED_STATUS':
      return instance.detailedStatus === filter.Values;
    case 'LAST_OPERATION_ID':
      return instance.lastOperationId === filter.Values;
    case 'DRIFT_STATUS':
      return filter.Values === 'NOT_CHECKED';
    case undefined:
      throw validationError('a filter needs a Name');
    default:
      return filter.Name satisfies never;
  }
}

export const stackInstanceDescriptions: Readonly<Record<string, Operation>> = {
  DescribeStackInstance: describeStackInstance,
  ListStackInstances: listStackInstances,
};
