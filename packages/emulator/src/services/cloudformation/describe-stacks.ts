import type * as client from '@aws-sdk/client-cloudformation';
import type { ParameterValue } from '../../cloudformation/parameters.ts';
import { cloudFormationState, type Stack } from '../../cloudformation/stack-state.ts';
import { numericKey, paginate } from '../../world/paging.ts';
import { operation, type Operation } from '../../world/service.ts';
import { accountCheck, requireStack, requireStackToDescribe, stackCheck } from './stack-access.ts';
import { writeStackTags } from './stack-tags.ts';

/** CloudFormation cuts pages at 1 MB of answer; it names no number of items. */
export const pageSizeMax = 100;

/** Sorts what is newer before what is older. */
export const newestFirst = (at: Date, id: string): string =>
  `${numericKey(Number.MAX_SAFE_INTEGER - at.getTime())}/${id}`;

const describeStacks = operation<
  client.DescribeStacksCommandInput,
  Partial<client.DescribeStacksCommandOutput>
>({
  authorize: (input, call) => stackCheck('DescribeStacks', input.StackName, {}, call),
  run(input, call) {
    if (input.StackName !== undefined)
      return { Stacks: [describe(requireStackToDescribe(call, input.StackName))] };
    const existing = [...cloudFormationState.in(call).stacks.values()].filter(
      ({ status }) => status !== 'DELETE_COMPLETE',
    );
    const page = paginate(call, existing, {
      keyOf: ({ createdAt, id }) => newestFirst(createdAt, id),
      token: input.NextToken,
      size: undefined,
      sizeMax: pageSizeMax,
      invalidToken: 'ValidationError',
    });
    return { Stacks: page.items.map(describe), NextToken: page.nextToken };
  },
});

function describe(stack: Stack): client.Stack {
  const { content } = stack;
  return {
    StackId: stack.id,
    StackName: stack.name,
    ChangeSetId: stack.changeSetId,
    Description: content?.prepared.template.description,
    Parameters: describeParameters(content?.prepared.parameters ?? new Map()),
    CreationTime: stack.createdAt,
    DeletionTime: stack.deletedAt,
    LastUpdatedTime: stack.updatedAt,
    RollbackConfiguration: {},
    StackStatus: stack.status,
    StackStatusReason: stack.statusReason,
    DisableRollback: stack.onFailure === 'DO_NOTHING',
    NotificationARNs: [],
    Capabilities: (content?.capabilities ?? []) as client.Capability[],
    Outputs: stack.outputs.map((output) => ({
      OutputKey: output.name,
      OutputValue: output.value,
      Description: output.description,
      ExportName: output.exportName,
    })),
    RoleARN: stack.roleArn,
    Tags: writeStackTags(content?.tags ?? {}),
    EnableTerminationProtection: stack.terminationProtection,
    DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
  };
}

/** Parameters as they are shown; a value that must not be echoed is not. */
export const describeParameters = (
  parameters: ReadonlyMap<string, ParameterValue>,
): client.Parameter[] =>
  [...parameters.values()].map(({ declaration, text, resolved }) => ({
    ParameterKey: declaration.name,
    ParameterValue: declaration.noEcho ? '****' : text,
    ResolvedValue: declaration.noEcho && resolved !== undefined ? '****' : resolved,
  }));

const listStacks = operation<
  client.ListStacksCommandInput,
  Partial<client.ListStacksCommandOutput>
>({
  authorize: (_, call) => accountCheck('ListStacks', call),
  run(input, call) {
    const wanted = input.StackStatusFilter ?? [];
    const stacks = [...cloudFormationState.in(call).stacks.values()].filter(
      ({ status }) => wanted.length === 0 || wanted.includes(status),
    );
    const page = paginate(call, stacks, {
      keyOf: ({ createdAt, id }) => newestFirst(createdAt, id),
      token: input.NextToken,
      size: undefined,
      sizeMax: pageSizeMax,
      invalidToken: 'ValidationError',
    });
    return {
      StackSummaries: page.items.map((stack) => ({
        StackId: stack.id,
        StackName: stack.name,
        TemplateDescription: stack.content?.prepared.template.description,
        CreationTime: stack.createdAt,
        LastUpdatedTime: stack.updatedAt,
        DeletionTime: stack.deletedAt,
        StackStatus: stack.status,
        StackStatusReason: stack.statusReason,
        DriftInformation: { StackDriftStatus: 'NOT_CHECKED' as const },
      })),
      NextToken: page.nextToken,
    };
  },
});

const describeStackEvents = operation<
  client.DescribeStackEventsCommandInput,
  Partial<client.DescribeStackEventsCommandOutput>
>({
  authorize: (input, call) => stackCheck('DescribeStackEvents', input.StackName, {}, call),
  run(input, call) {
    const stack = requireStack(call, input.StackName ?? '');
    const numbered = stack.events.map((event, index) => ({ event, index }));
    const page = paginate(call, numbered, {
      keyOf: ({ index }) => numericKey(Number.MAX_SAFE_INTEGER - index),
      token: input.NextToken,
      size: undefined,
      sizeMax: pageSizeMax,
      invalidToken: 'ValidationError',
    });
    return {
      StackEvents: page.items.map(({ event }) => ({
        StackId: stack.id,
        EventId: event.id,
        StackName: stack.name,
        LogicalResourceId: event.logicalId,
        PhysicalResourceId: event.physicalId ?? '',
        ResourceType: event.type,
        Timestamp: event.at,
        ResourceStatus: event.status,
        ResourceStatusReason: event.reason,
        ResourceProperties: event.properties && JSON.stringify(event.properties),
        ClientRequestToken: event.token,
      })),
      NextToken: page.nextToken,
    };
  },
});

export const stackDescriptions: Readonly<Record<string, Operation>> = {
  DescribeStackEvents: describeStackEvents,
  DescribeStacks: describeStacks,
  ListStacks: listStacks,
};
