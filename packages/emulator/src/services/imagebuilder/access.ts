import type { ContextValue } from '../../iam/condition-context.ts';
import type { Call } from '../../world/call.ts';
import type { AccessCheck } from '../../world/service.ts';
import { passRoleCheck } from '../iam/pass-role.ts';
import { imageBuilderState, type Tags } from './state.ts';

// Source: Service Authorization Reference, EC2 Image Builder: actions per operation, resource types, condition keys.

type Context = Readonly<Record<string, ContextValue | undefined>>;
type TagInput = Readonly<Record<string, string>> | undefined;

export const resourceTagContext = (tags: Tags | undefined): Context =>
  Object.fromEntries([...(tags ?? [])].map(([key, value]) => [`aws:ResourceTag/${key}`, value]));

export const requestTagContext = (tags: TagInput): Context => ({
  ...Object.fromEntries(
    Object.entries(tags ?? {}).map(([key, value]) => [`aws:RequestTag/${key}`, value]),
  ),
  'aws:TagKeys': tags && Object.keys(tags).length > 0 ? Object.keys(tags) : undefined,
});

/** Tags of whatever has this ARN. */
export function tagsOfArn(call: Call, arn: string): Tags | undefined {
  const { components, recipes, infrastructures, distributions, pipelines, images } =
    imageBuilderState.in(call);
  return (
    components.get(arn) ??
    recipes.get(arn) ??
    infrastructures.get(arn) ??
    distributions.get(arn) ??
    pipelines.get(arn) ??
    images.get(arn)
  )?.tags;
}

/** An action on an existing resource, named by its ARN. */
export const resourceCheck = (
  call: Call,
  action: string,
  arn: string | undefined,
  context: Context = {},
): AccessCheck => ({
  action: `imagebuilder:${action}`,
  resource: arn ?? '',
  resourceAccount: call.account,
  context: { ...resourceTagContext(tagsOfArn(call, arn ?? '')), ...context },
});

/** A list without resource-level permission. */
export const listCheck = (action: string): AccessCheck => ({
  action: `imagebuilder:${action}`,
  resource: '*',
});

/** The creation of a resource, and TagResource where it gets tags. */
export const createChecks = (
  action: string,
  arn: string,
  tags: TagInput,
  context: Context = {},
): AccessCheck[] => [
  {
    action: `imagebuilder:${action}`,
    resource: arn,
    context: { ...requestTagContext(tags), ...context },
  },
  ...tagChecks(arn, tags),
];

export const tagChecks = (arn: string, tags: TagInput): AccessCheck[] =>
  tags === undefined || Object.keys(tags).length === 0
    ? []
    : [{ action: 'imagebuilder:TagResource', resource: arn, context: requestTagContext(tags) }];

/** The role with which Image Builder runs builds, where one is given. */
export const executionRoleChecks = (call: Call, role: string | undefined): AccessCheck[] =>
  role === undefined || !role.startsWith('arn:')
    ? []
    : [passRoleCheck(call, role, 'imagebuilder.amazonaws.com')];
