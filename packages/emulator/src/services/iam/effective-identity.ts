import type { CompiledPolicy } from '../../iam/compiled-policy.ts';
import type { Scope } from '../../world/scope.ts';
import { awsManagedPolicy } from './aws-managed-policies.ts';
import { iamState, type Role, type User } from './state.ts';

/** The compiled default version of a managed policy, AWS's or the account's own. */
export function compiledManagedPolicy(scope: Scope, arn: string): CompiledPolicy | undefined {
  const own = iamState.in(scope).policies.get(arn);
  if (own) return own.versions.get(own.defaultVersionId)?.policy.compiled;
  return awsManagedPolicy(arn)?.compiled;
}

/**
 * Lets the evaluator see the present state of a user or role once the change has spread. To be called after every
 * change of it.
 *
 * @param delayMs the world's propagation time when left out; 0 for what exists before the world's first instant
 */
export function publish(
  scope: Scope,
  identity: User | Role,
  delayMs: number = scope.world.settings.iamPropagationMs,
): void {
  identity.effective.set(
    {
      policies: [
        ...[...identity.inline.values()].map(({ compiled }) => compiled),
        ...[...identity.attached].flatMap((arn) => compiledManagedPolicy(scope, arn) ?? []),
      ],
      tags: Object.fromEntries(identity.tags),
      trust: identity.kind === 'role' ? identity.trust.compiled : undefined,
    },
    scope.now + delayMs,
  );
  iamState.in(scope).effective.set(identity.id, identity.effective);
}

/** Takes a deleted user or role away from the evaluator once the deletion has spread. */
export function withdraw(scope: Scope, identity: User | Role): void {
  identity.effective.set(undefined, scope.now + scope.world.settings.iamPropagationMs);
}

/** Publishes everybody who has a managed policy attached, after its default version changed. */
export function publishHoldersOf(scope: Scope, policyArn: string): void {
  const { users, roles } = iamState.in(scope);
  for (const identity of [...users.values(), ...roles.values()])
    if (identity.attached.has(policyArn)) publish(scope, identity);
}
