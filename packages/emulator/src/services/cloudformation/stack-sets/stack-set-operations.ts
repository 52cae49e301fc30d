import type * as client from '@aws-sdk/client-cloudformation';
import { validationError } from '../../../cloudformation/validation-error.ts';
import { AwsError } from '../../../world/aws-error.ts';
import type { Call } from '../../../world/call.ts';
import { operation, type Operation } from '../../../world/service.ts';
import { requestOf } from '../stack-operations.ts';
import { requireName, supportOnly } from '../supported-input.ts';
import { readTemplateText } from '../template-source.ts';
import { requireAdministration } from './organization-access.ts';
import { requestTags, requireStackSet, stackSetChecks } from './stack-set-access.ts';
import { readContent } from './stack-set-content.ts';
import { describeStackSet } from './describe-stack-sets.ts';
import { findStackSet, stackSetState, type StackSet } from './stack-set-state.ts';
import { isBusy } from './submit-operation.ts';

/** CloudFormation User Guide, "Understand CloudFormation quotas", StackSets in an administrator account. */
const stackSetsMax = 1_000;
const descriptionLengthMax = 1_024; // CloudFormation API Reference, CreateStackSet

const supportedByCreate = [
  'AutoDeployment',
  'CallAs',
  'Capabilities',
  'ClientRequestToken',
  'Description',
  'ManagedExecution',
  'Parameters',
  'PermissionModel',
  'StackSetName',
  'Tags',
  'TemplateBody',
  'TemplateURL',
];

/** @throws AwsError ValidationError */
export function refuseSelfManaged(model: client.PermissionModels | undefined): void {
  if (model !== 'SERVICE_MANAGED')
    throw validationError(
      'StackSets with self-managed permissions are not modelled by this emulator',
    );
}

/** @throws AwsError ValidationError */
export function readAutoDeployment(
  given: client.AutoDeployment | undefined,
): StackSet['autoDeployment'] {
  if (given?.Enabled === undefined)
    throw validationError(
      'AutoDeployment must be specified for a StackSet with service-managed permissions',
    );
  if ((given.DependsOn ?? []).length > 0)
    throw validationError('AutoDeployment.DependsOn is not modelled by this emulator');
  const { Enabled: enabled, RetainStacksOnAccountRemoval: retainsStacks } = given;
  if (enabled !== (retainsStacks !== undefined))
    throw validationError(
      `RetainStacksOnAccountRemoval ${enabled ? 'must' : 'cannot'} be specified when automatic deployment is ${enabled ? 'enabled' : 'disabled'}`,
    );
  return { enabled, retainsStacks: retainsStacks === true };
}

/** @throws AwsError ValidationError */
export function checkDescription(description: string | undefined): void {
  if (description !== undefined && description.length > descriptionLengthMax)
    throw validationError(`a description has at most ${descriptionLengthMax} characters`);
}

const createStackSet = operation<
  client.CreateStackSetCommandInput,
  Partial<client.CreateStackSetCommandOutput>
>({
  // CreateStackSet has no resource-level permission.
  authorize: (input) => ({
    action: 'cloudformation:CreateStackSet',
    resource: '*',
    context: {
      'cloudformation:TemplateUrl': input.TemplateURL,
      ...requestTags(input.Tags),
    },
  }),
  async run(input, call) {
    supportOnly(input, supportedByCreate);
    const name = input.StackSetName ?? '';
    requireName('stackSetName', name);
    refuseSelfManaged(input.PermissionModel);
    checkDescription(input.Description);
    const { organization, home } = requireAdministration(call, input.CallAs);
    const { ClientRequestToken: token } = input;
    const request = requestOf('CreateStackSet', input);
    const autoDeployment = readAutoDeployment(input.AutoDeployment);
    const body = await readTemplateText(call, input);
    const content = readContent(call.world, {
      body,
      parameters: input.Parameters,
      capabilities: input.Capabilities,
      tags: input.Tags,
    });
    const { stackSets } = stackSetState.in(home);
    const existing = findStackSet(home, name);
    if (existing) {
      const isRepeated = token !== undefined && existing.token.token === token;
      if (isRepeated && existing.token.request === request) return { StackSetId: existing.id };
      throw isRepeated
        ? new AwsError(
            'CreatedButModifiedException',
            `StackSet ${name} was created by another request with the same token`,
          )
        : new AwsError('NameAlreadyExistsException', `StackSet ${name} already exists`);
    }
    const activeCount = [...stackSets.values()].filter(({ status }) => status === 'ACTIVE').length;
    if (activeCount >= stackSetsMax)
      throw new AwsError(
        'LimitExceededException',
        `an administrator account has at most ${stackSetsMax} StackSets`,
      );
    const id = `${name}:${home.uuid('stack-set')}`;
    stackSets.set(id, {
      id,
      name,
      arn: home.arn(`stackset/${id}`),
      organizationId: organization.id,
      status: 'ACTIVE',
      description: input.Description,
      content,
      autoDeployment,
      managedExecution: input.ManagedExecution?.Active === true,
      instances: new Map(),
      targets: new Map(),
      operations: new Map(),
      running: new Set(),
      waiting: [],
      token: { token, request },
    });
    return { StackSetId: id };
  },
});

const deleteStackSet = operation<
  client.DeleteStackSetCommandInput,
  Partial<client.DeleteStackSetCommandOutput>
>({
  authorize: (input, call) => stackSetChecks('DeleteStackSet', input, call),
  run(input, call) {
    const stackSet = findToDelete(call, input);
    if (!stackSet) return {};
    if (isBusy(stackSet))
      throw new AwsError(
        'OperationInProgressException',
        `Another Operation on StackSet ${stackSet.arn} is in progress`,
      );
    if (stackSet.instances.size > 0)
      throw new AwsError('StackSetNotEmptyException', 'StackSet is not empty');
    stackSet.status = 'DELETED';
    return {};
  },
});

/** Deleting what is deleted already is a success; the API Reference lists no error for a missing StackSet. */
function findToDelete(call: Call, input: client.DeleteStackSetCommandInput): StackSet | undefined {
  const { home } = requireAdministration(call, input.CallAs);
  return findStackSet(home, input.StackSetName ?? '');
}

const describe = operation<
  client.DescribeStackSetCommandInput,
  Partial<client.DescribeStackSetCommandOutput>
>({
  authorize: (input, call) => stackSetChecks('DescribeStackSet', input, call),
  run: (input, call) => ({ StackSet: describeStackSet(requireStackSet(call, input).stackSet) }),
});

export const stackSetOperations: Readonly<Record<string, Operation>> = {
  CreateStackSet: createStackSet,
  DeleteStackSet: deleteStackSet,
  DescribeStackSet: describe,
};
