import type { Tag } from '@aws-sdk/client-cloudformation';
import { passRoleCheck } from '../iam/pass-role.ts';
import { cloudFormationPrincipal } from '../../cloudformation/actor.ts';
import {
  cloudFormationState,
  findStack,
  type ChangeSet,
  type Stack,
} from '../../cloudformation/stack-state.ts';
import { validationError } from '../../cloudformation/validation-error.ts';
import type { Call } from '../../world/call.ts';
import type { AccessCheck } from '../../world/service.ts';

/** Members of inputs that condition keys tell policies about. */
interface Conditions {
  readonly Tags?: readonly Tag[] | undefined;
  readonly RoleARN?: string | undefined;
  readonly TemplateURL?: string | undefined;
  readonly ChangeSetName?: string | undefined;
}

/**
 * The check on one stack. A stack that is named and does not exist is asked for as `stack/name/*`.
 *
 * Source: Service Authorization Reference, CloudFormation.
 */
export function stackCheck(
  action: string,
  nameOrId: string | undefined,
  conditions: Conditions,
  call: Call,
): AccessCheck {
  const stack = nameOrId === undefined ? undefined : findStack(call, nameOrId);
  const tags = conditions.Tags ?? [];
  const changeSet = conditions.ChangeSetName;
  return {
    action: `cloudformation:${action}`,
    resource: stack?.id ?? unknownStackArn(nameOrId, call),
    context: {
      'cloudformation:RoleArn': conditions.RoleARN,
      'cloudformation:TemplateUrl': conditions.TemplateURL,
      'cloudformation:ChangeSetName': changeSet?.startsWith('arn:')
        ? changeSet.split('/')[1]
        : changeSet,
      'aws:TagKeys': tags.length > 0 ? tags.map(({ Key = '' }) => Key) : undefined,
      ...Object.fromEntries(
        tags.map(({ Key = '', Value = '' }) => [`aws:RequestTag/${Key}`, Value]),
      ),
      ...Object.fromEntries(
        Object.entries(stack?.content?.tags ?? {}).map(([key, value]) => [
          `aws:ResourceTag/${key}`,
          value,
        ]),
      ),
    },
  };
}

function unknownStackArn(nameOrId: string | undefined, call: Call): string {
  if (nameOrId === undefined) return call.arn('stack/*/*');
  return nameOrId.startsWith('arn:') ? nameOrId : call.arn(`stack/${nameOrId}/*`);
}

/** The check of an action that is about all stacks, or about none. */
export const accountCheck = (action: string, call: Call): AccessCheck => ({
  action: `cloudformation:${action}`,
  resource: call.arn('stack/*/*'),
});

/**
 * Checks that the caller may hand a role to CloudFormation.
 *
 * @throws AwsError AccessDenied, ValidationError
 */
export function requirePassRole(call: Call, roleArn: string | undefined): void {
  if (roleArn === undefined) return;
  if (!/^arn:aws:iam::\d{12}:role\/.+$/.test(roleArn))
    throw validationError(`${roleArn} is not a valid RoleARN`);
  call.require(passRoleCheck(call, roleArn, cloudFormationPrincipal));
}

/** @throws AwsError ValidationError; the wording is that of the operations that change stacks and list events */
export function requireStack(call: Call, nameOrId: string): Stack {
  const stack = findStack(call, nameOrId);
  if (!stack) throw validationError(`Stack [${nameOrId}] does not exist`);
  return stack;
}

/** @throws AwsError ValidationError; the wording is that of the operations that describe stacks */
export function requireStackToDescribe(call: Call, nameOrId: string): Stack {
  const stack = findStack(call, nameOrId);
  if (!stack) throw validationError(`Stack with id ${nameOrId} does not exist`);
  return stack;
}

/** A change set by its id, or by its name and its stack. */
export function findChangeSet(
  call: Call,
  nameOrId: string,
  stackName: string | undefined,
): ChangeSet | undefined {
  const { changeSets } = cloudFormationState.in(call);
  const byId = changeSets.get(nameOrId);
  if (byId || stackName === undefined) return byId;
  const stack = findStack(call, stackName);
  return [...changeSets.values()].find(
    ({ name, stackId }) => name === nameOrId && stackId === stack?.id,
  );
}
