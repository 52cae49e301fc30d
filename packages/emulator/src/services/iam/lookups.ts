import type { ContextValue } from '../../iam/condition-context.ts';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { paginate, type Page } from '../../world/paging.ts';
import type { Scope } from '../../world/scope.ts';
import type { AccessCheck } from '../../world/service.ts';
import { iamState, type InstanceProfile, type Role, type User } from './state.ts';
import { tagContext } from './tags.ts';

export const noSuchEntity = (what: string, name: string): AwsError =>
  new AwsError('NoSuchEntity', `The ${what} with name ${name} cannot be found.`);

export const alreadyExists = (what: string, name: string): AwsError =>
  new AwsError('EntityAlreadyExists', `${what} with name ${name} already exists.`);

export const deleteConflict = (reason: string): AwsError =>
  new AwsError('DeleteConflict', `Cannot delete entity, must ${reason} first.`);

export const findRole = (scope: Scope, name: string | undefined): Role | undefined =>
  iamState.in(scope).roles.get((name ?? '').toLowerCase());

export const findUser = (scope: Scope, name: string | undefined): User | undefined =>
  iamState.in(scope).users.get((name ?? '').toLowerCase());

/** @throws AwsError NoSuchEntity */
export function requireRole(scope: Scope, name: string | undefined): Role {
  const role = findRole(scope, name);
  if (!role) throw noSuchEntity('role', name ?? '');
  return role;
}

/** @throws AwsError NoSuchEntity; UnmodifiableEntity for the role of a service, which only that service changes */
export function requireOwnRole(scope: Scope, name: string | undefined): Role {
  const role = requireRole(scope, name);
  if (role.serviceLinkedFor !== undefined)
    throw new AwsError(
      'UnmodifiableEntity',
      `Cannot perform the operation on the protected role '${role.name}' - this role is only modifiable by AWS`,
    );
  return role;
}

/** @throws AwsError NoSuchEntity */
export function requireUser(scope: Scope, name: string | undefined): User {
  const user = findUser(scope, name);
  if (!user) throw noSuchEntity('user', name ?? '');
  return user;
}

/** @throws AwsError NoSuchEntity */
export function requireInstanceProfile(scope: Scope, name: string | undefined): InstanceProfile {
  const profile = iamState.in(scope).instanceProfiles.get((name ?? '').toLowerCase());
  if (!profile)
    throw new AwsError('NoSuchEntity', `Instance Profile ${name ?? ''} cannot be found.`);
  return profile;
}

/** An ARN of this account's IAM; `resource` begins with the resource type. */
export const iamArn = (scope: Scope, resource: string): string =>
  `arn:aws:iam::${scope.account}:${resource}`;

type Context = Readonly<Record<string, ContextValue | undefined>>;

/** What IAM checks for an action on a role; the role's own ARN has its path, a missing one has none. */
export const roleCheck = (
  call: Call,
  action: string,
  name: string | undefined,
  context: Context = {},
): AccessCheck => {
  const role = findRole(call, name);
  return {
    action: `iam:${action}`,
    resource: role?.arn ?? iamArn(call, `role/${name ?? ''}`),
    context: { ...tagContext(role?.tags ?? new Map()), ...context },
  };
};

export const userCheck = (
  call: Call,
  action: string,
  name: string | undefined,
  context: Context = {},
): AccessCheck => {
  const user = findUser(call, name);
  return {
    action: `iam:${action}`,
    resource: user?.arn ?? iamArn(call, `user/${name ?? ''}`),
    context: { ...tagContext(user?.tags ?? new Map()), ...context },
  };
};

export const instanceProfileCheck = (
  call: Call,
  action: string,
  name: string | undefined,
): AccessCheck => {
  const profile = iamState.in(call).instanceProfiles.get((name ?? '').toLowerCase());
  return {
    action: `iam:${action}`,
    resource: profile?.arn ?? iamArn(call, `instance-profile/${name ?? ''}`),
    context: tagContext(profile?.tags ?? new Map()),
  };
};

const pageSizeDefault = 100; // IAM API Reference, MaxItems
const pageSizeMax = 1000; // IAM API Reference, MaxItems

/** IAM's lists all page by `Marker` and `MaxItems`. */
export const page = <T>(
  call: Call,
  list: Iterable<T>,
  input: { readonly Marker?: string | undefined; readonly MaxItems?: number | undefined },
  keyOf: (item: T) => string,
): Page<T> =>
  paginate(call, list, {
    keyOf,
    token: input.Marker,
    size: input.MaxItems ?? pageSizeDefault,
    sizeMax: pageSizeMax,
    invalidToken: 'ValidationError',
  });

export const pageFields = ({
  nextToken,
}: Page<unknown>): { IsTruncated: boolean; Marker: string | undefined } => ({
  IsTruncated: nextToken !== undefined,
  Marker: nextToken,
});

/** A user name, or the caller's own where an operation lets it be left out. */
export function userNameOrOwn(call: Call, name: string | undefined): string {
  if (name !== undefined) return name;
  if (call.caller.kind === 'user') return call.caller.userName;
  throw new AwsError(
    'ValidationError',
    'Must specify userName when calling with non-User credentials',
  );
}
