import type * as client from '@aws-sdk/client-ec2';
import type { ContextValue } from '../../iam/condition-context.ts';
import type { Principal } from '../../iam/principal.ts';
import { AwsError } from '../../world/aws-error.ts';
import { Call } from '../../world/call.ts';
import type { Scope } from '../../world/scope.ts';
import type { AccessCheck } from '../../world/service.ts';
import { invalidValue } from './errors.ts';
import { ec2State } from './state.ts';

const tagsPerResourceMax = 50; // EC2 User Guide, "Tag your resources", tag restrictions
const tagKeyLengthMax = 128; // the same page
const tagValueLengthMax = 256; // the same page
const awsOnlyPrefix = 'aws:';

type Context = Readonly<Record<string, ContextValue | undefined>>;
export type Tags = Readonly<Record<string, string>>;

/** The tags that the scope's account sees on a resource: its own, never those of an owner elsewhere. */
export const tagsOf = (scope: Scope, id: string): ReadonlyMap<string, string> =>
  ec2State.in(scope).tags.get(id) ?? new Map();

export const describeTags = (scope: Scope, id: string): client.Tag[] | undefined => {
  const tags = [...tagsOf(scope, id)].map(([Key, Value]) => ({ Key, Value }));
  return tags.length > 0 ? tags : undefined;
};

export const resourceTagContext = (scope: Scope, id: string): Context =>
  Object.fromEntries(
    [...tagsOf(scope, id)].flatMap(([key, value]) => [
      [`ec2:ResourceTag/${key}`, value],
      [`aws:ResourceTag/${key}`, value],
    ]),
  );

export const requestTagContext = (tags: Tags): Context => ({
  ...Object.fromEntries(
    Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value]),
  ),
  'aws:TagKeys': Object.keys(tags).length > 0 ? Object.keys(tags) : undefined,
});

/** `Key`/`Value` pairs as a record; a key twice is refused. */
export function tagRecord(list: readonly client.Tag[] | undefined): Record<string, string> {
  const tags: Record<string, string> = {};
  for (const { Key: key = '', Value: value = '' } of list ?? []) {
    if (key in tags) throw invalidValue(`Duplicate tag key '${key}' specified.`);
    tags[key] = value;
  }
  return tags;
}

/** The tags that a request asks for one of the resource types that it creates. */
export function specifiedTags(
  specifications: readonly client.TagSpecification[] | undefined,
  resourceType: string,
): Record<string, string> {
  return tagRecord(
    specifications?.flatMap((item) =>
      item.ResourceType === resourceType ? (item.Tags ?? []) : [],
    ),
  );
}

/** @throws AwsError for tags of a resource type that the operation does not create */
export function checkSpecifications(
  specifications: readonly client.TagSpecification[] | undefined,
  resourceTypes: readonly string[],
): void {
  for (const { ResourceType: type } of specifications ?? [])
    if (type === undefined || !resourceTypes.includes(type))
      throw invalidValue(
        `'${type ?? ''}' is not a valid taggable resource type for this operation.`,
      );
}

/**
 * What is checked when a resource is created with tags.
 *
 * Source: EC2 User Guide, "Grant permission to tag Amazon EC2 resources during creation": `ec2:CreateTags` with
 * `ec2:CreateAction`, only when there are tags.
 */
export const creationTagChecks = (
  call: Call,
  created: readonly { readonly resource: string; readonly tags: Tags }[],
  createAction = call.operationName,
): AccessCheck[] =>
  created
    .filter(({ tags }) => Object.keys(tags).length > 0)
    .map(({ resource, tags }) => ({
      action: 'ec2:CreateTags',
      resource,
      resourceAccount: call.account,
      context: { ...requestTagContext(tags), 'ec2:CreateAction': createAction },
    }));

/** @throws AwsError when a tag cannot be set; then nothing has changed */
export function setTags(scope: Scope, id: string, added: Tags): void {
  for (const [key, value] of Object.entries(added)) checkTag(scope, key, value);
  putTags(scope, id, added);
}

/** @throws AwsError when something new cannot have these tags */
export function checkNewTags(scope: Scope, what: string, tags: Tags): void {
  for (const [key, value] of Object.entries(tags)) checkTag(scope, key, value);
  requireFewTags(what, Object.keys(tags));
}

/** Sets tags that EC2 itself gives, under keys that customers cannot set. */
export const setAwsTags = (scope: Scope, id: string, added: Tags): void => {
  putTags(scope, id, added);
};

function putTags(scope: Scope, id: string, added: Tags): void {
  const { tags } = ec2State.in(scope);
  const merged = new Map([...(tags.get(id) ?? []), ...Object.entries(added)]);
  requireFewTags(id, [...merged.keys()]);
  if (merged.size > 0) tags.set(id, merged);
}

/** AWS's own tags do not count. */
function requireFewTags(id: string, keys: readonly string[]): void {
  const own = keys.filter((key) => !key.startsWith(awsOnlyPrefix));
  if (own.length > tagsPerResourceMax)
    throw new AwsError(
      'TagLimitExceeded',
      `More than ${tagsPerResourceMax} tags specified for resource '${id}'`,
    );
}

function checkTag(scope: Scope, key: string, value: string): void {
  if (key === '' || key.length > tagKeyLengthMax)
    throw invalidValue(
      `Tag key '${key}' is not valid. A key has 1 to ${tagKeyLengthMax} characters.`,
    );
  if (value.length > tagValueLengthMax)
    throw invalidValue(`Tag value exceeds the maximum length of ${tagValueLengthMax} characters.`);
  if (!isFromAws(scope)) refuseReservedKey(key);
}

/** @throws AwsError for a key that only AWS sets */
export function refuseReservedKey(key: string): void {
  if (key.toLowerCase().startsWith(awsOnlyPrefix))
    throw invalidValue(
      `Tag keys starting with 'aws:' are reserved for internal use: '${key}' is not allowed.`,
    );
}

/** AWS's own tags come from services, through which a customer calls or which work with a role of their own. */
const isFromAws = (scope: Scope): boolean =>
  scope instanceof Call && (scope.via.length > 0 || isServiceLinked(scope.caller));

/** Whether somebody is a service that works with its service-linked role. */
export const isServiceLinked = (caller: Principal, service?: string): boolean =>
  caller.kind === 'assumed-role' &&
  caller.serviceLinkedFor !== undefined &&
  (service === undefined || caller.serviceLinkedFor === service);

export const forgetTags = (scope: Scope, id: string): void => {
  ec2State.in(scope).tags.delete(id);
};
