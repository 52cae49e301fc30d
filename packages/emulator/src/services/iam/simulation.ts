import type * as client from '@aws-sdk/client-iam';
import { accountOfArn } from '../../iam/arn-match.ts';
import { conditionContext, type ContextValue } from '../../iam/condition-context.ts';
import { evaluate } from '../../iam/evaluate.ts';
import { principalContext } from '../../iam/principal.ts';
import { AwsError } from '../../world/aws-error.ts';
import type { Scope } from '../../world/scope.ts';
import { operation } from '../../world/service.ts';
import { refuseUnmodelled } from '../../world/refuse-unmodelled.ts';
import { userPrincipal } from './identities.ts';
import { identityPolicies } from './identity-policies.ts';
import { page, pageFields } from './lookups.ts';
import { findIdentity } from './principal-binding.ts';
import { roleSession } from './service-session.ts';

function contextOf(entries: readonly client.ContextEntry[]): Record<string, ContextValue> {
  return Object.fromEntries(
    entries.map(({ ContextKeyName: key = '', ContextKeyType: type = '', ContextKeyValues }) => {
      const values = ContextKeyValues ?? [];
      return [key, type.endsWith('List') ? values : (values[0] ?? '')];
    }),
  );
}

function principalOf(scope: Scope, arn: string) {
  const identity = findIdentity(scope.world, arn);
  const principal =
    identity?.kind === 'user'
      ? userPrincipal(scope, identity)
      : identity && roleSession(identity, { sessionName: 'simulation', issuedAt: scope.now });
  if (!principal || accountOfArn(arn) !== scope.account)
    throw new AwsError('NoSuchEntity', `The entity ${arn} cannot be found.`);
  return principal;
}

const simulatePrincipalPolicy = operation<
  client.SimulatePrincipalPolicyCommandInput,
  Partial<client.SimulatePrincipalPolicyCommandOutput>
>({
  authorize: (input) => ({
    action: 'iam:SimulatePrincipalPolicy',
    resource: input.PolicySourceArn ?? '',
  }),
  run(input, call) {
    refuseUnmodelled(
      input,
      [
        'CallerArn',
        'PermissionsBoundaryPolicyInputList',
        'PolicyInputList',
        'ResourceHandlingOption',
        'ResourceOwner',
        'ResourcePolicy',
      ],
      'InvalidInput',
    );
    const principal = principalOf(call, input.PolicySourceArn ?? '');
    const identity = identityPolicies(call.world, principal);
    const context = conditionContext(
      principalContext(principal, {}),
      contextOf(input.ContextEntries ?? []),
    );
    const results = (input.ActionNames ?? []).flatMap((action) =>
      (input.ResourceArns ?? ['*']).map((resource): client.EvaluationResult => {
        const decision = evaluate(
          { principal, action, resource, context, resourceAccount: call.account },
          { identity },
        );
        return {
          EvalActionName: action,
          EvalResourceName: resource,
          EvalDecision: decision.allowed
            ? 'allowed'
            : decision.explicitDeny
              ? 'explicitDeny'
              : 'implicitDeny',
          MatchedStatements:
            decision.by === undefined ? [] : [{ SourcePolicyId: decision.by.policyName }],
          MissingContextValues: [],
        };
      }),
    );
    const found = page(
      call,
      results,
      input,
      (result) => `${result.EvalActionName ?? ''} ${result.EvalResourceName ?? ''}`,
    );
    return { EvaluationResults: [...found.items], ...pageFields(found) };
  },
});

export const simulationOperations = { SimulatePrincipalPolicy: simulatePrincipalPolicy };
