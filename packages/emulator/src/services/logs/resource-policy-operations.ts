import type * as client from '@aws-sdk/client-cloudwatch-logs';
import { MalformedPolicy } from '../../iam/malformed-policy.ts';
import { compilePolicy } from '../../iam/policy-document.ts';
import { AwsError } from '../../world/aws-error.ts';
import type { Call } from '../../world/call.ts';
import { numericKey, paginate } from '../../world/paging.ts';
import { operation } from '../../world/service.ts';
import { invalid } from './log-groups.ts';
import { logsState, type LogGroup, type StoredPolicy } from './state.ts';

const policiesMax = 10; // CloudWatch Logs API Reference, PutResourcePolicy: per Region of an account
const documentLengthMax = 5_120; // same page, policyDocument
const pageMax = 50;

const groupByArn = (call: Call, arn: string): LogGroup => {
  const wanted = arn.replace(/:\*$/, '');
  const group = [...logsState.in(call).groups.values()].find(
    (candidate) => candidate.arn === wanted,
  );
  if (!group)
    throw new AwsError('ResourceNotFoundException', 'The specified resource does not exist.');
  return group;
};

// Account-level policies have no resource; a policy on one group is guarded by that group's ARN.
const check = (action: string, resourceArn: string | undefined) => ({
  action: `logs:${action}`,
  resource: resourceArn ?? '*',
});

export const putResourcePolicy = operation<
  client.PutResourcePolicyCommandInput,
  Partial<client.PutResourcePolicyCommandOutput>
>({
  authorize: (input) => check('PutResourcePolicy', input.resourceArn),
  run(input, call) {
    const document = input.policyDocument ?? '';
    if (document.length < 1 || document.length > documentLengthMax)
      throw invalid(`a resource policy has 1 to ${documentLengthMax} characters`);
    const group = input.resourceArn === undefined ? undefined : groupByArn(call, input.resourceArn);
    const name = input.policyName ?? '';
    if (group ? name !== '' : name === '')
      throw invalid('a policy is put either by policyName or on a resourceArn');
    const { policies } = logsState.in(call);
    const previous = group ? group.policy : policies.get(name);
    if (input.expectedRevisionId !== undefined && input.expectedRevisionId !== previous?.revisionId)
      throw new AwsError('OperationAbortedException', 'The policy was changed by somebody else.');
    const policy = compile(call, name, document);
    if (group) group.policy = policy;
    else {
      if (!previous && policies.size >= policiesMax)
        throw new AwsError('LimitExceededException', 'Resource limit exceeded.');
      policies.set(name, policy);
    }
    return { resourcePolicy: describe(policy, group), revisionId: policy.revisionId };
  },
});

function compile(call: Call, name: string, document: string): StoredPolicy {
  try {
    return {
      name,
      document,
      compiled: compilePolicy(document, { name, kind: 'resource', resourceElement: 'required' }),
      updatedAt: call.now,
      revisionId: call.hex('policy-revision', 32),
    };
  } catch (error) {
    if (error instanceof MalformedPolicy)
      throw invalid(`The policy document is invalid: ${error.message}`);
    throw error;
  }
}

const describe = (policy: StoredPolicy, group: LogGroup | undefined): client.ResourcePolicy => ({
  ...(group ? { resourceArn: group.arn } : { policyName: policy.name }),
  policyDocument: policy.document,
  lastUpdatedTime: policy.updatedAt,
  policyScope: group ? 'RESOURCE' : 'ACCOUNT',
  revisionId: policy.revisionId,
});

export const describeResourcePolicies = operation<
  client.DescribeResourcePoliciesCommandInput,
  Partial<client.DescribeResourcePoliciesCommandOutput>
>({
  authorize: (input) => check('DescribeResourcePolicies', input.resourceArn),
  run(input, call) {
    const { policies, groups } = logsState.in(call);
    const byAccount = [...policies.values()]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((policy) => describe(policy, undefined));
    const byGroup = [...groups.values()]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((group) => (group.policy ? [describe(group.policy, group)] : []));
    const one = input.resourceArn?.replace(/:\*$/, '');
    const wanted =
      input.policyScope === 'RESOURCE' || one !== undefined
        ? byGroup.filter(({ resourceArn }) => one === undefined || resourceArn === one)
        : byAccount;
    const page = paginate(call, wanted.entries(), {
      keyOf: ([position]) => numericKey(position),
      token: input.nextToken,
      size: input.limit,
      sizeMax: pageMax,
      invalidToken: 'InvalidParameterException',
    });
    return {
      resourcePolicies: page.items.map(([, policy]) => policy),
      nextToken: page.nextToken,
    };
  },
});

export const deleteResourcePolicy = operation<
  client.DeleteResourcePolicyCommandInput,
  Partial<client.DeleteResourcePolicyCommandOutput>
>({
  authorize: (input) => check('DeleteResourcePolicy', input.resourceArn),
  run(input, call) {
    const missing = (): AwsError =>
      new AwsError('ResourceNotFoundException', 'Policy with the specified name does not exist.');
    if (input.resourceArn !== undefined) {
      const group = groupByArn(call, input.resourceArn);
      if (!group.policy) throw missing();
      group.policy = undefined;
      return {};
    }
    if (!logsState.in(call).policies.delete(input.policyName ?? '')) throw missing();
    return {};
  },
});
