import type * as client from '@aws-sdk/client-organizations';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { operation, type AccessCheck } from '../../world/service.ts';
import { pageWithGaps } from './empty-pages.ts';
import { check, isParent, requireReader } from './lookups.ts';

/** The one policy that every organization has. Policies of customers are not modelled, so it is attached to nothing. */
const fullAccess: client.PolicySummary = {
  Id: 'p-FullAWSAccess',
  Arn: 'arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess',
  Name: 'FullAWSAccess',
  Description: 'Allows access to every operation',
  Type: 'SERVICE_CONTROL_POLICY',
  AwsManaged: true,
};
const fullAccessContent = JSON.stringify(
  { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
  undefined,
  2,
);

const policyCheck = (call: Call, action: string, id: string | undefined): AccessCheck => ({
  action: `organizations:${action}`,
  resourceAccount: call.account,
  resource:
    id === fullAccess.Id
      ? (fullAccess.Arn ?? '')
      : `arn:aws:organizations::aws:policy/service_control_policy/${id ?? ''}`,
});

/** @throws AwsError PolicyNotFoundException */
function requirePolicy(id: string | undefined): void {
  if (id !== fullAccess.Id)
    throw new AwsError(
      'PolicyNotFoundException',
      `We can't find a policy with the PolicyId that you specified: ${id ?? ''}.`,
    );
}

const summaryPage = (
  call: Call,
  input: {
    readonly Filter?: client.PolicyType | undefined;
    readonly NextToken?: string | undefined;
    readonly MaxResults?: number | undefined;
  },
  policies: readonly client.PolicySummary[],
): Partial<client.ListPoliciesCommandOutput> => {
  const found = policies.filter(({ Type }) => Type === input.Filter);
  const page = pageWithGaps(call, found, input, ({ Id = '' }) => Id);
  return { Policies: [...page.items], NextToken: page.nextToken };
};

const listPolicies = operation<
  client.ListPoliciesCommandInput,
  Partial<client.ListPoliciesCommandOutput>
>({
  authorize: () => ({ action: 'organizations:ListPolicies', resource: '*' }),
  run(input, call) {
    requireReader(call);
    return summaryPage(call, input, [fullAccess]);
  },
});

const describePolicy = operation<
  client.DescribePolicyCommandInput,
  Partial<client.DescribePolicyCommandOutput>
>({
  authorize: ({ PolicyId }, call) => policyCheck(call, 'DescribePolicy', PolicyId),
  run({ PolicyId }, call) {
    requireReader(call);
    requirePolicy(PolicyId);
    return { Policy: { PolicySummary: fullAccess, Content: fullAccessContent } };
  },
});

/** No type of policy is enabled in the root, so nothing has any. */
const listPoliciesForTarget = operation<
  client.ListPoliciesForTargetCommandInput,
  Partial<client.ListPoliciesForTargetCommandOutput>
>({
  authorize: ({ TargetId }, call) => check(call, 'ListPoliciesForTarget', [TargetId]),
  run(input, call) {
    const organization = requireReader(call);
    const { TargetId = '' } = input;
    if (!isParent(organization, TargetId) && !organization.members.has(TargetId))
      throw new AwsError(
        'TargetNotFoundException',
        `We can't find a root, OU, or account with the TargetId that you specified: ${TargetId}.`,
      );
    return summaryPage(call, input, []);
  },
});

const listTargetsForPolicy = operation<
  client.ListTargetsForPolicyCommandInput,
  Partial<client.ListTargetsForPolicyCommandOutput>
>({
  authorize: ({ PolicyId }, call) => policyCheck(call, 'ListTargetsForPolicy', PolicyId),
  run({ PolicyId }, call) {
    requireReader(call);
    requirePolicy(PolicyId);
    return { Targets: [] };
  },
});

export const policyOperations = {
  DescribePolicy: describePolicy,
  ListPolicies: listPolicies,
  ListPoliciesForTarget: listPoliciesForTarget,
  ListTargetsForPolicy: listTargetsForPolicy,
};
