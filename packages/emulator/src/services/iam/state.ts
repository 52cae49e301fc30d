import type { CompiledPolicy } from '../../iam/compiled-policy.ts';
import { defineState } from '../../world/state.ts';
import type { BoundPolicy } from './principal-binding.ts';
import type { Timeline } from './timeline.ts';

/** One policy document as IAM keeps it. */
export interface StoredPolicy {
  readonly name: string;
  /** JSON text as it was given. */
  readonly document: string;
  readonly compiled: CompiledPolicy;
}

/** What counts of a user or role at an instant. */
export interface EffectiveIdentity {
  readonly policies: readonly CompiledPolicy[];
  readonly tags: Readonly<Record<string, string>>;
  /** Roles only. */
  readonly trust: CompiledPolicy | undefined;
}

interface IdentityEntity {
  readonly id: string;
  readonly arn: string;
  readonly path: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly tags: Map<string, string>;
  readonly inline: Map<string, StoredPolicy>;
  /** ARNs of managed policies. */
  readonly attached: Set<string>;
  /** Undefined while the user or role does not exist for the evaluator. */
  readonly effective: Timeline<EffectiveIdentity | undefined>;
}

export interface AccessKey {
  readonly id: string;
  readonly createdAt: Date;
  status: 'Active' | 'Inactive';
}

export interface User extends IdentityEntity {
  readonly kind: 'user';
  readonly accessKeys: Map<string, AccessKey>;
}

export interface Role extends IdentityEntity {
  readonly kind: 'role';
  trust: BoundPolicy;
  description: string | undefined;
  maxSessionSeconds: number;
  /** The service that owns the role, for service-linked roles. */
  readonly serviceLinkedFor: string | undefined;
}

export interface PolicyVersion {
  readonly id: string;
  readonly createdAt: Date;
  readonly policy: StoredPolicy;
}

export interface ManagedPolicy {
  readonly id: string;
  readonly arn: string;
  readonly path: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly createdAt: Date;
  updatedAt: Date;
  readonly versions: Map<string, PolicyVersion>;
  defaultVersionId: string;
  /** Version ids are never used twice. */
  versionCount: number;
  readonly tags: Map<string, string>;
}

export interface InstanceProfile {
  readonly id: string;
  readonly arn: string;
  readonly path: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly tags: Map<string, string>;
  roleName: string | undefined;
  /** What EC2 sees: changes count once they have spread. */
  readonly effectiveRoleName: Timeline<string | undefined>;
}

/** What IAM keeps of one account. Names are unique without regard to case, so the keys are in lower case. */
export const iamState = defineState('iam', 'account', () => ({
  users: new Map<string, User>(),
  roles: new Map<string, Role>(),
  /** By ARN. */
  policies: new Map<string, ManagedPolicy>(),
  instanceProfiles: new Map<string, InstanceProfile>(),
  /** By unique id, also of users and roles that were deleted: their sessions and keys live on without rights. */
  effective: new Map<string, Timeline<EffectiveIdentity | undefined>>(),
  /** Deletion tasks of service-linked roles that are finished. */
  deletionTasks: new Set<string>(),
}));
