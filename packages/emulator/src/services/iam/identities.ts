import type { UserPrincipal } from '../../iam/principal.ts';
import type { Scope } from '../../world/scope.ts';
import { newAccessKeyId } from './access-key-id.ts';
import { readTrustPolicy } from './documents.ts';
import { iamState, type AccessKey, type Role, type User } from './state.ts';
import { Timeline } from './timeline.ts';

const sessionSecondsDefault = 3_600; // IAM API Reference, CreateRole, MaxSessionDuration

/** A user without rights; the caller checks the name and publishes. */
export function addUser(
  scope: Scope,
  options: { name: string; path: string; tags: Map<string, string> },
): User {
  const { name, path, tags } = options;
  const user: User = {
    kind: 'user',
    id: `AIDA${scope.code('user-id', 17)}`,
    arn: `arn:aws:iam::${scope.account}:user${path}${name}`,
    path,
    name,
    createdAt: scope.date,
    tags,
    inline: new Map(),
    attached: new Set(),
    effective: new Timeline(undefined),
    accessKeys: new Map(),
  };
  iamState.in(scope).users.set(name.toLowerCase(), user);
  return user;
}

/** A role without rights; the caller checks what was asked for, and publishes. */
export function addRole(
  scope: Scope,
  options: {
    readonly name: string;
    readonly path: string;
    /** JSON text. */
    readonly trust: string;
    readonly tags?: Map<string, string>;
    readonly description?: string | undefined;
    readonly maxSessionSeconds?: number;
    readonly serviceLinkedFor?: string;
  },
): Role {
  const { name, path } = options;
  const role: Role = {
    kind: 'role',
    id: `AROA${scope.code('role-id', 17)}`,
    arn: `arn:aws:iam::${scope.account}:role${path}${name}`,
    path,
    name,
    createdAt: scope.date,
    tags: options.tags ?? new Map<string, string>(),
    inline: new Map(),
    attached: new Set(),
    effective: new Timeline(undefined),
    trust: readTrustPolicy(scope.world, name, options.trust),
    description: options.description,
    maxSessionSeconds: options.maxSessionSeconds ?? sessionSecondsDefault,
    serviceLinkedFor: options.serviceLinkedFor,
  };
  iamState.in(scope).roles.set(name.toLowerCase(), role);
  return role;
}

export interface NewAccessKey {
  readonly key: AccessKey;
  readonly secretAccessKey: string;
}

/** Makes a long-lived key and lets the world know it; it works once the user itself counts and the key has spread. */
export function addAccessKey(scope: Scope, user: User, delayMs: number): NewAccessKey {
  const { world, account } = scope;
  const key: AccessKey = {
    id: newAccessKeyId(scope, 'AKIA'),
    createdAt: scope.date,
    status: 'Active',
  };
  const secretAccessKey = scope.hex('secret-access-key', 40);
  const worksFrom = scope.now + delayMs;
  user.accessKeys.set(key.id, key);
  world.credentials.issue(
    { accessKeyId: key.id, secretAccessKey, sessionToken: undefined, expiresAt: undefined },
    () =>
      key.status === 'Active' &&
      world.scheduler.now >= worksFrom &&
      world.directory.get(account)?.state === 'ACTIVE'
        ? userPrincipal(scope, user)
        : undefined,
  );
  return { key, secretAccessKey };
}

/** The user as a caller, or undefined while it does not exist for the evaluator. */
export function userPrincipal(scope: Scope, user: User): UserPrincipal | undefined {
  const effective = user.effective.at(scope.now);
  return (
    effective && {
      kind: 'user',
      account: scope.account,
      arn: user.arn,
      userName: user.name,
      userId: user.id,
      tags: effective.tags,
    }
  );
}
