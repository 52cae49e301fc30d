import type { CompiledPolicy } from './compiled-policy.ts';
import type { ContextValue } from './condition-context.ts';
import { conditionContext } from './condition-context.ts';
import type { Decision, ResourcePolicyMode } from './evaluate.ts';
import { evaluate } from './evaluate.ts';
import {
  aResourcePolicy,
  aRole,
  aUser,
  anIdentityPolicy,
  otherAccount,
  ownAccount,
} from './policy-builders.ts';
import type { Principal } from './principal.ts';
import { principalContext } from './principal.ts';

// One request with its policies, for tests: what is not given is a user and a queue of one account.

/** What a test asks. */
export interface Question {
  readonly principal?: Principal;
  readonly identity?: readonly CompiledPolicy[];
  readonly policy?: CompiledPolicy | undefined;
  readonly mode?: ResourcePolicyMode;
  readonly action?: string;
  readonly resource?: string;
  readonly owner?: string;
  readonly values?: Readonly<Record<string, ContextValue>>;
}

const queue = `arn:aws:sqs:eu-west-1:${ownAccount}:jobs`;
export const role = `arn:aws:iam::${ownAccount}:role/target`;

/** Asks with the global keys of the caller in the context. */
export function decide(question: Question): Decision {
  const principal = question.principal ?? aUser();
  return evaluate(
    {
      principal,
      action: question.action ?? 'sqs:SendMessage',
      resource: question.resource ?? queue,
      context: conditionContext(
        principalContext(principal, { orgId: 'o-1' }),
        question.values ?? {},
      ),
      resourceAccount: question.owner,
    },
    {
      identity: question.identity ?? [],
      resource: question.policy,
      resourcePolicyMode: question.mode,
    },
  );
}

/** The kind of policy that allows, or the reason why none does. */
export function outcome(question: Question): string {
  const decision = decide(question);
  return decision.allowed ? decision.by.policyType : decision.why;
}

export const all = [anIdentityPolicy({})];
export const user = aUser();
export const session = aRole();
export const narrowed = aRole({ sessionPolicies: [anIdentityPolicy({ Action: 'sns:Publish' })] });
export const widened = aRole({
  sessionPolicies: [
    anIdentityPolicy({ Action: 'sns:Publish' }),
    anIdentityPolicy({ Action: 'sqs:*' }),
  ],
});

export const everyone = aResourcePolicy({ Principal: '*' });
export const account = aResourcePolicy({ Principal: { AWS: ownAccount } });
export const named = (arn: string) => aResourcePolicy({ Principal: { AWS: arn } });
export const other = named(otherAccount);
