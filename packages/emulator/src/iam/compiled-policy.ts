import type { ConditionTest, Effect } from './condition.ts';
import type { ConditionContext } from './condition-context.ts';
import type { PolicyVersion } from './policy-text.ts';
import type { PrincipalElement } from './principal-element.ts';

/** Where a policy is attached; this decides which elements it must and must not have. */
export type PolicyKind = 'identity' | 'resource' | 'trust';

/** One statement, ready to be asked. */
export interface CompiledStatement {
  readonly index: number;
  readonly sid: string | undefined;
  readonly effect: Effect;
  /** Absent in identity-based policies. */
  readonly principal: PrincipalElement | undefined;
  readonly matchesAction: (lowerCaseAction: string) => boolean;
  readonly matchesResource: (resource: string, context: ConditionContext) => boolean;
  readonly conditions: readonly ConditionTest[];
}

/** A validated policy with its patterns compiled; keep it, compiling costs far more than evaluating. */
export interface CompiledPolicy {
  readonly name: string;
  readonly kind: PolicyKind;
  readonly version: PolicyVersion;
  readonly id: string | undefined;
  readonly statements: readonly CompiledStatement[];
}

/** What a request is compared with, apart from its principal. */
export interface RequestedAccess {
  readonly lowerCaseAction: string;
  readonly resource: string;
  readonly context: ConditionContext;
}

/** Whether action, resource and conditions of a statement match; the principal is judged elsewhere. */
export function coversRequest(statement: CompiledStatement, access: RequestedAccess): boolean {
  return (
    statement.matchesAction(access.lowerCaseAction) &&
    statement.matchesResource(access.resource, access.context) &&
    statement.conditions.every((condition) => condition.holds(access.context))
  );
}
