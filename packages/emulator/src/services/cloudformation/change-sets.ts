import type * as client from '@aws-sdk/client-cloudformation';
import { onBehalfOf } from '../../cloudformation/actor.ts';
import {
  createChangeSet,
  deleteChangeSet,
  executeChangeSet,
} from '../../cloudformation/change-set.ts';
import type { PlannedChange } from '../../cloudformation/plan.ts';
import {
  cloudFormationState,
  findStack,
  type ChangeSet,
} from '../../cloudformation/stack-state.ts';
import { validationError } from '../../cloudformation/validation-error.ts';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { numericKey, paginate } from '../../world/paging.ts';
import { operation, type AccessCheck, type Operation } from '../../world/service.ts';
import { describeParameters, newestFirst, pageSizeMax } from './describe-stacks.ts';
import { findChangeSet, requirePassRole, requireStack, stackCheck } from './stack-access.ts';
import { isRepeated, requestOf } from './stack-operations.ts';
import { readStackTags, writeStackTags } from './stack-tags.ts';
import { requireName, supportOnly } from './supported-input.ts';
import { readTemplateText } from './template-source.ts';

interface ChangeSetName {
  readonly ChangeSetName?: string | undefined;
  readonly StackName?: string | undefined;
}

const checkFor =
  (action: string) =>
  (input: ChangeSetName, call: Call): AccessCheck =>
    stackCheck(
      action,
      input.StackName ?? findChangeSet(call, input.ChangeSetName ?? '', undefined)?.stackId,
      { ChangeSetName: input.ChangeSetName },
      call,
    );

function requireChangeSet(call: Call, input: ChangeSetName): ChangeSet {
  const name = input.ChangeSetName ?? '';
  if (!name.startsWith('arn:') && input.StackName === undefined)
    throw validationError(
      'StackName must be specified if ChangeSetName is not specified as an ARN.',
    );
  if (input.StackName !== undefined) requireStack(call, input.StackName);
  const changeSet = findChangeSet(call, name, input.StackName);
  if (!changeSet)
    throw new AwsError('ChangeSetNotFoundException', `ChangeSet [${name}] does not exist`);
  return changeSet;
}

const supportedByCreate = [
  'Capabilities',
  'ChangeSetName',
  'ChangeSetType',
  'ClientToken',
  'Description',
  'DisableValidation',
  'IncludeNestedStacks', // nested stacks are refused, so there is nothing to include
  'OnStackFailure',
  'Parameters',
  'RoleARN',
  'StackName',
  'Tags',
  'TemplateBody',
  'TemplateURL',
  'UsePreviousTemplate',
];

const create = operation<
  client.CreateChangeSetCommandInput,
  Partial<client.CreateChangeSetCommandOutput>
>({
  authorize: (input, call) => stackCheck('CreateChangeSet', input.StackName, input, call),
  async run(input, call) {
    supportOnly(input, supportedByCreate);
    const { StackName: stackName = '', ChangeSetName: changeSetName = '' } = input;
    const kind = input.ChangeSetType ?? 'UPDATE';
    if (kind === 'IMPORT')
      throw validationError('change sets of type IMPORT are not modelled by this emulator');
    if (kind === 'CREATE') requireName('stackName', stackName);
    const request = requestOf('CreateChangeSet', input);
    const before = findChangeSet(call, changeSetName, stackName);
    if (before && isRepeated(before.token, input.ClientToken, request))
      return { Id: before.id, StackId: before.stackId };
    requirePassRole(call, input.RoleARN);
    const previous = findStack(call, stackName)?.content?.prepared.body;
    const changeSet = await createChangeSet(call, {
      stackName,
      changeSetName,
      kind,
      body: await readTemplateText(call, input, previous),
      parameters: input.Parameters ?? [],
      tags: input.Tags === undefined ? undefined : readStackTags(input.Tags),
      capabilities: input.Capabilities ?? [],
      caller: onBehalfOf(call),
      roleArn: input.RoleARN,
      token: input.ClientToken,
      description: input.Description,
      onFailure: input.OnStackFailure,
      request: input.ClientToken === undefined ? undefined : { token: input.ClientToken, request },
    });
    return { Id: changeSet.id, StackId: changeSet.stackId };
  },
});

const describe = operation<
  client.DescribeChangeSetCommandInput,
  Partial<client.DescribeChangeSetCommandOutput>
>({
  authorize: checkFor('DescribeChangeSet'),
  run(input, call) {
    supportOnly(input, ['ChangeSetName', 'NextToken', 'StackName']);
    const changeSet = requireChangeSet(call, input);
    const numbered = changeSet.changes.map((change, index) => ({ change, index }));
    const page = paginate(call, numbered, {
      keyOf: ({ index }) => numericKey(index),
      token: input.NextToken,
      size: undefined,
      sizeMax: pageSizeMax,
      invalidToken: 'ValidationError',
    });
    const { content } = changeSet;
    return {
      ...summaryOf(call, changeSet),
      Parameters: describeParameters(content.prepared.parameters),
      NotificationARNs: [],
      RollbackConfiguration: {},
      Capabilities: content.capabilities as client.Capability[],
      Tags: writeStackTags(content.tags),
      OnStackFailure: changeSet.onFailure,
      Changes: page.items.map(({ change }) => describeChange(change)),
      NextToken: page.nextToken,
    };
  },
});

const summaryOf = (call: Call, changeSet: ChangeSet) => ({
  ChangeSetId: changeSet.id,
  ChangeSetName: changeSet.name,
  StackId: changeSet.stackId,
  StackName: findStack(call, changeSet.stackId)?.name,
  Description: changeSet.description,
  CreationTime: changeSet.createdAt,
  Status: changeSet.status,
  StatusReason: changeSet.statusReason,
  ExecutionStatus: changeSet.executionStatus,
  IncludeNestedStacks: false,
});

const describeChange = (change: PlannedChange): client.Change => ({
  Type: 'Resource',
  ResourceChange: {
    Action: change.action,
    LogicalResourceId: change.logicalId,
    PhysicalResourceId: change.physicalId,
    ResourceType: change.type,
    Replacement: change.replacement,
    Scope: [...new Set(change.details.map(({ attribute }) => attribute))],
    Details: change.details.map((detail) => ({
      Target: {
        Attribute: detail.attribute,
        Name: detail.name,
        RequiresRecreation: detail.requiresRecreation,
      },
      Evaluation: detail.evaluation,
      ChangeSource: detail.source,
      CausingEntity: detail.causingEntity,
    })),
  },
});

const execute = operation<
  client.ExecuteChangeSetCommandInput,
  Partial<client.ExecuteChangeSetCommandOutput>
>({
  authorize: checkFor('ExecuteChangeSet'),
  run(input, call) {
    const changeSet = requireChangeSet(call, input);
    const stack = findStack(call, changeSet.stackId);
    const request = requestOf('ExecuteChangeSet', input);
    if (stack && isRepeated(stack.lastToken, input.ClientRequestToken, request)) return {};
    if (changeSet.onFailure !== undefined && input.DisableRollback !== undefined)
      throw validationError(
        'DisableRollback cannot be given for a change set that was created with OnStackFailure.',
      );
    executeChangeSet(call, changeSet, {
      caller: onBehalfOf(call),
      token: input.ClientRequestToken,
      disableRollback: input.DisableRollback === true,
      retainExceptOnCreate: input.RetainExceptOnCreate === true,
    });
    if (stack && input.ClientRequestToken !== undefined)
      stack.lastToken = { token: input.ClientRequestToken, request };
    return {};
  },
});

const remove = operation<
  client.DeleteChangeSetCommandInput,
  Partial<client.DeleteChangeSetCommandOutput>
>({
  authorize: checkFor('DeleteChangeSet'),
  run(input, call) {
    const { ChangeSetName: name = '', StackName: stackName } = input;
    if (stackName !== undefined) requireStack(call, stackName);
    const changeSet = findChangeSet(call, name, stackName);
    // One that is not there is as good as deleted.
    if (changeSet) deleteChangeSet(call, changeSet);
    return {};
  },
});

const list = operation<
  client.ListChangeSetsCommandInput,
  Partial<client.ListChangeSetsCommandOutput>
>({
  authorize: (input, call) => stackCheck('ListChangeSets', input.StackName, {}, call),
  run(input, call) {
    const stack = requireStack(call, input.StackName ?? '');
    const ofStack = [...cloudFormationState.in(call).changeSets.values()].filter(
      ({ stackId }) => stackId === stack.id,
    );
    const page = paginate(call, ofStack, {
      keyOf: ({ createdAt, id }) => newestFirst(createdAt, id),
      token: input.NextToken,
      size: undefined,
      sizeMax: pageSizeMax,
      invalidToken: 'ValidationError',
    });
    return {
      Summaries: page.items.map((changeSet) => summaryOf(call, changeSet)),
      NextToken: page.nextToken,
    };
  },
});

export const changeSetOperations: Readonly<Record<string, Operation>> = {
  CreateChangeSet: create,
  DeleteChangeSet: remove,
  DescribeChangeSet: describe,
  ExecuteChangeSet: execute,
  ListChangeSets: list,
};
