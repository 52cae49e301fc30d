import type * as client from '@aws-sdk/client-cloudformation';
import { onBehalfOf } from '../../cloudformation/actor.ts';
import { createStack, deleteStack, updateStack } from '../../cloudformation/deploy-stack.ts';
import {
  cloudFormationState,
  findStack,
  type OnFailure,
  type Stack,
} from '../../cloudformation/stack-state.ts';
import { validationError } from '../../cloudformation/validation-error.ts';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { operation, type Operation } from '../../world/service.ts';
import { requirePassRole, requireStack, stackCheck } from './stack-access.ts';
import { readStackTags } from './stack-tags.ts';
import { requireName, supportOnly } from './supported-input.ts';
import { readTemplateText } from './template-source.ts';

const supportedByCreate = [
  'Capabilities',
  'ClientRequestToken',
  'DisableRollback',
  'DisableValidation',
  'EnableTerminationProtection',
  'OnFailure',
  'Parameters',
  'RetainExceptOnCreate',
  'RoleARN',
  'StackName',
  'Tags',
  'TemplateBody',
  'TemplateURL',
];

/** What tells a repeated request from another one with its token. */
export const requestOf = (operationName: string, input: object): string =>
  `${operationName} ${JSON.stringify(input)}`;

/**
 * Whether a request was carried out already.
 *
 * @throws AwsError TokenAlreadyExistsException for another request with the same token
 */
export function isRepeated(
  last: Stack['lastToken'],
  token: string | undefined,
  request: string,
): boolean {
  if (token === undefined || last?.token !== token) return false;
  if (last.request === request) return true;
  throw new AwsError(
    'TokenAlreadyExistsException',
    `A client request token already exists: ${token}`,
  );
}

const tokenOf = (token: string | undefined, request: string): Stack['lastToken'] =>
  token === undefined ? undefined : { token, request };

const create = operation<client.CreateStackCommandInput, Partial<client.CreateStackCommandOutput>>({
  authorize: (input, call) => stackCheck('CreateStack', input.StackName, input, call),
  async run(input, call) {
    supportOnly(input, supportedByCreate);
    const stackName = input.StackName ?? '';
    requireName('stackName', stackName);
    const request = requestOf('CreateStack', input);
    const existing = findStack(call, stackName);
    if (existing && isRepeated(existing.lastToken, input.ClientRequestToken, request))
      return { StackId: existing.id };
    if (input.OnFailure !== undefined && input.DisableRollback !== undefined)
      throw validationError('You can specify either DisableRollback or OnFailure, but not both.');
    requirePassRole(call, input.RoleARN);
    const stack = await createStack(call, {
      stackName,
      body: await readTemplateText(call, input),
      parameters: input.Parameters ?? [],
      tags: readStackTags(input.Tags),
      capabilities: input.Capabilities ?? [],
      caller: onBehalfOf(call),
      roleArn: input.RoleARN,
      token: input.ClientRequestToken,
      onFailure: onFailureOf(input),
      terminationProtection: input.EnableTerminationProtection === true,
      retainExceptOnCreate: input.RetainExceptOnCreate === true,
    });
    stack.lastToken = tokenOf(input.ClientRequestToken, request);
    return { StackId: stack.id };
  },
});

const onFailureOf = (input: {
  OnFailure?: OnFailure | undefined;
  DisableRollback?: boolean | undefined;
}): OnFailure => input.OnFailure ?? (input.DisableRollback === true ? 'DO_NOTHING' : 'ROLLBACK');

const supportedByUpdate = [
  'Capabilities',
  'ClientRequestToken',
  'DisableRollback',
  'DisableValidation',
  'Parameters',
  'RetainExceptOnCreate',
  'RoleARN',
  'StackName',
  'Tags',
  'TemplateBody',
  'TemplateURL',
  'UsePreviousTemplate',
];

const update = operation<client.UpdateStackCommandInput, Partial<client.UpdateStackCommandOutput>>({
  authorize: (input, call) => stackCheck('UpdateStack', input.StackName, input, call),
  async run(input, call) {
    supportOnly(input, supportedByUpdate);
    const stack = requireStack(call, input.StackName ?? '');
    const request = requestOf('UpdateStack', input);
    if (isRepeated(stack.lastToken, input.ClientRequestToken, request))
      return { StackId: stack.id };
    requirePassRole(call, input.RoleARN);
    await updateStack(call, stack, {
      body: await readTemplateText(call, input, stack.content?.prepared.body),
      parameters: input.Parameters ?? [],
      tags: input.Tags === undefined ? undefined : readStackTags(input.Tags),
      capabilities: input.Capabilities ?? [],
      caller: onBehalfOf(call),
      roleArn: input.RoleARN,
      token: input.ClientRequestToken,
      disableRollback: input.DisableRollback === true,
      retainExceptOnCreate: input.RetainExceptOnCreate === true,
    });
    makeObsolete(call, stack);
    stack.lastToken = tokenOf(input.ClientRequestToken, request);
    return { StackId: stack.id };
  },
});

/** Change sets compare with a stack that is not there any more. */
function makeObsolete(call: Call, stack: Stack): void {
  for (const changeSet of cloudFormationState.in(call).changeSets.values())
    if (changeSet.stackId === stack.id && changeSet.executionStatus === 'AVAILABLE')
      changeSet.executionStatus = 'OBSOLETE';
}

const supportedByDelete = ['ClientRequestToken', 'RetainResources', 'RoleARN', 'StackName'];

const remove = operation<client.DeleteStackCommandInput, Partial<client.DeleteStackCommandOutput>>({
  authorize: (input, call) => stackCheck('DeleteStack', input.StackName, input, call),
  run(input, call) {
    const { DeletionMode: mode, ...rest } = input;
    supportOnly(rest, supportedByDelete);
    if (mode !== undefined && mode !== 'STANDARD')
      throw validationError(`the deletion mode ${mode} is not modelled by this emulator`);
    const stack = findStack(call, input.StackName ?? '');
    // A stack that is gone, or never was, is as good as deleted.
    if (!stack || stack.status === 'DELETE_COMPLETE') return {};
    requirePassRole(call, input.RoleARN);
    deleteStack(call, stack, {
      caller: onBehalfOf(call),
      roleArn: input.RoleARN,
      retain: input.RetainResources ?? [],
      token: input.ClientRequestToken,
    });
    return {};
  },
});

const updateTerminationProtection = operation<
  client.UpdateTerminationProtectionCommandInput,
  Partial<client.UpdateTerminationProtectionCommandOutput>
>({
  authorize: (input, call) => stackCheck('UpdateTerminationProtection', input.StackName, {}, call),
  run(input, call) {
    const stack = requireStack(call, input.StackName ?? '');
    if (stack.status === 'DELETE_IN_PROGRESS' || stack.status === 'DELETE_COMPLETE')
      throw validationError(
        `Stack [${stack.name}] is in ${stack.status} state and its termination protection can not be changed`,
      );
    stack.terminationProtection = input.EnableTerminationProtection === true;
    return { StackId: stack.id };
  },
});

export const stackOperations: Readonly<Record<string, Operation>> = {
  CreateStack: create,
  DeleteStack: remove,
  UpdateStack: update,
  UpdateTerminationProtection: updateTerminationProtection,
};
